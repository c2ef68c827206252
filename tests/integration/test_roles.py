"""Readers see every screen and change nothing: every route is walked, so that none can be forgotten."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client

from functions.application.ports import Body, Path
from functions.entrypoints.console.app import console_app
from functions.entrypoints.console.roles import EXCEPTIONS, MAKES
from functions.entrypoints.console.session import CloudSessions, KeySessions
from functions.entrypoints.http.key_proof import KeyProof
from functions.settings import EnvironmentFaults, read_environment
from tests.harness.place import KEY, PRODUCT, Place
from tests.harness.tab import Tab
from tests.integration.test_console_screens import SCREENS

READER_KEY = "a-second-key-of-the-tests-9f2c41d7"
REFUSED = "you may look at everything here and change nothing"
FILLED = {
    "int_id": "7",
    "entry": "e1",
    "item": "i1",
    "code": "20",
    "link": "l1",
    "language": "nl",
    "filename": "console.css",
}
OPEN = ("screens.static", "screens.sign_in", "screens.choose_language", "health")


@pytest.fixture
def sessions(place: Place) -> KeySessions:
    return KeySessions(place.ports, KeyProof(place.ports, KEY), reader_key=READER_KEY)


@pytest.fixture
def reader(place: Place, sessions: KeySessions) -> Client:
    place.activate()
    client = Client(place.app(place.ports, sessions))
    assert client.get(f"/console/?key={READER_KEY}", base_url=PRODUCT).status_code == 303
    client.get("/console/language/en", base_url=PRODUCT)
    return client


def test_a_page_reads_its_session_once(place: Place, sessions: KeySessions, monkeypatch: pytest.MonkeyPatch) -> None:
    place.activate()
    client = Client(place.app(place.ports, sessions))
    client.get(f"/console/?key={KEY}", base_url=PRODUCT)
    read: list[Path] = []
    get = place.ports.documents.get

    def noted(path: Path) -> Body | None:
        read.append(path)
        return get(path)

    monkeypatch.setattr(place.ports.documents, "get", noted)
    assert client.get("/console/integrations/7/outbound", base_url=PRODUCT).status_code == 200
    assert len({path for path in read if path[0] == "sessions"}) == len(
        [path for path in read if path[0] == "sessions"]
    )


def routes(place: Place, sessions: KeySessions) -> Iterator[tuple[Rule, str, str]]:
    for rule in console_app(place.ports, sessions, secure=False).url_map.iter_rules():
        path = re.sub(r"<(?:any\(([^,]*).*?\):)?(?:path:)?(\w+)>", lambda m: m[1] or FILLED[m[2]], rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, path


def is_deed(rule: Rule, method: str) -> bool:
    exception = EXCEPTIONS.get(rule.endpoint)
    return method != "GET" if exception is None else exception.value == "administrator"


def test_every_deeds_route_refuses_a_reader_with_a_sentence_and_no_other_does(
    place: Place, sessions: KeySessions, reader: Client
) -> None:
    token = re.search(r'name="csrf_token" value="(\w+)"', reader.get("/console/", base_url=PRODUCT).text)
    assert token is not None
    deeds = 0
    for rule, method, path in routes(place, sessions):
        if rule.endpoint in (*OPEN, "screens.sign_out"):
            continue
        headers = {"X-CSRF-Token": token[1]}
        answer = reader.open(path, method=method, base_url=PRODUCT, headers=headers)
        if is_deed(rule, method):
            deeds += 1
            assert answer.status_code == 403, (method, path)
            assert REFUSED in answer.text.lower(), (method, path)
        else:
            assert answer.status_code != 403, (method, path)
    assert deeds > 50
    assert place.api("GET", "/7")["state"] == "active"


def test_only_reading_is_open_to_readers_and_the_tables_name_routes_that_there_are(
    place: Place, sessions: KeySessions
) -> None:
    known = {rule.endpoint for rule, _, _ in routes(place, sessions)}
    assert {*EXCEPTIONS, *MAKES} <= known
    opened = [
        (rule.endpoint, method)
        for rule, method, _ in routes(place, sessions)
        if method != "GET" and not is_deed(rule, method)
    ]
    assert sorted(opened) == [("screens.sign_in", "POST"), ("screens.sign_out", "POST")]


def test_a_plan_is_read_by_a_reader_and_made_by_an_administrator(reader: Client) -> None:
    assert reader.get("/console/api/integrations/7/plan", base_url=PRODUCT).status_code == 200
    assert reader.get("/console/api/integrations/7/plan?refresh=1", base_url=PRODUCT).status_code == 403


def test_a_reader_sees_every_screen_and_no_form_that_changes_something(reader: Client) -> None:
    for screen in SCREENS:
        answer = reader.get(f"/console/integrations/7{screen}", base_url=PRODUCT)
        assert answer.status_code == (403 if screen == "/delete" else 200), screen
        assert re.findall(r'<form method="post" action="([^"]*)"', answer.text) in ([], ["/console/sign-out"]), screen
        assert "/integrations/consent/" not in answer.text, screen
        assert "token=" not in answer.text, "the address of the webhook is a secret"


def test_a_reader_sees_no_empty_row_to_fill_in_and_no_section_whose_button_is_missing(reader: Client) -> None:
    assert (
        'placeholder="A number or a name"' not in reader.get("/console/integrations/7/mapping", base_url=PRODUCT).text
    )
    assert 'id="round-trip"' not in reader.get("/console/integrations/7/diagnostics", base_url=PRODUCT).text


def test_settings_are_shown_to_a_reader_and_cannot_be_typed_into(reader: Client) -> None:
    page = reader.get("/console/integrations/7/outbound", base_url=PRODUCT).text
    shown = page.split('<fieldset class="bare look" disabled>', 1)[1]
    assert "{OBJECT} - {BOOKING_NUMBER}" in shown
    assert "Looking only" in page


def test_bookings_are_not_counted_again_for_a_reader_who_sees_the_last_count(place: Place, reader: Client) -> None:
    place.ireserve("PATCH", "dialect", {"filter_max_length": 1})
    for day in range(1, 29):
        for hour in (9, 11):
            place.book(f"2027-02-{day:02}T{hour:02}:00", f"2027-02-{day:02}T{hour:02}:30", quiet=True)
    for _ in range(2):
        reader.get("/console/integrations/7/outbound", base_url=PRODUCT)
    place.pass_time(60)
    place.forget()
    page = reader.get("/console/integrations/7/outbound?count=anew", base_url=PRODUCT)
    assert "the 56 bookings from" in page.text
    assert place.ireserve_calls() == []
    assert "count=anew" not in page.text.split("<main", 1)[1]
    assert "count=anew" in Tab(place).get("/console/integrations/7/outbound").text


@pytest.mark.parametrize(
    ("named", "address", "status"),
    [
        ((), "planner@example.org", 200),
        (("Beheer@example.org",), "beheer@example.org", 200),
        (("beheer@example.org",), "planner@example.org", 403),
    ],
)
def test_in_the_cloud_the_addresses_named_act_and_others_read(
    place: Place, named: tuple[str, ...], address: str, status: int
) -> None:
    place.activate()
    sessions = CloudSessions(lambda _request: address, place.ports, administrators=named)
    client = Client(console_app(place.ports, sessions, secure=True))
    headers = {"X-Requested-With": "test"}
    assert client.get("/console/api/integrations/7", headers=headers).status_code == 200
    assert client.post("/console/api/integrations/7/pause", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"CONSOLE_READER_KEY": "reader"}, "CONSOLE_READER_KEY can be guessed"),
        ({"CONSOLE_READER_KEY": KEY, "CONSOLE_KEY": KEY}, "CONSOLE_READER_KEY is CONSOLE_KEY"),
        ({"CONSOLE_ADMINISTRATORS": "beheer"}, "CONSOLE_ADMINISTRATORS has beheer"),
    ],
)
def test_a_start_with_wrong_roles_says_what_is_wrong(env: dict[str, str], says: str) -> None:
    with pytest.raises(EnvironmentFaults, match=says):
        read_environment(env)
