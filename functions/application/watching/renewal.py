"""Opens a new channel within two days of the old one's expiry; the old one is stopped once the new one is live."""

from functions.application.intake.hints import Hint
from functions.application.store.calendars import every, state_of
from functions.application.sync.session import SyncSession
from functions.application.watching import channels, rotation
from functions.domain.model.errors import AccessRevoked, SyncError
from functions.domain.model.identity import calendar_hash


def renew(session: SyncSession, hint: Hint) -> None:
    """Renew an integration's channels; an error with one calendar does not stop the others."""
    rotation.rotate(session)
    follow_mapping(session, hint.source)


def follow_mapping(session: SyncSession, source: str = "") -> None:
    """Ensure that every followed calendar has a channel, and no other calendar."""
    followed = session.settings.calendars if session.settings.inbound.enabled else ()
    for state in every(session.ports.documents, session.id):
        if state.channels and state.calendar not in followed:
            channels.stop_of(session, state.calendar)
    for calendar in followed:
        try:
            channels.stop_older(session, calendar)
            channels.ensure(session, calendar)
        except AccessRevoked:
            raise
        except SyncError as error:
            fields = {"severity": "WARNING", "int_id": session.id, "calendar": calendar_hash(calendar)}
            session.ports.log("channel_expiring", {**fields, "reason": error.reason, "hint": source})
            continue
        ends = channels.expires_at(state_of(session.ports.documents, session.id, calendar))
        if ends is not None and ends - session.now() < channels.RENEW_WITHIN / 2:
            session.ports.log("channel_expiring", {"int_id": session.id, "calendar": calendar_hash(calendar)})
