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
    booking = booking_id_in(body)
    kind, subject = (Kind.BOOKING, (booking,)) if booking else (Kind.SWEEP, ())
    ports.log("hint", {"severity": "DEBUG", "int_id": int_id, "kind": kind.value, "booking": booking})
    now = ports.clock()
    enqueue(ports.tasks, Hint(kind, int_id, subject, WEBHOOK, now, detail=generation), now)


def booking_id_in(body: bytes) -> str:
    """Find the booking id in an undocumented body, at most one level down; "" if there is none.

    Raises `Malformed` if the body is not a JSON object or list.
    """
    if not body.strip():
        return ""
    parsed = json_in(body)
    for found in _ids(parsed[0] if isinstance(parsed, list) and parsed else parsed):
        return found
    return ""


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
