"""A sweep where i-Reserve tells what changed: every change in the whole window is read, texts included, and nothing else."""

from typing import Any

import pytest

from functions.application.intake.hints import Kind
from functions.application.ports import Task
from functions.application.scanning import scan
from functions.domain.settings.integration import Integration
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


def slow(place: Place) -> None:
    """Have i-Reserve take longer for its list of changes than a task takes on more."""
    real = place.ports.outside.reservations

    class Slow:
        def __init__(self, integration: Integration) -> None:
            self._real = real(integration)

        def changed_since(self, *args: Any, **options: Any) -> Any:
            place.pass_time(scan.CHUNK_SECONDS + 1)
            return self._real.changed_since(*args, **options)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    place.ports.outside.reservations = Slow  # type: ignore[method-assign]  # for this test


def test_no_two_tasks_of_a_sweep_have_one_name_although_its_list_of_changes_took_long(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cloud Tasks drops a task that has the name of one that ran within the hour; the rounds notice only after ten minutes."""
    deaf(place, column_changed="RES_UPDATED", search_changed="bijgewerkt")
    slow(place)
    names, put = list[str](), place.ports.tasks.put

    def noted(*tasks: Task) -> bool:
        names.extend(each.name for each in tasks if each.body["kind"] == Kind.SCAN)
        return put(*tasks)

    monkeypatch.setattr(place.ports.tasks, "put", noted)
    minutes(place, 17)
    place.settle(60)
    assert len(names) > 1
    assert len(set(names)) == len(names)


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
