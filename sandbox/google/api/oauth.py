"""OAuth's three addresses, where people give consent and programs get tokens.

The consent page's own form also works by plain HTTP: POST the very address that shows the page with
`account` (an e-mail address), `scope` (repeated, one for each box that is ticked) and
`decision` (`allow` or `deny`); the answer is a 302 to the client's redirect address.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request

from sandbox.google.api import gate
from sandbox.google.world.tokens import Asked, GrantError

if TYPE_CHECKING:
    from sandbox.google.world.calls import Call
    from sandbox.google.world.world import World

SCOPES = {
    "https://www.googleapis.com/auth/calendar": "See, edit, share and permanently delete all calendars",
    "https://www.googleapis.com/auth/calendar.readonly": "See and download any calendar you can access",
    "https://www.googleapis.com/auth/calendar.events": "View and edit events on all your calendars",
    "https://www.googleapis.com/auth/calendar.events.readonly": "View events on all your calendars",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly": "See the list of your calendars",
    "openid": "Associate you with your personal info on Google",
    "email": "See your primary Google Account email address",
    "profile": "See your personal info",
    "https://www.googleapis.com/auth/userinfo.email": "See your primary Google Account email address",
}
TYPES = {"response_type": {"code"}, "access_type": {"", "online", "offline"}}
PROMPTS = {"none", "consent", "select_account"}
CHALLENGE_LENGTH = range(43, 129)


class ConsentError(Exception):
    """A request that the consent page refuses on the spot, without going back to the client."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


def register(app: Flask, world: World) -> None:
    """Put the three OAuth addresses in place."""
    app.add_url_rule(
        "/o/oauth2/v2/auth",
        "consent",
        lambda: gate.through(world, lambda call: _consent(world, call)),
        methods=["GET", "POST"],
    )
    app.add_url_rule("/token", "token", lambda: gate.through(world, lambda call: _token(world, call)), methods=["POST"])
    app.add_url_rule(
        "/revoke", "revoke", lambda: gate.through(world, lambda call: _revoke(world, call)), methods=["POST"]
    )


def _consent(world: World, call: Call) -> Response:
    call.api = "oauth.auth"
    try:
        asked = _asked(world)
    except ConsentError as error:
        return make_response(render_template("refused.html", error=error), error.status)
    if request.method == "POST":
        return _decide(world, asked)
    texts = [(scope, SCOPES[scope]) for scope in asked.scopes]
    page = render_template(
        "consent.html", asked=asked, scopes=texts, accounts=world.accounts, hint=request.args.get("login_hint")
    )
    return make_response(page)


def _decide(world: World, asked: Asked) -> Response:
    account = request.form.get("account") or next(iter(world.accounts))
    if account not in world.accounts:
        error = ConsentError(400, "invalid_request", f"There is no account {account}.")
        return make_response(render_template("refused.html", error=error), 400)
    answer = {} if asked.state is None else {"state": asked.state}
    ticked = tuple(scope for scope in asked.scopes if scope in request.form.getlist("scope"))
    if request.form.get("decision") != "allow" or not ticked:
        answer["error"] = "access_denied"
    else:
        answer |= {"code": world.tokens.consent(asked, account, ticked), "scope": " ".join(ticked)}
    joint = "&" if urlsplit(asked.redirect).query else "?"
    return make_response(redirect(asked.redirect + joint + urlencode(answer)))


def _asked(world: World) -> Asked:
    """Validate what the client asks for; raises ConsentError."""
    args = request.args
    client = world.tokens.clients.get(args.get("client_id", ""))
    if client is None:
        raise ConsentError(401, "invalid_client", "The OAuth client was not found.")
    target = args.get("redirect_uri", "")
    if target not in client.redirects:
        raise ConsentError(400, "redirect_uri_mismatch", f"{target} is not registered for this client, exactly so.")
    for name, allowed in TYPES.items():
        if args.get(name, "") not in allowed:
            raise ConsentError(400, "invalid_request", f"Invalid value for {name}: {args.get(name, '')}")
    if not set(args.get("prompt", "").split()) <= PROMPTS:
        raise ConsentError(400, "invalid_request", f"Invalid prompt: {args['prompt']}")
    scopes = tuple(dict.fromkeys(args.get("scope", "").split()))
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise ConsentError(400, "invalid_scope", f"Some requested scopes were invalid: {args.get('scope', '')}")
    challenge = args.get("code_challenge")
    if challenge is not None and args.get("code_challenge_method") != "S256":
        raise ConsentError(400, "invalid_request", "Only code_challenge_method S256 is simulated.")
    if challenge is not None and len(challenge) not in CHALLENGE_LENGTH:
        raise ConsentError(400, "invalid_request", "Invalid code_challenge length.")
    prompt = "consent" if "consent" in args.get("prompt", "") else ""
    offline = args.get("access_type") == "offline"
    return Asked(client.id, target, scopes, offline, prompt, challenge, args.get("state"))


def _token(world: World, call: Call) -> Response:
    call.api = "oauth.token"
    try:
        return jsonify(_grant(world))
    except GrantError as error:
        response = jsonify({"error": error.error, "error_description": error.description})
        response.status_code = error.status
        return response


def _grant(world: World) -> dict[str, object]:
    form = request.form
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    scheme, _, basic = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(basic).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise GrantError(401, "invalid_client", "Unauthorized") from error
    client = world.tokens.clients.get(client_id)
    if client is None:
        raise GrantError(401, "invalid_client", "The OAuth client was not found.")
    if client.refused:
        raise GrantError(401, client.refused, f"The OAuth client was {client.refused.partition('_')[0]}.")
    if client.secret != secret:
        raise GrantError(401, "invalid_client", "Unauthorized")
    kind = form.get("grant_type")
    if kind == "authorization_code":
        target = form.get("redirect_uri", "")
        return world.tokens.exchange(client_id, form.get("code", ""), target, form.get("code_verifier"))
    if kind == "refresh_token":
        return world.tokens.renew(client_id, form.get("refresh_token", ""))
    raise GrantError(400, "unsupported_grant_type", f"Invalid grant_type: {kind}")


def _revoke(world: World, call: Call) -> Response:
    call.api = "oauth.revoke"
    if world.tokens.revoke(request.values.get("token", "")):
        return jsonify({})
    response = jsonify({"error": "invalid_token", "error_description": "Token expired or revoked"})
    response.status_code = 400
    return response
