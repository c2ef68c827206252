"""The same model test on Firestore's emulator, with a few examples because its calls are slow.

The emulator is behind the front that gives the account of sync_task only the grants of infra/, in the named database.
"""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.application.ports import Transaction
from sandbox.gcp.firestore_front import fronts
from sandbox.gcp.grants import DATABASE, grants
from sandbox.stage import free_port
from tests.harness.place import START
from tests.harness.stores import InMemory
from tests.model.administration import Administered
from tests.model.instances import SteppedDocuments
from tests.model.ledger import Policy
from tests.model.test_sync_model import SyncMachine, profile

if TYPE_CHECKING:
    from tests.conftest import FirestoreEmulator

EXAMPLES, STEPS = int(os.environ.get("MODEL_FIRESTORE_EXAMPLES", "3")), 12


class FirestoreStage(Administered):
    """A stage that is activated in memory and continues in a project of its own on the emulator."""

    def __init__(self, directory: Path, start: datetime, host: str) -> None:
        self._host = host
        self._connection: FirestoreConnection | None = None
        super().__init__(directory, start)
        assert isinstance(self.store, InMemory)
        self._in_memory = self.store.documents
        self.reads = self.writes = 0

    def set_back(self, policy: Policy) -> None:
        """Begin anew, in an empty project."""
        self.documents = self._in_memory
        super().set_back(policy)
        self.hang_up()
        project = f"demo-{uuid.uuid4().hex[:10]}"
        self._connection = FirestoreConnection(project, DATABASE, emulator=self._host, seconds=30)
        stored = FirestoreDocuments(self._connection, lambda: self.now)
        rows = self._in_memory.every()

        def copy(tx: Transaction) -> None:
            for path, body, expires in rows:
                until = None if expires is None else datetime.fromtimestamp(expires, UTC)
                tx.put(path, body, expires=until)

        stored.transact(copy)
        self.documents = stored  # type: ignore[assignment]  # another store of the same port
        self.ports.documents = SteppedDocuments(stored, self.running, self._saved)

    def hang_up(self) -> None:
        """Close the connection of the example before."""
        if self._connection is not None:
            self.reads += self._connection.usage.reads
            self.writes += self._connection.usage.writes
            self._connection.close()


@pytest.fixture
def stage(firestore_emulator: "FirestoreEmulator", tmp_path: Path) -> Iterator[FirestoreStage]:
    port = free_port()
    with fronts(firestore_emulator.host, grants(""), {"ireserve-sync-task": port}):
        stage = FirestoreStage(tmp_path, START, f"127.0.0.1:{port}")
        yield stage
        stage.hang_up()
        stage.leave()


@pytest.mark.timeout(0)
def test_nothing_is_lost_doubled_or_overwritten_in_firestore_either(stage: FirestoreStage) -> None:
    class OnFirestore(SyncMachine):
        stages: tuple[Any, ...] = (stage, stage)

    run_state_machine_as_test(OnFirestore, settings=profile(EXAMPLES, STEPS, "MODEL_FIRESTORE_EXAMPLES"))
    stage.hang_up()
    assert stage.writes > EXAMPLES, "it was Firestore that was written to"
