"""Two versions run side by side for some minutes of a deployment: what the older cannot read, the newer one does soon afterwards."""

from functions.application.ports import Body
from functions.application.store import links
from tests.harness.place import Place

INTEGRATION = ("integrations", "7")


def upgraded(place: Place, *path: str) -> Body:
    """Let the newer version have stored a document; returns it as this one knows it."""
    body = place.documents.get(path)
    assert body is not None
    place.documents.transact(lambda tx: tx.put(path, {**body, "schema": 99}))
    return body


def test_a_webhook_that_the_older_version_got_is_followed_within_a_minute_and_nobody_is_told(place: Place) -> None:
    place.activate()
    body = upgraded(place, *INTEGRATION)
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle(6)
    assert place.events() == []
    place.documents.transact(lambda tx: tx.put(INTEGRATION, body))  # as the newer version sees it
    assert place.api("GET", "/7/parked") == []
    place.settle(60)
    assert len(place.events()) == 1
    assert place.api("GET", "/7/parked") == []


def test_a_pair_that_the_newer_version_stored_is_followed_within_a_minute_and_nobody_is_told(place: Place) -> None:
    place.activate()
    booking = place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle(60)
    (link,) = links.every(place.documents, "7")
    path = (*INTEGRATION, "links", link.id)
    body = upgraded(place, *path)
    place.change(booking, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.settle(6)
    place.documents.transact(lambda tx: tx.put(path, body))
    assert place.api("GET", "/7/parked") == []
    place.settle(60)
    (event,) = place.events()
    assert event["start"]["dateTime"].startswith("2026-11-24T14:00")


def test_what_stays_unreadable_is_parked_within_a_minute(place: Place) -> None:
    place.activate()
    body = upgraded(place, *INTEGRATION)
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle(60)
    place.documents.transact(lambda tx: tx.put(INTEGRATION, body))
    assert {each["reason"] for each in place.api("GET", "/7/parked")} == {"newer_version"}
