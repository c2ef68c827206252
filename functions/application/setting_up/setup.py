"""Sets an integration up: its settings and secrets, from the console, a file or the API."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from functions.application.intake.hints import Hint, Kind, look_again
from functions.application.ports import Path, Ports, Transaction
from functions.application.probing import probe
from functions.application.scanning import sweep
from functions.application.setting_up.settings_input import SECRET_NAMES, id_in, settings_from
from functions.application.store import integrations
from functions.application.store.integrations import Check, unchecked
from functions.domain.model.addresses import rest_base
from functions.domain.model.errors import AccessRevoked, Conflict, Fault, Invalid
from functions.domain.model.messages import say
from functions.domain.settings.integration import Connection, Integration, Phase
from functions.domain.settings.schema import Settings

PROBING = "a probe is under way: wait for its end, or stop it"
HELD_BY_TASKS = timedelta(minutes=10)  # a running task has read its secrets at most a minute ago; this is plenty
LONGEST = timedelta(seconds=20)  # of a deletion in one request, which is cut off after five minutes
COLLECTIONS = ("links", "claims", "calendars", "journal", "history", "parked", "removals", "progress", "listings")
SCOPES = (
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/calendar.events",
)


def checked(ports: Ports, raw: object, int_id: str = "", secrets: object = None) -> Settings:
    """Return settings as entered; raises `Invalid` with all faults, also of the secrets and towards other integrations."""
    given = with_id(raw, int_id)
    more = secret_faults(secrets)
    if int_id and isinstance(given, dict) and id_in(given) != int_id:
        more.append(Fault("id", say("the address says {}; use the same id, or create another integration", int_id)))
    return settings_from(given, [each.settings for each in integrations.every(ports.documents)], more)


def save_settings(
    ports: Ports,
    settings: Settings,
    actor: str,
    *,
    revision: int | None = None,
    owed: str = "",
    check: Check = unchecked,
) -> Integration:
    """Save settings; a password belongs to the host it was entered for, and is destroyed if the host changes."""
    base = rest_base(settings.ireserve.base_url)
    before: Integration | None = None

    def replaces(tx: Transaction, there: Integration | None) -> None:
        nonlocal before
        check(tx, there)
        moves = there is not None and rest_base(there.settings.ireserve.base_url) != base
        if there is not None and moves and probe.is_under_way(tx, there):  # or it would put back bookings there
            raise Invalid((Fault("ireserve.base_url", PROBING),))
        before = there

    saved = integrations.save_settings(ports, settings, actor, revision=revision, owed=owed, check=replaces)
    if before is not None and integrations.PASSWORD not in saved.secret_versions:
        replaced(ports, saved.id, integrations.PASSWORD, before.secret_versions.get(integrations.PASSWORD, ""))
    if before is not None and before.ireserve_refused and not saved.ireserve_refused:
        sweep.catch_up(ports, saved, actor)
    return saved


def call_again(ports: Ports, int_id: str, actor: str) -> Integration:
    """Call i-Reserve again, after a person mended the login there, and catch up with what was missed."""
    saved = integrations.change(ports.documents, int_id, lambda before: replace(before, ireserve_refused=""))
    sweep.catch_up(ports, saved, actor)
    return saved


def with_id(raw: object, int_id: str) -> object:
    """Return a copy of the settings as given, with `int_id` (from the address) if they have no id."""
    if not isinstance(raw, dict):
        return raw
    return {"id": int_id, **raw} if int_id else dict(raw)


def secret_faults(secrets: object) -> list[Fault]:
    """Return what is wrong with the given secrets: unknown names, empty values."""
    if secrets is None:
        return []
    if not isinstance(secrets, Mapping):
        return [Fault("secrets", "give names and values")]
    unknown = [name for name in secrets if name not in SECRET_NAMES]
    faults = [Fault(f"secrets.{name}", say("use one of {}", ", ".join(SECRET_NAMES))) for name in unknown]
    empty = [n for n, value in secrets.items() if n in SECRET_NAMES and not (isinstance(value, str) and value.strip())]
    return faults + [Fault(f"secrets.{name}", "give the secret as text") for name in empty]


def store_secrets(ports: Ports, integration: Integration, secrets: Mapping[str, str]) -> Integration:
    """Put secrets into the secret store; the integration stores only their versions."""
    versions = {name: ports.secrets.put(integration.id, name, value.strip()) for name, value in secrets.items()}
    if not _has_digest_key(ports, integration):
        if "digest_key" in integration.secret_versions:  # pairs go on without former digests (docs/operations.md)
            ports.log("digest_key_lost", {"severity": "WARNING", "int_id": integration.id})
        versions["digest_key"] = ports.secrets.put(integration.id, "digest_key", ports.token(32))
    former: dict[str, str] = {}

    def changed(before: Integration) -> Integration:
        former.clear()
        former.update((name, before.secret_versions[name]) for name in versions if name in before.secret_versions)
        after = replace(before, secret_versions={**before.secret_versions, **versions})
        if "ireserve_password" in secrets:
            after = replace(after, ireserve_refused="")
        if "google_refresh_token" in secrets:  # whose it is, Google says when it is asked (`consent.named`)
            after = replace(after, connection=Connection("", SCOPES, ports.clock()))
        return after

    saved = integrations.change(ports.documents, integration.id, changed)
    for name, version in former.items():
        replaced(ports, integration.id, name, version)
    if secrets:
        sweep.catch_up(ports, saved, "secrets")
    return saved


def replaced(ports: Ports, int_id: str, name: str, version: str) -> None:
    """Queue the destruction of a replaced secret, for when no task can still read it."""
    if version:
        due = ports.clock() + HELD_BY_TASKS
        hint = Hint(Kind.SECRET, int_id, (name, version), "person", ports.clock())
        look_again(ports.tasks, hint, due, "replaced")


def destroy_replaced(ports: Ports, integration: Integration, hint: Hint) -> None:
    """Destroy the version that a task names, unless it is in use."""
    name, version = hint.subject
    pending = integration.pending.version if integration.pending is not None else ""
    used = (integration.secret_versions.get(name, ""), pending if name == "google_refresh_token" else "")
    # by number alone: a secret that was deleted and made again counts from 1, and `destroy` goes by the number
    if version.partition(".")[0] not in [each.partition(".")[0] for each in used]:
        ports.secrets.destroy(integration.id, name, version)


def _has_digest_key(ports: Ports, integration: Integration) -> bool:
    """Whether the digest key can be read; its secret may be gone, for example after `terraform destroy`."""
    version = integration.secret_versions.get("digest_key", "")
    try:
        return bool(version) and ports.secrets.get(integration.id, "digest_key", version) is not None
    except AccessRevoked:
        return False


def delete(ports: Ports, int_id: str) -> int:
    """Remove an integration with everything stored about it; refused while it is active.

    Works for some seconds; returns how many documents of a collection are left (call again), 0 if all is gone.
    """

    def leaving(before: Integration) -> Integration:
        if before.phase is not Phase.DRAFT:
            raise Conflict("deactivate the integration before deleting it", reason="still_active")
        return replace(before, connection=None, pending=None)  # so it cannot be activated while it is being removed

    integrations.change(ports.documents, int_id, leaving)
    began = ports.clock()
    for collection in COLLECTIONS:
        if left := _empty(ports, integrations.path_of(int_id, collection), began + LONGEST):
            return left
    for name in (*SECRET_NAMES, "digest_key"):
        ports.secrets.delete(int_id, name)
    ports.documents.transact(lambda tx: tx.delete(integrations.path_of(int_id)))
    ports.documents.forget()
    return 0


def _empty(ports: Ports, collection: Path, until: datetime) -> int:
    """Empty a collection until a moment; returns how many documents are left."""

    def delete(tx: Transaction, names: list[str]) -> None:
        for name in names:
            tx.delete((*collection, name))

    while rows := ports.documents.find(collection, limit=200):
        ports.documents.transact(partial(delete, names=[name for name, _ in rows]))
        if ports.clock() >= until:
            return ports.documents.count(collection)
    return 0
