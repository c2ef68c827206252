"""What the process gives: time, randomness, threads, log, alerts, and the adapters of one integration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from functions.application.ports.calendar import Calendars, Consent
from functions.application.ports.queue import Tasks
from functions.application.ports.reservations import Reservations
from functions.application.ports.storage import Documents, Secrets

if TYPE_CHECKING:  # the hot functions need not load it
    from functions.domain.settings.integration import Integration
    from functions.domain.settings.schema import AlertSettings

T = TypeVar("T")


class Clock(Protocol):
    """Now, aware UTC."""

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class Outside(Protocol):
    """Makes the adapters of one integration; its secrets are read when first needed."""

    def calendars(self, integration: Integration, refresh_token: str = "") -> Calendars:
        """Google Calendar as the connected account, or with a token that is not stored yet (Step 2).

        The calls raise `AccessRevoked` when there is no usable token.
        """

    def reservations(self, integration: Integration) -> Reservations:
        """i-Reserve as the integration's API user, in its dialect."""

    def clock_of(self, address: str) -> datetime | None:
        """Return what a web server says the time is (aware UTC), None where it does not; "" is Google.

        Raises `Transient`, `Refused` where it does not answer.
        """


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person is told; nothing secret or personal is in it."""

    name: str
    int_id: str
    title: str
    text: str
    link: str


class Alarm(Protocol):
    """Tells a person."""

    def send(self, where: AlertSettings, alert: Alert) -> None:
        """Send an alert to whoever is named ("" = nobody); raises `Transient` or `Refused` when it was not taken."""


class InParallel(Protocol):
    """Does pieces of work that wait for others most of the time."""

    def __call__(self, pieces: Sequence[Callable[[], T]]) -> list[T]:
        """Return what each piece returns; raises what the first that fails raises, when all are done."""


@dataclass(slots=True)
class Ports:
    """Everything a use case may touch; made once by `bootstrap`."""

    documents: Documents
    consents: (
        Documents  # consents under way and nothing else: in the cloud a database of their own, the redirect's only one
    )
    secrets: Secrets
    tasks: Tasks
    outside: Outside
    consent: Consent
    clock: Clock
    token: Callable[[int], str]  # random URL-safe text of n bytes; an argument, so that tests are deterministic
    webhook_keys: tuple[str, ...]
    addresses: Addresses
    alarm: Alarm
    log: Callable[[str, Mapping[str, object]], None]  # one structured log line: its event and fields
    in_parallel: InParallel
    sleep: Callable[[float], None]  # wait so many seconds


@dataclass(frozen=True, slots=True)
class Addresses:
    """The public addresses of the functions, without a trailing slash."""

    redirect: str
    webhook: str
    notification: str
    console: str
