"""What each attack begins with: a place of its own, with its store on disk, as an attacker finds it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, on_disk=True)
    yield place
    place.leave()
