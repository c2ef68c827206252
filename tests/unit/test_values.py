"""The small values: bookings, views, integrations, errors and their faults."""

from datetime import timedelta

import pytest

from functions.application.probing.bench import GUESSES, guesses
from functions.domain.model.errors import Fault, Invalid, Stale, Transient
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.life import Held
from functions.domain.pairing.link import State
from functions.domain.planning.view import Wanted, wanted_of
from functions.domain.settings.dialect import dialect_from
from functions.domain.settings.integration import Integration
from tests.unit.sketch import (
    ABSENT,
    BELIEVED,
    CANCELLED,
    NOW,
    UNREADABLE,
    booking,
    event,
    link,
    planning_context,
    settings,
    view,
)


def test_a_field_that_settings_name_is_found_in_a_booking() -> None:
    made = booking(remarks="Met beamer", fields={"custom01": "abc"})
    assert (made.value_of("external_id"), made.value_of("remarks")) == (made.external_id, "Met beamer")
    assert (made.value_of("custom01"), made.value_of("custom99")) == ("abc", "")


@pytest.mark.parametrize(
    ("its", "confirmed", "wanted"),
    [
        (Snapshot.of(booking()), False, Wanted.EVENT),
        (Snapshot.of(booking(status=10)), False, Wanted.KEPT),
        (Snapshot.of(booking(status=80)), False, Wanted.NONE),
        (ABSENT, False, Wanted.UNKNOWN),
        (CANCELLED, True, Wanted.NONE),
        (UNREADABLE, True, Wanted.UNKNOWN),
        (BELIEVED, True, Wanted.UNKNOWN),
        (Snapshot(Presence.PRESENT), True, Wanted.UNKNOWN),
    ],
)
def test_a_bookings_status_says_what_its_event_should_be(its: object, confirmed: bool, wanted: Wanted) -> None:  # noqa: FBT001
    assert wanted_of(its, planning_context(gone_confirmed=confirmed)) is wanted  # type: ignore[arg-type]  # snapshots


def test_a_view_can_be_given_another_link() -> None:
    assert view().with_link(life=Held("x")).link.state is State.HELD


def test_an_integration_is_called_as_its_settings_say() -> None:
    assert Integration(settings()).id == "7"


def test_an_error_has_a_short_reason_for_logs() -> None:
    assert Stale("read and plan again").reason == "stale"
    assert Stale("read and plan again", reason="lease_over").reason == "lease_over"
    assert Transient("later", retry_after=5.0).retry_after == 5.0


def test_all_faults_of_an_input_are_in_one_error() -> None:
    faults = (Fault("id", "use letters"), Fault("mapping", "add a row"))
    assert str(Invalid(faults)) == "id: use letters; mapping: add a row"
    assert Fault("id", "use letters") == faults[0]
    assert faults[0] != faults[1]
    assert faults[0] != "id"
    assert len({*faults, Fault("id", "use letters")}) == 2
    assert repr(faults[0]) == "Fault('id', 'use letters')"


def test_an_old_reading_of_an_event_is_told_from_a_new_one() -> None:
    newer = event(etag='"2"', updated=NOW + timedelta(seconds=1))
    assert not link().knows_newer(event())
    assert not link().knows_newer(newer)
    assert link().seeing(newer).knows_newer(event())
    assert not link(event_updated=None).knows_newer(event(etag='"0"'))
    assert not link().knows_newer(event(etag='"0"', updated=None))


def test_what_no_probe_settled_is_an_assumption_with_a_sentence() -> None:
    found = dialect_from({"search_id": "RES_ID", "day_objects": ["20"], "former": 1})
    assert (found.search_id, found.day_objects) == ("RES_ID", ("20",))
    assert "search_id" not in dict(found.assumptions())
    assert dict(found.assumptions())["search_start"].endswith(".")
    assert (found.status_code(" Open "), found.status_code("nooit")) == (20, None)
    assert found.as_body() == {"day_objects": ("20",), "search_id": "RES_ID"}


def test_what_is_stored_for_a_point_is_tried_first() -> None:
    point = "search_id"
    assert guesses(point) == guesses(point, GUESSES[point][0]) == GUESSES[point]
    assert guesses(point, "eigen_naam")[0] == "eigen_naam"


def test_what_asks_for_more_is_owed_first() -> None:
    changed = Integration(settings()).owing("new", NOW).owing("all", NOW).owing("future", NOW)
    assert changed.unfinished == "all"
    assert changed.owing("activation", NOW).owing("resume", NOW).unfinished == "activation"
