"""Notifications from Google's watch channels: verifies them and turns them into hints."""

from functions.application.intake.hints import Hint, Kind, enqueue
from functions.application.intake.webhooks import is_proven, mac
from functions.application.ports import Ports
from functions.domain.model.errors import Malformed, Unauthentic
from functions.domain.model.identity import calendar_hash

LONGEST_STATE = 40


def channel_token(key: str, int_id: str, calendar: str, channel_id: str) -> str:
    """Return the token that Google sends with each notification; verifying it needs no read of the store."""
    hashed = calendar_hash(calendar)
    return f"{int_id}.{hashed}.{mac(key, 'channel', int_id, hashed, channel_id)}"


def receive(ports: Ports, token: str, channel_id: str, state: str) -> None:
    """Verify without reading the store, and queue the hint; raises `Unauthentic`, `Malformed`, `Transient`."""
    int_id, _, rest = token.partition(".")
    hashed, _, given = rest.partition(".")
    if not is_proven(ports.webhook_keys, given, "channel", int_id, hashed, channel_id):
        raise Unauthentic("bad proof")
    if not state or len(state) > LONGEST_STATE:
        raise Malformed("the header X-Goog-Resource-State is missing", reason="no_state")
    ports.log("hint", {"severity": "DEBUG", "int_id": int_id, "kind": Kind.CALENDAR.value, "calendar": hashed})
    now = ports.clock()
    hint = Hint(Kind.CALENDAR, int_id, (hashed,), "notification", now, detail=f"{channel_id} {state}")
    enqueue(ports.tasks, hint, now, trailing=state != "sync")
