"""The stages of the model, made once: one per season, in a memory file system if there is one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model.administration import Administered
from tests.model.stage import STARTS


@pytest.fixture(scope="session")
def stages() -> Iterator[tuple[Administered, ...]]:
    memory = Path("/dev/shm")  # noqa: S108 -- a directory of its own in it
    directory = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield tuple(Administered(directory / str(number), start) for number, start in enumerate(STARTS))
    shutil.rmtree(directory)
