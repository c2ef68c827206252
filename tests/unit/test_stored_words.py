"""What is stored stays readable: words, defaults and bounds stay as they are; more may come.

A stored document leaves out what has its default, so a default is as fixed as the name of its field. Whoever changes one on
purpose changes `tests/data/stored_words.json` with it, and sees to the documents of before (`store/upgrades.py`).
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import functions.domain
from functions.domain.settings.facts import facts
from functions.domain.settings.schema import COLOURS, Settings

KEPT: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "stored_words.json").read_text())
PASSING = tuple(
    f"functions.domain.{name}" for name in ("model.check", "pairing.decisions", "planning", "settings.facts")
)


def kinds() -> Iterator[type]:
    """Every class of the domain of which something is stored: links, writes, settings and what they are made of."""
    for found in pkgutil.walk_packages(functions.domain.__path__, "functions.domain."):
        for kind in vars(importlib.import_module(found.name)).values():
            its_own = isinstance(kind, type) and kind.__module__ == found.name
            if its_own and not found.name.startswith(PASSING):
                yield kind


def plain(value: object) -> Any:
    """As JSON shows it."""
    return json.loads(json.dumps(value, default=as_json))


def as_json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else sorted(value)


def words() -> dict[str, dict[str, str]]:
    return {kind.__name__: {each.name: each.value for each in kind} for kind in kinds() if issubclass(kind, StrEnum)}


def defaults() -> dict[str, dict[str, Any]]:
    return {
        kind.__name__: {each.name: plain(each.default) for each in fields(kind) if each.default is not MISSING}
        for kind in kinds()
        if is_dataclass(kind)
    }


def bounds() -> dict[str, Any]:
    return {name: plain(fact) for name, fact in facts(Settings).items()}


def changed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What is no longer as it was, in part."""
    return {
        name: (known, now.get(name))
        for name, known in before.items()
        if (not known.items() <= now.get(name, {}).items() if isinstance(known, dict) else known != now.get(name))
    }


def test_a_word_that_may_be_stored_stays_the_word() -> None:
    assert changed(KEPT["words"], words()) == {}


def test_what_is_left_out_means_what_it_always_meant() -> None:
    assert changed(KEPT["defaults"], defaults()) == {}


def test_a_setting_may_be_what_it_might_always_be() -> None:
    assert changed(KEPT["bounds"], bounds()) == {}


def test_a_colour_stays_the_one_that_google_shows() -> None:
    assert changed(KEPT["colours"], COLOURS) == {}
