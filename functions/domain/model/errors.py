"""What can go wrong, named for what the caller does next.

Messages are one sentence for a person: what is wrong, where, what to do. They never carry a secret, a customer's
name or an e-mail address, because they end in logs, the journal and answers.
"""

from functions.domain.model.messages import listed, say


class SyncError(Exception):
    """Something the sync has a reaction for; `reason` is a short stable code for logs and parked items."""

    def __init__(self, message: str, *, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or type(self).__name__.lower()


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
    """Every call will fail until a person mends it: stop calling this side, show it, alert."""


class Unauthentic(SyncError):
    """The proof is missing or wrong: answer 401 without detail."""


class Throttled(Unauthentic):
    """Too many wrong proofs came before this one: answer 429 without detail; `retry_after` in seconds."""

    def __init__(self, message: str, *, reason: str = "", retry_after: float) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


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
