"""The durable queue of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.application.ports.storage import Body


@dataclass(frozen=True, slots=True)
class Task:
    """Work to be done at least once, not before `due` (aware UTC).

    Tasks with the same `name` that wait, or (in the cloud) ran within the last hour, are done once. `lane` is `live` or
    `backfill`. `body` is small JSON.
    """

    name: str
    due: datetime
    body: Body
    lane: str = "live"


class Tasks(Protocol):
    """The durable queue: Cloud Tasks, or a table of the SQLite file."""

    def put(self, *tasks: Task) -> bool:
        """Store tasks durably; an existing name is no error. Raises `Transient`: some may be stored.

        False: the first task's name existed already and (in the cloud) may have run.
        """
