"""Integrations in the store: read, saved with a revision, and the history of their settings."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from functions.application.ports import Body, Documents, Path, Ports, Transaction
from functions.application.store.once import change_once
from functions.application.store.records import body_of, record_of, remember, stored
from functions.domain.model.addresses import origin_of
from functions.domain.model.errors import Conflict, Gone, Malformed, System
from functions.domain.model.identity import is_int_id
from functions.domain.model.messages import say
from functions.domain.settings.integration import AT_ONCE, RUNNING, Integration
from functions.domain.settings.schema import Settings

PASSWORD = "ireserve_password"  # noqa: S105 -- its name
MEANWHILE = "somebody else changed these settings meanwhile; reload and try again"
HISTORY_DAYS = timedelta(days=365)
remember(Integration)  # each task reads it, and it seldom changes


def path_of(int_id: str, *more: str) -> Path:
    """Return the path of an integration's document, or of one below it."""
    return ("integrations", int_id, *more)


def find(documents: Documents, int_id: str) -> Integration | None:
    """Return an integration, or None, also for an invalid id."""
    body = documents.get(path_of(int_id)) if is_int_id(int_id) else None
    return record_of(Integration, body, "integration {}", int_id) if body is not None else None


def get(documents: Documents, int_id: str) -> Integration:
    """Return an integration; raises `Gone`."""
    found = find(documents, int_id)
    if found is None:
        raise Gone(say("there is no integration {}; `integrations` lists them", int_id), reason="unknown_integration")
    return found


def all_rows(
    documents: Documents, collection: Path, where: Mapping[str, str | int | bool] | None = None, *, page: int = 200
) -> Iterator[tuple[str, Body]]:
    """Yield every (id, document) of a collection by id, read page by page."""
    after = None
    while rows := documents.find(collection, where, after=after, limit=page):
        yield from rows
        after = rows[-1][0]


def every(documents: Documents) -> list[Integration]:
    """Return all integrations by id, except those with an unreadable document."""
    integrations: list[Integration] = []
    for int_id, body in all_rows(documents, ("integrations",)):
        with suppress(Malformed):
            integrations.append(record_of(Integration, body, "integration {}", int_id))
    return integrations


def change(
    documents: Documents, int_id: str, by: Callable[[Integration], Integration], *, wakes: bool = True
) -> Integration:
    """Change an integration in one transaction; `by` may run several times, but not on what it made.

    With `wakes` the revision rises and the next round is due at once; notes of this service do neither.
    """

    def apply(body: Body | None) -> tuple[Body | None, Integration]:
        if body is None:
            raise Gone(say("there is no integration {}", int_id), reason="unknown_integration")
        before = record_of(Integration, body, "integration {}", int_id)
        after = by(before)
        if after == before:
            return None, after
        after = _counted(before, after)
        after = _woken(replace(after, revision=before.revision + 1)) if wakes else after
        return stored(after), after

    return change_once(documents, path_of(int_id), apply)


def settings_body(settings: Settings) -> Body:
    """Return settings as a document, without `mains`, which is not a setting."""
    return {name: value for name, value in body_of(settings).items() if name != "mains"}


def _counted(before: Integration, after: Integration) -> Integration:
    if after.settings == before.settings:
        return after
    return replace(after, settings_revision=before.settings_revision + 1)


def _woken(integration: Integration) -> Integration:
    return replace(integration, wake_at=AT_ONCE if integration.phase in RUNNING else None)


def finished(documents: Documents, int_id: str, owed: str) -> Integration:
    """Record that what a change owed is done, or its scan has begun."""

    def end(before: Integration) -> Integration:
        return replace(before, unfinished_change="") if before.unfinished_change == owed else before

    return change(documents, int_id, end)


def _elsewhere(integration: Integration) -> Integration:
    """Return an integration without what only its former i-Reserve may know: the password, valid webhook tokens, a probe's bookings."""
    kept = {name: version for name, version in integration.secret_versions.items() if name != PASSWORD}
    generation = integration.webhook_generation + 1
    return replace(integration, secret_versions=kept, webhook_generation=generation, probing=())


Check = Callable[[Transaction, Integration | None], None]


def unchecked(_: Transaction, __: Integration | None) -> None:
    """Let any change be saved."""


def save_settings(
    ports: Ports,
    given: Settings,
    actor: str,
    *,
    revision: int | None = None,
    owed: str = "",
    check: Check = unchecked,
) -> Integration:
    """Create an integration or change its settings, with an entry in the history.

    Raises `Conflict` if the stored revision is another than `revision`, and what `check` raises, which is given what the
    settings replace in the transaction that saves them.
    """
    now = ports.clock()
    entry = ports.token(12)

    def put(tx: Transaction) -> Integration:
        body = tx.get(path_of(given.id))
        before = record_of(Integration, body, "integration {}", given.id) if body is not None else None
        account = before.connection.account if before is not None and before.connection is not None else ""
        settings = given.with_primary(account)
        if before is not None and before.settings == settings:
            return before  # nothing changes, or this has been stored and the answer was lost
        if revision is not None and before is not None and before.revision != revision:
            raise Conflict(MEANWHILE, reason="revision")
        check(tx, before)
        after = _counted(before, replace(before, settings=settings)) if before is not None else Integration(settings)
        after = _woken(replace(after, revision=after.revision + 1))
        if before is not None and origin_of(before.settings.ireserve.base_url) != origin_of(settings.ireserve.base_url):
            after = _elsewhere(after)
        if before is not None and before.login_of(System.IRESERVE) != after.login_of(System.IRESERVE):
            after = replace(after, ireserve_refused="")
        if owed and before is not None:
            after = replace(after, new_look_since=now if owed == "new" else None).owing(owed, now)
        tx.put(path_of(settings.id), stored(after))
        former = settings_body(before.settings) if before is not None else None
        put_history(tx, settings.id, entry, now, actor, former, settings_body(settings))
        return after

    return ports.documents.transact(put)


def put_history(
    tx: Transaction, int_id: str, entry: str, now: datetime, actor: str, before: Body | None, after: Body
) -> None:
    """Record a change of the settings or the dialect; it is kept for a year."""
    body = {"at": now.isoformat(), "actor": actor, "before": before, "after": after}
    tx.put(path_of(int_id, "history", entry), body, expires=now + HISTORY_DAYS)
