"""The store's answers are lost, or the same request comes twice: what is stored is what was asked for once."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import pytest

from functions.adapters.sqlite.documents import SqliteDocuments
from functions.application.ports import Transaction
from functions.application.setting_up import dialect_input
from functions.application.setting_up.dialect_input import mark
from functions.application.store import calendars, integrations, links
from functions.application.sync.session import open_session
from functions.application.watching import key_rotation
from functions.domain.model.errors import Transient
from functions.domain.model.event import EventKey
from functions.domain.settings.integration import Hook, Integration
from tests.harness.faster import overtake
from tests.harness.place import PASSWORD, ROOM_B, Place, example
from tests.harness.trials import booked
from tests.world.store import run_twice

pytestmark = pytest.mark.on_disk

T = TypeVar("T")
AWAY = Transient("The store did not answer; try again.", reason="store_away")


class Unanswered(SqliteDocuments):
    """The store, when the answer to each transaction is lost: it runs again on what it stored, as on Firestore."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.file, lambda: place.now)
        self.unrepeatable: list[str] = []
        self._answers = SqliteDocuments(place.file, lambda: place.now)

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:  # noqa: ARG002 -- each is
        return run_twice(self._answers, work, self.unrepeatable.append)


@pytest.fixture
def unanswered(place: Place) -> Iterator[Place]:
    place.ports.documents = place.ports.consents = store = Unanswered(place)
    yield place
    assert store.unrepeatable == []


def stored(place: Place) -> Integration:
    return integrations.get(place.documents, "7")


def registered(place: Place) -> set[Hook]:
    return {Hook(hook.event, str(number)) for number, hook in place.tenant.world.hooks.items()}


def paused_in_shadow(place: Place) -> None:
    place.save()
    place.connect()
    place.api("POST", "/7/activate?shadow=1")
    place.api("POST", "/7/pause")


def test_what_was_paused_in_shadow_resumes_in_shadow(place: Place) -> None:
    paused_in_shadow(place)
    place.ports.documents = Unanswered(place)
    assert place.api("POST", "/7/activate")["state"] == "shadow"
    assert place.api("GET", "/7")["state"] == "shadow"


def test_a_double_click_resumes_once_and_shadow_stays_shadow(place: Place) -> None:
    paused_in_shadow(place)
    overtake(place, lambda: place.api("POST", "/7/activate"))
    place.api("POST", "/7/activate")
    assert place.api("GET", "/7")["state"] == "shadow"


def test_what_was_deactivated_meanwhile_is_not_resumed(place: Place) -> None:
    paused_in_shadow(place)
    overtake(place, lambda: place.api("POST", "/7/deactivate"))
    place.api("POST", "/7/activate")
    assert place.api("GET", "/7")["state"] == "draft"


def test_an_activation_registers_each_webhook_once(unanswered: Place) -> None:
    unanswered.activate()
    hooks = stored(unanswered).hooks
    assert sorted(hook.event for hook in hooks) == ["booking_created", "booking_updated"]
    assert set(hooks) == registered(unanswered)


def test_of_two_activations_at_once_one_keeps_its_webhooks_and_the_other_removes_its_own(place: Place) -> None:
    place.save()
    place.connect()
    overtake(place, lambda: place.api("POST", "/7/activate"), later=1)
    place.api("POST", "/7/activate")
    hooks = stored(place).hooks
    assert sorted(hook.event for hook in hooks) == ["booking_created", "booking_updated"]
    assert set(hooks) == registered(place)


class GivesUp:
    """A store that gives up one transaction: the next but so many, before it stored it or after."""

    def __init__(self, place: Place, number: int, *, stores: bool) -> None:
        self._documents, self._left, self._stores = place.documents, number, stores

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    def transact(self, work: Callable[[Transaction], T], *, durable: bool = True) -> T:
        self._left -= 1
        if self._left == -1 and not self._stores:
            raise AWAY
        done: T = self._documents.transact(work, durable=durable)
        if self._left == -1:
            raise AWAY
        return done


@pytest.mark.parametrize("stores", [False, True])
@pytest.mark.parametrize("number", range(9))
def test_no_webhook_is_left_that_nothing_names_where_the_store_gives_up(
    place: Place, number: int, *, stores: bool
) -> None:
    place.save()
    place.connect()
    documents: Any = GivesUp(place, number, stores=stores)
    place.ports.documents = documents
    with suppress(AssertionError):
        place.api("POST", "/7/activate")
    place.api("POST", "/7/activate")
    assert set(stored(place).hooks) == registered(place)
    place.ports.webhook_keys = ("newest", *place.ports.webhook_keys)
    documents = GivesUp(place, number, stores=stores)
    place.ports.documents = documents
    for _ in range(2):
        with suppress(Transient):
            key_rotation.rotate(open_session(place.ports, stored(place)))
    assert set(stored(place).hooks) == registered(place)
    assert stored(place).webhook_key == key_rotation.name_of("newest")
    documents = GivesUp(place, number, stores=stores)
    place.ports.documents = documents
    for _ in range(2):
        with suppress(AssertionError):
            place.api("POST", "/7/deactivate")
    assert (stored(place).hooks, registered(place)) == ((), set())


def test_the_consent_that_was_brought_back_counts(unanswered: Place) -> None:
    unanswered.save()
    assert unanswered.consent().status_code == 303
    assert unanswered.step_two("7", "planner@example.org")["account"] == "planner@example.org"


def test_settings_and_the_secrets_beside_them_are_saved_without_a_conflict(unanswered: Place) -> None:
    unanswered.save()
    before = stored(unanswered)
    body = {**example(name="Zuid"), "revision": before.revision, "secrets": {"ireserve_password": PASSWORD}}
    assert unanswered.api("PUT", "/7", body)["name"] == "Zuid"
    assert stored(unanswered).secret_versions["ireserve_password"] != before.secret_versions["ireserve_password"]


def test_a_replaced_secret_is_destroyed(place: Place) -> None:
    place.save()
    former = stored(place).secret_versions["ireserve_password"]
    place.ports.documents = Unanswered(place)
    place.api("PUT", "/7", {**example(), "secrets": {"ireserve_password": "another"}})
    place.settle(900)
    kept = place.secrets._read()["7"]["ireserve_password"]["versions"]
    assert former not in kept
    assert list(kept.values()) == ["another"]


def test_points_of_the_dialect_that_somebody_typed_are_saved_without_a_conflict(unanswered: Place) -> None:
    unanswered.save()
    before = mark(stored(unanswered).dialect)
    dialect_input.save(unanswered.ports, "7", {"day_objects": ["10"]}, "person", seen=before)
    assert stored(unanswered).dialect == {"day_objects": ["10"]}
    changes = [each for each in unanswered.api("GET", "/7/history") if "dialect" in each["after"]]
    assert [(each["before"], each["after"]) for each in changes] == [
        ({"dialect": {}}, {"dialect": {"day_objects": ["10"]}})
    ]


def test_a_pair_is_made_moved_and_undone_with_each_entry_closed(unanswered: Place) -> None:
    unanswered.activate()
    unanswered.book("2026-11-24T10:00", "2026-11-24T11:00")
    drawn = unanswered.draw("2026-11-25T10:00", "2026-11-25T11:00")["id"]
    unanswered.settle()
    unanswered.drag(drawn, "2026-11-25T14:00", "2026-11-25T15:00")
    unanswered.settle()
    assert sorted(each["from"] for each in unanswered.bookings()) == ["2026-11-24T10:00", "2026-11-25T14:00"]
    (moved,) = [each for each in unanswered.journal() if each["why"] == "event_moved"]
    assert unanswered.api("POST", f"/7/journal/{moved['id']}/undo")["done"] is True
    assert sorted(each["from"] for each in unanswered.bookings()) == ["2026-11-24T10:00", "2026-11-25T10:00"]
    assert {each["outcome"] for each in unanswered.journal()} == {"done"}
    assert unanswered.api("GET", "/7/parked") == []


def test_a_dead_login_is_told_at_once_and_once(unanswered: Place) -> None:
    unanswered.activate(alerts={"email": "beheer@example.org"})
    unanswered.ireserve("PATCH", "users/api_calendar", {"password": "another"})
    unanswered.book("2026-11-24T10:00", "2026-11-24T11:00")
    for _ in range(5):
        unanswered.settle(60)
        unanswered.tick()
    assert [alert.name for _, alert in unanswered.told] == ["ireserve_refused"]


def test_a_probe_takes_no_longer_than_otherwise(unanswered: Place) -> None:
    unanswered.save()
    unanswered.api("POST", "/7/probe", {"booking": booked(unanswered), "object": 10}, 202)
    unanswered.settle(80)
    assert unanswered.api("GET", "/7/probe")["state"] == "done"


def test_what_a_probe_found_stands_in_the_history_as_a_change(unanswered: Place) -> None:
    unanswered.save()
    unanswered.api("POST", "/7/probe", {"booking": booked(unanswered), "object": 10}, 202)
    unanswered.settle(80)
    (found,) = (each for each in unanswered.api("GET", "/7/history") if "dialect" in each["after"])
    assert found["before"] == {"dialect": {}}
    assert found["after"]["dialect"] == stored(unanswered).dialect


def test_a_deactivation_makes_one_new_generation_of_webhooks(unanswered: Place) -> None:
    unanswered.activate()
    before = stored(unanswered).webhook_generation
    unanswered.api("POST", "/7/deactivate")
    assert stored(unanswered).webhook_generation == before + 1


def test_each_channel_is_stored_once(unanswered: Place) -> None:
    unanswered.activate()
    for state in calendars.every(unanswered.documents, "7"):
        assert len(state.channels) == 1


def test_pairs_of_a_removed_row_that_were_changed_meanwhile_leave_no_claim_behind(place: Place) -> None:
    place.activate()
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    (link,) = links.every(place.documents, "7")
    assert link.event is not None
    carried = replace(link, event=EventKey(ROOM_B, link.event.id))
    place.api("POST", "/7/pause")
    read = place.api("GET", "/7")
    place.api("PUT", "/7?apply=all", {**read, "mapping": read["mapping"][1:]})
    change = partial(place.documents.transact, lambda tx: links.save(tx, "7", carried))
    overtake(place, change)
    assert place.api("POST", "/7/unmapped") == {"left": 1}
    assert place.api("POST", "/7/unmapped") == {"left": 0}
    assert place.documents.find(("integrations", "7", "claims")) == []


def test_an_integration_is_removed_with_its_events(unanswered: Place) -> None:
    unanswered.activate()
    unanswered.book("2026-11-24T10:00", "2026-11-24T11:00")
    unanswered.settle()
    unanswered.api("POST", "/7/deactivate")
    unanswered.api("DELETE", "/7?events=remove", status=204)
    assert unanswered.events() == []
    unanswered.api("GET", "/7", status=404)
