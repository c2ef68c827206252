"""An integration's state from the store alone: no other system is called, so a page may ask every few seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from functions.application.diagnosing import alerts, diagnose
from functions.application.diagnosing.health import Cancelling, Health, cancelling, health
from functions.application.ports import Body, Ports
from functions.application.scanning import scan
from functions.application.scanning.progress import Scan
from functions.application.setting_up import partial_settings
from functions.application.store import integrations
from functions.application.store.integrations import path_of
from functions.application.store.records import readable
from functions.application.sync.session import open_session
from functions.domain.model.errors import Fault
from functions.domain.pairing.life import State
from functions.domain.settings.integration import Integration

SCANS = ("backfill", "resync", "near", "full")


@dataclass(frozen=True, slots=True)
class Summary:
    """One integration. `faults` are what must still be set; the counts are what waits for a person.

    `stuck` are the parked items, with their ids, of the scans that cannot go on, by kind. Where a record of the progress
    cannot be read, all that it tells is missing, and `health` says so: each page shows this, also those that help.
    """

    integration: Integration
    in_sync_as_of: datetime | None
    links: int
    parked: int
    held: int
    paused: int
    scans: tuple[Scan, ...]
    stuck: Mapping[str, tuple[str, Body]]
    faults: tuple[Fault, ...]
    health: Health
    cancelling: Cancelling
    problems: int = 0  # reported and not yet fixed

    @property
    def waiting(self) -> int:
        """How many things wait for a person."""
        return self.parked + self.held + self.paused


def summary_of(ports: Ports, int_id: str) -> Summary:
    """Return an integration's state; raises `Gone` if there is none."""
    integration = integrations.get(ports.documents, int_id)
    documents, where = ports.documents, path_of(int_id, "links")
    parked, held, paused = (
        documents.count(path_of(int_id, "parked")),
        documents.count(where, {"state": State.HELD.value}),
        documents.count(where, {"state": State.PAUSED.value}),
    )
    progress, damaged = readable(lambda: _progress(ports, integration, parked + held + paused))
    as_of, scans, stuck, line = progress or (None, (), {}, Health("damaged", "bad", "diagnostics"))
    return Summary(
        integration=integration,
        in_sync_as_of=as_of,
        links=documents.count(where),
        parked=parked,
        held=held,
        paused=paused,
        scans=scans,
        stuck=stuck,
        faults=partial_settings.open_faults(ports, integration.settings),
        health=line,
        cancelling=cancelling(ports, int_id),
        problems=len(alerts.opened(ports, int_id)) + bool(damaged),
    )


Progress = tuple[datetime | None, tuple[Scan, ...], Mapping[str, tuple[str, Body]], Health]


def _progress(ports: Ports, integration: Integration, waiting: int) -> Progress:
    """Return what the records of the scans and calendars tell; raises `Malformed` if one of them cannot be read."""
    scans = tuple(each for each in scan.last_of(ports.documents, integration.id, *SCANS) if each is not None)
    items = {each.kind: scan.parked_as(ports, integration.id, each) for each in scans}
    stuck = {kind: item for kind, item in items.items() if item is not None}
    as_of = diagnose.in_sync_as_of(open_session(ports, integration))
    return as_of, scans, stuck, health(ports, integration, waiting)
