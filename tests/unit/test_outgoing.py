"""Outgoing connections lead only where they are allowed to, and end in time."""

import gzip
import ipaddress
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from functions.adapters.net import addresses, outgoing
from functions.domain.model.errors import Refused, Transient

PUBLIC = ["8.8.8.8", "172.32.0.1", "192.0.1.1", "2001:4860:4860::8888", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
# the ends of each range that the registries name: https://www.iana.org/assignments/iana-ipv4-special-registry
PRIVATE = [
    "127.0.0.1", "127.255.255.255", "::1", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "192.168.255.255", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "fd00::1", "fc00::1", "fdff::1", "fec0::1", "feff::1",
    "3fff::1", "3fff:fff::1", "2001:2::1", "2001:db8::1", "100::1", "5f00::1", "4000::1", "::8.8.8.8", "::ffff:0:8.8.8.8",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
]  # fmt: skip
NEVER = [
    "192.0.0.192",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "64:ff9b::a83f:8110",
    "64:ff9b:1::a9fe:a9fe",
    "0.1.2.3",
    "240.0.0.1",
    "febf::1",
    "ff0e::1",
    "239.255.255.255",
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
]

BEFORE_THE_BODY = {  # what comes at once, and what then comes again and again, each time before the wait is over
    "/trickled-status": (b"", b"H"),
    "/trickled-header": (b"HTTP/1.1 200 OK\r\n", b"X"),
    "/continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/fine")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/silent":
            self.server.over.wait(60)  # type: ignore[attr-defined]
        if self.path in BEFORE_THE_BODY:
            first, then = BEFORE_THE_BODY[self.path]
            self.wfile.write(first)
            for _ in range(300):
                self.wfile.write(then)
                if self.server.over.wait(0.2):  # type: ignore[attr-defined]
                    return
        body = b"x" * 1000 if self.path in ("/large", "/trickle") else b"fine"
        if self.path == "/packed":
            body = gzip.compress(b"x" * 100_000)
        self.send_response(200)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/cookie":
            self.send_header("Set-Cookie", "who=me")
        self.send_header("Content-Length", str(len(body) + (5 if self.path == "/broken" else 0)))
        self.end_headers()
        if self.path == "/trickle":
            for byte in body:
                self.wfile.write(bytes([byte]))
                if self.server.over.wait(0.2):  # type: ignore[attr-defined]
                    return
            return
        self.wfile.write(body)
        if self.path == "/broken":
            self.close_connection = True
        if "Cookie" in self.headers:
            self.server.cookies_seen = True  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass


class Server(ThreadingHTTPServer):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.over = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Clients that give up are what is tested."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_permitted(text: str) -> None:
    assert addresses.permitted(ipaddress.ip_address(text), allow_private=False)
    assert addresses.permitted(ipaddress.ip_address(text), allow_private=True)


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_permitted_only_when_that_is_switched_on(text: str) -> None:
    assert not addresses.permitted(ipaddress.ip_address(text), allow_private=False)
    assert addresses.permitted(ipaddress.ip_address(text), allow_private=True)


@pytest.mark.parametrize("text", NEVER)
def test_link_local_metadata_and_multicast_addresses_are_never_permitted(text: str) -> None:
    assert not addresses.permitted(ipaddress.ip_address(text), allow_private=False)
    assert not addresses.permitted(ipaddress.ip_address(text), allow_private=True)


def test_a_private_server_answers_when_private_addresses_are_allowed(address: str) -> None:
    with outgoing.session(allow_private=True) as session:
        assert session.get(f"{address}/fine").text == "fine"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_a_name_that_resolves_to_a_private_address_is_refused_before_connecting(host: str) -> None:
    with outgoing.session() as session, outgoing.reaching("i-Reserve"), pytest.raises(Refused) as caught:
        session.get(f"https://{host}:9/")
    assert caught.value.reason == "address_not_allowed"


@pytest.mark.parametrize("allow_private", [True, False])
def test_the_metadata_service_is_refused_even_when_private_addresses_are_allowed(*, allow_private: bool) -> None:
    with outgoing.session(allow_private=allow_private) as session, pytest.raises(Refused) as caught:
        session.get("https://169.254.169.254/computeMetadata/v1/")
    assert caught.value.reason == "address_not_allowed"


def test_plain_http_is_refused_unless_private_addresses_are_allowed(address: str) -> None:
    with outgoing.session() as session, pytest.raises(Refused) as caught:
        session.get(f"{address}/fine")
    assert caught.value.reason == "address_not_allowed"


def test_plain_http_to_a_public_address_is_refused_even_when_private_ones_are_allowed() -> None:
    with outgoing.session(allow_private=True) as session, pytest.raises(Refused):
        session.get("http://8.8.8.8/")


def test_a_redirect_is_refused(address: str) -> None:
    with outgoing.session(allow_private=True) as session, pytest.raises(Refused) as caught:
        session.get(f"{address}/redirect")
    assert caught.value.reason == "redirect"


@pytest.mark.parametrize("path", ["silent", "trickle", "trickled-status", "trickled-header", "continue"])
def test_an_answer_that_takes_too_long_ends_at_the_limit(address: str, path: str) -> None:
    started = time.monotonic()
    with (
        outgoing.session(allow_private=True, timeout=0.3) as session,
        pytest.raises(Transient) as caught,
        outgoing.reaching("i-Reserve"),
    ):
        session.get(f"{address}/{path}")
    assert caught.value.reason == "timeout"
    assert time.monotonic() - started < 30, "the server would be twice as long"


@pytest.mark.parametrize("path", ["large", "packed"])
def test_an_answer_that_is_too_large_is_refused_also_when_it_is_packed(address: str, path: str) -> None:
    with outgoing.session(allow_private=True, max_bytes=999) as session, pytest.raises(Refused) as caught:
        session.get(f"{address}/{path}")
    assert caught.value.reason == "too_large"


def test_a_packed_answer_is_unpacked(address: str) -> None:
    with outgoing.session(allow_private=True) as session:
        assert session.get(f"{address}/packed").text == "x" * 100_000


def test_an_answer_that_breaks_off_is_tried_again_later(address: str) -> None:
    with (
        outgoing.session(allow_private=True) as session,
        pytest.raises(Transient) as caught,
        outgoing.reaching("i-Reserve"),
    ):
        session.get(f"{address}/broken")
    assert caught.value.reason == "unreachable"


@pytest.mark.parametrize("url", ["https://no-such-name.invalid/", "https://" + "a" * 70 + ".invalid/"])
def test_a_name_that_does_not_resolve_does_not_break_the_caller(url: str) -> None:
    with outgoing.session() as session, pytest.raises((Transient, Refused)), outgoing.reaching("i-Reserve"):
        session.get(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "example.com", "https://"])
def test_what_is_not_a_web_address_is_refused(url: str) -> None:
    with outgoing.session() as session, pytest.raises(Refused), outgoing.reaching("i-Reserve"):
        session.get(url)


def test_cookies_are_not_sent_back(address: str, server: ThreadingHTTPServer) -> None:
    with outgoing.session(allow_private=True) as session:
        session.get(f"{address}/cookie")
        session.get(f"{address}/fine")
    assert not hasattr(server, "cookies_seen")
