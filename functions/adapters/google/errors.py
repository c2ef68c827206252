"""Google's errors: each reason and the reaction to it, in one table.

https://developers.google.com/workspace/calendar/api/guides/errors
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from functions.domain.model.errors import (
    LONGEST_WAIT,
    AccessRevoked,
    Cause,
    Gone,
    Refused,
    Stale,
    SyncError,
    System,
    Taken,
    TokenExpired,
    Transient,
)
from functions.domain.model.messages import say

PLAIN = (408, 412, 429)  # statuses that are clear without a body
UNKNOWN_METHOD = (405, 501)

_Row = tuple[type[SyncError], str]
_SLOW: _Row = (Transient, "Google asks for fewer calls; this is tried again later.")
_SPENT: _Row = (Transient, "A quota of the Google account is spent; this is tried again in an hour.")
_AWAY: _Row = (Transient, "Google has a failure of its own; this is tried again later.")
_DEAD: _Row = (TokenExpired, "Google no longer knows where the last sync ended; the calendar is compared in full.")
_SCOPE: _Row = (AccessRevoked, "The connection lacks a permission; run Step 1 again and tick both permissions.")
_LOGIN: _Row = (AccessRevoked, "Google no longer accepts the connection; run Step 1 again.")
_DISABLED: _Row = (
    AccessRevoked,
    "The Google Calendar API is not enabled in the Google Cloud project; enable it there.",
)
_POLICY: _Row = (AccessRevoked, "The Google account may not use Google Calendar this way; ask its administrator.")
_FORBIDDEN: _Row = (
    Refused,
    "The connected Google account may not do this to the event or calendar; share it for changes.",
)
_PUSH: _Row = (
    Refused,
    "Google does not send notifications for this calendar or to this address; it is polled instead.",
)
_ABSENT: _Row = (Gone, "Google has no such event or calendar, or the account may not see it.")
_NO_CALENDAR = "Google has no such calendar, or the account may not see it."
_BUSY: _Row = (Transient, "Google was busy with the same event; this is tried again later.")
_CHANGED: _Row = (Stale, "The event changed meanwhile; it is read again.")

REASONS: Mapping[str, _Row] = {
    "rateLimitExceeded": _SLOW,
    "userRateLimitExceeded": _SLOW,
    "concurrentLimitExceeded": _SLOW,
    "RATE_LIMIT_EXCEEDED": _SLOW,
    "sharingRateLimitExceeded": _SLOW,
    "userRateLimitExceededUnreg": _SLOW,
    "dailyLimitExceededUnreg": _SPENT,
    "quotaExceeded": _SPENT,
    "dailyLimitExceeded": _SPENT,
    "calendarUsageLimitsExceeded": _SPENT,
    "variableTermLimitExceeded": _SPENT,
    "insufficientPermissions": _SCOPE,
    "insufficientScopes": _SCOPE,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _SCOPE,
    "authError": _LOGIN,
    "accessNotConfigured": _DISABLED,
    "SERVICE_DISABLED": _DISABLED,
    "domainPolicy": _POLICY,
    "notACalendarUser": _POLICY,
    "forbidden": _FORBIDDEN,
    "forbiddenForNonOrganizer": _FORBIDDEN,
    "requiredAccessLevel": _FORBIDDEN,
    "notFound": _ABSENT,
    "deleted": (Gone, "The event was deleted."),
    "fullSyncRequired": _DEAD,
    "updatedMinTooLongAgo": _DEAD,
    "duplicate": (Taken, "Google has an event with this id already."),
    "conflict": _BUSY,
    "conditionNotMet": _CHANGED,
    "backendError": _AWAY,
    "pushNotSupportedForRequestedResource": _PUSH,
    "channelIdNotUnique": (Refused, "The channel's id is in use; another one is made."),
}

STATUSES: Mapping[int, _Row] = {
    401: _LOGIN,
    403: _FORBIDDEN,
    404: _ABSENT,
    408: _AWAY,
    409: _BUSY,
    410: _ABSENT,
    412: _CHANGED,
    429: _SLOW,
}


def error_of(
    status: int, headers: Mapping[str, str], content: bytes, *, calendar: bool = False, asked: str = ""
) -> SyncError:
    """Return the domain's error for an answer; its `reason` is Google's code (the last part of `push.` reasons).

    `asked` is the published name of the method, such as `calendar.events.patch`. With `calendar` the call addressed a
    whole calendar, so a 403 or 404 is about that calendar: `calendar_forbidden`, `calendar_gone`.
    """
    code = _code(content)
    if code is None and status not in PLAIN and (status < HTTPStatus.INTERNAL_SERVER_ERROR or status in UNKNOWN_METHOD):
        # The answer is a proxy's or captive portal's, not Google's: its 404 or 401 says nothing about an event.
        return _somebody_else(status, content, asked)
    reason = (code or f"http_{status}").rpartition(".")[2]
    if reason == "invalid" and "attendee email" in _message(content):
        return Refused("Google does not take the address of a guest.", reason=Cause.INVALID_GUEST)
    row = REASONS.get(reason) or (_PUSH if (code or "").startswith("push.") else _by_status(status))
    if calendar and status == HTTPStatus.GONE and reason not in REASONS:
        row = _DEAD  # a list gives 410 for its token only; a missing calendar is a 404
    kind, sentence = row
    if calendar and row == _ABSENT:
        reason, sentence = Cause.CALENDAR_GONE, _NO_CALENDAR
    elif calendar and row == _FORBIDDEN:
        reason = "calendar_forbidden"
    if issubclass(kind, Transient):
        wait = LONGEST_WAIT if row == _SPENT else _retry_after(headers.get("retry-after", ""))
        return kind(sentence, reason=reason, retry_after=wait)
    if issubclass(kind, AccessRevoked):
        cause = Cause.MENDED_AT_GOOGLE if row in (_DISABLED, _POLICY) else None
        return kind(sentence, reason=reason, side=System.GOOGLE, cause=cause)
    return kind(sentence, reason=reason)


@contextmanager
def as_domain_errors(*, calendar: bool = False, asked: str = "") -> Iterator[None]:
    """Turn what Google's libraries and their transport raise inside into the errors of the domain.

    `calendar` and `asked` as in `error_of`. Errors are not chained, because those of the libraries show addresses.
    """
    import httplib2
    from google.auth.exceptions import GoogleAuthError, RefreshError
    from googleapiclient.errors import HttpError

    try:
        yield
    except HttpError as error:
        raise error_of(error.status_code, error.resp, error.content, calendar=calendar, asked=asked) from None
    except RefreshError as error:
        if error.retryable:
            raise Transient(_AWAY[1], reason="refresh") from None
        raise AccessRevoked(_LOGIN[1], reason="refresh", side=System.GOOGLE) from None
    except TimeoutError:
        raise Transient("Google did not answer in time.", reason=Cause.TIMEOUT) from None
    except (OSError, http.client.HTTPException, httplib2.HttpLib2Error, GoogleAuthError):
        raise Transient("Google could not be reached.", reason=Cause.UNREACHABLE) from None
    except ValueError:  # from the JSON decoder
        raise Transient("Something other than Google Calendar answered.", reason="not_json") from None


def _somebody_else(status: int, content: bytes, asked: str) -> Transient:
    """Return the error for an answer that is not Google's: of a proxy, or of a simulator that lacks the method."""
    try:
        json.loads(content)
    except ValueError:
        if status not in UNKNOWN_METHOD:
            return Transient("Something other than Google Calendar answered.", reason="not_json")
    says = say(
        "The server that answers for Google Calendar does not know {} as Google does.", asked or "what was asked"
    )
    return Transient(says, reason=f"lacks_{asked}" if asked else "not_google")


def _by_status(status: int) -> _Row:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _AWAY
    return STATUSES.get(status) or (Refused, "Google did not accept the request.")


def _code(content: bytes) -> str | None:
    """Find Google's code in the old or the new form of an error; None if this is no error of Google's API."""
    try:
        error: Any = json.loads(content)["error"]
        for each in (*(error.get("errors") or ()), *(error.get("details") or ())):
            if isinstance(each.get("reason"), str):
                return str(each["reason"])
        return str(error.get("status") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _message(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _retry_after(text: str) -> float | None:
    """Read `Retry-After` in seconds, from either of its forms."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):  # the last: a year or an offset beyond any date
        return None
