"""While i-Reserve refuses the login nothing calls it: each call is one more refused login, and may lock the account."""

import pytest

from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.http.key_proof import KeyProof
from tests.harness.place import KEY, Place
from tests.harness.tab import Tab
from tests.integration.test_roles import routes

HERE = "/console/integrations/7"


@pytest.fixture
def booking(place: Place) -> str:
    """A booking of a pair; i-Reserve refuses the login since."""
    place.activate(language="en", outbound={"use_customer_data": True})
    number = place.book()
    place.settle(60)
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.book("2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(60)
    assert place.api("GET", "/7")["ireserve_refused"]
    place.forget()
    return number


def test_every_page_and_every_answer_to_a_program_does_without_a_call(place: Place, booking: str) -> None:
    sessions, tab = KeySessions(place.ports, KeyProof(place.ports, KEY)), Tab(place)
    looked = {
        path
        for _, method, path in routes(place, sessions)
        if method == "GET" and "sign" not in path and "static" not in path
    }
    looked |= {f"{HERE}/find?q={booking}", f"{HERE}/ireserve?test=1", f"{HERE}/day?date=2026-11-24"}
    looked |= {"/console/api/integrations/7/plan?refresh=1"}
    calling = []
    for path in sorted(looked):
        tab.get(path)
        if place.ireserve_calls():
            calling.append(path)
            place.forget()
    assert calling == []


def test_trying_a_template_and_a_round_trip_say_so_instead_of_calling(place: Place, booking: str) -> None:
    tab, right = Tab(place), "save the right password"
    assert right in tab.post(f"{HERE}/outbound", do="preview", booking=booking).text
    legs = place.api("POST", "/7/round-trip", {"object": "10"})
    assert right in next(leg["trouble"] for leg in legs if leg["name"] == "make_booking")
    tab.post(f"{HERE}/mapping", do="combine", rows="0")
    tab.post(f"{HERE}/mend/hooks")
    assert place.ireserve_calls() == []


def test_a_finding_that_cannot_be_looked_at_again_stays(place: Place) -> None:
    """The sync noted it on its way, and would not note it again: what is unreadable is not mended."""
    place.activate(language="en", outbound={"use_customer_data": True})
    customer = place.ireserve("POST", "customers", {"name": "Fout", "email": "geen adres"})["id"]
    place.book(customer_id=customer)
    place.settle(60)
    assert "has an address that cannot be invited" in guests(place)
    place.ireserve("PATCH", "users/api_calendar", {"password": "other"})
    place.book("2026-11-24T14:00", "2026-11-24T15:00")
    place.settle(60)
    assert "has an address that cannot be invited" in guests(place)


def guests(place: Place) -> str:
    checks = place.api("GET", "/7/diagnostics")["checks"]
    return " ".join(check["says"] for check in checks if check["name"] == "customers")
