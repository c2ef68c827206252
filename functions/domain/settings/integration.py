"""An integration: its settings, how far it is set up, and what is known about both sides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from functions.domain.model.errors import Cause, SyncError, System
from functions.domain.settings.schema import Settings

# by rising effect: new, future and all (the scope of changed settings), the end of a pause, an activation
UNFINISHED = ("", "new", "future", "all", "resume", "activation")


class Phase(StrEnum):
    """How far an integration is set up."""

    DRAFT = "draft"  # not activated, or deactivated again
    SHADOW = "shadow"  # plans and journals, writes nothing
    ACTIVE = "active"
    PAUSED = "paused"  # all writes stopped by a person


RUNNING = (Phase.ACTIVE, Phase.SHADOW)
ACTIVATED = (*RUNNING, Phase.PAUSED)
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # `wake_at` of a changed integration: due before all others


@dataclass(frozen=True, slots=True)
class Connection:
    """The authorised Google account. `dead` is why its token can no longer be used, or ""."""

    account: str
    scopes: tuple[str, ...]
    connected_at: datetime
    dead: str = ""
    dead_at: datetime | None = None
    mended_at_google: bool = False  # can be fixed at Google without a new consent; Google does not report when it is

    def died(self, error: SyncError, now: datetime) -> "Connection":
        """Return the connection marked as refused by Google."""
        elsewhere = error.cause is Cause.MENDED_AT_GOOGLE
        return replace(self, dead=error.reason, dead_at=now, mended_at_google=elsewhere)

    def answered(self) -> "Connection":
        """Return the connection as one that Google has just accepted."""
        return replace(self, dead="", dead_at=None, mended_at_google=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """A consent of an account other than the connected one, waiting for confirmation."""

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
    """One configured pairing of an i-Reserve environment and a Google account. All moments are aware UTC.

    `revision` rises with every save that wakes it; what the service only notes, such as a finished scan, leaves it.
    """

    settings: Settings
    phase: Phase = Phase.DRAFT
    connection: Connection | None = None
    pending: Pending | None = None
    activated_at: datetime | None = None
    webhook_generation: int = 1
    webhook_key: str = ""  # short hash of the key that signs the tokens of webhooks and channels
    webhook_home: str = ""  # the addresses they call; "": not recorded yet
    hooks: tuple[Hook, ...] = ()
    secret_versions: Mapping[str, str] = field(default_factory=dict)
    dialect: Mapping[str, object] = field(default_factory=dict)
    probing: tuple[str, ...] = ()  # bookings a probe works on: their webhooks are recorded, not followed
    ireserve_refused: str = ""  # why i-Reserve can no longer be called, or ""
    swept_at: datetime | None = None  # start of the last finished scan of the whole window, of any kind
    near_at: datetime | None = None  # start of the last finished scan, near or of the whole window; or the activation
    audited_at: datetime | None = None  # start of the last finished audit
    audit_found: int = 0  # its number of differences
    statuses_seen: tuple[int, ...] | None = None  # that are in no list, as the first scan found them; None: no scan yet
    statuses_new: tuple[int, ...] = ()  # those that appeared later
    statuses_left: tuple[int, ...] = ()  # those whose bookings a person left without an event
    unfinished_change: str = ""  # what is still to be done: one of UNFINISHED; stays if a change was cut short
    unfinished_since: datetime | None = None  # when the last such change began; stays when it is done
    paused_in_shadow: bool = False  # then it resumes in shadow
    new_look_since: datetime | None = None  # new events look different since then; older ones keep their look
    wake_at: datetime | None = None  # when its next round is due; None: it is not running, or not known yet
    mains: Mapping[str, str] = field(default_factory=dict)  # main objects, by object; see `Settings.mains`
    revision: int = 0
    settings_revision: int = 0  # rises only if the settings changed: what was decided with others is not written

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", self.settings.knowing(self.mains))

    @property
    def id(self) -> str:
        """The `int_id` of the routes."""
        return self.settings.id

    @property
    def has_ireserve_login(self) -> bool:
        """Whether i-Reserve's address and password were given; without them nothing is asked of it."""
        return bool(self.settings.ireserve.base_url) and "ireserve_password" in self.secret_versions

    @property
    def trouble(self) -> str:
        """The side that refuses every call until a person fixes it: `google`, `ireserve` or ""."""
        if self.connection is not None and self.connection.dead:
            return "google"
        return "ireserve" if self.ireserve_refused else ""

    @property
    def goes_on(self) -> bool:
        """Whether its work is done: it is running, and neither side refuses every call."""
        return self.phase in RUNNING and not self.trouble

    def login_of(self, side: System) -> tuple[str, ...]:
        """Return the login used for a side (i-Reserve or Google); a refusal concerns only that login."""
        s, versions = self.settings, self.secret_versions
        if side is System.IRESERVE:
            return s.ireserve.base_url, s.ireserve.username, versions.get("ireserve_password", "")
        return s.google.client_id, versions.get("google_client_secret", ""), versions.get("google_refresh_token", "")

    def keeps_former_look(self, updated: datetime | None) -> bool:
        """Whether an event last written at that moment is older than settings that were changed for new events only."""
        return self.new_look_since is not None and updated is not None and updated < self.new_look_since

    def awaited_since(self, last: datetime | None) -> datetime | None:
        """Return since when a reading is awaited: the last one, or the activation, resumption or change after it."""
        return max((at for at in (last, self.activated_at, self.unfinished_since) if at is not None), default=None)

    @property
    def undecided(self) -> tuple[int, ...]:
        """The statuses that appeared later and that nobody has decided on."""
        return tuple(code for code in self.statuses_new if code not in self.settings.outbound.listed)

    def seeing(self, codes: Iterable[int], *, first: bool) -> "Integration":
        """Return the integration after a scan found these statuses in no list; `first`: it may be the first scan.

        What the first scan finds counts as intended.
        """
        if self.statuses_seen is None:
            return replace(self, statuses_seen=tuple(sorted(codes))) if first else self
        known = {*self.statuses_seen, *self.statuses_left}
        return replace(self, statuses_new=tuple(sorted({*self.statuses_new, *codes} - known)))

    def leaving(self, code: int) -> "Integration":
        """Return the integration after a person decided that bookings with a status get no event."""
        left, new = {*self.statuses_left, code}, {*self.statuses_new} - {code}
        return replace(self, statuses_left=tuple(sorted(left)), statuses_new=tuple(sorted(new)))

    def owing(self, more: str, now: datetime) -> "Integration":
        """Return the integration with a change marked as unfinished; of two marks the one with wider effect stays."""
        widest = max(self.unfinished_change, more, key=UNFINISHED.index)
        return replace(self, unfinished_change=widest, unfinished_since=now)
