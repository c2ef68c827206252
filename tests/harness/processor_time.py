"""Where the tests' processor time goes, with what they start: `pytest -p tests.harness.processor_time`, on Linux.

What a phase of a test took is what was spent since the phase before, by this process and by all below it.
"""

import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

PROPERTY, SHOWN = "processor_time", 40
TICKS = os.sysconf("SC_CLK_TCK")
USED = slice(11, 15)  # of a process and of those that it has waited for, in the system and out of it


def spent() -> float:
    """Return the seconds that this process and all below it have used; one that ended is its parent's."""
    waiting, ticks = [str(os.getpid())], 0
    while waiting:
        folder = Path("/proc", waiting.pop())
        try:
            ticks += sum(map(int, (folder / "stat").read_text().rpartition(")")[2].split()[USED]))
            for thread in (folder / "task").iterdir():
                waiting += (thread / "children").read_text().split()
        except OSError:
            continue  # it ended meanwhile
    return ticks / TICKS


class _Account:
    """What is known of one worker, and in the main process of all."""

    def __init__(self) -> None:
        self._before = 0.0
        self._by = {kind: defaultdict[str, float](float) for kind in ("directory", "file", "test")}

    def pytest_collection_finish(self) -> None:
        self._before = spent()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now = spent()
        report.user_properties.append((PROPERTY, now - self._before))
        self._before = now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        took = float(str(dict(report.user_properties)[PROPERTY]))
        file = report.nodeid.partition("::")[0]
        phase = report.nodeid if report.when == "call" else f"{report.nodeid} ({report.when})"
        for kind, name in (("directory", str(Path(file).parent)), ("file", file), ("test", phase)):
            self._by[kind][name] += took

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for kind, known in self._by.items():
            terminalreporter.section(f"processor time by {kind}, {sum(known.values()):.0f} s in all")
            for name, took in sorted(known.items(), key=lambda row: -row[1])[:SHOWN]:
                terminalreporter.write_line(f"{took:8.2f} s  {name}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Account())
