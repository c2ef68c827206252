"""`python -m sandbox.confirm google`, asked of simulated accounts: as believed, and beliefs the other way round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from google_in_process import BOTH, ROOM_A, ROOM_B, Google
from requests.adapters import BaseAdapter

from sandbox.confirm import google as confirm
from sandbox.confirm.__main__ import told
from tests.harness.machine_clock import now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.testing import FlaskClient

CHAT = "https://prod-1.westeurope.logic.azure.com/workflows/1"
LABEL = {"id": "l-1", "name": "Toernooi", "backgroundColor": "#039be5"}
ENDPOINT = "https://google.test/calendar/v3"


class _Adapter(BaseAdapter):
    def __init__(self, client: FlaskClient) -> None:
        super().__init__()
        self._client = client

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        answer = self._client.open(
            str(parts.path),
            query_string=str(parts.query),
            method=request.method or "",
            data=request.body,
            headers=dict(request.headers),
        )
        response = requests.Response()
        response.status_code, response._content = answer.status_code, answer.data
        return response

    def close(self) -> None:
        return


class _Chat(BaseAdapter):
    """A chat that answers every card with one status."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status, self.asked = status, list[requests.PreparedRequest]()

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        self.asked.append(request)
        response = requests.Response()
        response.status_code, response._content = self.status, b""
        return response

    def close(self) -> None:
        return


@pytest.fixture
def google() -> Google:
    google = Google()
    google.clock.now = now()
    return google


def asked(google: Google, trial: str = ROOM_B, **said: Any) -> Mapping[str, str]:
    session = requests.Session()
    session.mount("https://", _Adapter(google.client))
    session.headers["Authorization"] = f"Bearer {google.tokens(scopes=BOTH)['access_token']}"
    room, chat = said.get("room", ""), said.get("chat")
    account = confirm.Account(session, ENDPOINT, said.get("calendar", ROOM_A), trial, room, patience=1)
    if chat is not None:
        account.chat = CHAT
        account.chats.mount("https://", chat)
    return told(list(confirm.ask(account)))


def test_an_account_as_believed_differs_in_nothing(google: Google) -> None:
    found = asked(google)
    assert {row for row, verdict in found.items() if verdict == "differs"} == set()
    assert {"G3", "G8", "G9", "G11", "G13", "G17", "G25", "G26"} <= {r for r, v in found.items() if v == "as believed"}


@pytest.mark.parametrize(
    ("route", "switches", "row"),
    [
        ("tombstones", {"days": 9999}, "G3"),
        ("texts", {"mode": "web"}, "G25"),
        ("texts", {"longest": 20}, "G25"),
    ],
    ids=str,
)
def test_what_differs_is_found(google: Google, route: str, switches: dict[str, Any], row: str) -> None:
    google.control("POST", route, switches)
    assert asked(google)[row] == "differs"


def test_a_calendar_that_is_not_on_the_list_is_tried_by_its_id(google: Google) -> None:
    google.control("PATCH", f"calendars/{ROOM_A}", {"subscribed": False})
    assert asked(google, "")["G16"] == "as believed"


def test_without_a_test_calendar_nothing_is_written(google: Google) -> None:
    asked(google, "")
    assert {call["method"] for call in google.control("GET", "calls")["calls"] if "/calendars/" in call["path"]} == {
        "GET"
    }


def test_what_was_tried_is_deleted_again(google: Google) -> None:
    asked(google)
    assert google.control("GET", f"calendars/{ROOM_B}/events") == []


@pytest.mark.parametrize("accepts", [True, False])
def test_an_invited_room_declines_and_is_asked_anew(google: Google, *, accepts: bool) -> None:
    room = "c_hall@resource.calendar.google.com"
    google.control("POST", "calendars", {"id": room, "account": "planner@example.org", "accepts": accepts})
    found = asked(google, room=room)
    assert (found["G28"], found["G29"]) == ("as believed", "as believed")


def test_a_room_whose_answer_is_not_its_writers_to_give_differs(google: Google) -> None:
    room = "c_hall@resource.calendar.google.com"
    google.control("POST", "calendars", {"id": room, "account": "guest@example.org"})
    google.control("POST", "calendars", {"id": room, "account": "planner@example.org", "access_role": "reader"})
    assert asked(google, room=room)["G28"] == "differs"


def test_a_label_of_the_test_calendar_is_given_kept_and_goes_before_a_colour(google: Google) -> None:
    assert asked(google)["G31"] == "not told"
    google.control("PATCH", f"calendars/{ROOM_B}", {"labels": [LABEL]})
    assert asked(google)["G31"] == "as believed"
    assert google.control("GET", f"calendars/{ROOM_B}/events") == []


def test_a_label_that_is_not_taken_differs(google: Google) -> None:
    google.control("PATCH", f"calendars/{ROOM_B}", {"labels": [LABEL]})
    google.control("POST", "faults", {"method": "PATCH", "path": "events", "status": 400, "reason": "invalid"})
    assert asked(google)["G31"] == "differs"


@pytest.mark.parametrize(("status", "verdict"), [(202, "as believed"), (400, "differs")])
def test_a_card_is_posted_with_other_fields_beside_it_and_without_a_token(
    google: Google, status: int, verdict: str
) -> None:
    chat = _Chat(status)
    assert asked(google, chat=chat)["G30"] == verdict
    (request,) = chat.asked
    assert "Authorization" not in request.headers
    posted = json.loads(request.body or b"")
    assert posted["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert posted["alert"] == "test"


def test_no_chat_is_asked_unless_one_is_named(google: Google) -> None:
    assert "G30" not in asked(google)
