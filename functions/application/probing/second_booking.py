"""The probe's second booking, made on the test object without a customer; and putting everything back.

Nobody gets a mail about it; a marker in its remarks identifies it.
"""

from contextlib import suppress
from dataclasses import replace

from functions.application.intake.hints import Hint, Kind, enqueue
from functions.application.intake.webhooks import webhook_url
from functions.application.ports import Body, Transaction
from functions.application.probing.record import Left, Spot, Trial, Written, standing
from functions.application.probing.workbench import Bench, guesses
from functions.application.store import integrations
from functions.application.store.integrations import path_of, put_history
from functions.application.store.records import body_of, record_of, stored
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import AccessRevoked, Cause, Gone, Malformed, Refused, SyncError, Transient
from functions.domain.model.identity import event_ids
from functions.domain.pairing.writes import BookingChange
from functions.domain.settings.integration import RUNNING, Hook, Integration

PLACES = (2, 1)  # two if possible: one place does not show whether an update without a number keeps it


def make(b: Bench) -> None:
    """Make the booking at the first free time, and find out whether its object is booked by the hour or by the day."""
    if b.trial.making is not None and not b.trial.second:
        _adopt(b, b.trial.making)
    if not b.trial.second:
        made = _made(b)
        spot = b.spot(made)
        b.note(second=made.id, second_spot=spot, making=None)
        b.session.ports.log("probe_booking", {"int_id": b.session.id, "booking": made.id})
    b.hold()
    booking = b.second()
    spot = b.trial.second_spot or b.spot(booking)
    _mode(b, booking)
    with suppress(Malformed):
        try:
            b.asking().check(spot.object_id, spot.when, booking.number)
        except Refused:
            b.trial = replace(b.trial, taken=True)


def _made(b: Bench) -> Booking:
    """Try the times in turn; raises `Refused` if none is free or i-Reserve refuses all of them."""
    before, last = b.trial.before.when, Refused("no free time was found", reason="no_free_time")
    for slot in b.slots(before):
        for when in (b.by_hour(slot), b.days(slot)):
            for number in PLACES:
                try:
                    return _try(b, when, number)
                except Refused as error:
                    last = error
            if last.cause is Cause.PERIOD_TAKEN:
                break  # the object accepts such times, this one is not free
    raise last


def _try(b: Bench, when: When, number: int) -> Booking:
    thing, status = b.trial.object, b.session.settings.inbound.status
    b.asking().check(thing, when, number)
    b.trial = replace(b.trial, making=Spot(thing, when))
    at = b.session.now()
    try:
        made = b.writing().make(thing, when, number, status, "", {"remarks": b.trial.marker}, checked=False)
    except Refused:
        b.note(making=None)
        raise
    b.trial = replace(b.trial, writes=(*b.trial.writes, Written(made.id, at, b.session.now())))
    return made


def _adopt(b: Bench, spot: Spot) -> None:
    """After a crash while the booking was being made, check whether it exists."""
    found = find(b, spot)
    b.note(second=found.id if found else "", second_spot=b.spot(found) if found else None, making=None)


def find(b: Bench, spot: Spot) -> Booking | None:
    """Find a booking with the marker on a spot's day."""
    for name in guesses("search_start", b.trial.found.get("search_start")):
        for form in guesses("search_dates", b.trial.found.get("search_dates")):
            with suppress(Refused, Gone, Malformed):
                numbers = b.listed(b.asking(search_start=name, search_dates=form), spot.when)
                for number in sorted(numbers, key=lambda each: (len(each), each), reverse=True):
                    booking = b.asking().read(number)
                    if b.trial.marker in booking.remarks:
                        return booking
    return None


def _mode(b: Bench, booking: Booking) -> None:
    """Tell from the resulting times whether the object is booked by the hour or by the day."""
    thing, dialect = b.trial.object, b.session.dialect
    by_day = isinstance(b.spot(booking).when, AllDay)
    lists = {"day_objects": dialect.day_objects, "hour_objects": dialect.hour_objects}
    yes, no = ("day_objects", "hour_objects") if by_day else ("hour_objects", "day_objects")
    b.find(**{yes: tuple(sorted({*lists[yes], thing}))})
    if thing in lists[no]:
        b.find(**{no: tuple(each for each in lists[no] if each != thing)})
    b.trial = replace(b.trial, second_spot=b.spot(booking))


def carries(b: Bench) -> None:
    """Find out which fields an update must repeat, because i-Reserve otherwise loses or demands them."""
    before = b.second()
    for n, carried in enumerate(b.guesses("update_carries")):
        remarks = f"{b.trial.marker} {n}"
        try:
            b.attempt(before, BookingChange(fields=(("remarks", remarks),)), update_carries=carried)
        except Refused:
            continue
        after = b.second()
        if "remarks" in after.fields and after.remarks != remarks:
            continue  # refused, but the answer says that it was done
        lost = tuple(dict.fromkeys((*carried, *_lost(b, before, after))))
        if lost or before.number > 1:
            b.find(update_carries=lost)
        if len(lost) > len(carried):
            with suppress(Refused):
                b.attempt(before, BookingChange(when=b.spot(before).when), update_carries=lost)
        return


def _lost(b: Bench, before: Booking, after: Booking) -> list[str]:
    spot, was = b.spot(after), b.spot(before)
    differs = {
        "number": after.number != before.number,
        "date": spot.when != was.when,
        "object_id": spot.object_id != was.object_id,
    }
    return [name for name, different in differs.items() if different]


def somebody_writes(b: Bench) -> None:
    """Find out whether somebody else has written an event id into the bookings since they were made or moved."""
    booking = b.second()
    fields = dict.fromkeys(("external_id", b.session.settings.outbound.external_id_field))
    ours = {"", *event_ids(b.session.digest, b.session.id, booking.id, [0])}
    held = next((value for name in fields if (value := booking.value_of(name).strip()) not in ours), "")
    b.trial = replace(b.trial, second_held=held)


def cancel(b: Bench) -> None:
    """Empty the external id, or restore somebody else's, and cancel the booking; raises i-Reserve's refusal."""
    if b.trial.making is not None and not b.trial.second:
        _adopt(b, b.trial.making)
    if not b.trial.second:
        return
    booking = b.second()
    held = b.trial.second_held
    if booking.external_id != held:
        with suppress(Refused):
            b.attempt(booking, BookingChange(external_id=held))
    if b.session.settings.outbound.removes(booking.status):
        return
    status = b.session.settings.cancel_status
    if status is None:
        raise Refused("there is no status to cancel it with", reason="no_cancel_status")
    b.writing(status_lag_seconds=max(b.dialect.status_lag_seconds, 1.0)).write(booking, BookingChange(status=status))


def listen(b: Bench) -> None:
    """Have the bookings' webhooks recorded; register webhooks for the probe if there are none."""
    b.hold()
    if b.session.integration.hooks:
        b.note(listening=True)
        return
    address = webhook_url(b.session.ports, b.session.integration)
    have = {hook.event for hook in b.trial.hooks}
    for event in b.dialect.hook_events:
        if event not in have:
            made = Hook(event, b.writing().subscribe(event, address))
            b.note(hooks=(*b.trial.hooks, made), listening=True)


def put_back(b: Bench) -> None:
    """Restore the test booking, cancel the second one and remove the probe's webhooks.

    One failure does not stop the others. What failed is recorded in `left`, and `Transient` makes the probe try again.
    """
    left: list[Left] = []
    reason = ""
    for what, act in (("moved", _test_booking), ("second", _second), ("hooks", _hooks)):
        try:
            act(b)
        except AccessRevoked:
            raise
        except SyncError as error:
            reason = error.reason
            left.append(_left(b, what, reason))
    b.note(left=tuple(left))
    if reason:
        raise Transient("not everything could be put back yet", reason=reason)


def _left(b: Bench, what: str, reason: str) -> Left:
    if what == "hooks":
        return Left(what, ", ".join(hook.id for hook in b.trial.hooks), reason)
    if what == "second" and not b.trial.second:
        return Left("unknown", b.trial.marker, reason)
    return Left(what, b.trial.second if what == "second" else b.trial.booking, reason)


def _test_booking(b: Bench) -> None:
    with suppress(Gone):  # somebody removed it, so there is nothing to restore
        b.put_back()


def _second(b: Bench) -> None:
    with suppress(Gone):
        cancel(b)


def _hooks(b: Bench) -> None:
    for hook in b.trial.hooks:
        used = {each.id for each in integrations.get(b.session.ports.documents, b.session.id).hooks}
        if hook.id not in used:  # i-Reserve may give the id of what was removed to another one
            b.writing().unsubscribe(hook.id)
        b.note(hooks=tuple(each for each in b.trial.hooks if each.id != hook.id))


def finish(b: Bench) -> Trial:
    """Store the findings, add them to the history, and have the bookings looked at again."""
    ports, trial, int_id = b.session.ports, b.trial, b.session.id
    held = trial.second_held if trial.left else ""
    trial = replace(trial, finished_at=b.session.now(), leased_until=None, due=None, second_held=held)
    entry, made = ports.token(12), Body()

    def store_findings(tx: Transaction) -> Integration:
        nonlocal made
        saved = standing(tx, int_id, trial, b.kept)
        body = tx.get(path_of(int_id)) or {}
        before = record_of(Integration, body, "integration {}", int_id)
        if body == made:
            return before  # stored by this worker, and the answer was lost
        kept = {name: value for name, value in before.dialect.items() if name not in trial.dropped}
        after = replace(before, probing=(), dialect={**kept, **body_of(trial)["found"]}, revision=before.revision + 1)
        made = stored(after)
        tx.put(path_of(int_id), made)
        tx.put(path_of(int_id, "progress", "probe"), stored(saved))
        former, new = ({"dialect": dict(each.dialect)} for each in (before, after))
        put_history(tx, int_id, entry, b.session.now(), trial.actor, former, new)
        return after

    after = ports.documents.transact(store_findings)
    ports.log("probed", {"int_id": int_id, "found": len(trial.found), "trouble": sorted(trial.trouble)})
    if after.phase in RUNNING:
        for number in trial.bookings:
            enqueue(ports.tasks, Hint(Kind.BOOKING, int_id, (number,), "probe", ports.clock()), ports.clock())
    return trial
