"""One call to i-Reserve's REST interface: JSON in and out, HTTP Basic, failures as errors of the domain.

https://support.i-reserve.net/nl/ontwikkelaar/webservice-api/hoe-werkt-de-beveiliging-van-de-api/
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from functions.adapters.ireserve.answers import json_or_error
from functions.adapters.net.outgoing import reaching
from functions.domain.model.addresses import rest_base
from functions.domain.model.errors import AccessRevoked, Cause, Gone, Malformed, Refused, System, Transient

if TYPE_CHECKING:
    import requests

CONNECT, READ = 5.0, 20.0  # seconds
QUICK = 2.0  # seconds; a read that fails faster than this is retried once
PAUSE = 0.2  # seconds before that
LIGHT = "booking/filter"  # shows whether the login is good: every user of this service may call it
Values = Mapping[str, str | int | bool]


class Rest:
    """Calls with one login. Raises `AccessRevoked`, `Transient`, `Gone`, `Malformed` and `Refused`.

    A read that fails at once is retried once; a write never. The reasons of `Refused` are those of `refusals.py`; its
    sentence is i-Reserve's and must not be stored. The session, which one thread uses, sets the limits of time and
    size.
    """

    def __init__(
        self,
        base_url: str,
        username: str,
        password: Callable[[], str],
        session: "requests.Session",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = rest_base(base_url)
        self._username = username
        self._password = password
        self._session = session
        self._sleep = sleep

    def get(self, path: str, query: Values | None = None) -> Any:
        """Read; raises `Refused` (`no_right`) if the login is good but lacks the right."""
        return self._one(path, lambda: self._read(path, query))

    def _read(self, path: str, query: Values | None = None) -> Any:
        began = time.monotonic()
        try:
            return self._call("GET", path, query)
        except Transient as error:
            if error.retry_after is not None or error.cause is Cause.BUSY or time.monotonic() - began > QUICK:
                raise
        self._sleep(PAUSE)
        return self._call("GET", path, query)

    def post(self, path: str, body: Mapping[str, Any], query: Values | None = None) -> Any:
        """Write; after `Transient` or `Malformed` it may have been done. `no_right` as for `get`."""
        return self._one(path, lambda: self._call("POST", path, query, body))

    def delete(self, path: str) -> Any:
        """Remove; the answer may be empty."""
        return self._call("DELETE", path, None)

    def _one(self, path: str, call: Callable[[], Any]) -> Any:
        """Call; a 401 means a wrong login or a missing right, so a second, light call finds out which."""
        try:
            return call()
        except AccessRevoked as error:
            if path == LIGHT or error.cause not in (Cause.LOGIN, Cause.RIGHTS):
                raise
            try:
                self._call("GET", LIGHT, {"columns": "RES_ID", "start": 0, "length": 1})
            except (Refused, Malformed, Gone):
                pass  # the login is good
            except AccessRevoked:
                raise error from None
            says = "The i-Reserve user lacks the right for this; give it to the profile."
            raise Refused(says, reason=Cause.NO_RIGHT) from error

    def _call(self, method: str, path: str, query: Values | None, body: Mapping[str, Any] | None = None) -> Any:
        password = self._password()
        if not self._username or not password:
            raise AccessRevoked(
                "The user name or password of i-Reserve is missing.", reason=Cause.LOGIN, side=System.IRESERVE
            )
        try:
            with reaching("i-Reserve"):
                response = self._session.request(
                    method,
                    f"{self._base}/{path}",
                    params=query,
                    data=None if body is None else json.dumps(body).encode(),
                    headers={"Accept": "application/json", "Content-Type": "application/json"},
                    auth=_login(self._username, password),
                    timeout=(CONNECT, READ),
                    allow_redirects=False,
                )
                return json_or_error(response.status_code, response.headers, response.content, method)
        except Refused as error:
            raise _reaction(error) from error


def _login(username: str, password: str) -> "Callable[[requests.PreparedRequest], requests.PreparedRequest]":
    # not a tuple: requests encodes that in Latin-1, which fails on other characters
    basic = b64encode(f"{username}:{password}".encode()).decode()

    def sign(request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        request.headers["Authorization"] = f"Basic {basic}"
        return request

    return sign


def _reaction(error: Refused) -> Exception:
    """Return what the session's refusal of an address or an answer means here."""
    if error.cause is Cause.ADDRESS:
        return AccessRevoked(str(error), reason="ireserve_address", side=System.IRESERVE)
    if error.cause is Cause.REDIRECT:
        return Transient(str(error), reason=Cause.REDIRECT)
    return Malformed(str(error), reason=Cause.TOO_LARGE) if error.cause is Cause.TOO_LARGE else error
