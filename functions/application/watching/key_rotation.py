"""Key rotation: webhooks and channels get the newest key or address before the old ones are removed.

The address changes when the installation moves, for instance to another region. A key is stored as a short hash, which
shows which key is in use without revealing it. Both keys are accepted until the new ones are in place; a key in use
cannot be dropped.
"""

import hashlib
from dataclasses import replace

from functions.application.intake.webhooks import webhook_url
from functions.application.ports import Ports
from functions.application.store import integrations
from functions.application.sync.session import SyncSession
from functions.application.watching import channels
from functions.domain.model.errors import Refused, SyncError
from functions.domain.model.messages import say
from functions.domain.settings.integration import ACTIVATED, Hook, Integration


def name_of(key: str) -> str:
    """Return the hash that stands for a key in the store."""
    return hashlib.sha256(f"webhook key\n{key}".encode()).hexdigest()[:12]


def home_of(ports: Ports) -> str:
    """Return the addresses that webhooks and channels call."""
    return f"{ports.addresses.webhook} {ports.addresses.notification}"


def outdated(ports: Ports, integration: Integration) -> str:
    """Return what is outdated about an integration's webhooks: `key`, `address`, or ""."""
    if not integration.webhook_key:
        return ""
    if integration.webhook_key != name_of(ports.webhook_keys[0]):
        return "key"
    return "address" if integration.webhook_home != home_of(ports) else ""


def rotate(session: SyncSession) -> None:
    """Move an integration to the newest key and address if needed; a failure is retried at the next renewal."""
    ports, integration = session.ports, session.integration
    newest, home = name_of(ports.webhook_keys[0]), home_of(ports)
    if not outdated(ports, integration):
        return
    address = webhook_url(ports, integration)
    made = tuple(Hook(hook.event, session.reservations.subscribe(hook.event, address)) for hook in integration.hooks)
    for calendar in session.settings.calendars if session.settings.inbound.enabled else ():
        channels.open_another(session, calendar)
    integrations.change(
        ports.documents,
        session.id,
        lambda before: replace(before, hooks=made, webhook_key=newest, webhook_home=home),
    )
    for hook in integration.hooks:
        if hook.id in {each.id for each in made}:  # i-Reserve returned the same webhook again
            continue
        try:
            session.reservations.unsubscribe(hook.id)
        except SyncError as error:
            ports.log("hook_left", {"severity": "WARNING", "int_id": session.id, "reason": error.reason})
    ports.log("key_rotated", {"int_id": session.id})


def refuse_dropped_keys(ports: Ports) -> None:
    """Raise `Refused` if an activated integration, even a paused one, uses a key that is no longer configured."""
    known = {"", *(name_of(key) for key in ports.webhook_keys)}
    left = [
        each.id
        for each in integrations.every(ports.documents)
        if each.phase in ACTIVATED and each.webhook_key not in known
    ]
    if left:
        named = ", ".join(left)
        raise Refused(
            say(
                "the webhooks of integration {} were made with a key that is no longer in WEBHOOK_KEYS; put it back behind the new one until the renewal has replaced it (within the hour)",
                named,
            ),
            reason="key_in_use",
        )
