"""What several unit tests of the application share."""

from typing import Any

import pytest

from functions.application.ports import Ports
from functions.application.store import integrations
from tests.unit.sketch import NOW, settings
from tests.world.memory import MemoryDocuments


@pytest.fixture
def ports() -> Ports:
    """Return ports with nothing but a store, a clock that stands, and one saved integration."""
    documents: Any = MemoryDocuments(lambda: NOW)
    its = Ports(**{
        **dict.fromkeys(Ports.__slots__), "documents": documents, "clock": lambda: NOW, "token": lambda _: "entry",
    })  # fmt: skip
    integrations.save_settings(its, settings(), "someone")
    return its
