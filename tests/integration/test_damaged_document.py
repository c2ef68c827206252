"""One document that this version cannot read costs no page but what it says itself, and the diagnosis names it.

A store has such documents after a newer version was taken back, or after somebody edited it by hand.
"""

import pytest

from functions.application.ports import Body
from functions.application.store.integrations import path_of
from functions.domain.model.identity import calendar_hash
from tests.harness.place import ROOM_A, Place
from tests.harness.tab import Tab
from tests.integration.test_console_screens import SCREENS

HERE = "/console/integrations/7"
DOCUMENTS = {
    "the first filling": ("progress", "backfill"),
    "a nightly look": ("progress", "full"),
    "a probe": ("progress", "probe"),
    "a plan": ("progress", "plan"),
    "an audit": ("progress", "audit"),
    "a calendar": ("calendars", calendar_hash(ROOM_A)),
}
CAUSES: dict[str, tuple[Body, str]] = {
    "of a newer version": ({"schema": 99}, "deploy that version again"),
    "damaged": ({"week": "odd", "at": "odd", "part": "odd", "started_at": "odd", "channels": "odd"}, "is damaged at"),
}
SAID = {  # where a damaged document is told: a plan and an audit are made anew, and are no part of the sync
    "a plan": f"{HERE}/activation",
    "an audit": f"{HERE}/audit",
}


def written(place: Place, name: str, more: Body) -> None:
    path = path_of("7", *DOCUMENTS[name])
    body = place.ports.documents.get(path)
    assert body is not None
    place.ports.documents.transact(lambda tx: tx.put(path, {**body, **more}))
    place.ports.documents.forget()


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_page_is_there_and_one_says_what_cannot_be_read(place: Place, name: str, cause: str) -> None:
    place.activate(language="en")
    booking = place.book(remarks="TEST")
    place.settle(30)
    place.api("POST", "/7/probe", {"booking": booking, "object": 11, "really": True})
    place.api("POST", "/7/audit")
    place.api("GET", "/7/plan?refresh=1")
    place.api("POST", "/7/sweep")
    place.settle(900)
    more, says = CAUSES[cause]
    written(place, name, more)
    tab = Tab(place)
    pages = [f"{HERE}{each}" for each in SCREENS if not each.endswith((".csv", ".json", ".txt"))]
    assert {each: tab.get(each).status_code for each in (*pages, "/console/")} == dict.fromkeys(
        (*pages, "/console/"), 200
    )
    assert says in tab.seen(SAID.get(name, f"{HERE}/diagnostics"))
    if name not in SAID:
        checks = place.api("GET", "/7/diagnostics")["checks"]
        assert [each["level"] for each in checks if says in each["says"]] == ["red"]
    if name in ("the first filling", "a nightly look"):
        assert "cannot be read" in tab.seen(f"{HERE}/journal")


@pytest.mark.parametrize("cause", CAUSES)
def test_an_audit_is_made_in_place_of_one_that_cannot_be_read(place: Place, cause: str) -> None:
    place.activate()
    place.api("POST", "/7/audit")
    place.settle(900)
    written(place, "an audit", CAUSES[cause][0])
    place.api("POST", "/7/audit")
    place.settle(900)
    assert place.api("GET", "/7/audit")["state"] == "done"


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize(
    ("name", "screen", "says"), [("a plan", "activation", "A new plan"), ("an audit", "audit", "A new audit")]
)
def test_what_cannot_be_read_and_is_made_anew_sends_nobody_to_a_backup(
    place: Place, cause: str, name: str, screen: str, says: str
) -> None:
    place.activate(language="en")
    place.api("POST", "/7/audit")
    place.api("GET", "/7/plan?refresh=1")
    place.settle(900)
    written(place, name, CAUSES[cause][0])
    tab = Tab(place)
    assert f"{says} takes its place." in tab.seen(f"{HERE}/{screen}")
    tab.post(f"{HERE}/{screen.replace('activation', 'plan')}")
    place.settle(900)
    assert CAUSES[cause][1] not in tab.seen(f"{HERE}/{screen}")


@pytest.mark.parametrize("cause", CAUSES)
def test_a_calendar_that_cannot_be_read_keeps_no_alert_back(place: Place, cause: str) -> None:
    place.activate(alerts={"email": "beheer@example.org"})
    place.tick()
    written(place, "a calendar", CAUSES[cause][0])
    place.draw("2026-11-25T10:00", "2026-11-25T11:00")
    place.google("POST", "tokens/revoke", {})
    place.book()
    place.settle(60)
    place.tick()
    assert "token_dead" in [alert.name for _, alert in place.told]
