"""Starts a probe, if the booking is suitable."""

from contextlib import suppress
from dataclasses import replace

from functions.application.ports import Ports, Reservations
from functions.application.probing import probe, record
from functions.application.probing.record import Spot, Trial
from functions.application.probing.workbench import guesses
from functions.application.store import integrations, links
from functions.application.store.stopped import ireserve_stopped
from functions.application.sync.session import SyncSession, open_session
from functions.domain.comparing.event_content import period, when_of
from functions.domain.model.addresses import rest_base
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Conflict, Gone, Malformed, Refused
from functions.domain.model.messages import listed, say
from functions.domain.pairing.life import Closed, Detached

MARKS = ("PROBE", "TEST")
UNDER_WAY = "a probe is under way; wait for its end or stop it"


def begin(ports: Ports, int_id: str, booking_id: str, object_id: str, actor: str, *, really: bool = False) -> Trial:
    """Start a probe; raises `Conflict`, `Gone`, `Refused` or `Malformed` with one sentence if it cannot start.

    The caller has the queue continue it (`probe.queue`) or continues it itself (`probe.advance`).
    """
    integration = integrations.get(ports.documents, int_id)
    if why := ireserve_stopped(integration):
        raise Conflict(why, reason="ireserve_login")
    before = record.current(ports.documents, int_id)
    if before is not None and probe.alive(before, ports.clock()):
        raise Conflict(UNDER_WAY, reason="probing")
    if before is not None and before.unfinished and not probe.is_elsewhere(before, integration):
        before = _tidy_up(ports, int_id)
    session = open_session(ports, integration)
    found, booking = _read(session, booking_id, object_id)
    _suits(session, booking, really=really)
    if object_id != booking.object_id and object_id not in {each.id for each in session.reservations.objects()}:
        raise Gone(
            say("i-Reserve has no object {}; name the object of a test booking", object_id), reason="unknown_object"
        )
    trial = Trial(
        started_at=ports.clock(),
        booking=booking.id,
        object=object_id,
        before=Spot(booking.object_id, when_of(booking, session.settings)),
        number=booking.number,
        actor=actor,
        ireserve=rest_base(integration.settings.ireserve.base_url),
        marker=f"PROBE {ports.token(9)}",
        found=found,
    )
    record.forget_webhooks(ports, int_id)
    try:
        saved = record.save(ports, int_id, trial, before)
    except record.Overtaken:
        raise Conflict(UNDER_WAY, reason="probing") from None
    integrations.change(ports.documents, int_id, lambda was: replace(was, probing=saved.bookings))
    probe.watch(ports, int_id, saved)
    return saved


def _tidy_up(ports: Ports, int_id: str) -> Trial:
    """Put back what the last probe left, and return it; raises `Conflict` until that is done."""
    probe.stop(ports, int_id)
    after = probe.advance(ports, int_id)
    if after is None or after.unfinished:
        left = listed(map(str, after.left)) if after is not None and after.left else "try again in some minutes"
        raise Conflict(say("the last probe was cut off and is being put back: {}", left), reason="probe_left")
    return after


def _read(session: SyncSession, booking_id: str, object_id: str) -> tuple[dict[str, object], Booking]:
    """Read the test booking; if the answer does not name its object, find the column that does."""
    try:
        with suppress(Malformed):
            return {}, _asking(session).read(booking_id)
        for column in guesses("column_object", session.integration.dialect.get("column_object")):
            with suppress(Refused, Malformed):
                ireserve = _asking(session, column_object=column)
                if ireserve.row(booking_id, (column,)).get(column) == object_id:
                    return {"column_object": column}, ireserve.read(booking_id)
        return {}, session.reservations.read(booking_id)
    except Gone:
        raise Gone(
            say("i-Reserve has no booking {}; make a test booking there", booking_id), reason="no_booking"
        ) from None


def _asking(session: SyncSession, **dialect: object) -> Reservations:
    return session.ports.outside.reservations(replace(session.integration, dialect=dialect))


def _suits(session: SyncSession, booking: Booking, *, really: bool) -> None:
    """Refuse a booking that may be a real one (unless `really`), or that the probe cannot use."""
    number = booking.id
    if booking.activity_id:
        raise Refused(
            say("booking {} belongs to an activity and cannot be moved; use another one", number), reason="activity"
        )
    if session.settings.outbound.removes(booking.status):
        raise Refused(say("booking {} is cancelled; use one that is open", number), reason="cancelled")
    start, _ = period(when_of(booking, session.settings), session.settings.timezone)
    if start <= session.now():
        raise Refused(say("booking {} is in the past; use one of the coming weeks", number), reason="past")
    if really:
        return
    link = links.of_booking(session.ports.documents, session.id, number)
    if link.version and not isinstance(link.life, Closed | Detached):
        raise Refused(
            say("booking {} has an event in a calendar; use one that has none, or say really", number), reason="linked"
        )
    if not any(mark in booking.remarks.upper() for mark in MARKS):
        raise Refused(
            say("booking {} may be a real one; put TEST in its remarks, or say really", number), reason="not_a_test"
        )
