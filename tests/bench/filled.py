"""A store with as many links as a measure wants, each as the product itself saves it."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from functions.adapters.sqlite_file import SqliteFile
from functions.application.records import body_of
from functions.domain.appointment import Timed
from functions.domain.event import EventKey
from functions.domain.identity import claim_id, link_id
from functions.domain.link import Base, Link

LENGTH = timedelta(minutes=45)
_START, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC)
_DIGESTS = dict.fromkeys(("title", "description", "reminders", "guest", "meet"), "0123456789abcdef01234567")

Row = tuple[str, str, str, str]


class Pair(NamedTuple):
    """A booking and its event; both last 45 minutes."""

    booking: str
    calendar: str
    event: str
    start: datetime
    etag: str


def fill(file: SqliteFile, int_id: str, pairs: Iterable[Pair]) -> None:
    """Put links with their claims into the store, all at once."""
    with file.write(durable=False) as connection:
        connection.executemany(
            "INSERT INTO documents (collection, id, kind, body) VALUES (?, ?, ?, ?)", _rows(int_id, pairs)
        )


def _rows(int_id: str, pairs: Iterable[Pair]) -> Iterator[Row]:
    before = f"integrations/{int_id}"
    template = _template()
    for pair in pairs:
        link = link_id(int_id, "booking", pair.booking)
        text = template
        for name, value in {
            "#link": link,
            "#booking": pair.booking,
            "#calendar": pair.calendar,
            "#event": pair.event,
            "#etag": pair.etag.replace('"', '\\"'),
            _text(_START): _text(pair.start),
            _text(_END): _text(pair.start + LENGTH),
            "#day": f"{pair.start:%Y-%m-%d}|{link}",
        }.items():
            text = text.replace(name, value)
        claim = json.dumps({"link": link}, separators=(",", ":"))
        yield f"{before}/links", link, "links", text
        yield f"{before}/claims", claim_id("booking", pair.booking), "claims", claim
        yield f"{before}/claims", claim_id("event", pair.calendar, pair.event), "claims", claim


def _template() -> str:
    key = EventKey("#calendar", "#event")
    base = Base(Timed(_START, _END), "#calendar", "10", 20, _DIGESTS)
    link = Link(id="#link", booking_id="#booking", event=key, base=base, version=3, event_etag="#etag")
    return json.dumps({**body_of(link), "calendar": "#calendar", "day": "#day"}, separators=(",", ":"))


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
