"""Parked items: failed work with its reason, so that it neither blocks the rest nor gets lost."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from functions.application.intake.hints import Hint, Kind, enqueue, look_again, queue_alert_check
from functions.application.ports import Body, Path, Ports, Transaction
from functions.application.store.integrations import all_rows, path_of
from functions.application.store.upgrades import LONG_AGO, PARKED_ITEM, damaged, dated, misshapen, schema_of, upgraded
from functions.domain.model.errors import Gone, Malformed
from functions.domain.model.messages import say

FIRST_WAIT, LAST_WAIT = timedelta(minutes=15), timedelta(days=1)
AT_ONCE = 20
NO_ITEM = "unreadable"  # in place of the kind of an item that cannot be read
KINDS = frozenset(kind.value for kind in Kind)


def item_id(hint: Hint) -> str:
    """Return the id under which a hint is parked; it depends on the subject, so that repeated trouble is one item."""
    return hashlib.sha256("\n".join((hint.kind, *hint.subject)).encode()).hexdigest()[:24]


def park(ports: Ports, hint: Hint, reason: str, now: datetime) -> None:
    """Park a hint with the code of the reason (never i-Reserve's own words)."""
    path = _item_path(hint.int_id, item_id(hint))
    before = ports.documents.get(path) or {}
    body: Body = {
        "at": before["at"] if before.get("reason") == reason and dated(before) else now.isoformat(),
        "tried_at": now.isoformat(),
        "kind": hint.kind.value,
        "subject": list(hint.subject),
        "reason": reason,
        "source": hint.source,
        "hint": hint.body(),
        "schema": schema_of(PARKED_ITEM),
    }
    body["due_at"] = _due(body).isoformat()
    ports.documents.transact(lambda tx: tx.put(path, body))
    queue_alert_check(ports.tasks, hint.int_id, now)
    ports.log("parked", {"severity": "WARNING", "int_id": hint.int_id, "kind": hint.kind.value, "reason": reason})


def clear(ports: Ports, hint: Hint) -> None:
    """Remove a hint's item, if there is one, once its work is done."""
    path = _item_path(hint.int_id, item_id(hint))
    if ports.documents.get(path) is not None:
        ports.documents.transact(lambda tx: tx.delete(path))
        queue_alert_check(ports.tasks, hint.int_id, ports.clock())


def find(ports: Ports, hint: Hint) -> tuple[str, Body] | None:
    """Return a hint's parked item, with its id, or None; for one that cannot be read, what stands for it."""
    item = item_id(hint)
    body = ports.documents.get(_item_path(hint.int_id, item))
    return (item, _shown(body, item)) if body is not None else None


def every(ports: Ports, int_id: str, limit: int = 100) -> list[tuple[str, Body]]:
    """Return the parked items, newest first; one that cannot be read stands there as such (`NO_ITEM`)."""
    rows = ports.documents.find(path_of(int_id, "parked"), order="at", descending=True, limit=limit)
    return [(item, _shown(body, item)) for item, body in rows]


def standing(ports: Ports, int_id: str, items: Sequence[str]) -> list[str]:
    """Return those of some items, up to some hundred, that are still parked."""
    found = ports.documents.several([_item_path(int_id, item) for item in items])
    return [item for item, body in zip(items, found, strict=True) if body is not None]


def retry(ports: Ports, int_id: str, item: str, actor: str) -> Hint:
    """Queue a parked item's hint again; it stays parked until it succeeds."""
    body = ports.documents.get(_item_path(int_id, item))
    if body is None:
        raise Gone(say("there is no parked item {}", item), reason="unknown_item")
    hint = replace(_hint_of(_current(body, item), item), attempt=0, source="person", actor=actor, at=ports.clock())
    enqueue(ports.tasks, hint, ports.clock(), trailing=False)
    return hint


def try_again(ports: Ports, int_id: str) -> int:
    """Retry the items whose wait is over, because the cause may be gone; returns how many.

    Each wait is as long as the item had been parked at its last try, so waits double, from 15 minutes to a day. Those that
    are overdue the longest come first: more may fail again and again than are retried in a day. Only these are read, and
    the one that was tried the longest ago: if it is of an older version, which did not record when items are due, all are read.
    One that cannot be read stays as it is, and keeps no other from being retried.
    """
    now, items = ports.clock(), path_of(int_id, "parked")
    first = ports.documents.find(items, order="tried_at", limit=1)
    if not first:
        return 0
    if "due_at" not in first[0][1]:
        _date_older(ports, int_id)
    tried = 0
    for item, hint in islice(_due_by(ports, items, now), AT_ONCE):
        look_again(ports.tasks, replace(hint, attempt=0, source="parked", at=now), now, f"parked-{item}")
        tried += 1
    return tried


def _due_by(ports: Ports, items: Path, now: datetime) -> Iterator[tuple[str, Hint]]:
    """Yield the items that are due and can be read, those that are overdue the longest first."""
    after, before = None, (now + timedelta(microseconds=1)).isoformat()
    while rows := ports.documents.find(items, order="due_at", after=after, before=before, limit=AT_ONCE):
        for item, stored in rows:
            with suppress(Malformed):
                yield item, _hint_of(_current(stored, item), item)
        if len(rows) < AT_ONCE:
            return
        after = (rows[-1][1]["due_at"], rows[-1][0])


def _date_older(ports: Ports, int_id: str) -> None:
    """Store when items of an older version are due."""

    def date(tx: Transaction, path: Path) -> None:
        body = tx.get(path)
        if body is not None and "due_at" not in body and dated(body):
            tx.put(path, {**body, "due_at": _due(body).isoformat()})

    for item, stored in all_rows(ports.documents, path_of(int_id, "parked")):
        if "due_at" not in stored:
            ports.documents.transact(partial(date, path=_item_path(int_id, item)))


def _due(body: Body) -> datetime:
    at, tried = datetime.fromisoformat(body["at"]), datetime.fromisoformat(body.get("tried_at") or body["at"])
    return tried + min(max(tried - at, FIRST_WAIT), LAST_WAIT)


def _hint_of(body: Body, item: str) -> Hint:
    try:
        return Hint.of(body.get("hint", {}))
    except Malformed:
        raise damaged(say("parked item {}", item), "hint") from None


def _shown(body: Body, item: str) -> Body:
    try:
        return _current(body, item)
    except Malformed as error:
        return {"at": body["at"] if dated(body) else LONG_AGO, "kind": NO_ITEM, "subject": [], "reason": error.reason}


def _current(body: Body, item: str) -> Body:
    current = upgraded(PARKED_ITEM, body, "parked item {}", item)
    subject = current.get("subject")
    if not isinstance(subject, list) or not all(isinstance(part, str) for part in subject):
        raise damaged(say("parked item {}", item), "subject")
    if wrong := misshapen(current, texts=("kind", "reason")) or ("kind" if current["kind"] not in KINDS else ""):
        raise damaged(say("parked item {}", item), wrong)
    return {name: value for name, value in current.items() if name != "schema"}


def _item_path(int_id: str, item: str) -> Path:
    return path_of(int_id, "parked", item)
