"""What several unit tests of the application share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.sqlite.documents import SqliteDocuments
from functions.adapters.sqlite.file import SqliteFile
from functions.application.ports import Ports
from functions.application.store import integrations
from tests.unit.sketch import NOW, settings


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    """Return ports with nothing but a store, a clock that stands, and one saved integration."""
    file = SqliteFile(tmp_path / "state.sqlite")
    documents: Any = SqliteDocuments(file, lambda: NOW)
    its = Ports(**{
        **dict.fromkeys(Ports.__slots__), "documents": documents, "clock": lambda: NOW, "token": lambda _: "entry",
    })  # fmt: skip
    integrations.save_settings(its, settings(), "someone")
    yield its
    file.close()
