"""The simulated i-Reserve in process, with its clock and its hooks in the test's hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.test import Client

from sandbox.ireserve.app import create_app
from sandbox.ireserve.tenant.tenant import Tenant

HALL = {
    "object_id": 10,
    "date_from": "2026-11-23T10:00:00+0100",
    "date_till": "2026-11-23T11:00:00+0100",
}
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

    def api(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        options.setdefault("auth", LOGIN)
        return self.client.open(f"/api/rest/{path}", method=method, json=body, **options)

    def write(self, **fields: Any) -> Any:
        return self.api("POST", "hook/booking/", fields).json

    def shown(self, number: int) -> Any:
        return self.api("GET", f"booking/{number}").json

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
        wanted = {"object_id": 10, "status_code": 20, "from": f"{day}T10:00", "till": f"{day}T11:00", **fields}
        return int(self.control("POST", "bookings", wanted)["id"])

    def listen(self, event: str = "booking_updated") -> None:
        body = {"target_url": "http://product.example/hook", "event": event}
        assert self.api("POST", "hook", body).status_code == 200
