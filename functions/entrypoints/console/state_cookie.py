"""A cookie on the console's origin that tells Step 2 which browser began a consent.

Without it, an administrator's browser could complete a stranger's consent (RFC 9700, 4.7).
"""

from flask import Request, Response

from functions.application.setting_up.consent import LIFE
from functions.entrypoints.console.session import cookie_name, set_cookie

STATE_COOKIE = "console_consent"


def give_state(response: Response, int_id: str, state: str, *, secure: bool) -> None:
    """Set the state of the consent that this browser begins."""
    set_cookie(response, STATE_COOKIE, f"{int_id}.{state}", LIFE, secure=secure)


def state_of(request: Request, int_id: str, *, secure: bool) -> str:
    """Return the state of the consent that this browser began for this integration, or ""."""
    whose, _, state = request.cookies.get(cookie_name(STATE_COOKIE, secure=secure), "").partition(".")
    return state if whose == int_id else ""
