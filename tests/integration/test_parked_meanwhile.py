"""What another worker has in hand was not looked at: what was parked before still stands."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.application.intake.hints import Hint, Kind, enqueue
from functions.application.store import links, parked
from functions.domain.pairing.link import Intent
from functions.domain.pairing.writes import EventChange, PatchEvent, Why
from tests.harness.deeds import made
from tests.harness.place import Place


@pytest.mark.parametrize("kind", [Kind.BOOKING, Kind.EVENT])
def test_a_look_at_a_pair_that_another_worker_is_writing_does_not_end_what_was_parked(place: Place, kind: Kind) -> None:
    """The item was gone for as long as that worker's lease, though what it is about failed all the time."""
    place.activate()
    booking, _ = made(place)
    link = links.of_booking(place.documents, "7", booking)
    assert link.event is not None
    step = PatchEvent(link.event, link.event_etag, EventChange(title="x"), Why.BOOKING_CHANGED)
    held = replace(link, intent=Intent("stamp", step, place.now + timedelta(seconds=60)))
    place.documents.transact(lambda tx: links.save(tx, "7", held))
    subject = (booking,) if kind is Kind.BOOKING else (link.event.calendar, link.event.id)
    hint = Hint(kind, "7", subject, "person", place.now)
    parked.park(place.ports, hint, "invalid", place.now)
    enqueue(place.tasks, hint, place.now, trailing=False)
    place.settle(10)
    assert parked.find(place.ports, hint) is not None
    place.settle(120)
    assert parked.find(place.ports, hint) is None
