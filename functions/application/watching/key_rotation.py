"""Key rotation: webhooks and channels get the newest key or address before the old ones are removed.

The address changes when the installation moves, for instance to another region. A key is stored as a short hash, which
shows which key is in use without revealing it. Both keys are accepted until the new ones are in place; a key in use
cannot be dropped.
"""

import hashlib
from collections.abc import Callable, Iterable
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
    made = subscribed(session, [hook.event for hook in integration.hooks])
    try:
        for calendar in session.settings.calendars if session.settings.inbound.enabled else ():
            channels.open_another(session, calendar)
    except SyncError:
        remove(session, made, but=integration.hooks)
        raise

    def rotated(before: Integration) -> Integration:
        if before.hooks != integration.hooks:  # it was deactivated meanwhile, or another instance was faster
            return before
        return replace(before, hooks=made, webhook_key=newest, webhook_home=home)

    change(session, rotated, (*integration.hooks, *made))
    ports.log("key_rotated", {"int_id": session.id})


def subscribed(session: SyncSession, events: Iterable[str]) -> tuple[Hook, ...]:
    """Register a webhook for each event; if one fails, those already made are removed: nothing would name them."""
    address, made = webhook_url(session.ports, session.integration), list[Hook]()
    try:
        for event in events:
            made.append(Hook(event, session.reservations.subscribe(event, address)))
    except SyncError:
        remove(session, made, but=session.integration.hooks)
        raise
    return tuple(made)


def change(
    session: SyncSession, by: Callable[[Integration], Integration], hooks: Iterable[Hook]
) -> tuple[Integration, list[tuple[Hook, SyncError]]]:
    """Change which webhooks an integration names, and remove those of `hooks` that it does not name then.

    So it is too where the store gives up, before it stored the change or after. Also returns what could not be removed.
    """
    documents = session.ports.documents
    try:
        now = integrations.change(documents, session.id, by)
    except SyncError:
        try:
            there = integrations.find(documents, session.id)
        except SyncError as error:  # nobody knows now which of them are named
            _left(session, error)
        else:
            remove(session, hooks, but=there.hooks if there is not None else ())
        raise
    return now, remove(session, hooks, but=now.hooks)


def remove(session: SyncSession, hooks: Iterable[Hook], *, but: Iterable[Hook]) -> list[tuple[Hook, SyncError]]:
    """Remove webhooks, except those that i-Reserve also returned for others; returns which could not be, and why."""
    kept, left = {each.id for each in but}, list[tuple[Hook, SyncError]]()
    for hook in hooks:
        if hook.id in kept:
            continue
        try:
            session.reservations.unsubscribe(hook.id)
        except SyncError as error:
            _left(session, error)
            left.append((hook, error))
    return left


def _left(session: SyncSession, error: SyncError) -> None:
    session.ports.log("hook_left", {"severity": "WARNING", "int_id": session.id, "reason": error.reason})


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
