"""Turns an HTTP answer of i-Reserve into its JSON or an error of the domain. Pure.

The statuses 200, 401, 404 and 412 are documented; the form of a refusal is not. A page instead of JSON comes from a
proxy or maintenance and says nothing about a booking, whatever its status.
"""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from functions.adapters.ireserve.refusals import No, refusal
from functions.domain.model.errors import AccessRevoked, Cause, Gone, Malformed, Refused, System, Transient
from functions.domain.model.messages import say

SECONDS = re.compile(r"\d{1,6}")
MAX_BYTES = 8 * 1024 * 1024
LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
ABSENT = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
NO = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY)


def json_or_error(status: int, headers: Mapping[str, str], body: bytes, method: str) -> Any:
    """Return the JSON of an answer; raises `AccessRevoked`, `Transient`, `Gone`, `Refused`, `Malformed`.

    An error body with status 200 counts by the code inside. An empty answer to DELETE is None.
    """
    _usable(status, headers)
    if len(body) > MAX_BYTES:
        raise Malformed("An answer of i-Reserve is larger than this service reads.", reason=Cause.TOO_LARGE)
    failed = status >= HTTPStatus.BAD_REQUEST
    if not body.strip() and method == "DELETE" and not failed:
        return None
    if not body.strip() and status in ABSENT:
        raise _gone()
    answer = _parsed(status, body)
    no = refusal(answer, failed=failed)
    if no is None and not failed:
        return answer
    no = no or No(status, ())
    code = status if failed else no.code
    _usable(code, headers)
    if _is_gone(code, no, method):
        raise _gone()
    form = "http_error" if failed or no.code else "status_false"
    raise Refused(say("i-Reserve refuses: {}", no.sentence or f"HTTP {code}"), reason=no.category, form=form)


def _is_gone(code: int, no: No, method: str) -> bool:
    if code in ABSENT:
        return no.no_booking or no.category != "object_unknown"
    return no.no_booking or (method != "POST" and no.not_found)


def _gone() -> Gone:
    return Gone("i-Reserve does not have it.", reason="not_found")


def _usable(status: int, headers: Mapping[str, str]) -> None:
    if status == HTTPStatus.UNAUTHORIZED:
        raise AccessRevoked(
            "i-Reserve refuses the user name and password, or the user lacks a right; correct them.",
            reason=Cause.LOGIN,
            side=System.IRESERVE,
        )
    if status == HTTPStatus.FORBIDDEN:
        raise AccessRevoked(
            "The i-Reserve user lacks a right; give it to the profile.", reason=Cause.RIGHTS, side=System.IRESERVE
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER:
        seconds = headers.get("Retry-After", "").strip()
        raise Transient(
            say("i-Reserve answers HTTP {}.", status),
            reason=Cause.BUSY if status == HTTPStatus.TOO_MANY_REQUESTS else "unavailable",
            retry_after=float(seconds) if SECONDS.fullmatch(seconds) else None,
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise Transient("i-Reserve answers with a redirect, which is not followed.", reason=Cause.REDIRECT)


def _parsed(status: int, body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        if status in NO:
            return None
        raise Transient("i-Reserve's answer is not JSON.", reason="not_json") from None
