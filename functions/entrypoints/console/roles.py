"""Who may do what: a reader sees every screen, and only an administrator changes anything.

The method of a request decides, so new routes that write are closed to readers. Two tables hold the exceptions;
`tests/integration/test_roles.py` tries every route.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from flask import Request

from functions.domain.model.errors import Forbidden


class Role(Enum):
    """What somebody may do on the console."""

    READER = "reader"
    ADMINISTRATOR = "administrator"


SAFE = ("GET", "HEAD", "OPTIONS")
# By route name: forms that change no integration, and pages that a reader has no use for, as they lead to a change.
EXCEPTIONS: Mapping[str, Role] = {
    "screens.sign_in": Role.READER,
    "screens.sign_out": Role.READER,
    "step_one": Role.ADMINISTRATOR,  # begins a consent
    "screens.ask_delete": Role.ADMINISTRATOR,
    "screens.ask_undo": Role.ADMINISTRATOR,
}
# GET routes that make something new if the request has this parameter.
MAKES: Mapping[str, str] = {"api.plan": "refresh"}


def seen_by(role: Role, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as a role sees them; a reader sees only the host of an alert's webhook."""
    alerts = settings.get("alerts") or {}
    address = urlsplit(alerts.get("webhook_url") or "")
    if role is Role.ADMINISTRATOR or not address.netloc:
        return dict(settings)
    return {**settings, "alerts": {**alerts, "webhook_url": f"{address.scheme}://{address.hostname}/…"}}


def needed(endpoint: str, method: str, asked: Mapping[str, str]) -> Role:
    """Return the role that a request to a route needs."""
    if endpoint in EXCEPTIONS:
        return EXCEPTIONS[endpoint]
    deed = method not in SAFE or bool(asked.get(MAKES.get(endpoint, ""), ""))
    return Role.ADMINISTRATOR if deed else Role.READER


def check(role: Role, request: Request) -> None:
    """Raise `Forbidden` if a reader wants to change something."""
    if role is Role.READER and needed(request.endpoint or "", request.method, request.args) is Role.ADMINISTRATOR:
        raise Forbidden("you may look at everything here and change nothing; ask an administrator", reason="reader")
