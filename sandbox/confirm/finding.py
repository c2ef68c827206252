"""The result of one check."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """The row of `docs/outside.md` that was checked, whether it holds, and what was seen."""

    row: str
    verdict: Literal["as believed", "differs", "not told"]
    saw: str


def holds(row: str, saw: str, *, believed: bool) -> Finding:
    """Return what was seen as a finding."""
    return Finding(row, "as believed" if believed else "differs", saw)
