"""The store's answers are lost, or the same request comes twice: what is stored is what was asked for once."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from functions.adapters.sqlite.documents import SqliteDocuments
from functions.application.ports import Transaction
from functions.application.setting_up import dialect_input
from functions.application.setting_up.dialect_input import mark
from functions.application.store import integrations
from functions.domain.model.errors import Taken
from functions.domain.settings.integration import Hook, Integration
from tests.harness.place import PASSWORD, Place, example

T = TypeVar("T")


class Unanswered(SqliteDocuments):
    """The store, when the answer to each transaction is lost: it runs again on what it stored, as on Firestore."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.file, lambda: place.now)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        first = super().transact(work)
        try:
            return super().transact(work)
        except Taken:
            return first  # a creation: the store tells its own document from another one


class Overtaken(SqliteDocuments):
    """The store, when another worker does something just before a transaction, the next one or a `later` one."""

    def __init__(self, place: Place, does: Callable[[], object], later: int = 0) -> None:
        super().__init__(place.file, lambda: place.now)
        self._place, self._does, self._left = place, does, later

    def transact(self, work: Callable[[Transaction], T]) -> T:
        if self._place.ports.documents is self and not self._left:
            self._place.ports.documents = self._place.documents
            self._does()
        self._left -= 1
        return super().transact(work)


@pytest.fixture
def unanswered(place: Place) -> Place:
    place.ports.documents = place.ports.consents = Unanswered(place)
    return place


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
    place.ports.documents = Overtaken(place, lambda: place.api("POST", "/7/activate"))
    place.api("POST", "/7/activate")
    assert place.api("GET", "/7")["state"] == "shadow"


def test_what_was_deactivated_meanwhile_is_not_resumed(place: Place) -> None:
    paused_in_shadow(place)
    place.ports.documents = Overtaken(place, lambda: place.api("POST", "/7/deactivate"))
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
    place.ports.documents = Overtaken(place, lambda: place.api("POST", "/7/activate"), later=1)
    place.api("POST", "/7/activate")
    hooks = stored(place).hooks
    assert sorted(hook.event for hook in hooks) == ["booking_created", "booking_updated"]
    assert set(hooks) == registered(place)


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
