"""A reader's key opens every screen and no deed, at whichever door it is tried."""

import re
from datetime import timedelta

import pytest
from werkzeug.test import Client, TestResponse

from functions.application.ports import Transaction
from functions.entrypoints.console.session import KeySessions
from functions.entrypoints.http.key_proof import KeyProof
from tests.harness.place import KEY, PRODUCT, Place

READER_KEY = "a-second-key-of-the-tests-9f2c41d7"


@pytest.fixture
def sessions(place: Place) -> KeySessions:
    return KeySessions(place.ports, KeyProof(place.ports, KEY), reader_key=READER_KEY)


@pytest.fixture
def reader(place: Place, sessions: KeySessions) -> Client:
    client = Client(place.app(place.ports, sessions))
    client.get(f"/console/?key={READER_KEY}", base_url=PRODUCT)
    return client


def bearer(place: Place, sessions: KeySessions, key: str, method: str, path: str) -> TestResponse:
    client = Client(place.app(place.ports, sessions))
    return client.open(path, method=method, base_url=PRODUCT, headers={"Authorization": f"Bearer {key}"})


def test_the_readers_key_as_bearer_reads_and_does_nothing(place: Place, sessions: KeySessions) -> None:
    place.activate()
    here = "/console/api/integrations/7"
    assert bearer(place, sessions, READER_KEY, "GET", here).status_code == 200
    refused = bearer(place, sessions, READER_KEY, "POST", f"{here}/pause")
    assert refused.status_code == 403
    assert refused.get_json()["error"].startswith("you may look at everything here and change nothing")
    assert bearer(place, sessions, READER_KEY, "POST", "/tasks/sync").status_code == 401
    assert bearer(place, sessions, READER_KEY, "POST", "/sweep").status_code == 401
    assert bearer(place, sessions, KEY, "POST", f"{here}/pause").status_code == 200


def test_a_reader_signs_out_readers_everywhere_and_no_administrator(
    place: Place, sessions: KeySessions, reader: Client
) -> None:
    app = place.app(place.ports, sessions)
    administrator, other = Client(app), Client(app)
    administrator.get(f"/console/?key={KEY}", base_url=PRODUCT)
    other.get(f"/console/?key={READER_KEY}", base_url=PRODUCT)
    token = re.search(r'name="csrf_token" value="(\w+)"', reader.get("/console/", base_url=PRODUCT).text)
    assert token is not None
    reader.post("/console/sign-out", base_url=PRODUCT, data={"csrf_token": token[1], "everywhere": "yes"})
    seen = [each.get("/console/", base_url=PRODUCT).status_code for each in (reader, other, administrator)]
    assert seen == [401, 401, 200]


def test_with_another_readers_key_its_sessions_end(place: Place, reader: Client) -> None:
    cookie = reader.get_cookie("console_session", domain="127.0.0.1")
    assert cookie is not None
    for key in ("another-key-of-readers-77aa01b3", ""):
        changed = KeySessions(place.ports, KeyProof(place.ports, KEY), reader_key=key)
        client = Client(place.app(place.ports, changed))
        client.set_cookie("console_session", cookie.value, domain="127.0.0.1")
        assert client.get("/console/", base_url=PRODUCT).status_code == 401


def test_a_reader_sees_of_an_alert_s_webhook_its_host_alone(place: Place, reader: Client) -> None:
    for number in range(2):  # the second one makes a change of the first
        place.save(alerts={"webhook_url": f"https://chat.example.org/v1/hook?key=opens-the-chat-{number}"})
    administrator = Client(place.app(place.ports))
    administrator.get(f"/console/?key={KEY}", base_url=PRODUCT)
    here, api = "/console/integrations/7", "/console/api/integrations"
    pages = (f"{here}/sync", f"{here}/history", here, api, f"{api}/7", f"{api}/7/history")
    shown = [[each.get(page, base_url=PRODUCT).text for page in pages] for each in (administrator, reader)]
    assert sum("opens-the-chat" in page for page in shown[0]) == 5
    assert not any("opens-the-chat" in page for page in shown[1])
    assert "chat.example.org" in shown[1][0]


def test_ending_all_sessions_ends_them_however_many_a_reader_has_opened(
    place: Place, sessions: KeySessions, reader: Client
) -> None:
    expires = place.now + timedelta(hours=12)
    body = {"expires": expires.isoformat(), "role": "reader"}

    def opened(tx: Transaction) -> None:
        for number in range(600):  # before those of others
            tx.put(("sessions", f"{number:064}"), body, expires=expires)

    place.documents.transact(opened)
    administrator = Client(place.app(place.ports, sessions))
    administrator.get(f"/console/?key={KEY}", base_url=PRODUCT)
    token = re.search(r'name="csrf_token" value="(\w+)"', administrator.get("/console/", base_url=PRODUCT).text)
    assert token is not None
    administrator.post("/console/sign-out", base_url=PRODUCT, data={"csrf_token": token[1], "everywhere": "yes"})
    assert place.documents.find(("sessions",), limit=1) == []
    assert reader.get("/console/", base_url=PRODUCT).status_code == 401
