"""The stages of the model, made once: one per season, on a disk of memory where there is one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model.stage import STARTS, Stage


@pytest.fixture(scope="session")
def stages() -> Iterator[tuple[Stage, ...]]:
    memory = Path("/dev/shm")  # noqa: S108 -- a directory of its own in it
    directory = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield tuple(Stage(directory / str(number), start) for number, start in enumerate(STARTS))
    shutil.rmtree(directory)
