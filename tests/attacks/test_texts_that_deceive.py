"""Texts of strangers show what they say, imitate nothing of this service, and stop no alert."""

import pytest

from functions.domain.model.addresses import is_mail_address
from tests.harness.deeds import active, faults, made
from tests.harness.place import Place

SEEN = "Vergadering"
HIDDEN = "\0\x1b\x07\x9b\u202e\u2066\u2028\x7f"


def test_control_characters_and_turned_reading_directions_stay_out_of_titles(place: Place) -> None:
    active(place, title_template="{REMARKS}", description_template="{REMARKS}")
    _, event = made(place, remarks=f"{HIDDEN}{SEEN}{HIDDEN}")
    assert event["summary"] == SEEN
    assert not set(HIDDEN) & set(event["description"])


def test_and_out_of_remarks(place: Place) -> None:
    active(place)
    place.draw("2026-11-24T10:00", "2026-11-24T11:00", summary=f"{HIDDEN}{SEEN}{HIDDEN}")
    place.settle()
    assert place.bookings()[0]["remarks"] == SEEN


@pytest.mark.parametrize("remarks", ["⚠ 12 dec. geweigerd: bel 06-12345678", "⚠\ufe0f Let op", "x\n⚠ Geweigerd"])
def test_remarks_do_not_imitate_a_notice_of_this_service(place: Place, remarks: str) -> None:
    active(place)
    _, event = made(place, remarks=remarks)
    assert "⚠" not in event["description"]


@pytest.mark.parametrize("name", ["Noord\nBcc: x@example.org", "No\rord", "Noord\0", "\u202eNoord", "No\u2028ord"])
def test_a_name_that_would_break_a_mail_is_refused(place: Place, name: str) -> None:
    assert "name" in faults(place, name=name)


def test_an_alert_that_cannot_be_made_does_not_stop_the_round(place: Place) -> None:
    active(place, {"alerts": {"email": "beheer@example.org"}})

    def broken(*_: object) -> None:
        raise ValueError("a header with a line break")

    place.ports.alarm.send = broken  # type: ignore[method-assign,assignment]
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})
    place.book()
    place.settle()
    place.tick()
    place.ireserve("PATCH", "users/api_calendar", {"password": "sandbox"})
    place.save(alerts={"email": "beheer@example.org"}, sync={"backfill": "none"})
    place.tick()
    place.settle(60)
    assert len(place.events()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a,b@c.de",
        "a@b",
        "a@b.c\nd",
        "a b@c.de",
        "a@b@c.de",
        "@c.de",
        "a@",
        "a@.de",
        "<a@b.c>",
        "a;b@c.de",
        "a" * 65 + "@b.c",
    ],
)
def test_what_is_not_one_mail_address_is_none(place: Place, text: str) -> None:
    assert not is_mail_address(text)
    assert "alerts.email" in faults(place, alerts={"email": text})


def test_what_is_one_is_one() -> None:
    assert all(is_mail_address(each) for each in ("a@b.nl", "jan.de-vries+club@sub.example.org", "é@bücher.example"))


def test_deleting_an_integration_withdraws_the_consent_at_google(place: Place) -> None:
    place.save()
    place.connect()
    place.world.calls.log.clear()
    place.api("DELETE", "/7")
    assert any("revoke" in call.api or "revoke" in call.path for call in place.world.calls.log)
