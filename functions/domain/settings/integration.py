"""An integration: its settings, how far it has been set up, and what was learnt about both sides."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from functions.domain.model.errors import Cause, SyncError, System
from functions.domain.settings.schema import Settings

UNFINISHED = ("", "new", "future", "all", "resume", "activation")  # after other settings, a pause, an activation


class Phase(StrEnum):
    """How far an integration is."""

    DRAFT = "draft"  # not activated, or deactivated again
    SHADOW = "shadow"  # plans and journals, writes nothing
    ACTIVE = "active"
    PAUSED = "paused"  # all writes stopped by a person


RUNNING = (Phase.ACTIVE, Phase.SHADOW)
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # when an integration is due that something changed, before all others


@dataclass(frozen=True, slots=True)
class Connection:
    """The authorised Google account. `dead` is why the token cannot be used any more, or ""."""

    account: str
    scopes: tuple[str, ...]
    connected_at: datetime
    dead: str = ""
    dead_at: datetime | None = None
    mended_at_google: bool = False  # the cause can be fixed at Google without a new consent, and nothing reports that

    def died(self, error: SyncError, now: datetime) -> "Connection":
        """Return the connection as one that Google refuses."""
        elsewhere = error.cause is Cause.MENDED_AT_GOOGLE
        return replace(self, dead=error.reason, dead_at=now, mended_at_google=elsewhere)


@dataclass(frozen=True, slots=True)
class Pending:
    """A consent of another account than the connected one: it waits for a person's yes."""

    account: str
    scopes: tuple[str, ...]
    version: str
    unreachable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook registered in i-Reserve."""

    event: str
    id: str


@dataclass(frozen=True, slots=True)
class Integration:
    """One configured pairing of an i-Reserve environment and a Google account. `revision` rises with every save."""

    settings: Settings
    phase: Phase = Phase.DRAFT
    connection: Connection | None = None
    pending: Pending | None = None
    activated_at: datetime | None = None
    webhook_generation: int = 1
    webhook_key: str = ""  # the name of the key that webhooks and channels were made with
    webhook_home: str = ""  # the addresses that they lead to; "": nobody noted that yet
    hooks: tuple[Hook, ...] = ()
    secret_versions: Mapping[str, str] = field(default_factory=dict)
    dialect: Mapping[str, object] = field(default_factory=dict)
    probing: tuple[str, ...] = ()  # bookings that a probe works on: their webhooks are noted, not followed
    ireserve_refused: str = ""  # why i-Reserve cannot be called any more, or ""
    swept_at: datetime | None = None  # start of the last complete sweep of the whole window
    near_at: datetime | None = None  # start of the last sweep of the near days
    audited_at: datetime | None = None  # start of the last audit that was finished
    audit_found: int = 0  # the differences that it found
    unfinished: str = ""  # what a change still has to bring about: one of UNFINISHED; left over where it was cut short
    unfinished_at: datetime | None = None
    paused_in_shadow: bool = False  # and goes on in shadow
    looks_since: datetime | None = None  # since then new events look different; older events keep their look
    wake_at: datetime | None = None  # when its next round is due; None: it does not run, or that is not known yet
    revision: int = 0

    @property
    def id(self) -> str:
        """The `int_id` of the routes."""
        return self.settings.id

    def login_of(self, side: System) -> tuple[str, ...]:
        """Return what a side (i-Reserve or Google) is called with: a refusal of one login says nothing of another."""
        s, versions = self.settings, self.secret_versions
        if side is System.IRESERVE:
            return s.ireserve.base_url, s.ireserve.username, versions.get("ireserve_password", "")
        return s.google.client_id, versions.get("google_client_secret", ""), versions.get("google_refresh_token", "")

    def owing(self, more: str, now: datetime) -> "Integration":
        """Return the integration with a change marked as unfinished; the one that affects more takes precedence."""
        return replace(self, unfinished=max(self.unfinished, more, key=UNFINISHED.index), unfinished_at=now)
