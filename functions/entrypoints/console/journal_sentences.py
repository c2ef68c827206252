"""A journal entry as a sentence: names, old and new values, the reason, and who or what caused it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.application.deciding.undo import takes_a_time_back
from functions.application.finding.find import Found
from functions.application.finding.names import Names
from functions.application.ports import Body
from functions.application.store.journal import NO_ENTRY, OF_BOOKINGS, Name
from functions.application.store.journal_read import kind_of, outcome_of
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.reasons import reason_name
from functions.entrypoints.console.texts import Texts

LONGEST = 80  # characters of a quoted text
UNDOABLE = ("grace_over", "approved", "event_moved", "event_object", "conflict", "undone")  # writes to a booking
TAKEN_BACK = ("put_back", "conflict")  # from an event


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in words. `direction` is `out` (to Google) or `in` (to i-Reserve); `seconds` is None while under way.

    `outcome` is one of `journal_read.OUTCOMES`, which the filter offers; `ended` is the stored outcome.
    """

    id: str
    at: str
    booking_id: str
    room: str
    direction: str
    kind: str
    outcome: str
    says: str
    by: str
    seconds: float | None
    undone: bool
    undoable: bool
    ended: str = ""


def tell(entry: Body, names: Names, settings: Settings, t: Texts) -> Told:
    """Put an entry into words."""
    lag = entry.get("lag_seconds")
    return Told(
        id=str(entry.get("id", "")),
        at=str(entry["at"]),
        booking_id=str(entry.get("booking_id", "")),
        room=room_of(entry, names, settings),
        direction="in" if entry["step"] in OF_BOOKINGS else "out",
        kind=kind_of(entry),
        outcome=outcome_of(entry),
        says=sentence(entry, names, t),
        by=by(entry, t),
        seconds=float(lag) if lag is not None else None,
        undone=bool(entry.get("undone_at")),
        undoable=undoable(entry),
        ended=str(entry.get("outcome", "")),
    )


def sentence(entry: Body, names: Names, t: Texts) -> str:
    """Return what was done and why, or what was intended and how it ended."""
    if entry["step"] == NO_ENTRY:
        return t("came.unreadable", reason=reason_name(entry["why"], t))
    done = entry.get("outcome") == "done"
    said = _text(t, "told" if done else "meant", entry).format(**_values(entry, names, t))
    ends = []
    if done and entry.get("change", {}).get("notice"):
        ends.append(t("told.because", reason=reason_name(str(entry["change"]["notice"]), t)))
    elif not done:
        ends.append(_came(entry, t))
    if entry.get("despite"):
        ends.append(t("told.despite", reason=reason_name(str(entry["despite"]), t)))
    ends += [t(f"without.{name}") for name in entry.get("left_out", ()) if t.has(f"without.{name}")]
    return " ".join([said, *(end for end in ends if end)])


def would(step: Body, entry: Body, names: Names, t: Texts) -> str:
    """Return what one step of an undo would do: from the value that the entry set to the one that the step sets."""
    change = {name: value for name, value in step.items() if name != "step"}
    before = {**entry.get("before", {}), **entry.get("change", {})}
    meant = {"step": step["step"], "why": "undone", "change": change, "before": before}
    return _text(t, "would", meant).format(**_values(meant, names, t))


def planned(step: Body, names: Names, t: Texts) -> str:
    """Return what one step of a plan sets: old → new, or only the new value if there was none."""
    was, calendar = step.get("was", {}), str(step.get("calendar", ""))
    parts = []
    if step.get("from"):
        parts.append(f"{names.calendar(step['from'])} → {names.calendar(calendar)}")
    elif calendar:
        parts.append(names.calendar(calendar))
    reads = step.get("reads", {})
    shown = {*reads, *(("guest", "former guest") if "guests" in reads else ())}
    fields = [name for name in step.get("fields", ()) if name not in shown]
    if step.get("object_id") or step.get("when") or step.get("status") is not None or fields:
        parts.append(_changes(was, {**step, "fields": fields}, names, t))
    for name, (old, new) in reads.items():
        before = f"{_read(name, old, t)} " if old is not None else ""
        parts.append(f"{t(f'part.{name}')}: {before}→ {_read(name, new, t)}")
    return ", ".join(parts)


def _read(name: str, value: str, t: Texts) -> str:
    """Return a field's value in words: texts and labels in quotes, colours and choices by name."""
    if name == "reminders":
        each = (part.partition(":") for part in value.split(",") if ":" in part)
        return ", ".join(t(f"reads.reminders.{how}", n=minutes) for how, _, minutes in each) or t(
            f"reads.reminders.{value or 'none'}"
        )
    if name in ("meet", "tentative", "free"):
        return t(value)
    if name == "guests":
        return value
    key = f"reads.{name}.{value or 'none'}"
    return t(key) if t.has(key) else f"“{_line(value, t)}”"


def _line(text: str, t: Texts) -> str:
    """Return a text as one line of a table."""
    line = " ".join(text.split())
    return (line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…") or t("empty")


def verdict_values(found: Found, names: Names, t: Texts) -> dict[str, str]:
    """Return the values for the sentence of a verdict."""
    booking, link = found.booking.value, found.link
    refused = link.notice if link is not None and link.notice else str((found.last or {}).get("reason", ""))
    return {
        "booking": found.booking_id,
        "until": t.moment(link.until) if link is not None else "",
        "room": names.object(booking.object_id) if booking is not None else "",
        "status": status(booking.status, names, t) if booking is not None else "",
        "reason": reason_name(str(found.item[1]["reason"]) if found.item is not None else refused, t),
        "foreign": found.foreign,
        "event": link.event.id if link is not None and link.event is not None else "–",
    }


def verdict_sentence(found: Found, names: Names, t: Texts) -> str:
    """Return the sentence of a verdict."""
    return t(f"verdict.{found.verdict.value}", **verdict_values(found, names, t))


def undoable(entry: Body) -> bool:
    """Whether to show the button; the use case decides whether undo is possible."""
    if entry.get("outcome") != "done" or entry.get("undone_at"):
        return False
    if entry["step"] == Name.PATCH_EVENT:
        of_an_occupied = entry.get("change", {}).get("notice") == "occupied"
        return entry["why"] in TAKEN_BACK and takes_a_time_back(entry) and not of_an_occupied
    return (entry["step"] == Name.WRITE_BOOKING and entry["why"] in UNDOABLE) or entry["step"] == Name.MAKE_BOOKING


def by(entry: Body, t: Texts) -> str:
    """Return who or what caused an entry: the person, else the source of the hint."""
    actor, source = str(entry.get("actor", "")), str(entry.get("hint", "")).split(" ")[0]
    if actor:
        return t.name("actor", actor)
    return t.name("source", source)


def room_of(entry: Body, names: Names, settings: Settings) -> str:
    """Return the name of an entry's object, or of its calendar if the object is unknown."""
    change, before = entry.get("change", {}), entry.get("before", {})
    identity = before.get("object_id") or change.get("object_id") or entry.get("object_id")
    calendar = str(change.get("calendar") or entry.get("calendar") or before.get("calendar") or "")
    if not identity and len(only := settings.objects_of(calendar)) == 1:
        identity = only[0]
    return names.object(identity) if identity else names.calendar(calendar)


def _text(t: Texts, group: str, entry: Body) -> str:
    step, why, change = entry["step"], entry["why"], entry.get("change", {})
    about = (
        change.get("answer") or "when"
        if "answer" in change or "when" in change
        else "texts"
        if change.get("fields")
        else "status"
    )
    for key in (f"{step}.{why}.{about}", f"{step}.{why}", f"{step}.{about}", step):
        if t.has(f"{group}.{key}"):
            return t(f"{group}.{key}")
    return t(f"{group}.any")


def _came(entry: Body, t: Texts) -> str:
    outcome = str(entry.get("outcome", ""))
    if outcome == "refused":
        side = "ireserve" if entry["step"] in OF_BOOKINGS else "google"
        return t(f"came.refused_{side}", reason=reason_name(str(entry.get("reason", "")), t))
    return t.name("came", outcome, t("came.other"))


def _values(entry: Body, names: Names, t: Texts) -> dict[str, str]:
    change, before = entry.get("change", {}), entry.get("before", {})
    person = entry.get("replaced", {}).get("when") or before.get("when")
    old, new = before.get("when"), change.get("when") or before.get("when")
    return {
        "booking": str(entry.get("booking_id", "")),
        "old": _when(old, t),
        "new": _when(new, t),
        "move": _move(old, new, t),
        "back": _move(person, new, t),
        "person": _when(person, t),
        "fields": ", ".join(t.name("part", name) for name in change.get("fields", ())),
        "from": names.calendar(str(change.get("from", ""))),
        "to": names.calendar(str(change.get("calendar", ""))),
        "old_room": names.object(str(before.get("object_id", "–"))),
        "new_room": names.object(str(change.get("object_id", before.get("object_id", "–")))),
        "old_status": status(before.get("status"), names, t),
        "new_status": status(change.get("status", before.get("status")), names, t),
        "changes": _changes(before, change, names, t),
        "why": t.name("why", entry["why"], ""),
    }


def status(code: Any, names: Names, t: Texts) -> str:
    """Return a status's name and code, as far as known."""
    if code is None:
        return "–"
    name = names.statuses.get(int(code), "")
    return f"{t.name('status', name)} ({code})" if name else str(code)


def _changes(before: Body, change: Body, names: Names, t: Texts) -> str:
    parts = []
    if change.get("when"):
        parts.append(_move(before.get("when"), change["when"], t))
    if change.get("object_id"):
        parts.append(_arrow(before.get("object_id"), names.object(str(change["object_id"])), names.object))
    if change.get("status") is not None:
        parts.append(
            _arrow(before.get("status"), status(change["status"], names, t), lambda code: status(code, names, t))
        )
    parts += [t.name("part", name) for name in change.get("fields", ())]
    return ", ".join(parts) or t("empty")


def _arrow(old: Any, new: str, called: Callable[[Any], str]) -> str:
    """Return old → new, or only the new value if there was none."""
    return f"{called(old)} → {new}" if old is not None else new


def _when(when: Body | None, t: Texts) -> str:
    if not when:
        return "–"
    return t.days(when["first"], when["until"]) if "first" in when else t.span(when["start"], when["end"])


def _move(old: Body | None, new: Body | None, t: Texts) -> str:
    """Return old → new; a common day is shown once."""
    before, after = _when(old, t), _when(new, t)
    if not old or before == after:
        return after
    if new and "start" in old and "start" in new:
        days = {t.local(each).day for each in (old["start"], old["end"], new["start"], new["end"])}
        if len(days) == 1:
            return f"{before} → {t.local(datetime.fromisoformat(new['start'])):%H:%M} – {t.local(new['end']):%H:%M}"
    return f"{before} → {after}"
