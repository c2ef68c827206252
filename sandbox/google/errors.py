"""Google's refusals: one exception that carries the documented JSON shape."""

from __future__ import annotations

from typing import Any

Resource = dict[str, Any]


class ApiError(Exception):
    """A refusal of the Calendar API; `body` is the answer that goes out with `code`.

    https://developers.google.com/calendar/api/guides/errors
    """

    def __init__(self, code: int, reason: str, message: str, *, domain: str = "global") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.domain = domain

    def body(self) -> Resource:
        """Google's error object: code, message, and one entry under `errors`."""
        entry = {"domain": self.domain, "reason": self.reason, "message": self.message}
        return {"error": {"code": self.code, "message": self.message, "errors": [entry]}}


def invalid(message: str) -> ApiError:
    """400 for a value that cannot be understood."""
    return ApiError(400, "invalid", message)


def bad_request(message: str) -> ApiError:
    """400 for a combination of parameters that is not allowed."""
    return ApiError(400, "badRequest", message)


def required(message: str) -> ApiError:
    """400 for something that was left out."""
    return ApiError(400, "required", message)


def not_found(message: str = "Not Found") -> ApiError:
    """404, also for what exists but may not be seen."""
    return ApiError(404, "notFound", message)


def forbidden(reason: str, message: str) -> ApiError:
    """403 with the reason a client acts on."""
    return ApiError(403, reason, message, domain="calendar")


def gone(reason: str, message: str) -> ApiError:
    """410: `deleted` for an event, `fullSyncRequired` for a sync token."""
    return ApiError(410, reason, message, domain="calendar" if reason != "deleted" else "global")


def condition_not_met() -> ApiError:
    """412: the etag of If-Match is not the current one."""
    return ApiError(412, "conditionNotMet", "Precondition Failed")
