"""What is on one calendar: records in order of change, so that an incremental list costs only what changed."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.google.times import recurrence, when

if TYPE_CHECKING:
    from sandbox.google.errors import Resource

AHEAD = timedelta(days=14 * 365)  # Google has been seen to expand to 2040 and to 2099
SPLIT = re.compile(r"_R\d{8}(T\d{6})?$")


@dataclass
class Record:
    """One stored event: a single one, the root of a series, or what differs in one instance.

    An instance's `resource` holds only the fields that differ from its series. `orphan` marks an instance
    that its series no longer has; `ghost` one that never had fields of its own.
    """

    id: str
    resource: Resource
    changed: int = 0
    deleted: bool = False
    purged: bool = False
    root: str | None = None
    original: Resource | None = None
    orphan: bool = False
    ghost: bool = False
    copy_of: tuple[str, str] | None = None
    became_series: int = 0
    expanded: tuple[tuple[int, str], dict[str, Resource]] | None = None

    @property
    def alive(self) -> bool:
        """Whether people see it."""
        return not (self.deleted or self.orphan)

    @property
    def series(self) -> bool:
        """Whether it is the root of a series."""
        return self.root is None and bool(self.resource.get("recurrence"))


@dataclass
class Calendar:
    """One calendar with its records; `order` maps a record's id to its latest change, oldest first."""

    id: str
    owner: str
    summary: str
    zone: str = "Europe/Amsterdam"
    push: bool = True
    meet: bool = True
    gone: bool = False
    data_owner: str = ""  # of a secondary calendar the account with which it is deleted
    labels: list[dict[str, str]] = field(default_factory=list)  # its own, each with id, name and backgroundColor
    accepts: bool = True  # a room's: whether it answers invitations by itself
    number: int = 1
    records: dict[str, Record] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    exceptions: dict[str, dict[str, None]] = field(default_factory=dict)
    recorded: dict[str, Resource] = field(default_factory=dict)  # answered as they are, once listed and whenever read
    unlisted: list[str] = field(default_factory=list)
    split_off: dict[str, list[str]] = field(default_factory=dict)
    counter: int = 0
    epoch: int = 0
    history: deque[tuple[datetime, int]] = field(default_factory=lambda: deque(maxlen=10_000))

    @property
    def room(self) -> bool:
        """Whether it is a resource calendar: a room is taken by inviting it."""
        return self.id.endswith("@resource.calendar.google.com")

    def put(self, record: Record) -> None:
        """Store a record as the latest change."""
        self.counter += 1
        record.changed = self.counter
        self.records[record.id] = record
        self.order.pop(record.id, None)
        self.order[record.id] = self.counter
        if record.root is not None and not record.ghost:
            self.exceptions.setdefault(record.root, {})[record.id] = None
        elif record.id != (family := family_of(record.id)) and record.id not in self.split_off.get(family, ()):
            self.split_off.setdefault(family, []).append(record.id)

    def put_quietly(self, record: Record) -> None:
        """Store a record that no incremental list will show: Google loses some removals."""
        self.put(record)
        self.order.pop(record.id)

    def roots_of(self, instance_id: str) -> list[Record]:
        """Return the roots that an instance's id may belong to: the ids of a split series drop the `_R…` of its root."""
        family = instance_id.rpartition("_")[0]
        names = (family, *self.split_off.get(family, ()))
        return [self.records[name] for name in names if name in self.records]

    def drop(self, record: Record) -> None:
        """Forget a record altogether."""
        self.records.pop(record.id, None)
        self.order.pop(record.id, None)

    def counter_at(self, moment: datetime) -> int:
        """Return the latest change a reader saw at that moment, as far as is remembered."""
        later = next((counter for at, counter in self.history if at > moment), None)
        return self.counter if later is None else later - 1

    def changed_since(self, counter: int) -> list[Record]:
        """List the records changed after that change, oldest change first."""
        found = []
        for record_id in reversed(self.order):
            if self.order[record_id] <= counter:
                break
            found.append(self.records[record_id])
        found.reverse()
        return found

    def occurrences(self, record: Record, now: datetime) -> dict[str, Resource]:
        """Map each instance's id to its original start, many years ahead for an endless series."""
        if not (record.series and record.alive):
            return {}
        key = (record.changed, now.date().isoformat())
        if record.expanded is None or record.expanded[0] != key:
            record.expanded = (key, self._expand(record, now))
        return record.expanded[1]

    def _expand(self, record: Record, now: datetime) -> dict[str, Resource]:
        start = record.resource["start"]
        zone_name = start.get("timeZone", self.zone)
        first = when.local(start)
        limit = (now + AHEAD).replace(tzinfo=None)
        rules = recurrence.read(record.resource["recurrence"], zone_name)
        if rules.rule is None or rules.rule.count or rules.rule.until:
            limit = max(limit, first + AHEAD)
        found, family = {}, family_of(record.id)
        for wall in recurrence.starts(rules, first, limit):
            original = when.from_local(wall, start, self.zone)
            found[f"{family}_{stamp(original)}"] = original
        return found


def family_of(root_id: str) -> str:
    """Return what the ids of a root's instances begin with: the id of the series that it was split off."""
    return SPLIT.sub("", root_id)


def stamp(original: Resource) -> str:
    """Write an original start as instance ids have it: YYYYMMDDTHHMMSSZ, or YYYYMMDD for a day."""
    if "date" in original:
        return str(original["date"]).replace("-", "")
    moment = datetime.fromisoformat(original["dateTime"]).astimezone(UTC)
    return moment.strftime("%Y%m%dT%H%M%SZ")
