"""The console key, checked alike at every entry point: the right key always works, and wrong ones must wait.

If some wrong keys blocked everybody, any web page could lock the administrator out. So the key is compared first, in
constant time; only wrong ones are counted and, after several, answered with 429. Nothing waits here, so guesses hold no
thread and do not delay the right key. The key's strength, which is checked at the start
(`domain/settings/strength.py`), makes guessing hopeless.
"""

import hmac
import ipaddress
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from functions.application.ports import Ports
from functions.domain.model.errors import Throttled, Unauthentic

if TYPE_CHECKING:
    from flask import Request

FREE_EACH, FREE_TOTAL = 5, 50  # wrong keys of one source, and of all together, before one must wait
EACH, TOTAL = timedelta(seconds=30), timedelta(seconds=1)  # between two wrong keys after that
REMEMBERED = 1000  # sources
EVERYBODY = "*"
IPV6_NETWORK = 64  # bits; one subscriber's network


class KeyProof:
    """Checks the console key; counts wrong ones in memory, by source and in total."""

    def __init__(self, ports: Ports, key: str) -> None:
        self._ports = ports
        self.key = key
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}

    def check(self, given: str, request: "Request") -> None:
        """Raise `Unauthentic` for a wrong key, or `Throttled` after too many."""
        if same(given, self.key):
            return
        wait = self._count(source_of(request)) if given else 0.0
        if wait:
            raise Throttled("too many wrong keys", reason="too_many_keys", retry_after=wait)
        raise Unauthentic("bad key", reason="wrong_key" if given else "no_key")

    def forget(self) -> None:
        """Forget the wrong keys so far."""
        self._until.clear()

    def _count(self, source: str) -> float:
        """Count a wrong key and return 0, or return the seconds until the next may be tried.

        https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
        """
        now = self._ports.clock()
        both = ((source, EACH, FREE_EACH), (EVERYBODY, TOTAL, FREE_TOTAL))
        with self._lock:
            ends = {who: max(self._until.get(who, now), now) + every for who, every, _ in both}
            waits = [(ends[who] - now - every * free).total_seconds() for who, every, free in both]
            if max(waits) > 0:
                return max(waits)
            if len(self._until) >= REMEMBERED:
                self._until = {who: until for who, until in self._until.items() if until > now}
            self._until |= ends
        return 0.0


def same(given: str, key: str) -> bool:
    """Whether the key is right, in constant time; an empty key never is."""
    return bool(key) and hmac.compare_digest(_bytes(given), _bytes(key))


def source_of(request: "Request") -> str:
    """Return a request's source: its IPv4 address or IPv6 network; behind a proxy that is the proxy's."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
