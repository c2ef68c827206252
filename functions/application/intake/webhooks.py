"""i-Reserve's webhooks: their address with its token, and the hint in their body.

i-Reserve cannot send a secret in a header, so the token is in the address; access logs must drop query strings.
"""

import hmac
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from functions.application.intake.bodies import json_in
from functions.application.intake.hints import WEBHOOK, Hint, Kind, enqueue
from functions.application.ports import Ports
from functions.domain.model.errors import Unauthentic

if TYPE_CHECKING:
    from functions.domain.settings.integration import Integration

ID_NAMES = ("id", "booking_id", "RES_ID")
LEVELS = ("booking", "data")
LONGEST_ID = 40
MOST = 10  # bookings of one body that are followed on their own: each is two tasks, and i-Reserve waits for the answer


def mac(key: str, *parts: str) -> str:
    """Return a proof that its maker holds the key."""
    return hmac.digest(key.encode(), "\n".join(parts).encode(), "sha256").hex()[:40]


def is_proven(keys: Sequence[str], given: str, *parts: str) -> bool:
    """Whether a proof was made with one of the keys; every key is tried, so that the time taken reveals nothing."""
    return True in [hmac.compare_digest(mac(key, *parts).encode(), given.encode()) for key in keys]


def webhook_token(key: str, int_id: str, generation: int) -> str:
    """Return the token in a webhook's address: `gen.mac`."""
    return f"{generation}.{mac(key, 'webhook', int_id, str(generation))}"


def webhook_url(ports: Ports, integration: "Integration") -> str:
    """Return the address that i-Reserve calls."""
    token = webhook_token(ports.webhook_keys[0], integration.id, integration.webhook_generation)
    return f"{ports.addresses.webhook}/bookings/{integration.id}?token={token}"


def receive(ports: Ports, int_id: str, token: str, body: bytes) -> None:
    """Verify without reading the store, and queue the hint; raises `Unauthentic`, `Malformed`, `Transient`."""
    generation, _, given = token.partition(".")
    if not is_proven(ports.webhook_keys, given, "webhook", int_id, generation):
        raise Unauthentic("bad proof")
    now = ports.clock()
    for booking in booking_ids_in(body):
        kind, subject = (Kind.BOOKING, (booking,)) if booking else (Kind.SWEEP, ())
        ports.log("hint", {"severity": "DEBUG", "int_id": int_id, "kind": kind.value, "booking": booking})
        enqueue(ports.tasks, Hint(kind, int_id, subject, WEBHOOK, now, detail=generation), now)


def booking_ids_in(body: bytes) -> list[str]:
    """Find the booking ids in an undocumented body, at most one level down, in it or in each item of a list.

    "" stands for what names none, and for all but the first of a long list. Raises `Malformed` if the body is not JSON.
    """
    parsed = json_in(body) if body.strip() else None
    items = parsed if isinstance(parsed, list) and parsed else [parsed]
    found = list(dict.fromkeys(next(_ids(each), "") for each in items))
    return found if len(found) <= MOST else list(dict.fromkeys([*found[:MOST], ""]))


def _ids(parsed: Any) -> Iterator[str]:
    if not isinstance(parsed, dict):
        return
    for level in (parsed, *(parsed.get(name) for name in LEVELS)):
        if isinstance(level, dict):
            for name in ID_NAMES:
                text = _id(level.get(name))
                if text:
                    yield text


def _id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value).strip()
    return text if text.isalnum() and text.isascii() and len(text) <= LONGEST_ID else ""
