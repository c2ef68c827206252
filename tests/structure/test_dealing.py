"""How `make test` deals files to workers, so that no core waits for the other at the end."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.harness.dealing import BROWSER, DEMO, DEMO_ON_CLOUD, EMULATOR, LONGEST_FIRST, TOGETHER, Dealing

ROOT = Path(__file__).parents[2]
SHORT = [f"tests/unit/test_{letter}.py" for letter in "abcdefgh"]


@dataclass(eq=False)
class Worker:
    """A worker of xdist that notes what it is told to run; it runs a test once it knows the next one, or that none comes."""

    tests: list[str]
    told: list[str] = field(default_factory=list)
    ran: int = 0
    shutting_down: bool = False
    gateway: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id="worker"))

    def send_runtest_some(self, numbers: list[int]) -> None:
        self.told += [self.tests[number] for number in numbers]

    def shutdown(self) -> None:
        self.shutting_down = True

    def runs(self) -> bool:
        return self.ran + (not self.shutting_down) < len(self.told)


def dealt(tests: list[str], workers: int) -> tuple[Dealing, list[Worker]]:
    options: dict[str, Any] = {"tx": [f"{workers}*popen"]}
    config: Any = SimpleNamespace(getvalue=options.get, option=SimpleNamespace(loadscopereorder=False))
    dealing, all_workers = Dealing(config), [Worker(tests) for _ in range(workers)]
    for worker in all_workers:
        dealing.add_node(worker)
        dealing.add_node_collection(worker, tests)
    dealing.schedule()
    return dealing, all_workers


def of(files: list[str], each: int = 2) -> list[str]:
    return [f"{file}::test_{number}" for file in files for number in range(each)]


def end_one(dealing: Dealing, worker: Worker) -> None:
    test = worker.told[worker.ran]
    worker.ran += 1
    dealing.mark_test_complete(worker, worker.tests.index(test))


def files(worker: Worker) -> list[str]:
    return list(dict.fromkeys(test.partition("::")[0] for test in worker.told))


def test_what_takes_longest_begins_first_wherever_it_stands() -> None:
    _, workers = dealt(of([*SHORT, DEMO, "tests/browser/test_looks.py", DEMO_ON_CLOUD]), 4)
    assert [files(each)[0] for each in workers] == [DEMO_ON_CLOUD, DEMO, "tests/browser/test_looks.py", SHORT[0]]


def test_no_file_waits_behind_a_long_test_while_another_worker_has_nothing_to_do() -> None:
    dealing, (slow, quick) = dealt(of([*SHORT, DEMO]), 2)
    while quick.runs():
        end_one(dealing, quick)
    assert (files(slow), files(quick)) == ([DEMO], SHORT)
    assert slow.runs()


def test_every_test_is_run_once_and_files_that_share_something_by_one_worker() -> None:
    tests = of([*SHORT, *TOGETHER[EMULATOR], DEMO, "tests/browser/test_looks.py", "tests/browser/test_states.py"], 3)
    dealing, workers = dealt(tests, 3)
    while ready := [each for each in workers if each.runs()]:
        for worker in ready:
            end_one(dealing, worker)
    assert sorted(test for each in workers for test in each.told[: each.ran]) == sorted(tests)
    for shared in TOGETHER.values():
        assert sum(any(test.startswith(shared) for test in each.told) for each in workers) == 1
    assert dealing.tests_finished


def test_every_file_that_is_named_exists() -> None:
    named = [*(each for group in TOGETHER.values() for each in group), *LONGEST_FIRST]
    assert [each for each in named if each not in (BROWSER, EMULATOR) and not (ROOT / each).exists()] == []
