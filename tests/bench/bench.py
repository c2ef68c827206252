"""Measures every budget of the product as ratios in one run: `python -m tests.bench.bench [--only NAME] [--small]`.

Exits with 1 where a budget is missed. `docs/performance.md` says how to read the table.
"""

import argparse
import importlib
import signal
import sys
import time
from collections.abc import Iterator

from tests.bench.measure import Figure, Plan

MEASURES = ("calls", "lag", "neighbour", "start", "rate", "pulling", "size", "backfill", "threads")


def run(names: list[str], plan: Plan) -> Iterator[Figure]:
    for name in names:
        began = time.monotonic()
        sys.stderr.write(f"{name} ...")
        sys.stderr.flush()
        try:
            yield from importlib.import_module(f"tests.bench.{name}").measure(plan)
        except Exception as error:  # noqa: BLE001 - the others are measured and told all the same
            yield Figure(name, "measured", "-", held=False, how=f"{type(error).__name__}: {error}"[:200])
        sys.stderr.write(f" {time.monotonic() - began:.0f} s\n")


def table(figures: list[Figure]) -> str:
    """Return the figures as a table in Markdown."""
    words = {True: "yes", False: "NO", None: "-"}
    rows = [("what", "budget", "median (min–max)", "held", "how")]
    rows += [(each.what, each.budget, each.found, words[each.held], each.how) for each in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        " | ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    lines.insert(1, "-|-".join([*("-" * width for width in widths), "---"]))
    return "\n".join(f"| {line} |" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=MEASURES, metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--small", action="store_true", help="just enough to see that the measures work")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that stages end what they started
    began = time.monotonic()
    figures = list(run(options.only or list(MEASURES), Plan(options.small)))
    print(table(figures))
    missed = [each.what for each in figures if each.held is False]
    print(f"\n{len(figures)} figures in {time.monotonic() - began:.0f} s; missed: {', '.join(missed) or 'none'}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
