"""A tenant with its clock in the test's hand, in process; and a program on a real socket."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from waitress import create_server
from werkzeug.test import Client, TestResponse

from sandbox.ireserve.app import create_app
from sandbox.ireserve.tenant import Tenant

LOGIN = ("api_calendar", "sandbox")


class Stage:
    """The simulated i-Reserve in process: a clock that stands still and hooks that are kept."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
        self.hooks: list[tuple[str, Any]] = []
        self.answers: list[int] = []
        self.on_hook: Callable[[], None] = lambda: None
        self.tenant = Tenant(now=lambda: self.time, deliver=self._deliver, sleep=self._sleep)
        self.client = Client(create_app(self.tenant))

    def _deliver(self, url: str, body: Any) -> int:
        self.hooks.append((url, body))
        self.on_hook()
        return self.answers.pop(0) if self.answers else 202

    def _sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def api(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        options.setdefault("auth", LOGIN)
        return self.client.open(f"/api/rest/{path}", method=method, json=body, **options)

    def rows(self, search: str = "", columns: str = "RES_ID", **more: str) -> Any:
        query = {"search": search, "columns": columns, **more}
        return self.api("GET", "booking/filter", query_string=query).json

    def control(self, method: str, path: str, body: Any = None) -> Any:
        response = self.client.open(f"/control/{path}", method=method, json=body)
        assert response.status_code < 400, response.text
        return response.json

    def dialect(self, **switches: Any) -> None:
        self.control("PATCH", "dialect", switches)

    def book(self, day: str = "2026-11-23", **fields: Any) -> int:
        wanted = {"object_id": 10, "from": f"{day}T10:00", "till": f"{day}T11:00", **fields}
        return int(self.control("POST", "bookings", wanted)["id"])

    def listen(self, event: str = "booking_updated") -> None:
        body = {"target_url": "http://product.example/hook", "event": event}
        assert self.api("POST", "hook", body).status_code == 200


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    server = create_server(create_app(Tenant()), host="127.0.0.1", port=0, threads=4)
    Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
