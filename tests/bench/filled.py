"""A store with as many links as a measure wants, each as the product itself saves it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from functions.application.store import links
from functions.application.store.records import stored
from functions.domain.model.appointment import Timed
from functions.domain.model.event import EventKey
from functions.domain.model.identity import claim_id, link_id
from functions.domain.pairing.life import Active
from functions.domain.pairing.link import Base, Link

LENGTH = timedelta(minutes=45)
_START, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC)
_DIGESTS = dict.fromkeys(("title", "description", "reminders", "guest", "meet"), "0123456789abcdef01234567")

Row = tuple[str, str, str, str]


class Pair(NamedTuple):
    """A booking of an object and its event; both last 45 minutes."""

    booking: str
    calendar: str
    event: str
    start: datetime
    etag: str
    object: str = "10"


def fill(path: Path, int_id: str, pairs: Iterable[Pair]) -> None:
    """Put links with their claims into a store that nobody has open.

    In the order of their ids and without the indexes, which are made again afterwards: a million take half a minute.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'documents' AND sql IS NOT NULL"
        ).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        insert = "INSERT INTO documents (collection, id, kind, body) VALUES (?, ?, ?, ?)"
        connection.executemany(insert, _rows(int_id, pairs))
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _rows(int_id: str, pairs: Iterable[Pair]) -> Iterator[Row]:
    before, template = f"integrations/{int_id}", _template()
    by_link = sorted((link_id(int_id, "booking", pair.booking), pair) for pair in pairs)
    claims = [(claim_id("booking", pair.booking), link) for link, pair in by_link]
    claims += [(claim_id("event", pair.calendar, pair.event), link) for link, pair in by_link]
    for claim, link in sorted(claims):
        yield f"{before}/claims", claim, "claims", f'{{"link":"{link}"}}'
    for link, pair in by_link:
        start, end = _text(pair.start), _text(pair.start + LENGTH)
        etag = pair.etag.replace('"', '\\"')
        day = f"{start[:10]}|{link}"
        text = template % {**pair._asdict(), "etag": etag, "link": link, "start": start, "end": end, "day": day}
        yield f"{before}/links", link, "links", text


def _template() -> str:
    """Return the document of a link as a template for `%`."""
    key = EventKey("%(calendar)s", "%(event)s")
    base = Base(Timed(_START, _END), "%(calendar)s", "%(object)s", 20, _DIGESTS)
    link = Link(id="%(link)s", booking_id="%(booking)s", event=key, life=Active(), base=base, version=3)
    looked_up_by = {"state": "active", "calendar": "%(calendar)s", "day": "%(day)s"}
    text = json.dumps(
        {**links.without_defaults(stored(replace(link, event_etag="%(etag)s"))), **looked_up_by}, separators=(",", ":")
    )
    return text.replace(_text(_START), "%(start)s").replace(_text(_END), "%(end)s")


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
