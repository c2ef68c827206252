"""Who sends slowly, or very much, keeps nobody else waiting: `serve` as a process, over real sockets."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import requests

from functions.entrypoints.http.listening import ARRIVES, LOOK
from sandbox.stage import free_port

ROOT = Path(__file__).resolve().parents[2]
SLOW = 150  # connections of each kind; a hundred and ten stopped every answer
GIB = 1024**3
SILENT = "before anything"
BEGINNINGS = {
    "in the body": "POST /bookings/7 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
    "in the headers": "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    SILENT: "",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    found = free_port()
    state = str(tmp_path_factory.mktemp("state"))
    environment = {**os.environ, "STATE_DIR": state, "PORT": str(found), "BACKEND": "standalone"}
    quiet = subprocess.DEVNULL
    program = subprocess.Popen(
        [sys.executable, "-m", "functions", "serve"], cwd=ROOT, env=environment, stdin=quiet, stdout=quiet, stderr=quiet
    )
    deadline = time.monotonic() + 60
    while not answers(found):
        assert time.monotonic() < deadline, "serve does not answer"
        time.sleep(0.1)
    yield found
    program.terminate()
    program.wait(60)


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=60).status_code == 200
    except requests.RequestException:
        return False


def call(port: int, head: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.sendall(head.encode())
    return line


def test_connections_that_trickle_keep_nobody_waiting_and_are_closed_in_the_end(port: int) -> None:
    lines = {where: [call(port, head) for _ in range(SLOW)] for where, head in BEGINNINGS.items()}
    deadline = time.monotonic() + ARRIVES + LOOK + 30
    open_still = {where: those for where, those in lines.items() if where != SILENT}
    while open_still:
        assert answers(port)
        assert time.monotonic() < deadline, f"some are still open: {', '.join(open_still)}"
        trickling = {where: [line for line in those if trickles(line)] for where, those in open_still.items()}
        open_still = {where: those for where, those in trickling.items() if those}
        time.sleep(0.5)
    for line in chain(*lines.values()):
        line.close()


def trickles(line: socket.socket) -> bool:
    """Send one more byte; False once the other side has closed."""
    try:
        line.sendall(b"x")
        line.settimeout(0)
        return line.recv(1000) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        line.settimeout(15)


def test_a_body_of_256_kib_is_taken_and_one_byte_more_is_not(port: int) -> None:
    def status(size: int) -> int:
        return requests.post(f"http://127.0.0.1:{port}/bookings/7", data=b"x" * size, timeout=60).status_code

    assert (status(256 * 1024), status(256 * 1024 + 1)) == (401, 413)


@pytest.mark.parametrize("path", ["/bookings/7", "/tasks/sync", "/console/sign-in"])
def test_a_body_of_a_gibibyte_is_refused_before_it_is_read(port: int, path: str) -> None:
    line = call(port, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {GIB}\r\n\r\nx")
    assert b" 413 " in line.recv(1000).split(b"\r\n")[0]
    line.close()


def test_headers_of_a_mebibyte_are_refused(port: int) -> None:
    line = call(port, "GET /health HTTP/1.1\r\nHost: x\r\n")
    said = b""
    try:
        for _ in range(1024):
            line.sendall(b"X-Long: " + b"x" * 1014 + b"\r\n")
        said = line.recv(1000)
    except OSError:  # it was cut off meanwhile
        pass
    assert not said.startswith(b"HTTP/1.1 2")
    line.close()
    assert answers(port)
