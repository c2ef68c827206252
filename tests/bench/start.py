"""From the start of a process to its first 202: the two public hot functions beside an empty function.

In the cloud they fetch an access token from a metadata server and queue two tasks at a server of Cloud Tasks before they
answer; standalone they store two tasks in a file.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from functions.settings import HOT
from tests.bench.measure import Figure, Plan, at_most
from tests.bench.serving import cloud, standalone, started

LARGEST = 1.6


def measure(plan: Plan) -> Iterator[Figure]:
    rounds = plan.of(11, 2)
    with tempfile.TemporaryDirectory() as folder, cloud() as in_cloud:
        environments = {"cloud": in_cloud, "standalone": standalone(Path(folder))}
        ratios: dict[tuple[str, str], list[float]] = {(hot, backend): [] for hot in HOT for backend in environments}
        for number in range(rounds + 1):
            for (hot, backend), found in ratios.items():
                empty, own = _seconds("empty", in_cloud), _seconds(hot, environments[backend])
                if number:  # the first round fills the caches of the file system
                    found.append(own / empty)
    for (hot, backend), found in ratios.items():
        how = f"functions-framework, process start to 202, {rounds} pairs in turn"
        yield at_most(f"start of {hot}, {backend} / empty function", LARGEST, found, how)


def _seconds(target: str, environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    with started(target, environment):
        return time.perf_counter() - began
