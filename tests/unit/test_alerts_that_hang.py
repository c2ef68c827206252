"""A mail server or webhook that does not answer keeps nothing else waiting, and nobody is told the same again and again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.application import dispatch
from functions.application.diagnosing import alerts, weekly
from functions.application.intake.hints import Hint, Kind
from functions.application.ports import Alert
from functions.application.store import integrations
from functions.domain.model.errors import Transient
from functions.domain.settings.integration import Connection, Integration
from functions.domain.settings.schema import AlertSettings
from tests.unit.sketch import NOW
from tests.unit.two_sides import Sides

HANGS = timedelta(seconds=15)


class Alarm:
    """Takes mail at once, except from `dies` on; webhooks hang."""

    def __init__(self, sides: Sides) -> None:
        self.sides, self.mailed, self.hung, self.dies = sides, list[str](), 0, 100

    def send(self, where: AlertSettings, alert: Alert) -> None:
        if where.webhook_url:
            self.hung += 1
            self.sides.now += HANGS
            raise Transient("no answer", reason="timeout")
        if len(self.mailed) == self.dies:
            raise KeyboardInterrupt  # the instance was stopped
        self.mailed.append(alert.name)


@pytest.fixture
def sides() -> Sides:
    there = Sides(alerts=AlertSettings(email="someone@example.org", webhook_url="https://hooks.example.org/1"))
    there.integration = integrations.change(there.ports.documents, "7", _in_trouble)
    return there


def _in_trouble(before: Integration) -> Integration:
    return replace(before, ireserve_refused="login", audit_found=3, near_at=NOW - timedelta(days=2))


def test_a_way_that_hangs_is_waited_for_once_in_a_round_whatever_there_is_to_tell(sides: Sides) -> None:
    alarm = sides.ports.alarm = Alarm(sides)
    alerts.watch(sides.ports, sides.integration)
    assert (alarm.hung, sorted(alarm.mailed)) == (1, ["audit", "ireserve_refused", "no_sync"])
    alerts.watch(sides.ports, sides.integration)
    assert len(alarm.mailed) == 3


def test_what_was_told_before_the_instance_was_stopped_is_not_told_again(sides: Sides) -> None:
    alarm = sides.ports.alarm = Alarm(sides)
    alarm.dies = 2
    with pytest.raises(KeyboardInterrupt):
        alerts.watch(sides.ports, sides.integration)
    alarm.dies = 100
    (again,) = alerts.watch(sides.ports, sides.integration)
    sides.now = again + alerts.SENDING
    alerts.watch(sides.ports, sides.integration)
    assert sorted(alarm.mailed) == ["audit", "ireserve_refused", "no_sync"]
    assert {each.name for each in alerts.opened(sides.ports, "7")} == {*alarm.mailed}


def test_two_workers_that_look_at_once_tell_each_thing_once(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of this minute and the round begin at the same second."""
    alarm, waiting = Alarm(sides), [True]
    send = alarm.send

    def late(where: AlertSettings, alert: Alert) -> None:
        if waiting:
            waiting.pop()
            alerts.watch(sides.ports, sides.integration)
        send(where, alert)

    monkeypatch.setattr(alarm, "send", late)
    sides.ports.alarm = alarm
    alerts.watch(sides.ports, sides.integration)
    assert sorted(alarm.mailed) == ["audit", "ireserve_refused", "no_sync"]
    assert [each.name for each in alerts.opened(sides.ports, "7")] == sorted(alarm.mailed)
    mended = integrations.change(
        sides.ports.documents, "7", lambda its: replace(its, ireserve_refused="", audit_found=0)
    )
    sides.integration, alarm.mailed = mended, []
    waiting.append(True)
    alerts.watch(sides.ports, sides.integration)
    assert sorted(alarm.mailed) == ["audit_over", "ireserve_refused_over"]
    assert [each.name for each in alerts.opened(sides.ports, "7")] == ["no_sync"]


def test_a_round_starts_what_is_due_before_it_tells_anything(sides: Sides) -> None:
    alarm = sides.ports.alarm = Alarm(sides)
    alarm.dies = 0
    google = Connection("someone@example.org", (), NOW)
    integrations.change(sides.ports.documents, "7", lambda its: replace(its, ireserve_refused="", connection=google))
    with pytest.raises(KeyboardInterrupt):
        dispatch.run(sides.ports, Hint(Kind.TICK, "7", (), "schedule", sides.now).body())
    assert sides.looks(Kind.SCAN)


def test_two_workers_that_look_at_once_send_one_weekly_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = Sides(alerts=AlertSettings(email="someone@example.org", weekly_report=True))
    weekly.send(sides.ports, sides.integration)  # a whole week must pass first
    sides.now += timedelta(days=7)
    alarm, waiting = Alarm(sides), [True]
    send = alarm.send

    def late(where: AlertSettings, alert: Alert) -> None:
        if waiting:
            waiting.pop()
            assert weekly.send(sides.ports, sides.integration) == [sides.now + alerts.AGAIN]
        send(where, alert)

    monkeypatch.setattr(alarm, "send", late)
    sides.ports.alarm = alarm
    (due,) = weekly.send(sides.ports, sides.integration)
    assert alarm.mailed == ["weekly"]
    assert due > sides.now + timedelta(days=6)
    assert weekly.send(sides.ports, sides.integration) == [due]
    assert alarm.mailed == ["weekly"]
