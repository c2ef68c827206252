"""The simulator as a program on a real socket, with clients and receivers that know nothing of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest
import requests
from ireserve_stage import LOGIN
from waitress import create_server

from sandbox.ireserve.app import create_app
from sandbox.ireserve.tenant.tenant import Tenant


class Receiver(BaseHTTPRequestHandler):
    """Takes hooks; the first is answered with 500."""

    got: ClassVar[list[tuple[str | None, bytes]]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.got.append((self.headers["Content-Type"], self.rfile.read(length)))
        self.send_response(500 if len(self.got) == 1 else 202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> str:
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(create_app(Tenant()), sockets=[listener], threads=4)
    Thread(target=server.run, daemon=True).start()  # closing its socket under it would break it, so it just ends
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_a_client_books_reads_and_filters_over_http(address: str) -> None:
    body = {
        "object_id": 101,
        "date_from": "2027-01-11T10:00:00+0100",
        "date_till": "2027-01-11T11:00:00+0100",
        "number": 1,
        "external_id": "3114hqq4rqsvlhgr8s66msvju9",
    }
    made = requests.post(f"{address}/api/rest/hook/booking/", json=body, auth=LOGIN, timeout=60).json()
    read = requests.get(f"{address}/api/rest/json/booking/{made['id']}", auth=LOGIN, timeout=60).json()
    assert read == made
    query = {"search": 'startdatum = "2027-01-11" AND product IN (101,102)', "columns": "RES_ID,RES_FROMTIME"}
    rows = requests.get(f"{address}/api/rest/booking/filter", params=query, auth=LOGIN, timeout=60).json()
    assert [(row["RES_ID"], row["RES_FROMTIME_raw"]) for row in rows] == [(made["id"], 36000)]


def test_hooks_are_delivered_over_http_and_tried_again(address: str) -> None:
    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=receiver.serve_forever, daemon=True).start()
    hook = {"target_url": f"http://127.0.0.1:{receiver.server_port}/in?token=x", "event": "booking_created"}
    requests.post(f"{address}/api/rest/hook", json=hook, auth=LOGIN, timeout=60)
    booking = {"object_id": 12, "from": "2027-01-12T10:00", "till": "2027-01-12T11:00"}
    made = requests.post(f"{address}/control/bookings", json=booking, timeout=60).json()
    until(lambda: len(Receiver.got) == 2)
    assert Receiver.got[0] == Receiver.got[1]
    assert Receiver.got[0][0] == "application/json"
    assert f'"id": "{made["id"]}"'.encode() in Receiver.got[0][1]
    receiver.shutdown()
    receiver.server_close()


def test_a_status_change_shows_a_moment_after_it_was_made(address: str) -> None:
    booking = {"object_id": 11, "from": "2027-01-13T10:00", "till": "2027-01-13T11:00"}
    made = requests.post(f"{address}/control/bookings", json=booking, timeout=60).json()
    requests.patch(f"{address}/control/bookings/{made['id']}", json={"status_code": 70}, timeout=60)

    def shown() -> str:
        read = requests.get(f"{address}/api/rest/booking/{made['id']}", auth=LOGIN, timeout=60)
        return str(read.json()["status"])

    assert shown() == "NEW"
    until(lambda: shown() == "CANCELLED")


def test_a_connection_can_be_cut_without_an_answer(address: str) -> None:
    requests.post(f"{address}/control/faults", json={"path": "object/10", "action": "reset"}, timeout=60)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{address}/api/rest/object/10", timeout=60)
    assert requests.get(f"{address}/api/rest/object/10", timeout=60).json()["desc"] == "Zaal A"


def test_a_browser_of_another_origin_may_read(address: str) -> None:
    headers = {"Origin": "https://display.example", "Access-Control-Request-Headers": "authorization"}
    asked = requests.options(f"{address}/api/rest/booking/filter", headers=headers, timeout=60)
    assert asked.ok
    assert asked.headers["Access-Control-Allow-Origin"] == "https://display.example"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_a_taken_port_is_said_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {**os.environ, "SANDBOX_IRESERVE_PORT": str(taken.getsockname()[1])}
        command = [sys.executable, "-m", "sandbox.ireserve"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "SANDBOX_IRESERVE_PORT" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
