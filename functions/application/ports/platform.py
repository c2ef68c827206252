"""What the process provides: time, randomness, threads, log, alerts, and each integration's adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from functions.application.ports.calendar import Calendars, Consent
from functions.application.ports.queue import Tasks
from functions.application.ports.reservations import Reservations
from functions.application.ports.storage import Documents, Secrets

if TYPE_CHECKING:  # keeps it out of the functions that must start fast
    from functions.domain.settings.integration import Integration
    from functions.domain.settings.schema import AlertSettings

T = TypeVar("T")


class Clock(Protocol):
    """Now, aware UTC."""

    def __call__(self) -> datetime:
        """Return the current moment, aware UTC."""


class Outside(Protocol):
    """Makes an integration's adapters; secrets are read when first needed."""

    def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:
        """Google Calendar as the connected account, or with a token that is not stored yet (Step 2).

        Calls raise `AccessRevoked` if there is no usable token.
        """

    def reservations(self, integration: Integration) -> Reservations:
        """i-Reserve as the integration's API user, in its dialect."""

    def clock_of(self, address: str) -> datetime | None:
        """Return a web server's time (aware UTC), or None if it gives none; "" is Google.

        Raises `Transient` or `Refused` if it does not answer.
        """


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person is told; contains nothing secret or personal."""

    name: str
    int_id: str
    title: str
    text: str
    link: str


class Alarm(Protocol):
    """Tells a person."""

    def send(self, where: AlertSettings, alert: Alert) -> None:
        """Send an alert to the addresses given ("" = none); raises `Transient` or `Refused` if it was not accepted."""


class InParallel(Protocol):
    """Runs pieces of work at the same time: they mostly wait for answers."""

    def __call__(self, pieces: Sequence[Callable[[], T]]) -> list[T]:
        """Return what each piece returns; once all are done, raises the first error."""


@dataclass(slots=True)
class Ports:
    """Everything a use case may touch; built once by `bootstrap`."""

    documents: Documents
    consents: Documents  # only consents under way; in the cloud a database of their own, the only one of the redirect
    secrets: Secrets
    tasks: Tasks
    outside: Outside
    consent: Consent
    clock: Clock
    token: Callable[[int], str]  # random URL-safe text of n bytes; a port, so that tests are deterministic
    webhook_keys: tuple[str, ...]
    addresses: Addresses
    alarm: Alarm
    log: Callable[[str, Mapping[str, object]], None]  # one structured log line: event and fields
    in_parallel: InParallel
    sleep: Callable[[float], None]  # in seconds


@dataclass(frozen=True, slots=True)
class Addresses:
    """The functions' public addresses, without a trailing slash."""

    redirect: str
    webhook: str
    notification: str
    console: str
