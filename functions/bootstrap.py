"""Composition roots: `cloud()` and `standalone()` make the ports; the functions are put together from them here.

What is heavy is made when it is first used, so that the two public hot functions start fast.
"""

import json
import logging
import secrets
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from functions.application.ports import (
    Addresses,
    Alarm,
    Calendars,
    Documents,
    Outside,
    Ports,
    Reservations,
    Secrets,
    Tasks,
)
from functions.domain.integration import Integration
from functions.settings import Environment, read_environment, require

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from google.oauth2.credentials import Credentials

    from functions.adapters.sqlite_file import SqliteFile
    from functions.adapters.sqlite_tasks import SqliteTasks
    from functions.adapters.workers import Timer, Workers
    from functions.entrypoints.session import KeySessions

LOG = logging.getLogger("functions")


class Lazy:
    """Stands for something that is made when it is first used."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)


class RealOutside:
    """The port `Outside`: adapters over the network. The access token of a connection stays in memory here."""

    def __init__(self, environment: Environment, stored: Secrets) -> None:
        self._env = environment
        self._stored = stored
        self._credentials: dict[tuple[str, ...], Credentials] = {}
        self._own = threading.local()

    def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:
        """Google Calendar as the connected account, or with a token that is not stored yet."""
        from functions.adapters.google_calendar import GoogleCalendars
        from functions.adapters.google_http import checked

        http = checked(allow_private=self._env.allow_private_addresses)
        who = cast("Credentials", Lazy(lambda: self._credentials_of(integration, refresh_token)))
        return GoogleCalendars(http, who, endpoint=self._env.calendar_api_endpoint)

    def reservations(self, integration: Integration) -> Reservations:
        """i-Reserve as the integration's API user, in its dialect."""
        from functions.adapters.ireserve import IReserve
        from functions.adapters.outgoing import session
        from functions.domain.dialect import dialect_from

        if not hasattr(self._own, "session"):
            self._own.session = session(allow_private=self._env.allow_private_addresses, max_bytes=8 * 1024 * 1024)
        s = integration.settings
        return IReserve(
            s.ireserve.base_url,
            s.ireserve.username,
            lambda: self._secret(integration, "ireserve_password"),
            s.timezone,
            s.sync.day_end,
            dialect_from(integration.dialect),
            self._own.session,
        )

    def _credentials_of(self, integration: Integration, refresh_token: str) -> "Credentials":
        from functions.adapters.google_oauth import credentials

        version = refresh_token or integration.secret_versions.get("google_refresh_token", "")
        secret_version = integration.secret_versions.get("google_client_secret", "")
        name = (integration.id, integration.settings.google.client_id, secret_version, version)
        if name not in self._credentials:
            token = refresh_token or self._secret(integration, "google_refresh_token")
            secret = self._secret(integration, "google_client_secret")
            made = credentials(integration.settings.google.client_id, secret, token, self._env.google_token_uri)
            if refresh_token:
                return made
            self._credentials[name] = made
        return self._credentials[name]

    def _secret(self, integration: Integration, name: str) -> str:
        version = integration.secret_versions.get(name, "")
        return (self._stored.get(integration.id, name, version) if version else None) or ""


def clock() -> datetime:
    """Return now, aware UTC."""
    return datetime.now(UTC)


def note(event: str, fields: Mapping[str, object]) -> None:
    """Write one structured log line; see `docs/operations.md` for the events. Never carries personal data."""
    severity = str(fields.get("severity", "INFO"))
    LOG.log(
        logging.getLevelNamesMapping()[severity],
        json.dumps({"severity": severity, "message": event, "event": event, **fields}, default=str),
    )


def log_to_stdout(environment: Environment) -> None:
    """Send our log lines to stdout, one JSON object a line, as Cloud Logging reads them."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.handlers[:] = [handler]
    LOG.setLevel(environment.log_level)
    LOG.propagate = False


def _consent(environment: Environment) -> Any:
    from functions.adapters.google_http import checked
    from functions.adapters.google_oauth import GoogleConsent

    return GoogleConsent(
        checked(allow_private=environment.allow_private_addresses),
        auth_uri=environment.google_auth_uri,
        token_uri=environment.google_token_uri,
        revoke_uri=environment.google_revoke_uri,
    )


def _alarm(environment: Environment) -> "Alarm":
    from functions.adapters.alarm import Alarm as Sender

    return Sender(environment.smtp_url, environment.smtp_from, allow_private=environment.allow_private_addresses)


def _addresses(environment: Environment) -> Addresses:
    return Addresses(
        environment.redirect_base_url,
        environment.webhook_base_url,
        environment.notification_base_url,
        environment.console_base_url,
    )


@dataclass(slots=True)
class Product:
    """Everything put together: the ports, and for a standalone installation its key and its workers."""

    environment: Environment
    ports: Ports
    console_key: str = ""
    task_file: "Callable[[], SqliteTasks] | None" = None


def standalone(environment: Environment) -> Product:
    """Compose over one SQLite file, secrets in an owner-only file, tasks in the same SQLite file."""
    from functions.adapters.local_keys import local_keys

    keys = local_keys(environment.state_dir, environment.webhook_keys, environment.console_key)

    @cache
    def file() -> "SqliteFile":
        from functions.adapters.sqlite_file import SqliteFile

        return SqliteFile(environment.state_dir / "sync.sqlite")

    def documents() -> Documents:
        from functions.adapters.sqlite_documents import SqliteDocuments

        return SqliteDocuments(file(), clock)

    @cache
    def tasks() -> "SqliteTasks":
        from functions.adapters.sqlite_tasks import SqliteTasks

        return SqliteTasks(file())

    def secret_store() -> Secrets:
        from functions.adapters.file_secrets import FileSecrets

        return FileSecrets(environment.state_dir / "secrets.json")

    stored = cast("Secrets", Lazy(secret_store))
    ports = Ports(
        documents=cast("Documents", Lazy(documents)),
        secrets=stored,
        tasks=cast("Tasks", Lazy(tasks)),
        outside=cast("Outside", RealOutside(environment, stored)),
        consent=cast("Any", Lazy(lambda: _consent(environment))),
        clock=clock,
        token=secrets.token_urlsafe,
        webhook_keys=keys.webhook_keys,
        addresses=_addresses(environment),
        alarm=cast("Alarm", Lazy(lambda: _alarm(environment))),
        note=note,
    )
    return Product(environment, ports, keys.console_key, tasks)


def product(environment: Environment | None = None) -> Product:
    """Compose what the environment asks for."""
    environment = environment or read_environment()
    log_to_stdout(environment)
    if environment.backend == "cloud":
        return cloud(environment)
    return standalone(environment)


def cloud(environment: Environment) -> Product:
    """Compose over Firestore, Secret Manager and Cloud Tasks."""
    require(environment, "project")
    raise NotImplementedError


def workers(made: Product, timers: "Sequence[Timer]") -> "Workers":
    """Return the workers and timers of a standalone installation, not started."""
    from functions.adapters.workers import Workers
    from functions.application import work

    if made.task_file is None:
        raise TypeError("only a standalone installation has workers")
    return Workers(made.task_file(), lambda body: work.run(made.ports, body), clock, timers=timers)


def doors(made: Product) -> "dict[str, Callable[[Ports, Request], Response]]":
    """Return the handlers of the functions by name."""
    from functions.entrypoints.door import key_door
    from functions.entrypoints.http import handlers

    return handlers(key_door(made.console_key))


def console(made: Product) -> "Flask":
    """Return the console's application."""
    from functions.entrypoints.console import console_app

    secure = made.environment.console_base_url.startswith("https")
    return console_app(made.ports, sessions_of(made), secure=secure)


def sessions_of(made: Product) -> "KeySessions":
    """Return who may use the console."""
    from functions.entrypoints.session import KeySessions

    return KeySessions(made.ports, made.console_key)


@cache
def the_product() -> Product:
    """Return the product of this process, made once."""
    return product()


@cache
def _function(name: str) -> "Callable[[Request], Response]":
    made = the_product()
    if name == "console":
        app = console(made)
        from werkzeug.wrappers import Response as Plain

        return lambda request: cast("Response", Plain.from_app(app.wsgi_app, request.environ))
    handler = doors(made)[name]
    return lambda request: handler(made.ports, request)


def answer(name: str, request: "Request") -> "Response":
    """Answer a request as one of the deployed functions."""
    return _function(name)(request)
