"""The parts of the probe that write: moves, the external id, custom fields, statuses, and the resulting webhooks."""

from dataclasses import dataclass, replace
from datetime import datetime

from functions.application.probing import reading, record
from functions.application.probing.record import Spot, Written
from functions.application.probing.workbench import NOBODYS_ID, Bench
from functions.domain.model.appointment import When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Malformed, Refused
from functions.domain.model.identity import event_id
from functions.domain.pairing.writes import BookingChange


def move(b: Bench) -> None:
    """Move the test booking to a free time; fields that this loses must be sent along with every update.

    Like every part, it is put back afterwards (`probe.advance`).
    """
    before, booking = b.trial.before, b.test_booking()
    slot = _free(b, booking)
    after = b.attempt(booking, BookingChange(when=slot))
    lost = [
        *b.trial.found.get("update_carries", ()),
        *(["number"] if after.number != booking.number else []),
        *(["object_id"] if after.object_id != before.object_id else []),
    ]
    if lost or booking.number > 1:
        b.find(update_carries=tuple(dict.fromkeys(lost)))
    b.trial = replace(b.trial, notes={**b.trial.notes, "moved": True})


def _free(b: Bench, booking: Booking) -> When:
    """Return a time that i-Reserve says is free on the booking's own object; raises `Refused`."""
    before = b.trial.before
    for slot in b.slots(before.when):
        if Spot(before.object_id, slot) == b.trial.second_spot:
            continue
        try:
            b.asking().check(before.object_id, slot, booking.number)
        except Refused:
            continue
        return slot
    raise Refused("no free time was found", reason="no_free_time")


def refused_move(b: Bench) -> None:
    """Move the test booking onto the second one, which must be refused; then try the ways to override that."""
    target = b.trial.second_spot
    if target is None or not b.trial.second:
        raise Refused("there is no second booking to move it onto", reason="no_second_booking")
    booking = b.test_booking()
    moved = target.object_id if target.object_id != booking.object_id else None
    change = BookingChange(when=target.when, object_id=moved)
    try:
        b.attempt(booking, change)
    except Refused as error:
        if not b.trial.taken:
            raise
        b.find(write_validates=True, **({"refusals": error.form} if error.form else {}))
        _override(b, change)
        return
    if b.trial.taken:  # otherwise two bookings fit there, which proves nothing
        b.find(write_validates=False)


def _override(b: Bench, change: BookingChange) -> None:
    """Try each way until one moves the booking."""
    booking = b.test_booking()
    for way in b.guesses("override"):
        try:
            b.attempt(booking, replace(change, ignore_validation=True), override=way)
        except Refused:
            continue
        b.find(override=way)
        return
    b.trial = replace(b.trial, dropped=(*b.trial.dropped, "override"))


USUAL = 32  # length of this service's ids; Google's own are shorter
LONGEST = 128  # longest id tried
CUSTOM = "custom01"


@dataclass(slots=True)
class Ids:
    """Distinct ids of any length, in the form that this service writes."""

    b: Bench
    count: int = 0

    def next(self, length: int) -> str:
        """Return an unused id of this length."""
        self.count += 1
        seed = f"probe {self.b.trial.name} {self.count}"
        return (event_id(self.b.session.digest, self.b.session.id, seed, 0) * (length // USUAL + 1))[:length]


def write_back(b: Bench) -> None:
    """Find out how the external id is kept, shown, searched and emptied, and whether a custom field can be searched."""
    ids = Ids(b)
    written = ids.next(USUAL)
    kept = _kept(b, written)
    if kept is None:
        _shorter(b, ids)
    elif kept == written:
        b.find(external_id_returned=True)
        reading.external_id_column(b, written)
        _longer(b, ids)
    elif kept and written.startswith(kept):
        b.find(external_id_returned=True, external_id_max_length=len(kept))
        reading.external_id_column(b, kept)
    elif not kept:
        b.find(external_id_returned=False)
        reading.external_id_column(b, written)
    value = ids.next(min(b.trial.found.get("external_id_max_length") or USUAL, USUAL))
    held = _kept(b, value)
    if held is not None:
        _searched(b, "external_id", "search_external_id", held or value)
        _cleared(b, held or value)
    _custom(b, ids)


def _kept(b: Bench, value: str) -> str | None:
    """Write an external id and return what is shown afterwards; None if i-Reserve refuses it."""
    try:
        b.attempt(b.second(), BookingChange(external_id=value))
    except Refused:
        return None
    return b.second().external_id


def _longer(b: Bench, ids: Ids) -> None:
    wanted = ids.next(LONGEST)
    kept = _kept(b, wanted)
    if kept == wanted:
        b.find(external_id_max_length=None)
    elif kept and wanted.startswith(kept):
        b.find(external_id_max_length=len(kept))
    elif kept is None:
        b.find(external_id_max_length=_bisect(b, ids, USUAL, LONGEST))


def _shorter(b: Bench, ids: Ids) -> None:
    """32 characters were refused: find the longest that is accepted. If none is, the field cannot be written."""
    if longest := _bisect(b, ids, 0, USUAL):
        written = ids.next(longest)
        b.find(external_id_max_length=longest, external_id_returned=bool(_kept(b, written)))
        reading.external_id_column(b, written)


def _bisect(b: Bench, ids: Ids, taken: int, refused: int) -> int:
    """Return the longest accepted length; `taken` is an accepted one, `refused` is not."""
    while refused - taken > 1:
        middle = (taken + refused) // 2
        if _kept(b, ids.next(middle)) is None:
            refused = middle
        else:
            taken = middle
    return taken


def _searched(b: Bench, field: str, point: str, value: str) -> None:
    """Settle the filter that finds the second booking by a value, and nothing by another value."""
    for name in b.guesses(point):
        try:
            ireserve = b.asking(**{point: name})
            found = ireserve.find(field, value)
            if found is not None and found.id == b.trial.second and ireserve.find(field, NOBODYS_ID) is None:
                b.find(**{point: name})
                return
        except (Refused, Malformed):
            continue
    b.find(**{point: None})


def _cleared(b: Bench, value: str) -> None:
    """Empty the external id, and check that it is empty: by reading it if it is shown, otherwise by a search."""
    after = _kept(b, "")
    if after is None:
        b.find(external_id_clearable=False)
    elif b.dialect.external_id_returned or b.trial.found.get("column_external_id"):
        b.find(external_id_clearable=not after)
    elif b.trial.found.get("search_external_id"):
        b.find(external_id_clearable=b.asking().find("external_id", value) is None)


def _custom(b: Bench, ids: Ids) -> None:
    """Find out whether a custom field can be searched: the one in the settings, else the first."""
    settings = b.session.settings
    named = (settings.outbound.external_id_field, settings.outbound.meet_link_field, settings.inbound.remarks_field)
    field = next((name for name in named if name.startswith("custom")), CUSTOM)
    value = ids.next(USUAL)
    try:
        b.attempt(b.second(), BookingChange(fields=((field, value),)))
    except Refused:
        return
    if b.second().value_of(field) == value:
        _searched(b, field, "search_custom", value)
        b.attempt(b.second(), BookingChange(fields=((field, ""),)))


def status(b: Bench) -> None:
    """Cancel the second booking and reopen it, if that is allowed; measure how soon a status shows."""
    cancelled = b.session.settings.cancel_status
    if cancelled is None:
        raise Refused("there is no status to cancel with", reason="no_cancel_status")
    booking = b.second()
    opened = booking.status
    after = _changed(b, booking, cancelled)
    reading.status_names(b, after)
    try:
        again = _changed(b, after, opened)
    except Refused as error:
        b.trial = replace(b.trial, notes={**b.trial.notes, "reopen": error.reason})
    else:
        b.trial = replace(b.trial, notes={**b.trial.notes, "reopen": "allowed"})
        reading.status_names(b, again)


def _changed(b: Bench, booking: Booking, wanted: int) -> Booking:
    """Change the status and record how long it took to show; raises `Refused`."""
    waited, at = 0.0, b.session.now()
    last: Refused | None = None
    for patience in b.guesses("status_lag_seconds"):
        waited += patience
        try:
            after = b.writing(status_lag_seconds=patience).write(booking, BookingChange(status=wanted))
        except Refused as error:
            if error.cause is not Cause.NOT_APPLIED:
                raise
            last = error
            continue
        b.find(status_lag_seconds=max(waited, b.trial.found.get("status_lag_seconds", 0.0)))
        done = Written(booking.id, at, b.session.now(), status=True)
        b.trial = replace(b.trial, writes=(*b.trial.writes, done))
        return after
    raise last or Refused("the status does not change", reason=Cause.NOT_APPLIED)


def webhooks(b: Bench) -> None:
    """Find out whether the probe's writes caused webhooks, how soon, and how long before a status could be read."""
    if not b.trial.listening:
        raise Refused("no webhook could be registered", reason="no_webhook")
    heard = record.heard(b.session.ports.documents, b.session.id, b.trial.started_at)
    b.find(write_fires_hooks=bool(heard))
    if not heard:
        return
    delay = min((min(heard) - each.at).total_seconds() for each in b.trial.writes if each.at <= min(heard))
    b.trial = replace(b.trial, notes={**b.trial.notes, "webhook_after_seconds": round(max(0.0, delay), 1)})
    leads = [lead for each in b.trial.writes if each.status for lead in _leads(each, heard)]
    if leads and max(leads) > 0 and b.trial.found.get("status_lag_seconds"):
        b.find(hook_lead_seconds=round(max(leads) + 0.05, 1))


def _leads(written: Written, heard: list[datetime]) -> list[float]:
    """Return how many seconds before a status showed its first webhook arrived; [] if there was none."""
    if written.shown_at is None:
        return []
    return [(written.shown_at - at).total_seconds() for at in heard if written.at <= at <= written.shown_at][:1]


def built_in(b: Bench) -> None:
    """Settle whether somebody else writes event ids into bookings."""
    shown = b.dialect.external_id_returned or b.trial.found.get("column_external_id")
    own_field = b.session.settings.outbound.external_id_field != "external_id"
    if b.trial.second_held:
        b.find(built_in_active=True)
    elif b.trial.second and (shown or own_field) and "write_back" not in b.trial.trouble:
        b.find(built_in_active=False)
