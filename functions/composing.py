"""What both compositions share: the product put together, and parts of it that are made when they are first used."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from functions.adapters.platform.lazy import Lazy
from functions.adapters.platform.log_lines import note
from functions.adapters.platform.threads import Threads
from functions.application.ports import Addresses, Alarm, Consent, Documents, Outside, Ports, Secrets, Tasks
from functions.entrypoints.http.authenticator import Authenticator
from functions.settings import Environment

if TYPE_CHECKING:
    from functions.adapters.sqlite.tasks import SqliteTasks
    from functions.entrypoints.console.session import Sessions


@dataclass(slots=True)
class Product:
    """Everything put together: the ports, who may come in, and for a standalone installation its key and its queue."""

    environment: Environment
    ports: Ports
    tasks_authenticator: Authenticator
    scheduler_authenticator: Authenticator
    sessions: "Callable[[], Sessions]"
    console_key: str = ""
    task_file: "Callable[[], SqliteTasks] | None" = None
    spent: Callable[[], dict[str, int]] = dict  # documents that this thread read and wrote since the last question


def clock() -> datetime:
    """Return now, aware UTC."""
    return datetime.now(UTC)


def ports(
    environment: Environment,
    webhook_keys: tuple[str, ...],
    *,
    documents: Callable[[], Documents],
    consents: Callable[[], Documents] | None = None,
    secret_store: Callable[[], Secrets],
    tasks: Callable[[], Tasks],
) -> Ports:
    """Return the ports over a store, a secret store and a queue, each made when first used.

    `consents`: where they have a store of their own.
    """
    kept = cast("Documents", Lazy(documents))
    stored = cast("Secrets", Lazy(secret_store))

    def outside() -> Outside:
        from functions.adapters.platform.outside import RealOutside

        return RealOutside(
            stored,
            calendar_api=environment.calendar_api_endpoint,
            token_uri=environment.google_token_uri,
            allow_private=environment.allow_private_addresses,
        )

    return Ports(
        documents=kept,
        consents=cast("Documents", Lazy(consents)) if consents else kept,
        secrets=stored,
        tasks=cast("Tasks", Lazy(tasks)),
        outside=cast("Outside", Lazy(outside)),
        consent=cast("Consent", Lazy(lambda: _consent(environment))),
        clock=clock,
        token=secrets.token_urlsafe,
        webhook_keys=webhook_keys,
        addresses=Addresses(
            environment.redirect_base_url,
            environment.webhook_base_url,
            environment.notification_base_url,
            environment.console_base_url,
        ),
        alarm=cast("Alarm", Lazy(lambda: _alarm(environment))),
        log=note,
        in_parallel=Threads(environment.serving.at_once),
        sleep=time.sleep,
    )


def _consent(environment: Environment) -> Consent:
    from functions.adapters.google.http import checked
    from functions.adapters.google.oauth import GoogleConsent

    return GoogleConsent(
        checked(allow_private=environment.allow_private_addresses),
        auth_uri=environment.google_auth_uri,
        token_uri=environment.google_token_uri,
        revoke_uri=environment.google_revoke_uri,
    )


def _alarm(environment: Environment) -> Alarm:
    from functions.adapters.net.alarm import Alarm as Sender

    return Sender(environment.smtp_url, environment.smtp_from, allow_private=environment.allow_private_addresses)
