"""Secrets that are gone though the database is not, as after `terraform destroy`: said, entered again, made anew."""

import json

from tests.harness.place import Place

EVERY = ("digest_key", "google_client_secret", "google_refresh_token", "ireserve_password")


def lose(place: Place, *names: str) -> None:
    """Take secrets away with all that the store knows of them."""
    path = place.secrets._path
    kept = json.loads(path.read_text(encoding="utf-8"))
    kept["7"] = {name: value for name, value in kept["7"].items() if name not in names}
    path.write_text(json.dumps(kept), encoding="utf-8")


def test_the_key_of_the_digests_is_made_anew_when_the_settings_are_saved_and_the_pairs_go_on(place: Place) -> None:
    place.activate()
    booking = place.book()
    place.settle()
    lose(place, "digest_key")
    place.save(secrets=None)
    place.change(booking, start="2026-11-24T12:00", end="2026-11-24T13:00")
    place.settle()
    (event,) = place.events()
    assert event["start"]["dateTime"].startswith("2026-11-24T12:00")
    assert [entry["event"] for entry in place.log if entry["event"] == "digest_key_lost"] == ["digest_key_lost"]


def test_a_new_key_of_the_digests_makes_nothing_twice_and_puts_nothing_back(place: Place) -> None:
    place.activate()
    place.book()
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.settle()
    lose(place, "digest_key")
    place.save(secrets=None)
    before = len(place.journal())
    place.api("POST", "/7/resync")
    place.settle(120)
    assert (len(place.events()), len(place.bookings()), len(place.journal())) == (2, 2, before)


def test_i_reserve_is_not_called_with_an_empty_password_where_the_secret_is_gone(place: Place) -> None:
    place.activate()
    lose(place, "ireserve_password")
    place.forget()
    place.book()
    place.settle()
    assert [call for call in place.ireserve_calls() if "rest" in call] == []


def test_everything_works_again_once_all_secrets_were_entered_again(place: Place) -> None:
    place.activate()
    lose(place, *EVERY)
    place.book()
    place.settle()
    assert place.events() == []
    place.save()
    place.connect()
    place.settle(120)
    place.tick()
    place.settle(120)
    assert len(place.events()) == 1


def test_an_account_whose_token_was_destroyed_can_be_disconnected(place: Place) -> None:
    place.save()
    place.connect()
    place.secrets.delete("7", "google_refresh_token")
    place.secrets.put("7", "google_refresh_token", "of a later consent")  # which the store, put back, does not know
    place.api("POST", "/7/disconnect")
    assert place.api("GET", "/7")["connection"] is None
    assert place.secrets.get("7", "google_refresh_token") is None
