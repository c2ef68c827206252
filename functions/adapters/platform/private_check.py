"""Finds out whether this function is private, by calling its own address without a token.

For a private function the platform answers 401 or 403; a public one answers itself. If it is public, nobody has
verified the callers' tokens, and anybody could forge the mark of a removed signature (`google/tokens.py`).
"""

import time

from functions.adapters.net.plain_http import PlainHttp, Unreachable
from functions.domain.model.errors import Transient
from functions.domain.model.messages import say

_KEPT = 300.0  # seconds that an answer is kept: IAM can be switched off while an instance lives
_CLOSED = (401, 403)
_SECONDS = 5.0


class PrivateCheck:
    """Tells whether the platform guards an address; raises `Transient` if that is unknown."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._http = PlainHttp(_SECONDS)
        self._private = False
        self._at = float("-inf")

    def __call__(self) -> bool:
        """Whether only callers that the platform has verified get in."""
        if time.monotonic() - self._at > _KEPT:
            try:
                status = self._http.call("GET", f"{self._address}/health").status
            except Unreachable as error:
                raise _unknown(self._address) from error
            if status not in (200, *_CLOSED):
                raise _unknown(self._address)
            self._private, self._at = status in _CLOSED, time.monotonic()
        return self._private


def _unknown(address: str) -> Transient:
    return Transient(
        say(
            "Whether this function is private cannot be told: {} does not answer; set PLATFORM_URL to its own address.",
            address,
        ),
        reason="private_unknown",
    )
