"""The console's texts in both languages, and the Dutch of the sentences that the code itself writes.

`texts/<language>.yaml` and the folder `texts/<language>` have the screens' texts by key. Sentences of the use cases
(faults, refusals, findings) are written in the code, in English; `texts/sentences.nl.yaml` has their Dutch, with `{}`
for each value. A `Message` keeps its values apart, so it is looked up and filled, never parsed.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from functions.domain.model.messages import Message, say
from functions.domain.model.zones import Clock, clock
from functions.domain.settings.integration import Integration
from functions.domain.settings.template import DAYS, MONTHS

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("en", "nl")
TENTHS = re.compile(r"\d{1,9}\.\d")
DATED = re.compile(r"(\d\d)-(\d\d)-(\d{4})( \d\d:\d\d)?", re.ASCII)
JUST_NOW = 10  # seconds


def parsed(file: Path) -> Any:
    """Return what a YAML file of the product says; libyaml reads it nine times as fast as Python does."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a build without libyaml lacks the first
    return yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 -- both are safe


@cache
def table(language: str) -> dict[str, str]:
    """Return the texts of a language by dotted key."""
    files = [FOLDER / f"{language}.yaml", *sorted((FOLDER / language).glob("*.yaml"))]
    return dict(row for file in files for row in _flat(parsed(file)))


def _flat(node: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


@cache
def _dutch_of() -> dict[str, str]:
    found: dict[str, str] = parsed(FOLDER / "sentences.nl.yaml")
    return found


class Texts:
    """The texts of one language; `zone` is the time zone in which moments are shown."""

    def __init__(self, language: str, zone: str = "Europe/Amsterdam") -> None:
        self.language = language
        self.zone = zone
        self._table = table(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return a text; for a missing one its key in brackets, so that a test finds it.

        If `n` is 1, the text whose key ends with `_one` is used.
        """
        if values.get("n") == 1:
            key = f"{key}_one" if f"{key}_one" in self._table else key
        text = self._table.get(key, f"[{key}]")
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._table

    def name(self, group: str, code: str, otherwise: str | None = None) -> str:
        """Return the text of a code in a group of texts; without one `otherwise`, or the code itself."""
        otherwise = code if otherwise is None else otherwise
        return self(f"{group}.{code}") if self.has(f"{group}.{code}") else otherwise

    def state(self, integration: Integration) -> str:
        """Return in a word how an integration is: its phase, or that a side refuses every call."""
        return self("trouble.short" if integration.trouble else f"phase.{integration.phase.value}")

    def sentence(self, english: str) -> str:
        """Return a use case's sentence in this language, with its days as pages show them; what has no translation stays."""
        said = self._said(english)
        first = said.split(" ", 1)[0]
        if not isinstance(english, Message):
            first = first.removesuffix(":")  # of a sentence with values that may be a setting's name
        return said[:1].upper() + said[1:] if first.isalpha() else said

    def tenths(self, value: float) -> str:
        """Return a number with one decimal, in this language's notation."""
        return f"{value:.1f}".replace(".", "," if self.language == "nl" else ".")

    def moment(self, moment: datetime | str | None) -> str:
        """Return a moment on the integration's clock, such as `Tue 24 Nov 2026 10:00`."""
        if not moment:
            return "–"
        here = self.local(moment)
        return f"{self.day(here.day)} {here:%H:%M}"

    def second(self, moment: datetime | str) -> str:
        """Return a moment to the second."""
        return f"{self.day(self.local(moment).day)} {self.to_second(moment)}"

    def to_second(self, moment: datetime | str) -> str:
        """Return the time of day of a moment, to the second."""
        return f"{self.local(moment):%H:%M:%S}"

    def clock(self, moment: datetime | str) -> str:
        """Return the time of day of a moment."""
        return f"{self.local(moment):%H:%M}"

    def local(self, moment: datetime | str) -> Clock:
        """Return a moment on the integration's clock."""
        aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return clock(aware, self.zone)

    def day(self, day: date | str) -> str:
        """Return a day, such as `Tue 24 Nov 2026`."""
        on = date.fromisoformat(day) if isinstance(day, str) else day
        names, months = DAYS[self.language], MONTHS[self.language]
        short = 2 if self.language == "nl" else 3
        return f"{names[on.weekday()][:short]} {on.day} {months[on.month - 1][:3].replace('maa', 'mrt')} {on.year}"

    def span(self, start: datetime | str, end: datetime | str) -> str:
        """Return a period; a common day is shown once."""
        first, last = self.moment(start), self.moment(end)
        return f"{first} – {last[-5:] if first[:-5] == last[:-5] else last}"

    def days(self, first: date | str, until: date | str) -> str:
        """Return whole days; `until` is the day after the last."""
        begin, after = (date.fromisoformat(each) if isinstance(each, str) else each for each in (first, until))
        last = after - timedelta(days=1)
        return self.day(begin) if begin >= last else f"{self.day(begin)} – {self.day(last)}"

    def ago(self, moment: datetime | str | None, now: datetime) -> str:
        """Return how long ago a moment was, in one unit: days, hours, minutes or seconds."""
        if not moment:
            return self("ago.never")
        aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        seconds = max(0, int((now - aware).total_seconds()))
        for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
            if seconds >= 2 * size:
                return self(f"ago.{unit}", n=seconds // size)
        return self("ago.seconds", n=seconds) if seconds >= JUST_NOW else self("ago.now")

    def _said(self, said: str) -> str:
        if isinstance(said, Message):
            return str(say(self._own(said.template), *map(self._said, said.values)))
        if self.language == "nl" and TENTHS.fullmatch(said):
            return said.replace(".", ",")
        return self._dated(said) or self._own(said)

    def _own(self, english: str) -> str:
        return english if self.language == "en" else _dutch_of().get(english, english)

    def _dated(self, said: str) -> str:
        """Return a day, or a moment, as pages show it; "" where it is none."""
        if (found := DATED.fullmatch(said)) is None:
            return ""
        day, month, year, hour = found.groups()
        try:
            return self.day(date(int(year), int(month), int(day))) + (hour or "")
        except ValueError:
            return ""
