"""The weekly mail: how the past week went, in the integration's language, once."""

from datetime import timedelta

from functions.application.diagnosing import weekly
from functions.application.ports import Alert
from functions.application.store import integrations
from functions.domain.model.errors import Transient
from functions.domain.settings.schema import AlertSettings
from tests.harness.place import Place
from tests.harness.tab import Tab

MAIL = {"email": "beheer@example.org", "weekly_report": True}


def mails(place: Place) -> list[Alert]:
    return [alert for _, alert in place.told if alert.name == "weekly"]


def next_monday(place: Place) -> None:
    """Let the days go by until Monday nine o'clock, Amsterdam's time, and have a round."""
    ahead = timedelta(days=7 - place.now.weekday())
    monday = (place.now + ahead).replace(hour=8, minute=0, second=0)
    place.pass_time((monday - place.now).total_seconds())
    place.tick()


def a_week(place: Place) -> None:
    """Two bookings that overlap, one of them moved, and a new event that is refused; in the week that follows."""
    next_monday(place)
    assert mails(place) == []  # there is no whole week yet
    place.renew()
    day = (place.now + timedelta(days=10)).date()
    first = place.book(f"{day}T10:00", f"{day}T11:00")
    place.book(f"{day}T10:30", f"{day}T11:30")
    place.settle()
    place.change(first, start=f"{day}T09:45", end=f"{day}T11:00")
    place.settle()
    place.draw(f"{day}T10:00", f"{day}T11:00")
    place.settle(90)
    next_monday(place)


def test_it_tells_on_monday_what_was_carried_how_fast_and_what_waits(place: Place) -> None:
    place.activate(alerts=MAIL, language="en", name="Noord")
    a_week(place)
    (mail,) = mails(place)
    assert mail.title == "Noord: the week from 30-11-2026 to 06-12-2026"
    lines = mail.text.splitlines()
    assert lines[0] == "Bookings carried over: 2, changes: 3."
    assert lines[1].startswith("Half of them took at most ")
    assert lines[2:4] == ["Refused: 1.", "Waiting for you: 0."]
    assert lines[4] == "Overlapping bookings in the coming two weeks: 1."
    assert lines[5].startswith(("Differences in the audit of ", "There was no audit"))
    assert place.told[-1][0] == "beheer@example.org"
    for _ in range(2):
        place.pass_time(3600)
        place.tick()
    assert len(mails(place)) == 1


def test_it_lists_the_coming_two_weeks_of_i_reserve_and_calls_nothing_else(place: Place) -> None:
    place.activate(alerts=MAIL)
    next_monday(place)
    place.settle(120)
    place.forget()
    weekly.week(place.ports, integrations.get(place.ports.documents, "7"), place.now)
    assert place.ireserve_calls() == ["GET booking/filter"] * 2  # also of what began before
    assert place.calls() == []


def test_it_is_dutch_where_the_integration_is(place: Place) -> None:
    place.activate(alerts=MAIL, name="Noord")
    a_week(place)
    (mail,) = mails(place)
    assert mail.title == "Noord: de week van 30-11-2026 tot en met 06-12-2026"
    assert mail.text.startswith("Overgebrachte reserveringen: 2, wijzigingen: 3.")


def test_one_that_is_not_taken_is_sent_again_and_i_reserve_away_costs_its_line_only(place: Place) -> None:
    place.activate(alerts=MAIL, language="en")
    next_monday(place)
    taken: list[str] = []

    def send(_where: AlertSettings, alert: Alert) -> None:
        if alert.name == "weekly" and not taken:
            taken.append("")
            raise Transient("no", reason="smtp")
        taken.append(alert.text)

    place.ports.alarm.send = send  # type: ignore[method-assign,assignment]
    place.ireserve("POST", "faults", {"path": "filter", "status": 500, "times": 1000})
    next_monday(place)
    place.pass_time(61)
    place.tick()
    assert "unknown, i-Reserve could not be read" in taken[-1]


def test_without_it_nothing_is_asked_for_it(place: Place) -> None:
    place.activate(alerts={"email": "beheer@example.org"})
    place.activate()
    next_monday(place)
    next_monday(place)
    assert mails(place) == []


def test_it_needs_an_address(place: Place) -> None:
    answer = place.save(alerts={"weekly_report": True}, status=422)
    assert [fault["field"] for fault in answer["errors"]] == ["alerts.email"]


def test_i_reserve_that_refuses_the_login_is_not_asked_for_the_mail_nor_for_a_page(place: Place) -> None:
    """Each call is one more refused login, and the mail is tried again each minute while the mail server is away."""
    place.activate(alerts=MAIL, language="en")
    a_week(place)
    place.book("2026-12-09T10:00", "2026-12-09T11:00")
    place.settle(60)
    assert place.journal()[-1]["booking_id"]  # of which the page of templates shows what it has
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.book("2026-12-09T14:00", "2026-12-09T15:00")
    place.settle(60)
    place.forget()
    next_monday(place)
    assert "unknown, i-Reserve could not be read" in mails(place)[-1].text
    place.api("GET", "/7/diagnostics")
    statuses = place.api("GET", "/7/statuses")
    tab = Tab(place)
    for screen in ("outbound", "mapping", "inbound"):
        tab.seen(f"/console/integrations/7/{screen}")
    day = tab.seen("/console/integrations/7/day?date=2026-12-10")
    assert place.ireserve_calls() == []
    assert "save the right password" in statuses["trouble"]
    assert "save the right password" in day
