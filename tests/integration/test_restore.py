"""What docs/operations.md says of backing up, restoring and moving, played through on Firestore's emulator.

The emulator exports and imports as Firestore does, always into a database of the same name; so another project stands for
the copy here.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.application.ports import Addresses
from tests.harness.place import Place

if TYPE_CHECKING:
    from tests.conftest import FirestoreEmulator

DATABASE = "ireserve"


class Site:
    """A place whose documents are in a database of the emulator, which can be exported and taken up elsewhere."""

    def __init__(self, place: Place, emulator: "FirestoreEmulator", directory: Path) -> None:
        self.place, self._emulator, self._directory = place, emulator, directory
        self._connection: FirestoreConnection | None = None
        self.project = ""
        self.use(self.new_project())

    @staticmethod
    def new_project() -> str:
        return f"demo-{uuid.uuid4().hex[:10]}"

    def use(self, project: str) -> None:
        """Go on with the database of a project."""
        self.close()
        self.project = project
        self._connection = FirestoreConnection(project, DATABASE, emulator=self._emulator.host, seconds=30)
        self.place.ports.documents = FirestoreDocuments(self._connection, lambda: self.place.now)

    def back_up(self) -> Path:
        """Export everything, as `gcloud firestore export` does."""
        body = {"database": self._database(), "export_directory": str(self._directory), "export_name": "backup"}
        self._ask("export", body)
        return self._directory / "backup" / "backup.overall_export_metadata"

    def lose_and_restore(self, backup: Path) -> None:
        """Go on with another, empty database, into which the backup is imported."""
        self.use(self.new_project())
        assert self.place.ports.documents.find(("integrations",)) == []
        self._ask("import", {"database": self._database(), "export_directory": str(backup)})

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _database(self) -> str:
        return f"projects/{self.project}/databases/{DATABASE}"

    def _ask(self, verb: str, body: dict[str, str]) -> None:
        address = f"http://{self._emulator.host}/emulator/v1/projects/{self.project}:{verb}"
        requests.post(address, json=body, timeout=60).raise_for_status()


@pytest.fixture
def site(place: Place, firestore_emulator: "FirestoreEmulator", tmp_path: Path) -> Iterator[Site]:
    site = Site(place, firestore_emulator, tmp_path)
    place.activate()
    yield site
    site.close()


def in_step(place: Place) -> None:
    """Every live booking has exactly one event, at its time, and no event is without one."""
    bookings = {b["external_id"]: (b["from"], b["till"]) for b in place.bookings() if b["status_code"] == 20}
    events = {e["id"]: (e["start"]["dateTime"][:16], e["end"]["dateTime"][:16]) for e in place.events()}
    assert bookings == events
    assert place.api("GET", "/7/parked") == []
    assert place.violations() == []


def test_a_restored_backup_finds_everything_that_happened_since_and_doubles_nothing(site: Site) -> None:
    place = site.place
    moved, cancelled = (
        place.book("2026-11-24T10:00", "2026-11-24T11:00"),
        place.book("2026-11-25T10:00", "2026-11-25T11:00"),
    )
    place.settle()
    backup = site.back_up()
    place.change(moved, start="2026-11-24T14:00", end="2026-11-24T15:00")
    place.change(cancelled, status_code=70)
    place.book("2026-11-26T10:00", "2026-11-26T11:00")
    drawn = place.draw("2026-11-27T10:00", "2026-11-27T11:00")
    place.settle(30)
    in_step(place)
    before = sorted(event["id"] for event in place.events())
    assert drawn["id"] in before

    site.lose_and_restore(backup)
    place.book("2026-11-28T10:00", "2026-11-28T11:00")
    place.api("POST", "/7/resync")
    place.settle(120)

    in_step(place)
    assert len(place.events()) == len(before) + 1
    assert set(before) < {event["id"] for event in place.events()}, "no event was made anew"


def test_moved_to_another_region_webhooks_and_channels_follow_to_the_new_addresses(site: Site) -> None:
    place = site.place
    place.book("2026-11-24T10:00", "2026-11-24T11:00")
    place.settle()
    place.api("POST", "/7/pause")
    backup = site.back_up()

    site.lose_and_restore(backup)
    moved = "https://moved.example.org"
    place.ports.addresses = Addresses(moved, moved, moved, moved)
    place.book(
        "2026-11-25T10:00", "2026-11-25T11:00", quiet=True
    )  # told to the former address, where nobody is any more
    place.api("POST", "/7/activate")
    place.renew()
    place.settle(120)

    in_step(place)
    assert {hook["target_url"].startswith(moved) for hook in place.ireserve("GET", "hooks")["hooks"]} == {True}
    place.book("2026-11-26T10:00", "2026-11-26T11:00")
    place.draw("2026-11-27T10:00", "2026-11-27T11:00")
    place.settle(30)
    in_step(place)
    assert len(place.events()) == 4
