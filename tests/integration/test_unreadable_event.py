"""An event that Google does not give for a moment is looked at again: it counts neither as seen nor as deleted."""

from tests.harness.place import Place, example


def does_not_give(place: Place, event: str, times: int = 3) -> None:
    """Let Google not give this event for some calls."""
    path = f"/events/{event}$"
    place.google("POST", "faults", {"method": "GET", "path": path, "status": 503, "times": times})


def test_a_resync_comes_back_to_it(place: Place) -> None:
    place.activate()
    booking = place.book("2027-02-01T10:00", "2027-02-01T11:00")
    place.settle()
    place.settle(60)
    does_not_give(place, place.event()["id"])
    place.api("PUT", "/7?apply=all", example(outbound={"title_template": "Nr {BOOKING_NUMBER}"}))
    place.settle(120)
    assert place.event()["summary"] == f"Nr {booking}"


def test_a_resync_that_meets_a_withdrawn_consent_tells_of_it(place: Place) -> None:
    place.activate()
    place.book("2027-02-01T10:00", "2027-02-01T11:00")
    place.settle()
    place.api("PUT", "/7?apply=all", example(outbound={"title_template": "Nr {BOOKING_NUMBER}"}))
    place.google("POST", "tokens/revoke", {})
    place.settle(60)
    assert place.api("GET", "/7")["connection"]["dead"]
