"""Saving a secret while the sync runs never stops the sync: what fails under an older secret is looked at again."""

from collections.abc import Callable
from datetime import timedelta

from functions.application.ports import Secrets
from tests.harness.deeds import active, made
from tests.harness.place import CLIENT_SECRET, PASSWORD, SECRETS, Place

OFTEN = 5


class SecretsBeingSaved:
    """The store as a task sees it that was under way while somebody saved: `meanwhile` happens before a read."""

    def __init__(self, stored: Secrets, name: str, meanwhile: Callable[[], None]) -> None:
        self._stored, self._name, self._meanwhile = stored, name, meanwhile
        self.times = 0

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        if name == self._name and self.times < OFTEN:
            self.times += 1
            self._meanwhile()
        return self._stored.get(int_id, name, version)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stored, name)


def while_saving(place: Place, name: str, meanwhile: Callable[[], None]) -> SecretsBeingSaved:
    """Let something happen each time the product has read its settings and is about to read this secret."""
    being_saved = SecretsBeingSaved(place.secrets, name, meanwhile)
    place.secrets = being_saved  # type: ignore[assignment]
    place.ports.outside._kept.clear()  # type: ignore[attr-defined]  # as after a start
    return being_saved


def test_saving_the_same_right_password_at_any_moment_does_not_stop_the_sync(place: Place) -> None:
    active(place)
    saving = while_saving(place, "ireserve_password", lambda: place.save(outbound={}, sync={"backfill": "none"}))
    for hour in range(8, 8 + OFTEN):
        place.book(f"2026-11-24T{hour:02}:00", f"2026-11-24T{hour:02}:45")
        place.settle()
    assert saving.times == OFTEN
    assert place.api("GET", "/7")["ireserve_refused"] == ""
    assert len(place.events()) == OFTEN


def test_a_refusal_under_a_password_that_was_replaced_meanwhile_is_no_refusal_of_the_new_one(place: Place) -> None:
    active(place)
    user = "users/api_calendar"

    def change_it_on_both_sides() -> None:
        new = f"{PASSWORD}-{place.now.timestamp()}"
        place.ireserve("PATCH", user, {"password": new})
        place.save(secrets={**SECRETS, "ireserve_password": new}, sync={"backfill": "none"})

    saving = while_saving(place, "ireserve_password", change_it_on_both_sides)
    made(place)
    place.settle(60)
    assert saving.times
    assert place.api("GET", "/7")["ireserve_refused"] == ""


def test_a_version_that_is_gone_is_a_reason_to_read_the_settings_again(place: Place) -> None:
    active(place)

    def save_and_destroy() -> None:
        place.save(sync={"backfill": "none"})
        place.secrets.destroy("7", "ireserve_password", "1")

    while_saving(place, "ireserve_password", save_and_destroy)
    made(place)
    assert place.api("GET", "/7")["ireserve_refused"] == ""


def test_the_client_secret_can_be_saved_at_any_moment_as_well(place: Place) -> None:
    active(place)
    saving = while_saving(place, "google_client_secret", lambda: place.save(sync={"backfill": "none"}))
    made(place)
    assert saving.times
    assert not place.api("GET", "/7")["connection"]["dead"]


def test_connecting_again_at_any_moment_does_not_kill_the_connection(place: Place) -> None:
    active(place)
    saving = while_saving(place, "google_refresh_token", lambda: place.connect() and None)
    made(place)
    assert saving.times
    assert not place.api("GET", "/7")["connection"]["dead"]


def test_an_older_version_lives_until_no_task_can_hold_it_and_no_longer(place: Place) -> None:
    active(place)
    place.save(secrets={**SECRETS, "google_client_secret": CLIENT_SECRET}, sync={"backfill": "none"})
    assert place.secrets.get("7", "ireserve_password", "1") == PASSWORD
    place.settle(timedelta(minutes=11).total_seconds())
    kept = (place.file._path.parent / "secrets.json").read_text()
    assert kept.count(PASSWORD) == 1 + kept.count(CLIENT_SECRET)  # both begin alike
