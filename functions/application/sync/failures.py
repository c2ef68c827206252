"""How errors are handled, in one place: stop a side, retry later, or park with the reason."""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from functions.application.intake.hints import Hint, look_again
from functions.application.ports import Ports
from functions.application.store import parked
from functions.application.sync.session import mark_revoked
from functions.domain.model.errors import AccessRevoked, Conflict, Malformed, Stale, SyncError, System, Transient
from functions.domain.settings.integration import Integration

BACK_OFF = (2, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)  # seconds
SHOWN_AFTER = 3  # attempts; a person should see it by then, while retries go on


class Reaction(StrEnum):
    """The reactions to an error."""

    STOP = "stop"  # the side refuses every call until a person fixes it
    RETRY = "retry"
    PARK = "park"  # nothing helps until something changes


def reaction_to(error: SyncError) -> Reaction:
    """Return the reaction to an error."""
    match error:
        case AccessRevoked(side=System.GOOGLE | System.IRESERVE):
            return Reaction.STOP
        case AccessRevoked() | Transient() | Stale() | Conflict():  # ours, or another instance was faster
            return Reaction.RETRY
        case Malformed(reason="newer_version"):
            return Reaction.RETRY  # during a deployment that version runs already, and may get the next try
    return Reaction.PARK


def named(ports: Ports, hint: Hint, error: Exception) -> SyncError:
    """Return an error as a `SyncError`; a bug of ours is logged and retried."""
    if isinstance(error, SyncError):
        return error
    fault = type(error).__name__
    ports.log("error", {"severity": "ERROR", "int_id": hint.int_id, "reason": fault})
    return Transient(fault, reason=f"fault_{fault}")


def react(ports: Ports, hint: Hint, error: SyncError, lane: str = "live") -> None:
    """Retry later, or park; raises `Transient` if neither can be stored."""
    if reaction_to(error) is Reaction.PARK:
        parked.park(ports, hint, error.reason, ports.clock())
    else:
        _retry(ports, hint, error, lane)


def task_failed(ports: Ports, used: Integration, hint: Hint, error: Exception) -> None:
    """React to an error of a whole task; `used` is the integration as it was when the calls were made.

    A side that refuses its login is no longer called; once that is fixed, a sweep catches up with dropped hints.
    """
    trouble = named(ports, hint, error)
    if reaction_to(trouble) is Reaction.STOP and isinstance(trouble, AccessRevoked):
        try:
            mark_revoked(ports, used, trouble)
        except Stale as replaced:
            react(ports, hint, replaced)
    else:
        react(ports, hint, trouble)


def pair_failed(ports: Ports, hint: Hint, error: Exception, lane: str = "live") -> SyncError:
    """React to an error of one pair of a larger job, so that the others go on; raises it if a side refuses every call."""
    trouble = named(ports, hint, error)
    if reaction_to(trouble) is Reaction.STOP:
        raise trouble
    react(ports, hint, trouble, lane)
    return trouble


def _retry(ports: Ports, hint: Hint, error: SyncError, lane: str) -> None:
    """Queue a retry, unless it was the last; after some attempts also park, so that a person sees it meanwhile."""
    last = hint.attempt >= len(BACK_OFF)
    if not last:
        _queue(ports, replace(hint, attempt=hint.attempt + 1), _wait(hint, error), error, lane)
    if hint.attempt < SHOWN_AFTER:
        return
    try:
        parked.park(ports, hint, error.reason, ports.clock())
    except Transient:
        if last:  # only the queue can keep it now
            _queue(ports, hint, BACK_OFF[-1], error, lane)


def _queue(ports: Ports, hint: Hint, wait: float, error: SyncError, lane: str) -> None:
    due = ports.clock() + timedelta(seconds=wait)
    look_again(ports.tasks, hint, due, f"try-{hint.attempt - 1}", lane=lane)
    fields = {"int_id": hint.int_id, "kind": hint.kind.value, "reason": error.reason, "attempt": hint.attempt - 1}
    ports.log("again", fields)


def _wait(hint: Hint, error: SyncError) -> float:
    named = error.retry_after if isinstance(error, Transient) and error.retry_after else 0.0
    if isinstance(error, Stale) and hint.attempt == 0:
        return 1.0
    return max(float(BACK_OFF[hint.attempt]), named)
