"""The port `Secrets` on Secret Manager.

Over REST: too few secrets are read to be worth a gRPC connection.
https://cloud.google.com/secret-manager/docs/reference/rest
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from functions.adapters.net.plain_http import PlainHttp
from functions.adapters.platform.platform_credentials import PlatformCredentials, on_platform
from functions.domain.model.errors import AccessRevoked, System, Transient
from functions.domain.model.messages import say

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient, SecretVersion

T = TypeVar("T")
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


class SecretManagerSecrets:
    """One secret per integration and name, made in `location` when it is first put ("" = Google chooses).

    A version is its number and the moment it was made, `3.1764355200123`: a secret that was deleted and made again
    starts at 1 again, which must not be confused with the former 1.

    A secret that is gone raises `AccessRevoked`, because a person must enter it again. A denial raises `Transient`,
    because a grant may take minutes to arrive. Neither is `Gone` or `Refused`, which are about an event or a booking.
    """

    def __init__(self, project: str, *, endpoint: str = "", location: str = "", seconds: float = 10.0) -> None:
        self._project = project
        self._endpoint = endpoint
        self._location = location
        self._seconds = seconds
        self._made: SecretManagerServiceClient | None = None
        self._making = threading.Lock()

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None where there is none; raises `AccessRevoked` for a version that was destroyed."""
        from google.api_core.exceptions import BadRequest, NotFound

        address = f"{self._secret(int_id, name)}/versions/{_number(version) or 'latest'}"
        try:
            answer = self._call(
                int_id,
                name,
                "secretAccessor",
                lambda: self._client().access_secret_version(
                    request={"name": address}, retry=None, timeout=self._seconds
                ),
            )
        except NotFound:
            return None
        except BadRequest as error:  # FAILED_PRECONDITION: destroyed or disabled
            if not version:
                return None
            raise AccessRevoked(
                say(
                    "Version {} of {} of integration {} was disabled or destroyed: enable it in Secret Manager, enter it again, or connect again.",
                    _number(version),
                    name,
                    int_id,
                ),
                reason="secret_destroyed",
                side=System.SERVICE,
            ) from error
        return bytes(answer.payload.data).decode()

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its name; the secret is made if it does not exist."""
        from google.api_core.exceptions import NotFound

        secret = self._secret(int_id, name)

        def add() -> "SecretVersion":
            request = {"parent": secret, "payload": {"data": value.encode()}}
            return self._client().add_secret_version(request=request, retry=None, timeout=self._seconds)

        try:
            answer = self._call(int_id, name, "secretVersionManager", add)
        except NotFound:
            self._call(int_id, name, "admin, or one with secretmanager.secrets.create", lambda: self._create(secret))
            answer = self._call(int_id, name, "secretVersionManager", add)
        made = round(answer.create_time.timestamp() * 1000)
        return f"{answer.name.rsplit('/', 1)[1]}.{made}"

    def _create(self, secret: str) -> None:
        from google.api_core.exceptions import Conflict

        place = {"user_managed": {"replicas": [{"location": self._location}]}} if self._location else {"automatic": {}}
        parent, _, name = secret.rpartition("/secrets/")
        request = {"parent": parent, "secret_id": name, "secret": {"replication": place}}
        with suppress(Conflict):  # somebody else was faster
            self._client().create_secret(request=request, retry=None, timeout=self._seconds)

    def destroy(self, int_id: str, name: str, version: str) -> None:
        """Destroy one version; no error if it is destroyed already or never existed."""
        from google.api_core.exceptions import BadRequest, NotFound

        one = {"name": f"{self._secret(int_id, name)}/versions/{_number(version)}"}
        try:
            self._call(
                int_id,
                name,
                "secretVersionManager",
                lambda: self._client().destroy_secret_version(request=one, retry=None, timeout=self._seconds),
            )
        except (BadRequest, NotFound):
            return

    def delete(self, int_id: str, name: str) -> None:
        """Destroy every version; the empty secret stays, so that numbers are not reused."""
        from google.api_core.exceptions import BadRequest, NotFound

        def destroy() -> None:
            client, secret = self._client(), self._secret(int_id, name)
            every = {"parent": secret, "filter": "NOT state:DESTROYED"}
            for version in client.list_secret_versions(request=every, retry=None, timeout=self._seconds):
                one = {"name": version.name}
                with suppress(BadRequest, NotFound):  # destroyed already: a list may be hours old
                    client.destroy_secret_version(request=one, retry=None, timeout=self._seconds)

        try:
            self._call(int_id, name, "secretVersionManager", destroy)
        except NotFound:
            return

    def _secret(self, int_id: str, name: str) -> str:
        return f"projects/{self._project}/secrets/ireserve-{int_id}-{name.replace('_', '-')}"

    def _call(self, int_id: str, name: str, role: str, call: Callable[[], T]) -> T:
        """Call, and translate the errors that every call may have; the caller handles the others."""
        from google.api_core.exceptions import BadRequest, Forbidden, GoogleAPICallError, NotFound, Unauthorized
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        try:
            return call()
        except (BadRequest, NotFound):
            raise
        except (Forbidden, Unauthorized) as error:
            raise Transient(  # it works by itself once the grant is there
                say(
                    "Secret Manager denies {} of integration {}: grant this function's service account roles/secretmanager.{}, for secrets whose names begin with ireserve-.",
                    name,
                    int_id,
                    role,
                ),
                reason="secret_denied",
            ) from error
        except (GoogleAPICallError, GoogleAuthError, RequestException) as error:
            raise Transient(
                say("Secret Manager did not answer ({}); try again.", type(error).__name__), reason="secrets_away"
            ) from error

    def _client(self) -> "SecretManagerServiceClient":
        if self._made is None:
            with self._making:
                if self._made is None:
                    self._made = _client(self._endpoint)
        return self._made


def _number(version: str) -> str:
    """Return the number of a version; older versions are the number alone."""
    return version.partition(".")[0]


def _client(endpoint: str) -> "SecretManagerServiceClient":
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

    if not endpoint:
        return SecretManagerServiceClient(transport="rest")
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
        SecretManagerServiceRestTransport,
    )

    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    who: Credentials = PlatformCredentials(PlainHttp(), _SCOPE) if on_platform() else nobody
    transport = SecretManagerServiceRestTransport(host=endpoint, credentials=who)
    return SecretManagerServiceClient(transport=transport)
