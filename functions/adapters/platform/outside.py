"""The port `Outside`: makes the adapters of one integration over the network."""

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.adapters.platform.lazy import Lazy
from functions.application.ports import Calendars, Reservations, Secrets
from functions.domain.model.errors import AccessRevoked, System
from functions.domain.model.messages import say
from functions.domain.settings.integration import Integration

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials


class RealOutside:
    """Adapters over the network.

    Keeps access tokens in memory, and a session per thread and side, so that the next task finds open connections.
    """

    def __init__(self, stored: Secrets, *, calendar_api: str, token_uri: str, allow_private: bool) -> None:
        self._stored = stored
        self._calendar_api = calendar_api
        self._token_uri = token_uri
        self._allow_private = allow_private
        self._credentials: dict[tuple[str, ...], Credentials] = {}
        self._own = threading.local()

    def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:
        """Google Calendar as the connected account, or with a refresh token that is not stored yet."""
        from functions.adapters.google.calendar import GoogleCalendars
        from functions.adapters.google.http import checked

        def http() -> Any:
            if not hasattr(self._own, "http"):
                self._own.http = checked(allow_private=self._allow_private)()
            return self._own.http

        who: Any = Lazy(lambda: self._credentials_of(integration, refresh_token))
        return GoogleCalendars(http, who, endpoint=self._calendar_api, zone=integration.settings.timezone)

    def reservations(self, integration: Integration) -> Reservations:
        """i-Reserve as the integration's API user, in its dialect."""
        from functions.adapters.ireserve.client import IReserve
        from functions.adapters.net.outgoing import session
        from functions.application.store.dialect_validation import dialect_of

        if not hasattr(self._own, "session"):
            self._own.session = session(allow_private=self._allow_private, max_bytes=8 * 1024 * 1024)
        s = integration.settings
        return IReserve(
            s.ireserve.base_url,
            s.ireserve.username,
            lambda: self._secret(integration, "ireserve_password"),
            s.timezone,
            s.sync.day_end,
            dialect_of(integration.dialect),
            self._own.session,
        )

    def clock_of(self, address: str) -> datetime | None:
        """Return the time in a web server's header Date, or None; "" asks Google's token endpoint."""
        from email.utils import parsedate_to_datetime

        from functions.adapters.net.outgoing import reaching, session

        asked = session(allow_private=self._allow_private, timeout=5.0)
        with reaching(address or "Google"), asked:
            said = asked.head(address or self._token_uri).headers.get("Date", "")
        try:
            return parsedate_to_datetime(said).astimezone(UTC)
        except (TypeError, ValueError):
            return None

    def _credentials_of(self, integration: Integration, refresh_token: str) -> "Credentials":
        from functions.adapters.google.oauth import credentials

        version = refresh_token or integration.secret_versions.get("google_refresh_token", "")
        secret_version = integration.secret_versions.get("google_client_secret", "")
        name = (integration.id, integration.settings.google.client_id, secret_version, version)
        if name not in self._credentials:
            token = refresh_token or self._secret(integration, "google_refresh_token")
            secret = self._secret(integration, "google_client_secret")
            made = credentials(integration.settings.google.client_id, secret, token, self._token_uri)
            if refresh_token:
                return made
            self._credentials[name] = made
        return self._credentials[name]

    def _secret(self, integration: Integration, name: str) -> str:
        return secret_of(self._stored, integration, name)


def secret_of(stored: Secrets, integration: Integration, name: str) -> str:
    """Return a secret of an integration, "" if none was stored.

    Raises `AccessRevoked`, with its side, for a secret that was stored and is gone, and for the password of i-Reserve while
    i-Reserve refuses it: each call asks for it here, so nobody else needs to ask whether i-Reserve may be called.
    """
    from functions.application.store.stopped import must_be_called

    version = integration.secret_versions.get(name, "")
    side = System.IRESERVE if name == "ireserve_password" else System.GOOGLE
    if side is System.IRESERVE:
        must_be_called(integration)
    if not version:
        return ""
    try:
        found = stored.get(integration.id, name, version)
    except AccessRevoked as error:
        raise AccessRevoked(str(error), reason=f"{side}_{error.reason}", side=side) from error
    if found is None:
        says = say("the secret store has no {} of integration {} any more; enter it again", name, integration.id)
        raise AccessRevoked(says, reason=f"{side}_secret_missing", side=side)
    return found
