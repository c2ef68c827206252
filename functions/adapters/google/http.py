"""The httplib2-like transport that Google's libraries expect, over a checked session."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from functions.adapters.net import outgoing

if TYPE_CHECKING:
    import requests


class Http(Protocol):
    """The one method that google-api-python-client needs of httplib2."""

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[Any, bytes]:
        """Send one request and return (an `httplib2.Response`, the content)."""


class SessionHttp:
    """An `Http` over a session of `outgoing`; not for several threads."""

    def __init__(self, session: "requests.Session") -> None:
        self._session = session

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None, **_options: Any
    ) -> tuple[Any, bytes]:
        """Send one request; raises `Transient` and `Refused` itself."""
        import httplib2

        with outgoing.reaching("Google"):
            answer = self._session.request(method, uri, data=body, headers=headers)
        response = httplib2.Response({**answer.headers, "status": str(answer.status_code)})
        response.reason = answer.reason
        return response, answer.content


def checked(*, allow_private: bool = False, timeout: float = outgoing.TIMEOUT) -> Callable[[], Http]:
    """Return a function that makes an `Http` for one thread, with checked addresses and a time limit in seconds."""
    return lambda: SessionHttp(outgoing.session(allow_private=allow_private, timeout=timeout))
