"""`make demo`: play the story over real sockets; exit 0 only if every step held.

BACKEND=standalone (the default) uses the product as `serve` runs it, BACKEND=cloud its functions as separate processes
over Firestore's emulator and stand-ins for the rest of Google Cloud. With STATE_DIR the state and the logs stay there;
otherwise they are deleted at the end.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

from sandbox.stage import Stage, StageError
from sandbox.story import Step, story
from sandbox.story.tale import SkippedError, Tale


def standalone() -> Stage:
    """Return the stage of one machine, on free ports."""
    kept = os.environ.get("STATE_DIR")
    return Stage(Path(kept) if kept else None)


def cloud() -> Stage:
    """Return the stage of Google Cloud, on free ports."""
    from sandbox.cloud_stage import CloudStage

    kept = os.environ.get("STATE_DIR")
    return CloudStage(Path(kept) if kept else None)


STAGES: dict[str, Callable[[], Stage]] = {"standalone": standalone, "cloud": cloud}
GIVE_UP_AFTER = 3  # failures in a row
SIGNS = {"held": "✓", "failed": "✗", "skipped": "–"}
COLOURS = {"held": "\033[32m", "failed": "\033[31m", "skipped": "\033[33m"}


class Teller:
    """Runs the steps and prints each with what changed and how long it took."""

    def __init__(self) -> None:
        self.results: list[str] = []
        self._plain = not sys.stdout.isatty()

    def chapter(self, title: str, steps: tuple[Step, ...], tale: Tale) -> None:
        """Play one chapter; a step that fails does not stop the others."""
        say(f"\n{title}")
        for step in steps:
            if self.results[-GIVE_UP_AFTER:] == ["failed"] * GIVE_UP_AFTER:
                self.results.append("untold")
                continue
            self._step(step, tale)

    def _step(self, step: Step, tale: Tale) -> None:
        title = (step.__doc__ or step.__name__).strip().splitlines()[0]
        if not self._plain:
            sys.stdout.write(f"  … {title}\r")
            sys.stdout.flush()
        began, result = time.monotonic(), "held"
        lines: list[str] = []
        try:
            lines.extend(step(tale))
        except SkippedError as skipped:
            result, lines = "skipped", [str(skipped)]
        except (StageError, requests.RequestException, LookupError, TypeError) as error:
            result = "failed"
            lines.append(f"{type(error).__name__}: {error}")
        seconds = time.monotonic() - began
        sign = SIGNS[result] if self._plain else f"{COLOURS[result]}{SIGNS[result]}\033[0m"
        say(f"  {sign} {title}  {seconds:.2f} s")
        for line in lines:
            say(f"      {line}")
        self.results.append(result)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Play the story on the stage that BACKEND names."""
    backend = os.environ.get("BACKEND", "standalone")
    if backend not in STAGES:
        say(f"BACKEND is {backend}; the demo has a stage for {' and '.join(STAGES)}")
        return 2
    began, teller = time.monotonic(), Teller()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the stage ends what it started
    try:
        with STAGES[backend]() as stage:
            say(
                f"The product, a simulated Google and a simulated i-Reserve are up after {time.monotonic() - began:.1f} s."
            )
            story(stage, teller.chapter)
            if stage.notes():
                say(f"\n{stage.notes()}")
            if "failed" in teller.results:
                say("\nThe last lines of the product's log:")
                say("\n".join(stage.log("product").splitlines()[-20:]))
    except StageError as error:
        say(str(error))
        return 1
    count = {result: teller.results.count(result) for result in SIGNS}
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    skipped += f", {teller.results.count('untold')} not told any more" if "untold" in teller.results else ""
    total = time.monotonic() - began
    say(f"\n{count['held']} of {len(teller.results)} steps held{skipped}, {count['failed']} failed, in {total:.0f} s.")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
