"""The functions: verify the caller, call one use case, map errors to statuses."""

import json
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Request, Response
from werkzeug.exceptions import RequestEntityTooLarge

from functions.application.ports import Ports
from functions.domain.model.errors import (
    AccessRevoked,
    Conflict,
    Fault,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    Refused,
    Stale,
    SyncError,
    Throttled,
    Transient,
    Unauthentic,
)
from functions.entrypoints.http.authenticator import Authenticator
from functions.entrypoints.http.incoming import body_of, json_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STATUSES: tuple[tuple[type[SyncError], int], ...] = (
    (Unauthentic, 401),
    (Forbidden, 403),
    (Malformed, 400),
    (Gone, 404),
    (Conflict, 409),
    (Stale, 409),
    (Invalid, 422),
    (Refused, 422),
    (AccessRevoked, 424),
    (Transient, 503),
)
_HEADERS = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)
TOO_LARGE = "the body is larger than 256 KiB"
Handler = Callable[[Ports, Request], Response]


def answer(status: int, body: object = None) -> Response:
    """Return a JSON answer; without a body it is empty."""
    text = "" if body is None else json.dumps(body, ensure_ascii=False)
    return Response(text, status, list(_HEADERS))


class _Accepted(Response):
    """202 without a body, of which one serves all requests: to build one takes a sixth of a webhook's time."""

    def __init__(self) -> None:
        made = answer(202)
        super().__init__("", made.status, made.headers)
        self._sent = made.get_wsgi_headers({}).to_wsgi_list()

    def __call__(self, _environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer as a WSGI application."""
        start_response(self.status, self._sent)
        return ()


_ACCEPTED = _Accepted()


def error_answer(error: SyncError) -> Response:
    """Return an error as one sentence with its status; a bad proof gets no detail."""
    status = next((code for kind, code in STATUSES if isinstance(error, kind)), 500)
    if isinstance(error, Throttled):
        return throttled(answer(429), error)
    if isinstance(error, Unauthentic):
        return answer(401)
    body: dict[str, object] = {"error": str(error), "reason": error.reason}
    if status == 422:  # noqa: PLR2004 -- what is wrong, in the one form that this status has
        faults = error.faults if isinstance(error, Invalid) else (Fault("", str(error)),)
        body["errors"] = [{"field": fault.field, "message": fault.message} for fault in faults]
    response = answer(status, body)
    if isinstance(error, Transient):
        response.headers["Retry-After"] = str(int(error.retry_after or 10))
    return response


def throttled(response: Response, error: Throttled) -> Response:
    """Return an answer with `Retry-After`."""
    response.headers["Retry-After"] = str(math.ceil(error.retry_after))
    return response


def wrong_method(methods: Iterable[str]) -> Response:
    """Return 405, which says the methods that there are."""
    response = answer(405, {"error": f"use {' or '.join(methods)} here"})
    response.headers["Allow"] = ", ".join(methods)
    return response


def guarded(handler: Handler, *methods: str) -> Handler:
    """Wrap a handler: health check, method, size of the body, errors to statuses."""

    def handle(ports: Ports, request: Request) -> Response:
        if request.path == "/health" and request.method in ("GET", "HEAD"):
            return answer(200, {"status": "ok"})
        if request.method not in methods:
            return wrong_method(methods)
        try:
            body_of(request)
            return handler(ports, request)
        except RequestEntityTooLarge:
            return answer(413, {"error": TOO_LARGE})
        except SyncError as error:
            if isinstance(error, Unauthentic | Transient) and not isinstance(
                error, Throttled
            ):  # otherwise guesses would fill the log
                event = "unavailable" if isinstance(error, Transient) else "unauthentic"
                ports.log(event, {"severity": "WARNING", "reason": error.reason})
            return error_answer(error)
        except Exception as error:  # noqa: BLE001 -- no stack trace is shown; the log names the fault
            ports.log("error", {"severity": "ERROR", "reason": type(error).__name__, "path": request.path[:40]})
            return answer(500, {"error": "something went wrong here; it was logged"})

    return handle


def _parts(request: Request, prefix: str, what: str) -> str:
    path = request.path.rstrip("/")
    int_id = path.removeprefix(prefix)
    if not path.startswith(prefix) or not int_id or "/" in int_id:
        raise Gone(f"use {prefix}{what}", reason="unknown_route")
    return int_id


def oauth_redirect(ports: Ports, request: Request) -> Response:
    """`GET /integrations/redirect/{int_id}`: keep the code, send the browser back to the console."""
    from functions.application.setting_up import consent

    int_id = _parts(request, "/integrations/redirect/", "{int_id}")
    back = f"{ports.addresses.console}/console/integrations/{quote(int_id, safe='')}/authentication"
    try:
        args = request.args
        consent.receive(ports, int_id, args.get("state", ""), args.get("code", ""), args.get("error", ""))
    except Malformed as error:
        return Response(str(error), 400, {"Cache-Control": "no-store"}, mimetype="text/plain")
    return Response("", 303, {"Location": f"{back}?consent=received", "Cache-Control": "no-store"})


def booking_webhook(ports: Ports, request: Request) -> Response:
    """`POST /bookings/{int_id}?token=…`: 202 once the hint is stored."""
    from functions.application.intake import webhooks

    int_id = _parts(request, "/bookings/", "{int_id}?token=…")
    webhooks.receive(ports, int_id, request.args.get("token", ""), request.get_data())
    return _ACCEPTED


def calendar_notification(ports: Ports, request: Request) -> Response:
    """`POST /notifications/google`: 202 once the hint is stored."""
    from functions.application.intake import notifications

    if request.path.rstrip("/") != "/notifications/google":
        raise Gone("use /notifications/google", reason="unknown_route")
    headers = request.headers
    notifications.receive(
        ports,
        headers.get("X-Goog-Channel-Token", ""),
        headers.get("X-Goog-Channel-ID", ""),
        headers.get("X-Goog-Resource-State", ""),
    )
    return _ACCEPTED


def sync_task(authenticator: Authenticator) -> Handler:
    """`POST /tasks/sync`: run one task of the queue."""

    def handle(ports: Ports, request: Request) -> Response:
        from functions.application import dispatch

        authenticator(request)
        try:
            dispatch.run(ports, json_of(request))
        except Transient as error:  # the retry could not be queued; 503 would slow down the whole queue
            ports.log("not_requeued", {"severity": "ERROR", "reason": error.reason})
            return answer(500, {"error": str(error), "reason": error.reason})
        return answer(200)

    return handle


def scheduled(authenticator: Authenticator, kind: str) -> Handler:
    """`POST /watches/renew` and `POST /sweep`: queue one task per integration, no more."""

    def handle(ports: Ports, request: Request) -> Response:
        from functions.application.intake.hints import Kind
        from functions.application.scanning import rounds

        authenticator(request)
        return answer(200, {"queued": rounds.queue_all(ports, Kind(kind))})

    return handle


def handlers(authenticator: Authenticator, scheduler: Authenticator | None = None) -> dict[str, Handler]:
    """Return the functions by name, without the console."""
    timed = scheduler or authenticator
    return {
        "oauth_redirect": guarded(oauth_redirect, "GET"),
        "booking_webhook": guarded(booking_webhook, "POST"),
        "calendar_notification": guarded(calendar_notification, "POST"),
        "sync_task": guarded(sync_task(authenticator), "POST"),
        "renew_watches": guarded(scheduled(timed, "renew"), "POST"),
        "sweep": guarded(scheduled(timed, "tick"), "POST"),
    }


ROUTES = {
    "/integrations/redirect/": "oauth_redirect",
    "/bookings/": "booking_webhook",
    "/notifications/": "calendar_notification",
    "/tasks/": "sync_task",
    "/watches/": "renew_watches",
    "/sweep": "sweep",
    "/console": "console",
    "/integrations/consent/": "console",
}
