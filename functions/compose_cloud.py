"""`cloud()`: Firestore, Secret Manager and Cloud Tasks, each connected when first used."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from functions.application.ports import Documents, Secrets, Tasks
from functions.composing import Product, clock, ports
from functions.entrypoints.http.authenticator import (
    Authenticator,
    person_authenticator,
    refusing_authenticator,
    token_authenticator,
)
from functions.settings import Environment

if TYPE_CHECKING:
    from flask import Request

    from functions.adapters.firestore.connection import FirestoreConnection
    from functions.entrypoints.console.session import Sessions


def cloud(environment: Environment) -> Product:
    """Compose over the services of one Google Cloud project."""
    connections: list[FirestoreConnection] = []

    def documents(database: str) -> Documents:
        from functions.adapters.firestore.connection import FirestoreConnection
        from functions.adapters.firestore.documents import FirestoreDocuments

        connection = FirestoreConnection(environment.project, database, emulator=environment.firestore_emulator)
        connections.append(connection)
        return FirestoreDocuments(connection, clock)

    def secret_store() -> Secrets:
        from functions.adapters.secrets.cached_secrets import CachedSecrets
        from functions.adapters.secrets.secret_manager import SecretManagerSecrets

        return CachedSecrets(
            SecretManagerSecrets(
                environment.project, endpoint=environment.secrets_endpoint, location=environment.secrets_location
            )
        )

    def tasks() -> Tasks:
        from functions.adapters.platform.cloud_tasks import CloudTasks

        queues = {
            "live": environment.tasks_queue,
            "overflow": environment.tasks_overflow_queue,
            "backfill": environment.tasks_backfill_queue,
        }
        return CloudTasks(
            queues,
            environment.tasks_target,
            environment.tasks_service_account,
            endpoint=environment.tasks_endpoint,
            connections=environment.serving.connections,
        )

    def spent() -> dict[str, int]:
        total: Counter[str] = Counter()
        for connection in connections:
            total.update(connection.spent())
        return dict(total)

    apart = environment.consent_database != environment.firestore_database
    made = ports(
        environment,
        environment.webhook_keys,
        documents=lambda: documents(environment.firestore_database),
        consents=(lambda: documents(environment.consent_database)) if apart else None,
        secret_store=secret_store,
        tasks=tasks,
    )

    @cache
    def sessions() -> "Sessions":
        from functions.entrypoints.console.session import CloudSessions

        return CloudSessions(_person(environment), made, administrators=environment.console_administrators)

    return Product(
        environment,
        made,
        _machine(environment, environment.tasks_service_account),
        _machine(environment, environment.scheduler_service_account),
        sessions,
        spent=spent,
    )


def _machine(environment: Environment, account: str) -> Authenticator:
    """Return the authenticator of a function called by Cloud Tasks or Cloud Scheduler with a token made for it."""

    @cache
    def authenticator() -> Authenticator:
        from functions.adapters.google.tokens import OIDC, OIDC_KEYS, FetchedKeys, TokenProof

        audiences = {environment.base_url, _origin(environment.tasks_target)}
        proof = TokenProof(OIDC, FetchedKeys(OIDC_KEYS), clock, audiences=audiences, private=_private(environment))
        return token_authenticator(proof, account)

    def enter(request: "Request") -> str:
        return authenticator()(request)

    return enter


def _person(environment: Environment) -> Authenticator:
    """Return the authenticator of the console: IAP if its audience is known, else IAM, which Cloud Run checks itself."""
    from functions.adapters.google.tokens import IAP, IAP_KEYS, OIDC, OIDC_KEYS, FetchedKeys, TokenProof

    if environment.iap_audience:
        audiences = {environment.iap_audience}
        return person_authenticator(
            TokenProof(IAP, FetchedKeys(IAP_KEYS), clock, audiences=audiences, private=lambda: False),
            "X-Goog-IAP-JWT-Assertion",
        )
    if environment.on_cloud_run:
        # the audience of a person's token is gcloud's; Cloud Run has checked it
        return person_authenticator(
            TokenProof(OIDC, FetchedKeys(OIDC_KEYS), clock, audiences=None, private=_private(environment))
        )
    return refusing_authenticator("not_behind_the_platform")


def _private(environment: Environment) -> Callable[[], bool]:
    """Return who says whether the platform stands in front of this function."""
    from functions.adapters.platform.private_check import PrivateCheck

    return PrivateCheck(environment.platform_url) if environment.on_cloud_run else lambda: False


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
