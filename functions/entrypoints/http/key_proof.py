"""The console key, checked the same way at every door: the right key always opens, wrong ones are told to wait.

A door that refuses everybody after some wrong keys lets any web page lock the administrator out. So the key is looked
at first, in constant time, and only a wrong one is counted and, once there were several, answered with 429: nothing
waits here, so that guesses hold no thread and the right key passes them by. Who guesses on all the same learns no more
than that he was wrong. What keeps the key is its strength, which the start asks for (`domain/settings/strength.py`).
"""

import hmac
import ipaddress
import threading
from datetime import datetime, timedelta

from flask import Request

from functions.application.ports import Ports
from functions.domain.model.errors import Throttled, Unauthentic

FREE_EACH, FREE_TOTAL = 5, 50  # wrong keys of one source, and of all together, before any of them has to wait
EACH, TOTAL = timedelta(seconds=30), timedelta(seconds=1)  # then one in so long
REMEMBERED = 1000  # sources
EVERYBODY = "*"
IPV6_NETWORK = 64  # bits that one subscriber has


class KeyProof:
    """Says whether a key is the console key; counted in memory, by where it came from and in total."""

    def __init__(self, ports: Ports, key: str) -> None:
        self._ports = ports
        self.key = key
        self._lock = threading.Lock()
        self._until: dict[str, datetime] = {}

    def check(self, given: str, request: Request) -> None:
        """Raise `Unauthentic` for a wrong key, `Throttled` where too many came before it."""
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
        """Count a wrong key and return 0, or the seconds until one will be counted again.

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
    """Whether a key was given rightly, compared in constant time; no key is never right."""
    return bool(key) and hmac.compare_digest(_bytes(given), _bytes(key))


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
