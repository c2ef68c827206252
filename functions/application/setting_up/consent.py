"""Consent: Step 1 sends the administrator to Google, the redirect stores the code, Step 2 connects.

A state is single-use and lives 10 minutes. The PKCE verifier never passes through a browser.
https://developers.google.com/identity/protocols/oauth2/web-server
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from functions.application.intake.hints import Hint, Kind, enqueue, look_again
from functions.application.ports import Body, CalendarEntry, Path, Ports, Transaction
from functions.application.scanning import sweep
from functions.application.setting_up.setup import SCOPES, replaced
from functions.application.store import integrations
from functions.application.store.integrations import path_of
from functions.application.sync.session import open_session, within_reach
from functions.application.watching import channels
from functions.domain.model.errors import AccessRevoked, Conflict, Malformed, Refused, SyncError
from functions.domain.model.messages import say
from functions.domain.settings.integration import ACTIVATED, RUNNING, Connection, Integration, Pending, Phase

TOKEN = "google_refresh_token"  # noqa: S105 -- its name
LIFE = timedelta(minutes=10)
CONFIRMED_WITHIN = timedelta(days=1)
UNCONFIRMED = "unconfirmed"  # detail of a hint at a secret: a consent that waits for confirmation
AGAIN = "run Step 1 again"
# error codes of a consent screen; anything else in the address could be anybody's text and is not shown
# https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 and Google's own
ERRORS = (
    "access_denied",
    "admin_policy_enforced",
    "deleted_client",
    "disabled_client",
    "disallowed_useragent",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "org_internal",
    "redirect_uri_mismatch",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A consent under way: the address of Google's screen, and the state, which only this browser may keep."""

    address: str
    state: str


@dataclass(frozen=True, slots=True)
class Connected:
    """What Step 2 found: the account and its calendars."""

    account: str
    calendars: tuple[CalendarEntry, ...]


def return_url(ports: Ports, int_id: str) -> str:
    """Return the Return url; the OAuth client must have exactly this one."""
    return f"{ports.addresses.redirect}/integrations/redirect/{int_id}"


def begin(ports: Ports, int_id: str) -> Begun:
    """Start Step 1: return where to send the browser, and the state that only this browser can finish with."""
    integration = integrations.get(ports.documents, int_id)
    state, verifier, expires = ports.token(32), ports.token(48), ports.clock() + LIFE
    body = {"int_id": int_id, "verifier": verifier, "expires": expires.isoformat(), "code": ""}
    ports.consents.transact(lambda tx: tx.create(_state_path(state), body, expires=expires))
    client_id = integration.settings.google.client_id
    return Begun(ports.consent.address(client_id, return_url(ports, int_id), state, verifier), state)


def begin_here(ports: Ports, int_id: str) -> str:
    """Start Step 1 from the command line; whoever next runs the command finishes it."""
    begun = begin(ports, int_id)
    ports.documents.transact(lambda tx: tx.put(_here(int_id), {"state": begun.state}, expires=ports.clock() + LIFE))
    return begun.address


def state_here(ports: Ports, int_id: str) -> str:
    """Return the state that `begin_here` stored, or ""."""
    return str((ports.documents.get(_here(int_id)) or {}).get("state", ""))


def receive(ports: Ports, int_id: str, state: str, code: str, error: str) -> None:
    """Store the code that Google returned; raises `Malformed` for a foreign, used or expired state.

    A refusal (`error`) also uses up the state and is stored for Step 2 to explain. Nothing else is written: the cookie
    that Step 2 asks for proves which browser the consent belongs to.
    """
    if not state or not (code or error):
        raise Malformed(say("the consent screen sent no state or code back; {}", AGAIN), reason="consent")
    said = error if error in ERRORS else "unknown"
    brought = {"code": code, "error": said if error else ""}
    tried = False

    def use_up(tx: Transaction) -> None:
        nonlocal tried
        body = tx.get(_state_path(state))
        if tried and body is not None and brought.items() <= body.items():
            return  # stored by this request, and the answer was lost
        if body is None or body["int_id"] != int_id or body["code"] or body.get("error"):
            raise Malformed(say("this consent was used already or is not ours; {}", AGAIN), reason="consent")
        if ports.clock() >= datetime.fromisoformat(body["expires"]):
            raise Malformed(say("the consent took longer than ten minutes; {}", AGAIN), reason="consent")
        expires = datetime.fromisoformat(body["expires"])
        tried = True
        tx.put(_state_path(state), {**body, **brought}, expires=expires)

    ports.consents.transact(use_up)


def waiting(ports: Ports, int_id: str, state: str) -> bool:
    """Whether this state's consent has arrived and Step 2 has not used it yet."""
    body = _kept_body(ports, int_id, state)
    return body is not None and bool(body["code"] or body.get("error"))


def answered(ports: Ports, int_id: str, state: str) -> Literal["", "given", "refused", "expired"]:
    """Return the consent screen's answer to this state; "" if there is none, or Step 2 has used it."""
    body = _kept_body(ports, int_id, state)
    if body is None:
        return ""
    if ports.clock() >= datetime.fromisoformat(body["expires"]):
        return "expired"
    return "refused" if body.get("error") else "given" if body["code"] else ""


def connect(ports: Ports, int_id: str, state: str, *, confirm: bool | str = False) -> Connected:
    """Step 2: exchange the consent of this browser's state, identify the account, and store the token.

    Any account but the one already connected must be confirmed, so the very first one too: `confirm` is True for the
    account that the last call named, or the expected account. Raises `Conflict` until then, `Refused` with what to do.
    """
    integration = integrations.get(ports.documents, int_id)
    if integration.pending is not None and confirm in (True, integration.pending.account):
        return _take(ports, integration, integration.pending)
    former = integration.connection.account if integration.connection else ""
    if integration.pending is not None and not waiting(ports, int_id, state):
        raise _question(integration.pending, former)
    pending, calendars = _named(ports, integration, state)
    if pending.account not in (former, confirm):
        _keep(ports, integration, pending)
        raise _question(pending, former)
    return _take(ports, integration, pending, calendars)


def _question(pending: Pending, former: str) -> Conflict:
    lost = f"; it cannot reach {', '.join(pending.unreachable)}" if pending.unreachable else ""
    if not former:
        return Conflict(say("this is {}{}; confirm to connect it", pending.account, lost), reason="confirm_account")
    return Conflict(
        say("this is {}, but {} is connected{}; confirm to change the account", pending.account, former, lost),
        reason="other_account",
    )


def _named(ports: Ports, integration: Integration, state: str) -> tuple[Pending, list[CalendarEntry]]:
    """Exchange a consent, identify its account, and store its refresh token."""
    int_id = integration.id
    verifier, code = _kept(ports, int_id, state)
    client_id = integration.settings.google.client_id
    secret = ports.secrets.get(
        int_id, "google_client_secret", integration.secret_versions.get("google_client_secret", "")
    )
    if not secret:
        raise Refused("the Client secret is missing; save it on the authentication screen", reason="no_client_secret")
    try:
        grant = ports.consent.exchange(client_id, secret, return_url(ports, int_id), code, verifier)
    except Refused:
        ports.consents.transact(lambda tx: tx.delete(_state_path(state)))
        raise
    ports.consents.transact(lambda tx: tx.delete(_state_path(state)))
    missing = [scope.rsplit("/", 1)[-1] for scope in SCOPES if scope not in grant.scopes]
    if missing:
        raise Refused(
            say("the consent leaves out {}; {} and tick every box", " and ".join(missing), AGAIN), reason="scopes"
        )
    if not grant.refresh_token:
        raise Refused(
            say("Google sent no refresh token; {} (a new consent makes Google send one)", AGAIN), reason="no_refresh"
        )
    calendars = within_reach(ports.outside.calendars(integration, grant.refresh_token), integration.settings.calendars)
    account = next((each.id for each in calendars if each.primary), "")
    if not account:  # nothing is stored before the account is confirmed
        raise Refused(say("Google does not say whose account this is; {}", AGAIN), reason="no_account")
    version = ports.secrets.put(int_id, TOKEN, grant.refresh_token)
    reachable = {each.id for each in calendars}
    unreachable = tuple(c for c in integration.settings.calendars if c not in reachable | {"primary"})
    return Pending(account, tuple(sorted(grant.scopes)), version, unreachable), calendars


def _keep(ports: Ports, integration: Integration, pending: Pending) -> None:
    """Store a consent that needs confirmation, for a day, in place of any other, which is taken back."""
    now = ports.clock()
    hint = Hint(Kind.SECRET, integration.id, (TOKEN, pending.version), "person", now, detail=UNCONFIRMED)
    look_again(ports.tasks, hint, now + CONFIRMED_WITHIN, UNCONFIRMED)
    former: Pending | None = None

    def kept(before: Integration) -> Integration:
        nonlocal former
        former = before.pending
        return replace(before, pending=pending)

    saved = integrations.change(ports.documents, integration.id, kept)
    if former is not None:
        _take_back(ports, saved, former.account, former.version)


def expire(ports: Ports, integration: Integration, version: str) -> None:
    """Take back a consent that nobody has confirmed in time."""
    left: Pending | None = None

    def given_up(before: Integration) -> Integration:
        nonlocal left
        if before.pending is None or before.pending.version != version:
            return before
        left = before.pending
        return replace(before, pending=None)

    saved = integrations.change(ports.documents, integration.id, given_up, wakes=False)
    if left is not None:
        _take_back(ports, saved, left.account, left.version)


def _take_back(ports: Ports, integration: Integration, account: str, version: str) -> None:
    """Forget a consent that is no longer used, and revoke it; not if it may be that of an account which is in use."""
    in_use = {each.account for each in (integration.connection, integration.pending) if each is not None}
    if account and not in_use & {account, ""}:
        try:
            _revoke(ports, integration, account, version)
        except SyncError as error:  # it can be revoked in the Google account
            ports.log("grant_left", {"severity": "WARNING", "int_id": integration.id, "reason": error.reason})
    replaced(ports, integration.id, TOKEN, version)


def _take(
    ports: Ports, integration: Integration, pending: Pending, calendars: list[CalendarEntry] | None = None
) -> Connected:
    connection = Connection(pending.account, pending.scopes, ports.clock())
    former = ""

    def changed(before: Integration) -> Integration:
        nonlocal former
        version = before.secret_versions.get(TOKEN, "")
        if version != pending.version:  # else another request has taken it
            former = version
        return replace(
            before,
            connection=connection,
            pending=None
            if before.pending in (integration.pending, pending)
            else before.pending,  # one that arrived since
            settings=before.settings.with_primary(pending.account),
            secret_versions={**before.secret_versions, TOKEN: pending.version},
        )

    taken = changed(integration)  # read first: if Google does not answer, the consent goes on waiting
    found = calendars or within_reach(ports.outside.calendars(taken), taken.settings.calendars)
    saved = integrations.change(ports.documents, integration.id, changed)
    account = integration.connection.account if integration.connection is not None else ""
    if account not in ("", pending.account):
        follow_anew(ports, integration)
    _take_back(ports, saved, account, former)
    if integration.pending is not None and integration.pending != pending:
        _take_back(ports, saved, integration.pending.account, integration.pending.version)
    ports.documents.transact(lambda tx: tx.delete(path_of(integration.id, "progress", "catalogue")))
    sweep.catch_up(ports, saved, pending.account)
    return Connected(pending.account, tuple(found))


def imported(ports: Ports, former: Integration, saved: Integration) -> Integration:
    """Take over a token that came with the settings: identify its account, and take back what a former one gave."""
    if former.phase in ACTIVATED:
        follow_anew(ports, former)
    now = named(ports, saved)
    account = former.connection.account if former.connection is not None else ""
    _take_back(ports, now, account, former.secret_versions.get(TOKEN, ""))
    return now


def follow_anew(ports: Ports, former: Integration) -> None:
    """Stop the channels of a replaced account while it still can, and have new ones opened: it may be closed any day."""
    channels.stop_all(open_session(ports, former))
    if former.phase in RUNNING:
        now = ports.clock()
        enqueue(ports.tasks, Hint(Kind.RENEW, former.id, (), "mended", now), now, trailing=False)


def named(ports: Ports, integration: Integration) -> Integration:
    """Return an integration with its account identified: a token imported with the settings does not say whose it is.

    `primary` in the mapping becomes the account's own calendar. If Google does not answer, the next call tries again.
    """
    if integration.connection is None or integration.connection.account:
        return integration
    try:
        calendars = ports.outside.calendars(integration).calendars()
    except SyncError:
        return integration
    account = next((each.id for each in calendars if each.primary), "")

    def changed(before: Integration) -> Integration:
        if before.connection is None or before.connection.account:
            return before
        settings = before.settings.with_primary(account)
        return replace(before, settings=settings, connection=replace(before.connection, account=account))

    return integrations.change(ports.documents, integration.id, changed)


def withdraw(ports: Ports, integration: Integration) -> None:
    """Revoke the tokens at Google, also one that waits for confirmation, unless another integration uses that account and client."""
    integration = named(ports, integration)
    trouble: SyncError | None = None
    for account, version in _grants(integration):
        try:
            _revoke(ports, integration, account, version)
        except SyncError as error:  # the other one must still go
            trouble = error
    if trouble is not None:
        raise trouble


def _grants(integration: Integration) -> list[tuple[str, str]]:
    """Return the account and the token's version of what is connected, and of what waits for confirmation."""
    connection, pending = integration.connection, integration.pending
    grants = [(connection.account if connection else "", integration.secret_versions.get(TOKEN, ""))]
    return grants + ([(pending.account, pending.version)] if pending is not None else [])


def _revoke(ports: Ports, integration: Integration, account: str, version: str) -> None:
    """Revoke one token, and with it what its account has given to the client, unless another integration uses that."""
    token = None
    with suppress(AccessRevoked):  # destroyed: nothing is left to revoke with
        token = ports.secrets.get(integration.id, TOKEN, version) if version else None
    if token and not _shared(ports, integration, account):
        ports.consent.revoke(token)


def disconnect(ports: Ports, int_id: str) -> None:
    """Forget the connection; the token is revoked unless another integration uses the account. So is a consent that arrives meanwhile."""
    integration = integrations.get(ports.documents, int_id)
    connected = True
    while connected:
        _must_be_draft(integration)
        withdraw(ports, integration)
        integration = integrations.change(ports.documents, int_id, partial(_without, _grants(integration)))
        connected = integration.connection is not None or integration.pending is not None
    ports.secrets.delete(int_id, TOKEN)


def _must_be_draft(integration: Integration) -> None:
    if integration.phase is not Phase.DRAFT:
        raise Conflict("deactivate the integration before disconnecting it", reason="still_active")


def _without(withdrawn: list[tuple[str, str]], before: Integration) -> Integration:
    """Return an integration without its connection, unless there is another one now than was withdrawn."""
    _must_be_draft(before)
    if {version for _, version in _grants(before)} != {version for _, version in withdrawn}:
        return before
    versions = {name: version for name, version in before.secret_versions.items() if name != TOKEN}
    return replace(before, connection=None, pending=None, secret_versions=versions)


def _shared(ports: Ports, integration: Integration, account: str) -> bool:
    """Whether another integration uses the account, waits to, or may: Google may not say now whose a token is.

    Whatever its client is: that of a token given before a change of client is not kept, and Google revokes all that the
    account gave to a client at once.
    """

    def same(other: Integration) -> bool:
        if other.id == integration.id:
            return False
        consents = (named(ports, other).connection, other.pending)
        return any(each is not None and ("" in (account, each.account) or each.account == account) for each in consents)

    return any(same(other) for other in integrations.every(ports.documents))


def _kept(ports: Ports, int_id: str, state: str) -> tuple[str, str]:
    body = _kept_body(ports, int_id, state)
    if body is None or not (body["code"] or body.get("error")):
        raise Refused("there is no consent of this browser to connect with; run Step 1 first", reason="no_consent")
    if body.get("error"):
        raise Refused(say("Google's consent screen refused ({}); {}", body["error"], AGAIN), reason="consent_refused")
    if ports.clock() >= datetime.fromisoformat(body["expires"]):
        raise Refused(say("the consent has expired; {}", AGAIN), reason="consent_expired")
    return str(body["verifier"]), str(body["code"])


def _kept_body(ports: Ports, int_id: str, state: str) -> Body | None:
    body = ports.consents.get(_state_path(state)) if state else None
    return body if body is not None and body["int_id"] == int_id else None


def _here(int_id: str) -> Path:
    return path_of(int_id, "progress", "consent")


def _state_path(state: str) -> Path:
    """Return a state's path, which holds its hash, so that no text from outside becomes the name of a document."""
    return ("oauth_states", hashlib.sha256(state.encode("utf-8", "replace")).hexdigest())
