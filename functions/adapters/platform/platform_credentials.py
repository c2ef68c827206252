"""Access tokens of this function's service account, from the platform's metadata server.

google-auth's own metadata client loads requests and cryptography, which the hot functions cannot afford
(docs/decisions/0010-hot-start.md).
https://cloud.google.com/compute/docs/access/authenticate-workloads#applications
"""

import json
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from google.auth import _helpers
from google.auth.credentials import Credentials
from google.auth.exceptions import RefreshError

from functions.adapters.net.plain_http import PlainHttp, Unreachable

_HOST = "metadata.google.internal"
Headers = dict[str, str]


def on_platform() -> bool:
    """Whether there is a metadata server: on Cloud Run, or where `GCE_METADATA_HOST` names one."""
    return bool(os.environ.get("K_SERVICE") or os.environ.get("GCE_METADATA_HOST"))


class PlatformCredentials(Credentials):
    """The access token of this function's service account for a scope."""

    def __init__(self, http: PlainHttp, scope: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        host = os.environ.get("GCE_METADATA_HOST") or _HOST
        path = "computeMetadata/v1/instance/service-accounts/default/token"
        self._http = http
        self._address = f"http://{host}/{path}?scopes={quote(scope, safe='')}"

    def refresh(self, request: Any) -> None:  # noqa: ARG002 -- the signature is google-auth's
        """Fetch a token; raises `RefreshError`."""
        try:
            answer = self._http.call("GET", self._address, headers={"Metadata-Flavor": "Google"})
            told = json.loads(answer.data) if answer.status == 200 else {}  # noqa: PLR2004
            seconds, token = float(told["expires_in"]), str(told["access_token"])
            self.expiry = _helpers.utcnow() + timedelta(seconds=seconds)  # type: ignore[no-untyped-call]
            self.token = token
        except (Unreachable, ValueError, TypeError, KeyError) as error:
            sentence = f"the metadata server gave no token ({type(error).__name__})"
            raise RefreshError(sentence) from error  # type: ignore[no-untyped-call]


def authoriser(http: PlainHttp, scope: str) -> Callable[[str, str, Headers], None]:
    """Return a function (method, address, headers) that adds a valid token to the headers; thread-safe.

    On the platform it is the function's account, elsewhere the one that google-auth finds (`gcloud auth
    application-default login`). Raises google-auth's errors.
    """
    lock = threading.Lock()
    if on_platform():
        credentials: Any = PlatformCredentials(http, scope)
        transport: Any = None
    else:
        import google.auth
        from google.auth.transport.requests import Request

        credentials = google.auth.default(scopes=[scope])[0]
        transport = Request()

    def authorise(method: str, address: str, headers: Headers) -> None:
        with lock:  # one thread fetches a token while the others wait
            credentials.before_request(transport, method, address, headers)

    return authorise
