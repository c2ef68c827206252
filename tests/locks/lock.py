"""What a compiled requirement file pins."""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "tests/requirements.txt", "tests/bench/requirements.txt")
RECORD = Path(__file__).parent / "requires.json"

_PIN = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[[\w,.-]+\])?==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\\n]+?))?(?= \\$| *$)", re.MULTILINE
)


@dataclass(frozen=True, order=True)
class Pin:
    """One package at one version; `marker` says where it applies, empty for everywhere."""

    name: str
    version: str
    marker: str = ""

    @property
    def key(self) -> str:
        """Return the words by which the record knows it."""
        return f"{self.name}=={self.version}"

    def applies(self) -> bool:
        """Tell whether this interpreter installs it."""
        return not self.marker or Marker(self.marker).evaluate()


def pins(text: str) -> list[Pin]:
    """Return what a compiled file pins, in its order."""
    return [Pin(found["name"], found["version"], found["marker"] or "") for found in _PIN.finditer(text)]


def recorded(extras: list[str], requirements: list[str]) -> list[str]:
    """Return the lines of a package's metadata that decide what else is installed with it."""
    return [
        *(f"Provides-Extra: {extra}" for extra in sorted(extras)),
        *(f"Requires-Dist: {requirement}" for requirement in sorted(requirements)),
    ]
