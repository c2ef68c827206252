"""Time is calculated with in UTC: only `zones` knows time zones, so no other code can hold a moment on a wall clock.

Python compares and subtracts aware datetimes of one zone by their wall clock, so that in the nights of a change the
result is wrong. A datetime with such a zone cannot be had without one of the words that are looked for here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEEPER = "functions/domain/model/zones.py"
# a library of Google's wants the expiry of a token without a zone
EXCEPTIONS = {("functions/adapters/google/oauth.py", "tzinfo=None")}
SOURCES = sorted([*(ROOT / "functions").rglob("*.py"), ROOT / "main.py"])


def offences(source: str) -> Iterator[str]:
    """What in a module makes a moment that is not in UTC."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module == "zoneinfo" or any(name.split(".")[0] in ("zoneinfo", "dateutil", "pytz") for name in names):
            yield "zoneinfo"
        if module == "datetime" and "timezone" in names:
            yield "timezone"
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        zone = [keyword.value for keyword in node.keywords if keyword.arg in ("tzinfo", "tz")]
        if called in ("astimezone", "now", "fromtimestamp") and isinstance(node.func, ast.Attribute):
            zone += node.args[-1:] if called != "fromtimestamp" else node.args[1:2]
        if called == "astimezone" and not zone:
            yield "astimezone()"
        if called == "combine":
            yield "combine"
        yield from (f"tzinfo={ast.unparse(each)}" for each in zone if ast.unparse(each) != "UTC")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_moment_is_held_on_a_wall_clock(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if name == KEEPER:
        return
    found = [each for each in offences(path.read_text(encoding="utf-8")) if (name, each) not in EXCEPTIONS]
    assert found == [], f"{name} makes a moment that is not in UTC; use {KEEPER}"


@pytest.mark.parametrize(
    "source",
    [
        "from zoneinfo import ZoneInfo",
        "import zoneinfo",
        "from datetime import timezone",
        "moment.astimezone()",
        "moment.astimezone(zone)",
        "moment.astimezone(tz=zone)",
        "moment.replace(tzinfo=zone)",
        "datetime(2027, 10, 31, tzinfo=zone)",
        "datetime.now(zone)",
        "datetime.fromtimestamp(seconds, zone)",
        "datetime.combine(day, time())",
    ],
)
def test_a_way_to_such_a_moment_is_found(source: str) -> None:
    assert list(offences(source)) != []


@pytest.mark.parametrize(
    "source",
    ["datetime.now(UTC)", "moment.astimezone(UTC)", "datetime.min.replace(tzinfo=UTC)", "self.now()", "ports.clock()"],
)
def test_moments_in_utc_are_no_offence(source: str) -> None:
    assert list(offences(source)) == []
