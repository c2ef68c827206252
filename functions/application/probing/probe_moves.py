"""Parts of a probe that move the test booking: to a free time, and onto the second booking."""

from dataclasses import replace

from functions.application.probing.probe_bench import Bench
from functions.application.probing.probe_record import Spot
from functions.domain.model.appointment import When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Refused
from functions.domain.planning.step import BookingChange


def move(b: Bench) -> None:
    """Move the test booking to a free time and back; what that loses must be carried along."""
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
    if b.trial.taken:  # else two bookings fit there, which says nothing
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
