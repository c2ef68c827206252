"""What can go wrong, named for what the caller does next.

Messages are one sentence for a person: what is wrong, where, what to do. They never carry a secret, a customer's
name or an e-mail address, because they end in logs, the journal and answers.
"""

from enum import StrEnum

from functions.domain.model.messages import listed, say


class System(StrEnum):
    """Where a trouble lies, and so which calls are stopped where none can succeed."""

    GOOGLE = "google"
    IRESERVE = "ireserve"
    SERVICE = "service"  # this service itself: its store, its secrets


class Cause(StrEnum):
    """The causes that a caller reacts to beside the kind of an error; raised as the reason, and then also its code."""

    ADDRESS = "address_not_allowed"  # of the other side
    BUSY = "busy"
    CALENDAR_GONE = "calendar_gone"  # the calendar, not the event
    FOREIGN_PAGE = "foreign_page"
    INVALID_GUEST = "invalid_guest"  # for which the whole event is refused
    LOGIN = "ireserve_login"
    MENDED_AT_GOOGLE = "mended_at_google"  # without a new consent, and nobody tells us
    NO_CSRF_TOKEN = "no_csrf_token"  # noqa: S105 -- its name
    NO_MAIL_SERVER = "no_smtp"
    NO_RIGHT = "no_right"  # the API user may not write this; asked again, as the right may be given
    NOT_APPLIED = "not_applied"  # accepted without doing it
    NOT_SEARCHABLE = "not_searchable"  # nobody can tell whether there is a booking with an id
    OUT_OF_RANGE = "out_of_range"  # an event centuries away
    PERIOD_TAKEN = "period_taken"
    REDIRECT = "redirect"
    RIGHTS = "ireserve_rights"
    TIMEOUT = "timeout"  # the request may still take effect
    TOO_LARGE = "too_large"
    UNREACHABLE = "unreachable"  # as a timeout
    OTHER = ""


class SyncError(Exception):
    """Something the sync has a reaction for.

    `reason` is a short stable code to be read, in logs and parked items: nothing depends on it. What a caller depends
    on is the kind of the error, its `cause`, and the `side` that it lies with.
    """

    def __init__(
        self, message: str, *, reason: str = "", cause: Cause | None = None, side: System = System.SERVICE
    ) -> None:
        super().__init__(message)
        self.reason = str(reason) or type(self).__name__.lower()
        self.cause = cause or (reason if isinstance(reason, Cause) else Cause.OTHER)
        self.side = side


class Transient(SyncError):
    """Try again later: overloaded, unreachable, out of time. `retry_after` in seconds when the other side named it."""

    def __init__(self, message: str, *, reason: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class Stale(SyncError):
    """What was read is no longer true (412, lost lease, changed link): read and plan again."""


class TokenExpired(SyncError):
    """The sync token or page token is dead (410): full reconcile."""


class AccessRevoked(SyncError):
    """Every call to this side will fail until a person mends it: stop calling it, show it, alert."""

    def __init__(self, message: str, *, reason: str, side: System, cause: Cause | None = None) -> None:
        super().__init__(message, reason=reason, cause=cause, side=side)


class Unauthentic(SyncError):
    """The proof is missing or wrong: answer 401 without detail."""


class Throttled(Unauthentic):
    """Too many wrong proofs came before this one: answer 429 without detail; `retry_after` in seconds."""

    def __init__(self, message: str, *, reason: str = "", retry_after: float) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class Forbidden(SyncError):
    """Who asks is known and may not do this: answer 403."""


class Malformed(SyncError):
    """The input cannot be used: answer 400, or park with this sentence."""


class Refused(SyncError):
    """The other side understood and said no: park or put back, and say why. Not tried again until something changes.

    `form` is how it was said, where that is worth knowing (a probe): `status_false`, `http_error`, `old_values`.
    """

    def __init__(self, message: str, *, reason: str = "", form: str = "") -> None:
        super().__init__(message, reason=reason)
        self.form = form


class Gone(SyncError):
    """The thing addressed does not exist (any more)."""


class Taken(SyncError):
    """The identity to be created exists already (409)."""


class Conflict(SyncError):
    """What was asked does not fit the state things are in: answer 409."""


class Invalid(SyncError):
    """Input with faults, all of them listed: answer 422."""

    def __init__(self, faults: "tuple[Fault, ...]") -> None:
        super().__init__(listed(say("{}: {}", f.field, f.message) for f in faults), reason="invalid")
        self.faults = faults


class Fault:
    """One fault of an input: the field it is in (dotted path) and what to do about it."""

    __slots__ = ("field", "message")

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fault) and (self.field, self.message) == (other.field, other.message)

    def __hash__(self) -> int:
        return hash((self.field, self.message))

    def __repr__(self) -> str:
        return f"Fault({self.field!r}, {self.message!r})"
