"""OAuth at Google: the address of the consent screen, codes to tokens, tokens to access.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from functions.adapters.google.errors import as_domain_errors
from functions.adapters.google.http import Http
from functions.application.ports import Grant
from functions.domain.model.errors import AccessRevoked, Refused, System, Transient

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

AUTH_URI = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
REVOKE_URI = "https://oauth2.googleapis.com/revoke"
SCOPES = (
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/calendar.events",
)
FORM = {"content-type": "application/x-www-form-urlencoded"}
PASSING = ("internal_failure", "server_error", "temporarily_unavailable", "rate_limit_exceeded")

SENTENCES = {
    "invalid_grant": "Google does not accept the consent any more; run Step 1 again.",
    "invalid_client": "Google does not accept the client ID and secret; correct them and run Step 1 again.",
    "deleted_client": "The OAuth client was deleted in the Google Cloud project; restore it there, or enter another one, then run Step 1 again.",
    "disabled_client": "The OAuth client is disabled in the Google Cloud project; enable it there, then run Step 1 again.",
    "unauthorized_client": "This OAuth client may not do this; correct it in the Google Cloud project, then run Step 1 again.",
    "redirect_uri_mismatch": "The return address is not registered with the OAuth client; add it there, then run Step 1 again.",
    "admin_policy_enforced": "The administrator of the Google account does not allow this app; ask for it, then run Step 1 again.",
}


class GoogleConsent:
    """The port `Consent`. `http` returns the transport (see `google/http.py`)."""

    def __init__(
        self,
        http: Callable[[], Http],
        *,
        auth_uri: str = AUTH_URI,
        token_uri: str = TOKEN_URI,
        revoke_uri: str = REVOKE_URI,
    ) -> None:
        self._http, self._auth_uri, self._token_uri, self._revoke_uri = http, auth_uri, token_uri, revoke_uri

    def address(self, client_id: str, redirect_uri: str, state: str, verifier: str) -> str:
        """Return the address of the consent screen, with the S256 challenge of the verifier."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "access_type": "offline",
            "prompt": "consent",
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._auth_uri}?{urlencode(query)}"

    def exchange(self, client_id: str, secret: str, redirect_uri: str, code: str, verifier: str) -> Grant:
        """Exchange a code; raises `Refused` with what to do, by Google's reason."""
        status, answer = _post(
            self._http(),
            self._token_uri,
            {
                "grant_type": "authorization_code",
                "client_id": client_id,
                "client_secret": secret,
                "redirect_uri": redirect_uri,
                "code": code,
                "code_verifier": verifier,
            },
        )
        if status != HTTPStatus.OK:
            reason = _reason(answer)
            raise Refused(SENTENCES.get(reason, "Google did not accept the consent; run Step 1 again."), reason=reason)
        return Grant(
            refresh_token=answer.get("refresh_token") or "",
            scopes=frozenset((answer.get("scope") or "").split()),
        )

    def revoke(self, token: str) -> None:
        """Revoke a token; Google's 400 for a dead token is no error here."""
        status, _ = _post(self._http(), self._revoke_uri, {"token": token})
        if status not in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST):
            raise Refused("Google did not revoke the connection; remove it in the Google account.", reason="revoke")


def credentials(client_id: str, secret: str, refresh_token: str, token_uri: str = TOKEN_URI) -> "Credentials":
    """Make credentials that fetch their access token when it is first needed and keep it in memory only.

    Keep them for the life of the process. Calls raise `AccessRevoked` if the refresh token is dead or missing ("") and
    `Transient` if Google's token endpoint is unavailable.

    google-auth's own refresh is not used: it sleeps for seconds inside the call, takes the HTML page of a 503 for a
    dead token, and adopts a rotated refresh token that nobody would store.
    """
    from google.oauth2.credentials import Credentials

    def refresh(request: Any, scopes: object) -> tuple[str, datetime]:  # noqa: ARG001 - google-auth's signature
        if not refresh_token:
            raise AccessRevoked(
                "There is no connection with Google; run Step 1.", reason="no_token", side=System.GOOGLE
            )
        fields = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": secret,
            "refresh_token": refresh_token,
        }
        status, answer = _post(request.http, token_uri, fields)
        if status != HTTPStatus.OK:
            reason = _reason(answer)
            raise AccessRevoked(SENTENCES.get(reason, SENTENCES["invalid_grant"]), reason=reason, side=System.GOOGLE)
        if not answer.get("access_token"):
            raise Transient("Google's sign-in gave no access.", reason="no_access_token")
        # google-auth refuses a token that expires within minutes; once it has expired, a 401 fetches the next.
        seconds = max(int(answer.get("expires_in") or 3600), 300)
        return answer["access_token"], datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=seconds)

    return Credentials(None, refresh_handler=refresh, scopes=list(SCOPES))  # type: ignore[no-untyped-call]


def _post(http: Http, uri: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Post a form; raises `Transient` if the endpoint is unavailable or answers no JSON."""
    with as_domain_errors():
        response, content = http.request(uri, "POST", urlencode(fields), dict(FORM))
    status = int(response.status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (408, 429):
        raise Transient("Google's sign-in is not available; this is tried again later.", reason=f"http_{status}")
    try:
        answer = json.loads(content or b"{}")
    except ValueError:
        answer = None
    if isinstance(answer, dict) and _reason(answer) in PASSING:
        raise Transient("Google's sign-in is not available; this is tried again later.", reason=_reason(answer))
    if not isinstance(answer, dict):
        raise Transient("Something other than Google's sign-in answered.", reason="not_json")
    return status, answer


def _reason(answer: dict[str, Any]) -> str:
    """Return Google's error code: an identifier, never a person's text."""
    error = answer.get("error")
    return error if isinstance(error, str) and error.isidentifier() else "unknown"
