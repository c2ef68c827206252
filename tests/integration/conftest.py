"""A place of its own for each test, with its store in memory unless the test is marked `on_disk`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.place import Place


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path, on_disk=request.node.get_closest_marker("on_disk") is not None)
    yield place
    place.leave()
