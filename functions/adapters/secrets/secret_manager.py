"""The port `Secrets` on Secret Manager.

Over REST, here and in the tests: fewer secrets are read than a connection of its own would pay for.
https://cloud.google.com/secret-manager/docs/reference/rest
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from functions.domain.model.errors import AccessRevoked, Transient

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

T = TypeVar("T")


class SecretManagerSecrets:
    """One secret per integration and name, made by the infrastructure; this adds, reads and destroys its versions.

    A secret that is not there any more is `AccessRevoked`: nothing will work until a person enters it again. A denial is
    `Transient`: no console can mend it, and a grant may take minutes to arrive. Neither is ever `Gone` or `Refused`,
    which would say something about an event or a booking.
    """

    def __init__(self, project: str, *, endpoint: str = "", seconds: float = 10.0) -> None:
        self._project = project
        self._endpoint = endpoint
        self._seconds = seconds
        self._made: SecretManagerServiceClient | None = None
        self._making = threading.Lock()

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None where there is none; raises `AccessRevoked` for a version that was destroyed."""
        from google.api_core.exceptions import BadRequest, NotFound

        address = f"{self._secret(int_id, name)}/versions/{version or 'latest'}"
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
                f"Version {version} of {name} of integration {int_id} was destroyed: enter it again, or connect again.",
                reason="secret_destroyed",
            ) from error
        return bytes(answer.payload.data).decode()

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its number; raises `AccessRevoked` where the secret was not made."""
        from google.api_core.exceptions import NotFound

        secret = self._secret(int_id, name)
        try:
            answer = self._call(
                int_id,
                name,
                "secretVersionAdder",
                lambda: self._client().add_secret_version(
                    request={"parent": secret, "payload": {"data": value.encode()}},
                    retry=None,
                    timeout=self._seconds,
                ),
            )
        except NotFound as error:
            raise AccessRevoked(
                f"There is no secret {secret.rsplit('/', 1)[1]}: add integration {int_id} to the infrastructure's list "
                "and apply it.",
                reason="secret_missing",
            ) from error
        return str(answer.name.rsplit("/", 1)[1])

    def destroy(self, int_id: str, name: str, version: str) -> None:
        """Destroy one version; one that is destroyed already, or was never there, is as good."""
        from google.api_core.exceptions import BadRequest, NotFound

        one = {"name": f"{self._secret(int_id, name)}/versions/{version}"}
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
        """Destroy every version; the empty secret stays, as it belongs to the infrastructure."""
        from google.api_core.exceptions import NotFound

        def destroy() -> None:
            client, secret = self._client(), self._secret(int_id, name)
            every = {"parent": secret, "filter": "NOT state:DESTROYED"}
            for version in client.list_secret_versions(request=every, retry=None, timeout=self._seconds):
                one = {"name": version.name}
                client.destroy_secret_version(request=one, retry=None, timeout=self._seconds)

        try:
            self._call(int_id, name, "secretVersionManager", destroy)
        except NotFound:
            return

    def _secret(self, int_id: str, name: str) -> str:
        return f"projects/{self._project}/secrets/ireserve-{int_id}-{name.replace('_', '-')}"

    def _call(self, int_id: str, name: str, role: str, call: Callable[[], T]) -> T:
        """Call, and name what may go wrong with every call; the rest is for the caller."""
        from google.api_core.exceptions import BadRequest, Forbidden, GoogleAPICallError, NotFound, Unauthorized
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        try:
            return call()
        except (BadRequest, NotFound):
            raise
        except (Forbidden, Unauthorized) as error:
            raise Transient(  # it works again by itself once the grant is there
                f"Secret Manager denies {name} of integration {int_id}: grant this function's service account "
                f"roles/secretmanager.{role} on that secret.",
                reason="secret_denied",
            ) from error
        except (GoogleAPICallError, GoogleAuthError, RequestException) as error:
            raise Transient(
                f"Secret Manager did not answer ({type(error).__name__}); try again.", reason="secrets_away"
            ) from error

    def _client(self) -> "SecretManagerServiceClient":
        if self._made is None:
            with self._making:
                if self._made is None:
                    self._made = _client(self._endpoint)
        return self._made


def _client(endpoint: str) -> "SecretManagerServiceClient":
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

    if not endpoint:
        return SecretManagerServiceClient(transport="rest")
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
        SecretManagerServiceRestTransport,
    )

    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    transport = SecretManagerServiceRestTransport(host=endpoint, credentials=nobody)
    return SecretManagerServiceClient(transport=transport)
