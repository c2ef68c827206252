"""The console key, checked the same way at every door: the right key always opens, wrong ones are slowed down.

A door that refuses everybody after some wrong keys lets any web page lock the administrator out. So the key is looked
at first, and only then is counted: a wrong one waits. What keeps the key from being guessed is its strength, which the
start asks for; the waiting keeps the log readable and the processor free.
"""

import hmac
import ipaddress
import threading
from collections import deque
from datetime import datetime, timedelta

from flask import Request

from functions.application.ports import Ports
from functions.domain.model.errors import Unauthentic

SPAN = timedelta(minutes=5)
FREE_EACH, FREE_TOTAL = 5, 50  # wrong keys of one source, and of all together, that wait for nothing
WAIT = 1.0  # seconds
SEATS = 3  # wrong keys that may wait at the same time: the other threads go on answering
REMEMBERED = 1000
IPV6_NETWORK = 64  # bits that one subscriber has


class KeyProof:
    """Says whether a key is the console key; counted in memory, by where it came from and in total."""

    def __init__(self, ports: Ports, key: str) -> None:
        self._ports = ports
        self.key = key
        self._wrong: deque[tuple[datetime, str]] = deque(maxlen=REMEMBERED)
        self._seats = threading.BoundedSemaphore(SEATS)

    def check(self, given: str, request: Request) -> None:
        """Raise `Unauthentic` for a wrong key, some time later where there were several."""
        if self.key and hmac.compare_digest(_bytes(given), _bytes(self.key)):
            return
        if given:
            self._wait(source_of(request))
        raise Unauthentic("bad key", reason="wrong_key" if given else "no_key")

    def forget(self) -> None:
        """Forget the wrong keys so far."""
        self._wrong.clear()

    def _wait(self, source: str) -> None:
        now = self._ports.clock()
        lately = [who for at, who in tuple(self._wrong) if now - at < SPAN]
        self._wrong.append((now, source))
        slow = lately.count(source) >= FREE_EACH or len(lately) >= FREE_TOTAL
        if slow and self._seats.acquire(blocking=False):
            try:
                self._ports.sleep(WAIT)
            finally:
                self._seats.release()


def source_of(request: Request) -> str:
    """Return where a request comes from, an IPv6 subscriber as one; behind a proxy that is the proxy."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
