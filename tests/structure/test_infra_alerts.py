"""Every alert policy is tried against streams of log lines: it fires when it should, and is silent when not.

The policies are read from infra/monitoring.tf and judged as Cloud Monitoring does: per aligned period, for as long as the
condition's duration. https://cloud.google.com/monitoring/alerts/concepts-indepth
"""

import re
from typing import Any

import pytest
from infra_configuration import local, resource

Line = dict[str, Any]
Stream = list[tuple[float, Line]]  # minutes since the beginning, and the line
SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
RUN, SCHEDULER = "cloud_run_revision", "cloud_scheduler_job"


def line(event: str = "", resource: str = RUN, severity: str = "INFO", **fields: Any) -> Line:
    return {"event": event, "resource": resource, "severity": severity, **fields}


def matches(text: str, of: Line) -> bool:
    """Whether a filter takes a line; of its expressions those that infra/ uses."""
    kind = SCHEDULER if "cloud_scheduler_job" in text else RUN
    text = re.sub(
        r"resource\.[\w.]+ *=~? *\"[^\"]*\" *(AND)?|\$\{local\.product_log\} AND", "", text.replace('\\"', '"')
    )

    def judged(found: re.Match[str]) -> str:
        name, how, value = found.groups()
        if how == ">=":
            return str(SEVERITIES.index(of["severity"]) >= SEVERITIES.index(value))
        return str(str(of.get(name.removeprefix("jsonPayload."), "")) == value.strip('"'))

    python = re.sub(r"([\w.]+)(>=|=)(\"[^\"]*\"|\w+)", judged, text)
    return of["resource"] == kind and bool(
        eval(python.replace("AND", "and").replace("OR", "or"))  # noqa: S307 -- True, False, and, or
    )


def filter_of(metric: str) -> str:
    found: str = {**local("counters"), **{k: v["filter"] for k, v in local("distributions").items()}}[metric]
    inner = re.fullmatch(r"\$\{local\.counters\.(\w+)\}", found)
    return filter_of(inner[1]) if inner else found


def seconds(text: str) -> float:
    return float(str(text).removesuffix("s"))


def fires(condition: dict[str, Any], stream: Stream, minutes: float) -> bool:
    """Whether a condition holds at some time within so many minutes."""
    if "condition_matched_log" in condition:
        raise AssertionError("that one is judged line by line")
    kind = "condition_absent" if "condition_absent" in condition else "condition_threshold"
    (body,) = condition[kind]
    (aggregation,) = body["aggregations"]
    ((of, metric),) = re.findall(r"google_logging_metric\.(count|distribution)\[\\?\"?(\w+)", body["filter"])
    period, lasts = seconds(aggregation["alignment_period"]) / 60, seconds(body["duration"]) / 60
    counted = [(at, each) for at, each in stream if matches(filter_of(metric), each)]
    held, seen, at = 0.0, False, period
    while at <= minutes:
        inside = [each for when, each in counted if at - period <= when < at]
        if kind == "condition_absent":
            held = held + period if seen and not inside else 0.0
            seen = seen or bool(inside)
        else:
            values = sorted(each[metric] for each in inside) if of == "distribution" else [len(inside)]
            value = values[int(0.95 * (len(values) - 1))] if values else 0
            held = held + period if value > float(body["threshold_value"]) else 0.0
        if held and held >= lasts:
            return True
        at += period
    return False


def policy(name: str, stream: Stream, minutes: float) -> bool:
    return any(fires(each, stream, minutes) for each in resource("google_monitoring_alert_policy", name)["conditions"])


def rounds(minutes: int, late: int = 0) -> Stream:
    return [(at, line("round", kind="tick", late_seconds=late)) for at in range(minutes)]


def refused(minutes: int) -> Stream:
    return [(at / 4, line(resource=SCHEDULER, severity="ERROR")) for at in range(4 * minutes)]


def errors(number: int) -> Stream:
    return [(at / 2, line("error", severity="ERROR")) for at in range(number)]


def changes(lag: float, minutes: int) -> Stream:
    return [(at, line("change_applied", lag_seconds=lag)) for at in range(minutes)]


CASES: dict[str, tuple[str, Stream, float, bool]] = {
    "sweeps of four hours while rounds go on": ("sweep_not_run", rounds(300), 300, False),
    "nothing was ever deployed": ("sweep_not_run", [], 300, False),
    "rounds end": ("sweep_not_run", rounds(60), 100, True),
    "rounds pause for twenty minutes": (
        "sweep_not_run",
        rounds(60) + [(at + 80, each) for at, each in rounds(60)],
        140,
        False,
    ),
    "a new account is refused for ten minutes": (
        "sweep_not_run",
        refused(10) + [(at + 10, each) for at, each in rounds(100)],
        110,
        False,
    ),
    "a schedule is refused for good": ("sweep_not_run", refused(40), 40, True),
    "a night's rounds are a little late": ("sweep_not_run", rounds(60, late=300), 60, False),
    "rounds are queued and not done": ("sweep_not_run", rounds(60, late=2400), 60, True),
    "five errors in ten minutes": ("errors", errors(5), 60, False),
    "six errors in ten minutes": ("errors", errors(6), 60, True),
    "warnings": ("errors", [(0, line("parked", severity="WARNING"))] * 50, 60, False),
    "changes in time": ("lag", changes(20, 60), 60, False),
    "a late minute": ("lag", changes(900, 4), 60, False),
    "late for half an hour": ("lag", changes(900, 30), 60, True),
}


@pytest.mark.parametrize("name", CASES)
def test_a_policy_fires_when_it_should_and_is_silent_when_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    title, stream, minutes, expected = CASES[name]
    lag = resource("google_monitoring_alert_policy", "lag")["conditions"][0]["condition_threshold"][0]
    monkeypatch.setitem(lag, "threshold_value", 300)  # the variable's default
    assert policy(title, stream, minutes) is expected


LINES: dict[str, Line] = {
    "token_dead": line("token_dead", severity="ERROR"),
    "channel_expiring": line("channel_expiring", severity="WARNING"),
    "parked": line("parked", severity="WARNING"),
    "held": line("alert", alert="held"),
    "paused_links": line("alert", alert="paused_links"),
    "no_sync": line("alert", alert="no_sync"),
}


@pytest.mark.parametrize("name", LINES)
def test_what_is_told_at_once_is_told_of_its_line_and_of_no_other(name: str) -> None:
    assert set(local("told_at_once")) == set(LINES)
    taken = {each for each, of in LINES.items() if matches(filter_of(name), of)}
    assert taken == {name}
    assert not matches(filter_of(name), line("answered"))


def test_no_metric_has_a_series_for_each_integration() -> None:
    assert "labels" not in str(resource("google_logging_metric", "count"))
    assert {label for each in local("distributions").values() for label in each["labels"]} == {"function"}
