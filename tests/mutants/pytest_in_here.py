"""Runs collected tests in this process, as it is told to: to learn what each runs, and to try a mutant."""

import contextlib
import importlib
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

QUIET = (
    "-s", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-o", "timeout=0",
    "-p", "no:logging", "-p", "no:faulthandler", "-W", "ignore::pytest.PytestAssertRewriteWarning", "--basetemp",
)  # fmt: skip
EXAMPLES = 50  # that Hypothesis draws of a property, at most
OURS = ("functions", "tests", "sandbox", "docs", "main", "conftest")


class Runner:
    """A plugin that runs the collected tests as `run` says; it ends the process at a failure if it is told to."""

    def __init__(self, run: Callable[["Runner", list[pytest.Item]], None], *, dies: bool = False) -> None:
        self._run = run
        self.dies = dies

    def pytest_sessionstart(self) -> None:
        """Draw the same examples each time; do not make a failing one smaller: that it fails is all that counts."""
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings(), phases=phases, database=None, derandomize=True)
        settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let no property be tried for long."""
        from hypothesis import settings

        for item in items:
            function: Any = getattr(item, "obj", None)
            its = getattr(function, "_hypothesis_internal_use_settings", None)
            if its is not None and its.max_examples > EXAMPLES:
                function._hypothesis_internal_use_settings = settings(its, max_examples=EXAMPLES)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run them in place of pytest's own loop."""
        self._run(self, session.items)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """End at a failure, before anything is made of it that a person could read."""
        if self.dies and call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            os._exit(1)

    def one(self, item: pytest.Item) -> float:
        """Run one test with its fixtures; return the seconds of a processor that it took."""
        began = time.process_time()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return time.process_time() - began

    def main(self, tests: Sequence[str], temporary: Path) -> int:
        """Collect the tests of these files, run them, say nothing."""
        return int(pytest.main([*QUIET, str(temporary), *tests], plugins=[self]))


def foreign_modules() -> list[str]:
    """Return what is imported that is not of this repository, and of no plugin of pytest's."""
    ours = (*OURS, "__", "_pytest", "pytest", "_hypothesis")
    return sorted(name for name in sys.modules if not name.startswith(ours))


def warm(modules: Iterable[str]) -> None:
    """Import libraries once, for all forks."""
    with warnings.catch_warnings(action="ignore"):
        for name in modules:
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def in_a_fork(do: Callable[[], int], seconds: float) -> int:
    """Return the exit code of what was done in a fork, quietly.

    It may take so many seconds of a processor, and twenty times as long by the clock: a busy machine kills no mutant.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        signal.alarm(int(20 * seconds) + 60)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os._exit(do())
    except BaseException:  # noqa: BLE001 - whatever it was, the mutant did it
        os._exit(1)
