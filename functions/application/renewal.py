"""Renewal: a new channel is opened within two days of the old one's expiry; the old one stops once the new one lives."""

from functions.application import channels, rotation
from functions.application.calendars import every, state_of
from functions.application.hints import Hint
from functions.application.sides import Sides
from functions.domain.errors import AccessRevoked, SyncError
from functions.domain.identity import calendar_hash


def renew(sides: Sides, hint: Hint) -> None:
    """Renew the channels of one integration; trouble with one calendar does not stop the others."""
    rotation.rotate(sides)
    follow_mapping(sides, hint.source)


def follow_mapping(sides: Sides, source: str = "") -> None:
    """See to it that every calendar that is followed has a channel, and no other one has."""
    followed = sides.settings.calendars if sides.settings.inbound.enabled else ()
    for state in every(sides.ports.documents, sides.id):
        if state.channels and state.calendar not in followed:
            channels.stop_of(sides, state.calendar)
    for calendar in followed:
        try:
            channels.stop_older(sides, calendar)
            channels.ensure(sides, calendar)
        except AccessRevoked:
            raise
        except SyncError as error:
            fields = {"severity": "WARNING", "int_id": sides.id, "calendar": calendar_hash(calendar)}
            sides.ports.note("channel_expiring", {**fields, "reason": error.reason, "hint": source})
            continue
        ends = channels.expires_at(state_of(sides.ports.documents, sides.id, calendar))
        if ends is not None and ends - sides.now() < channels.RENEW_WITHIN / 2:
            sides.ports.note("channel_expiring", {"int_id": sides.id, "calendar": calendar_hash(calendar)})
