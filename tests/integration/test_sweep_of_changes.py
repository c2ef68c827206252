"""A sweep where i-Reserve tells what changed: every change in the whole window is read, texts included, and nothing else."""

from typing import Any

import pytest

from tests.harness.place import Place

DESCRIBED: dict[str, Any] = {"outbound": {"description_template": "{REMARKS}"}, "sync": {"backfill": "none"}}
FAR, FAR_END = "2027-03-24T10:00", "2027-03-24T11:00"


def minutes(place: Place, count: int) -> None:
    for _ in range(count):
        place.pass_time(59)
        place.tick()


def deaf(place: Place, **dialect: Any) -> tuple[str, str]:
    """Activate, book twice far ahead, and have webhooks get lost from then on."""
    place.activate(**DESCRIBED)
    place.api("PUT", "/7/dialect", dialect)
    one, other = (place.book(FAR[:8] + day + FAR[10:], FAR[:8] + day + FAR_END[10:]) for day in ("24", "25"))
    place.settle()
    place.tick()
    place.settle(60)
    minutes(place, 20)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    return one, other


def description(place: Place, booking: str) -> str:
    (event,) = [each for each in place.events() if each["id"] == place.booking(booking)["external_id"]]
    return str(event["description"])


def test_a_text_that_changed_far_ahead_is_there_within_the_sweep_minutes(place: Place) -> None:
    one, other = deaf(place, column_changed="RES_UPDATED", search_changed="bijgewerkt")
    place.change(one, remarks="Koffie")
    place.forget()
    minutes(place, 16)
    assert description(place, one).startswith("Koffie")
    reads = place.ireserve_calls()
    assert f"GET booking/{one}" in reads
    assert f"GET booking/{other}" not in reads


def test_without_a_search_for_changes_it_waits_for_the_night(place: Place) -> None:
    one, _ = deaf(place)
    place.change(one, remarks="Koffie")
    minutes(place, 16)
    assert not description(place, one).startswith("Koffie")


def test_lists_are_sorted_where_the_tenant_does_so(place: Place) -> None:
    place.ireserve("PATCH", "dialect", {"sorts": True, "filter_order": "start"})
    deaf(place, sorts=True)
    place.forget()
    minutes(place, 16)
    lists = [call for call in place.tenant.calls.since(0) if "booking/filter" in call["path"]]
    assert lists
    assert all("orderfields=RES_ID&ordertype=ASC" in call["query"] for call in lists)


@pytest.mark.parametrize("order", ["id", "start"])
def test_a_mass_change_is_read_to_the_last_one(place: Place, order: str) -> None:
    place.ireserve("PATCH", "dialect", {"filter_order": order, "filter_max_length": 7})
    deaf(place, column_changed="RES_UPDATED", search_changed="bijgewerkt")
    place.ireserve("POST", "hooks/mode", {"mode": "deliver"})
    booked = [place.book(f"2027-0{1 + n % 4}-{10 + n}T10:00", f"2027-0{1 + n % 4}-{10 + n}T11:00") for n in range(18)]
    place.settle(60)
    place.ireserve("POST", "hooks/mode", {"mode": "drop"})
    minutes(place, 16)
    for booking in booked:
        place.change(booking, remarks="Gewijzigd")
    minutes(place, 17)
    assert [booking for booking in booked if not description(place, booking).startswith("Gewijzigd")] == []
