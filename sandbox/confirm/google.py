"""The rows about Google that can be seen by reading: nothing is written there."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import requests

from sandbox.confirm.finding import Finding, holds

OK = 200
LOOKED = 2500


def ask(session: requests.Session, endpoint: str, calendar: str) -> Iterator[Finding]:
    """Give a finding for every row that reading one calendar can tell of."""
    place = f"{endpoint}/calendars/{quote(calendar, safe='')}/events"
    entry = _read(session, f"{endpoint}/users/me/calendarList/{quote(calendar, safe='')}")
    if entry is None:
        direct = _read(session, place, maxResults=1) is not None
        yield holds("G16", "not in the list, reached by id" if direct else "not reached at all", believed=direct)
    else:
        yield holds(
            "G17", f"dataOwner {'shown' if 'dataOwner' in entry else 'not shown'}", believed="dataOwner" in entry
        )
    page = _read(session, place, singleEvents="true", maxResults=LOOKED, showDeleted="true")
    if page is None:
        yield Finding("G4", "not told", "the calendar cannot be listed")
        return
    items = page.get("items", [])
    bare = [each for each in items if each.get("status") == "cancelled"]
    yield holds("G5", f"{len(bare)} tombstones, all with an id", believed=all("id" in each for each in bare))
    born = [each for each in items if str(each.get("created", "")).startswith("0000")]
    yield Finding("G10", "as believed" if born else "not told", f"{len(born)} events born in the year 0000")
    years = sorted({str(each.get("start", {}).get("dateTime", ""))[:4] for each in items if each.get("start")})
    yield Finding("G6", "not told" if len(years) < 3 else "as believed", f"years {', '.join(years[-3:])}")


def _read(session: requests.Session, address: str, **query: Any) -> dict[str, Any] | None:
    answer = session.get(address, params=query, timeout=30)
    return answer.json() if answer.status_code == OK else None
