"""Upgrades documents that earlier versions stored, one function per step.

A document's version is in `schema`; without it, it is version 1. A document of a newer version than this code knows is
refused: older code must not overwrite it.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import datetime
from typing import Any

from functions.application.ports import Body
from functions.domain.model.errors import Malformed
from functions.domain.model.messages import say
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link
from functions.domain.pairing.writes import Outcome
from functions.domain.settings.integration import Integration

JOURNAL_ENTRY, PARKED_ITEM = "journal entry", "parked item"
LONG_AGO = "1970-01-01T00:00:00Z"  # for times that an earlier version did not record


def schema_of(kind: Hashable) -> int:
    """Return the current version of a kind of document."""
    return len(STEPS.get(kind, ())) + 1


def upgraded(kind: Hashable, body: Body, name: str, *of: str) -> Body:
    """Return a stored document in the current version; raises `Malformed` if it is damaged or of a newer version.

    `name` and `of` are as for `record_of`.
    """
    version, known = body.get("schema", 1), schema_of(kind)
    if type(version) is not int or not 1 <= version <= known:
        raise Malformed(
            say(
                "{} was written by a newer version of this service ({}; this one knows {}); deploy that version again",
                say(name, *of),
                version,
                known,
            ),
            reason="newer_version",
        )
    try:
        for step in STEPS.get(kind, ())[version - 1 :]:
            body = step(body)
    except (AttributeError, LookupError, TypeError, ValueError):  # it is of another shape than its version has
        raise damaged(say(name, *of), "schema") from None
    return body


def damaged(document: str, place: str) -> Malformed:
    """Return the error of a stored document that is wrong at a place."""
    return Malformed(
        say("{} in the store is damaged at {}: restore it from a backup", document, place), reason="bad_record"
    )


def misshapen(body: Body, *, texts: Collection[str], maps: Collection[str] = ()) -> str:
    """Return the first field of a dated document that is not as its readers take it, or ""; `maps` may be left out."""
    wrong = (
        *(() if dated(body) else ("at",)),
        *(name for name in texts if not isinstance(body.get(name), str)),
        *(name for name in maps if not isinstance(body.get(name, {}), dict)),
    )
    return next(iter(wrong), "")


def dated(body: Body) -> bool:
    """Whether a document's `at` is a moment."""
    try:
        return datetime.fromisoformat(body["at"]).tzinfo is not None
    except (LookupError, TypeError, ValueError):
        return False


def _with_states(old: Body) -> Body:
    """1 -> 2: the state is a value with its own fields; the intent holds its write; refusals and ids are separate."""
    new = {name: value for name, value in old.items() if name not in _GONE}
    refused = old.get("refused", "")
    why = old.get("notice", "") or old.get("reason", "")
    return {
        **new,
        "life": _life(old),
        "intent": _intent(old),
        "order": _order(old),
        "refusals": {"time": {"what": refused, "why": why}} if refused and old.get("booking_id") else {},
        "ids": {
            "ours": old.get("ours", []),
            "not_taken": old.get("not_taken", []),
            "foreign": not old.get("write_back", True),
        },
    }


_GONE = (
    "state", "closed", "write_back", "until", "reason", "cancelled_by_us", "status_before", "refused", "refused_at",
    "put_backs", "writes", "ours", "not_taken", "wish", "decided", "intent",
)  # fmt: skip


def _life(old: Body) -> Body:
    state, reason = State(old.get("state", "active")), old.get("reason", "")
    match state:
        case State.GRACE if old.get("until"):
            return {"kind": "grace", "until": old["until"]}
        case State.HELD | State.GRACE:
            return {"kind": "held", "cause": reason}
        case State.DETACHED:
            return {"kind": "detached", "cause": reason}
        case State.PAUSED:
            since = max((*old.get("put_backs", ()), *old.get("writes", ())), default=LONG_AGO)
            return {"kind": "paused", "cause": reason, "since": since, "former": _awake(old), "seen": ""}
    return _awake(old)


def _awake(old: Body) -> Body:
    """Return a paused link's former state."""
    booking, event = bool(old.get("booking_id")), old.get("event") is not None
    if old.get("closed"):
        former = old.get("status_before") if old.get("cancelled_by_us") else None
        return {"kind": "closed", "by": "booking" if former is None else "service", "former_status": former}
    if old.get("reason") == "not_backfilled":
        return {"kind": "left_out"}
    if not booking and old.get("refused"):
        why, at = old.get("reason") or old.get("notice", ""), old.get("refused_at") or LONG_AGO
        return {"kind": "refused", "what": old["refused"], "why": why, "at": at}
    return {"kind": "active" if booking and event else "unlinked"}


def _order(old: Body) -> Body | None:
    if old.get("wish"):
        return {**old["wish"], "kind": "override"}
    return {"kind": old["decided"]} if old.get("decided") else None


def _intent(old: Body) -> Body | None:
    """Return an intent with its write, reconstructed from the base: version 1 stored only the write's class name."""
    before = old.get("intent")
    if not before:
        return None
    base, event = before.get("base") or old.get("base"), before.get("event")
    step: dict[str, Any] = {"kind": _KINDS[before["step"]], "why": before.get("why") or "recovered"}
    match before["step"]:
        case "InsertEvent" | "ReviveEvent":
            content = {"when": base["when"], "calendar": event["calendar"], "title": ""} if base else None
            step |= {"key": event, "content": content}
        case "PatchEvent":
            step |= {"key": event, "etag": "", "change": {}}
        case "MoveEvent":
            step |= {"key": old.get("event") or event, "etag": "", "destination": event["calendar"]}
        case "DeleteEvent":
            step |= {"key": event, "etag": ""}
        case "WriteBooking":
            step |= {"booking_id": old.get("booking_id", ""), "change": _change(old.get("base") or {}, base or {})}
        case _:
            shown = {name: base[name] for name in ("when", "object_id", "status")} if base else {}
            step |= {"event": event, **shown, "number": 1, "external_id_field": "external_id", "fields": []}
    kept = {name: before.get(name) for name in ("stamp", "expires_at", "base", "entry")}
    return {**kept, "entry": before.get("entry", ""), "step": step}


_KINDS = {
    "InsertEvent": "event.insert",
    "ReviveEvent": "event.revive",
    "PatchEvent": "event.patch",
    "MoveEvent": "event.move",
    "DeleteEvent": "event.delete",
    "WriteBooking": "booking.write",
    "MakeBooking": "booking.make",
}


def _change(before: Body, after: Body) -> Body:
    """Return what a write would have changed on a booking: wherever its new base differs from the old."""
    return {name: after[name] for name in ("when", "object_id", "status") if after.get(name) != before.get(name)}


def _with_what_is_removed(old: Body) -> Body:
    """2 -> 3: a held removal says which side it removes; before, its cause implied it."""
    return {**old, "life": _removing(old["life"])}


def _removing(life: Body) -> Body:
    if life["kind"] == "paused":
        return {**life, "former": _removing(life["former"])}
    if life["kind"] != "held":
        return life
    return {**life, "removes": "event" if life["cause"] == "booking_gone" else "booking"}


def _with_ids_by_what_became_of_them(old: Body) -> Body:
    """3 -> 4: the ids that were written, and those of them that were refused."""
    return {**old, "ids": _renamed(old.get("ids", {}), {"ours": "written", "not_taken": "refused"})}


def _with_plain_names(old: Body) -> Body:
    """2 -> 3: names that say what they are about."""
    changed = {"unfinished": "unfinished_change", "unfinished_at": "unfinished_since"}
    return _renamed(old, {**changed, "looks_since": "new_look_since"})


def _renamed(old: Body, new: Mapping[str, str]) -> Body:
    return {new.get(name, name): value for name, value in old.items()}


def _with_what_mends_it(old: Body) -> Body:
    """1 -> 2: a dead connection says whether it is fixed at Google; before, Google's code implied it."""
    connection = old.get("connection")
    if not connection:
        return old
    codes = ("accessNotConfigured", "SERVICE_DISABLED", "domainPolicy", "notACalendarUser")
    return {**old, "connection": {**connection, "mended_at_google": connection.get("dead", "") in codes}}


def _with_an_end(old: Body) -> Body:
    """1 -> 2: every entry has an outcome, even if no answer arrived; before, some stayed open for good."""
    return {**old, "outcome": Outcome.UNKNOWN.value} if old.get("outcome") == Outcome.OPEN else old


STEPS: Mapping[Hashable, tuple[Callable[[Body], Body], ...]] = {
    Link: (_with_states, _with_what_is_removed, _with_ids_by_what_became_of_them),
    Integration: (_with_what_mends_it, _with_plain_names),
    JOURNAL_ENTRY: (_with_an_end,),
}
