"""A world with the usual settings in which something has been booked and drawn."""

from collections.abc import Iterator

import pytest

from tests.world.choice import USUAL
from tests.world.world import BEGINNING, World


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture
def world(at_rest: World) -> Iterator[World]:
    at_rest.begin(USUAL, BEGINNING)
    yield at_rest
    at_rest.trouble.forget()
    at_rest.races.forget()
