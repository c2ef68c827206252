"""The stand-in of Cloud Run: instances that come, rest, are cut short and go, and a front that asks who calls."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sandbox.gcp.cloud_run import Instance, Service
from sandbox.gcp.run_front import Invokers, id_token, make_app
from sandbox.gcp.serving import served
from sandbox.stage import free_port

# answers /sleep/SECONDS after so long, anything else at once, with its process id and what it got; ticks in the background
CONTAINER = """
import json, os, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
ticks = [0]
def tick():
    while True:
        time.sleep(0.01); ticks[0] += 1
threading.Thread(target=tick, daemon=True).start()
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/sleep/"):
            time.sleep(float(self.path[7:]))
        body = json.dumps({"pid": os.getpid(), "ticks": ticks[0], "token": self.headers.get("Authorization", "")}).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def log_message(self, *_): pass
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
Make = Callable[..., Service]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    script, made = tmp_path / "container.py", list[Service]()
    script.write_text(CONTAINER)

    def launch(manner: str) -> Instance:
        port = free_port()
        command = [sys.executable, str(script), str(port), manner]
        return Instance(subprocess.Popen(command, start_new_session=True), port)

    def make(manner: str = "", *, concurrency: int = 1, seconds: float = 20, most: int = 1, spread: int = 1) -> Service:
        service = Service(lambda _: launch(manner), concurrency, seconds, most, spread)
        made.append(service)
        return service

    yield make
    for service in made:
        service.down = True
        service.kill()


def get(service: Service, path: str = "/") -> tuple[int, dict[str, int]]:
    status, _, body = service.call("GET", path, [("Host", "localhost")], b"")
    return status, json.loads(body) if status == 200 else {}


def test_the_first_request_waits_for_a_cold_start(make: Make) -> None:
    service = make()
    assert service.instances() == 0
    assert get(service)[0] == 200
    assert (service.instances(), service.starts) == (1, 1)


def test_requests_beyond_its_concurrency_wait_for_the_only_instance(make: Make) -> None:
    service = make(concurrency=1)
    get(service)
    began = time.monotonic()
    with ThreadPoolExecutor(3) as at_once:
        assert [status for status, _ in at_once.map(lambda _: get(service, "/sleep/0.3"), range(3))] == [200] * 3
    assert time.monotonic() - began > 0.85


def test_another_instance_is_started_where_one_has_no_room_and_no_more_than_there_may_be(make: Make) -> None:
    service = make(concurrency=1, most=2)
    get(service)
    with ThreadPoolExecutor(6) as at_once:
        pids = {said["pid"] for _, said in at_once.map(lambda _: get(service, "/sleep/0.5"), range(6))}
    assert (len(pids), service.instances()) == (2, 2)


def test_a_request_that_takes_too_long_is_cut_and_the_instance_loses_its_processor(make: Make) -> None:
    service = make(concurrency=4, seconds=0.5)
    before = get(service)[1]["ticks"]
    assert service.call("GET", "/sleep/5", [("Host", "localhost")], b"")[0] == 504
    time.sleep(2)
    assert (service.cut, get(service)[1]["ticks"] - before < 120) == (1, True), (
        "half a second of work, not two and a half"
    )


def test_an_instance_without_a_request_does_nothing(make: Make) -> None:
    service = make()
    get(service)
    before = get(service)[1]["ticks"]
    time.sleep(1)
    assert get(service)[1]["ticks"] - before < 30, "a second of work would be some 100"


def test_an_instance_that_is_told_to_go_ends_and_another_takes_over(make: Make) -> None:
    service = make()
    first = get(service)[1]["pid"]
    service.end_one()
    assert get(service)[1]["pid"] != first


def test_what_does_not_heed_the_signal_is_killed_when_its_seconds_are_over(
    make: Make,
) -> None:
    service = make("stubborn")
    service.grace_seconds = 0.5
    get(service)
    (instance,) = service._instances
    service.end_one()
    assert instance.process.wait(10) == -9


def test_work_that_is_under_way_when_the_signal_comes_may_end_in_its_seconds(make: Make) -> None:
    service = make("stubborn")
    get(service)
    with ThreadPoolExecutor(1) as beside:
        under_way = beside.submit(get, service, "/sleep/0.5")
        while not service._instances[0].inside:
            time.sleep(0.01)
        service.end_one()
        assert under_way.result()[0] == 200


def test_a_service_that_is_down_takes_nothing(make: Make) -> None:
    service = make()
    service.down = True
    assert get(service)[0] == 429
    assert service.instances() == 0


@pytest.fixture
def private(make: Make) -> Iterator[str]:
    service, seat = make(), free_port()
    address = f"http://127.0.0.1:{seat}"
    with served(make_app(service, Invokers(address, frozenset({"tasks@demo"}))), seat):
        yield address


def test_a_private_service_lets_in_who_may_and_takes_the_signature_away(private: str) -> None:
    good = {"Authorization": f"Bearer {id_token('tasks@demo', private)}"}
    answer = requests.get(private, headers=good, timeout=20)
    assert (answer.status_code, answer.json()["token"].rpartition(".")[2]) == (200, "SIGNATURE_REMOVED_BY_GOOGLE")


@pytest.mark.parametrize(
    ("email", "audience", "status"), [("", "", 403), ("other@demo", "", 403), ("tasks@demo", "https://other", 401)]
)
def test_a_private_service_keeps_others_out(private: str, email: str, audience: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {id_token(email, audience or private)}"} if email else {}
    assert requests.get(private, headers=headers, timeout=20).status_code == status


def test_a_public_service_lets_everybody_in(make: Make) -> None:
    with served(make_app(make(), Invokers("", public=True))) as address:
        assert requests.get(address, timeout=20).status_code == 200
