"""`python -m sandbox.confirm`, asked of simulated tenants: as believed, and each belief the other way round."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from ireserve_stage import LOGIN, Stage
from requests.adapters import BaseAdapter

from sandbox.confirm import ireserve
from sandbox.confirm.__main__ import told

BASE = "https://tenant.example/api/rest"


class _Adapter(BaseAdapter):
    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        answer = self._stage.client.open(
            str(parts.path), query_string=str(parts.query), method=request.method or "", data=request.body, auth=LOGIN
        )
        response = requests.Response()
        response.status_code, response._content = answer.status_code, answer.data
        return response

    def close(self) -> None:
        return


def asked(stage: Stage, thing: str = "12") -> dict[str, str]:
    session = requests.Session()
    session.mount("https://", _Adapter(stage))
    for day in ("2026-11-24", "2026-11-25"):
        stage.book(day)
    return told(list(ireserve.ask(ireserve.Tenant(session, BASE, "1001", thing))))


def believed(stage: Stage) -> None:
    stage.dialect(sorts=True)


def test_a_tenant_as_believed_differs_in_nothing() -> None:
    stage = Stage()
    believed(stage)
    assert set(asked(stage).values()) == {"as believed"}


DIFFERENT: list[tuple[dict[str, Any], str]] = [
    ({"legacy_booking": True}, "I1"),
    ({"booking_envelope": "data"}, "I2"),
    ({"external_id_returned": False}, "I3"),
    ({"external_id_searchable": False}, "I4"),
    ({"unknown_booking": "null"}, "I5"),
    ({"column_status": "RES_STA_ID"}, "I7"),
    ({"unknown_column": "ignored"}, "I8"),
    ({"search_updated": "laatst"}, "I9"),
    ({"sorts": False}, "I10"),
    ({"new_status": 20}, "I12"),
    ({"missing_number_on_create": "refused"}, "I13"),
    ({"validates": False}, "I14"),
    ({"refusal": "error_409"}, "I15"),
    ({"keeps_repeated_hour": True}, "I18"),
]


@pytest.mark.parametrize(("switches", "row"), DIFFERENT, ids=str)
def test_what_differs_is_found(switches: dict[str, Any], row: str) -> None:
    stage = Stage()
    believed(stage)
    stage.dialect(**switches)
    assert asked(stage)[row] == "differs"


def test_without_a_test_object_nothing_is_written() -> None:
    stage = Stage()
    before = set(writes(stage))
    asked(stage, "")
    assert set(writes(stage)) == before


def test_what_was_tried_is_cancelled_again() -> None:
    stage = Stage()
    believed(stage)
    asked(stage)
    made = [each for each in stage.control("GET", "bookings")["bookings"] if each["object_id"] == 12]
    assert made
    assert {each["status_code"] for each in made} == {70}


def writes(stage: Stage) -> Iterator[str]:
    return (call["path"] for call in stage.tenant.calls.since(0) if call["method"] != "GET")
