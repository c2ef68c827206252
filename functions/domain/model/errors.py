"""Errors, named for what the caller does next.

A message is one sentence for a person: what is wrong, where, what to do. It never contains a secret, a customer's name
or an e-mail address, because messages end up in logs, the journal and answers.
"""

from dataclasses import dataclass
from enum import StrEnum

from functions.domain.model.messages import listed, say


class System(StrEnum):
    """The system that an error comes from; if none of its calls can succeed, only that system is no longer called."""

    GOOGLE = "google"
    IRESERVE = "ireserve"
    SERVICE = "service"  # this service itself: its store, its secrets


LONGEST_WAIT = 3600.0  # seconds; also that for a spent quota, which does not come back sooner


class Cause(StrEnum):
    """Causes that callers react to besides the kind of error. Passed as `reason`, a cause is also the error's code."""

    ADDRESS = "address_not_allowed"  # the other side has an address that may not be called
    BUSY = "busy"
    CALENDAR_GONE = "calendar_gone"  # the calendar, not the event
    FOREIGN_PAGE = "foreign_page"  # the request came from another site's page
    INVALID_GUEST = "invalid_guest"  # Google then refuses the whole event
    LOGIN = "ireserve_login"
    MENDED_AT_GOOGLE = "mended_at_google"  # can be fixed there without a new consent; Google does not report when it is
    NO_CSRF_TOKEN = "no_csrf_token"  # noqa: S105 -- its name
    NO_MAIL_SERVER = "no_smtp"
    NO_RIGHT = "no_right"  # the API user may not write this; tried again later, because the right may be given
    NOT_APPLIED = "not_applied"  # accepted but not done
    NOT_SEARCHABLE = "not_searchable"  # i-Reserve cannot tell whether a booking with this id exists
    OUT_OF_RANGE = "out_of_range"  # an event centuries away
    PERIOD_TAKEN = "period_taken"
    REDIRECT = "redirect"
    RIGHTS = "ireserve_rights"
    TIMEOUT = "timeout"  # the request may still take effect
    TOO_LARGE = "too_large"
    UNREACHABLE = "unreachable"  # like a timeout
    OTHER = ""


class SyncError(Exception):
    """An error that the sync reacts to.

    `reason` is a short stable code for logs and parked items; nothing depends on it. Callers react to the kind of the
    error, its `cause`, and the `side` it comes from.
    """

    def __init__(
        self, message: str, *, reason: str = "", cause: Cause | None = None, side: System = System.SERVICE
    ) -> None:
        super().__init__(message)
        self.reason = str(reason) or type(self).__name__.lower()
        self.cause = cause or (reason if isinstance(reason, Cause) else Cause.OTHER)
        self.side = side


class Transient(SyncError):
    """Try again later: overloaded, unreachable or timed out.

    `retry_after` in seconds if the other side gave it, but never more than an hour: it may say years.
    """

    def __init__(self, message: str, *, reason: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = min(retry_after, LONGEST_WAIT) if retry_after is not None else None


class Stale(SyncError):
    """What was read is no longer true (412, lost lease, changed link): read and plan again."""


class TokenExpired(SyncError):
    """The sync token or page token is dead (410): list again from the start."""


class AccessRevoked(SyncError):
    """Every call to this side will fail until a person fixes it: stop calling, show it, alert."""

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
    """The caller is known but may not do this: answer 403."""


class Malformed(SyncError):
    """The input cannot be used: answer 400, or park with this sentence."""


class Refused(SyncError):
    """The other side understood and refused: park or put back, and say why. Not retried until something changes.

    `form` is how the refusal looked, for the probe: `status_false`, `http_error`, `old_values`.
    """

    def __init__(self, message: str, *, reason: str = "", form: str = "") -> None:
        super().__init__(message, reason=reason)
        self.form = form


class Gone(SyncError):
    """The thing addressed does not exist, or no longer exists."""


class Taken(SyncError):
    """The identity to be created already exists (409)."""


class Conflict(SyncError):
    """The request does not fit the current state: answer 409."""


class Invalid(SyncError):
    """The input has faults, all of them listed: answer 422."""

    def __init__(self, faults: "tuple[Fault, ...]") -> None:
        super().__init__(listed(say("{}: {}", f.field, f.message) for f in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: its field (dotted path) and what to do about it."""

    field: str
    message: str
