"""The adapter for i-Reserve, connected to a simulated tenant in the same process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from werkzeug.serving import make_server
from werkzeug.test import Client

from functions.adapters.ireserve.client import IReserve
from functions.domain.settings.dialect import Dialect
from sandbox.ireserve.app import create_app
from sandbox.ireserve.tenant.tenant import Tenant

AMSTERDAM = "Europe/Amsterdam"


class WsgiAdapter(BaseAdapter):
    """Sends what requests prepared to a WSGI application."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        headers = [(str(name), str(value)) for name, value in request.headers.items() if name != "Content-Length"]
        try:
            answer = self._client.open(
                str(parts.path),
                query_string=str(parts.query),
                method=request.method or "",
                data=request.body,
                headers=headers,
            )
        except ConnectionResetError as error:
            raise requests.ConnectionError(request=request) from error
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers.to_wsgi_list())
        response._content = answer.data
        return response

    def close(self) -> None:
        pass


class ConnectedIReserve:
    """A tenant whose clock stands still, a person at its panel, and the adapter that works with it."""

    def __init__(self, dialect: Dialect | None = None, **switches: Any) -> None:
        self.time = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
        self.tenant = Tenant(now=lambda: self.time, deliver=lambda _url, _body: 202, sleep=self.sleep)
        self.client = Client(create_app(self.tenant))
        self.ireserve = self.connect(dialect or Dialect())
        self.switch(**switches)

    def connect(
        self,
        dialect: Dialect | None = None,
        password: str | Callable[[], str] = "sandbox",
        base_url: str = "https://tenant.i-reserve.test/api/rest",
        day_end: Any = "exclusive",
        username: str = "api_calendar",
    ) -> IReserve:
        session = requests.Session()
        session.mount("https://", WsgiAdapter(self.client))
        return IReserve(
            base_url,
            username,
            password if callable(password) else lambda: password,
            AMSTERDAM,
            day_end,
            dialect or Dialect(),
            session,
            clock=lambda: self.time,
            sleep=self.sleep,
        )

    def known(self, **found: Any) -> IReserve:
        """Return the adapter with a dialect in which these were found out."""
        return self.connect(replace(Dialect(), **found, known=frozenset(found)))

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.open(f"/control/{path}", method=method, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json

    def switch(self, **switches: Any) -> None:
        if switches:
            self.control("PATCH", "dialect", switches)

    def book(self, day: str = "2026-11-23", **fields: Any) -> str:
        """Book as a person at the panel, from 10 to 11 o'clock in hall 10 unless said otherwise."""
        wanted = {"object_id": 10, "status_code": 20, "from": f"{day}T10:00", "till": f"{day}T11:00", **fields}
        number = str(self.control("POST", "bookings", wanted)["id"])
        self.forget()
        return number

    def seen(self, number: str) -> Any:
        """Return the booking as the panel has it."""
        return self.control("GET", f"bookings/{number}")

    def fault(self, **fault: Any) -> None:
        self.control("POST", "faults", fault)

    def forget(self) -> None:
        self.tenant.calls.clear()

    @property
    def calls(self) -> list[str]:
        return [f"{call['method']} {call['path'].removeprefix('/api/rest/')}" for call in self.tenant.calls.since(0)]

    @property
    def bodies(self) -> list[Any]:
        return [call["body"] for call in self.tenant.calls.since(0) if call["method"] == "POST"]


@contextmanager
def served(tenant: ConnectedIReserve) -> Iterator[str]:
    """Serve the tenant on a real socket and give the address of its interface."""
    server = make_server("127.0.0.1", 0, tenant.client.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/rest"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
