"""Watch channels: opens one per mapped calendar, renews it before it expires, and stops what it replaces.

A channel counts as live once its first message has arrived.

https://developers.google.com/workspace/calendar/api/guides/push
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from functions.application.intake.notifications import channel_token
from functions.application.store.calendars import CalendarState, Unreadable, Watch, change, every, state_of
from functions.application.sync.session import SyncSession
from functions.domain.model.errors import AccessRevoked, Gone, Refused, SyncError, Transient
from functions.domain.model.identity import calendar_hash
from functions.domain.model.messages import say

LIFE = timedelta(days=7)
RENEW_WITHIN = timedelta(days=2)
PATIENCE = timedelta(hours=1)  # for a channel's first message
TRIES = 3
STATES = ("sync", "exists", "not_exists")


def open_all(session: SyncSession) -> tuple[str, ...]:
    """Open a channel for every mapped calendar without one; returns the calendars that are polled instead.

    A calendar whose channel cannot be opened now is polled until the next renewal.
    """
    without = []
    for calendar in session.settings.calendars:
        try:
            opened = ensure(session, calendar)
        except AccessRevoked:
            raise
        except SyncError as error:
            _note(session, "channel_failed", calendar, error.reason)
            opened = False
        if not opened:
            without.append(calendar)
    return tuple(without)


def follow_mapping(session: SyncSession, source: str = "") -> None:
    """Ensure that every followed calendar has a channel, and no other; an error with one does not stop the others."""
    followed = session.settings.calendars if session.settings.inbound.enabled else ()
    for state in every(session.ports.documents, session.id):
        if state.channels and state.calendar not in followed:
            stop_of(session, state.calendar)
    for calendar in followed:
        try:
            stop_older(session, calendar)
            ensure(session, calendar)
        except AccessRevoked:
            raise
        except SyncError as error:
            _note(session, "channel_expiring", calendar, error.reason, hint=source)
            continue
        ends = expires_at(state_of(session.ports.documents, session.id, calendar))
        if ends is not None and ends - session.now() < RENEW_WITHIN / 2:
            session.ports.log("channel_expiring", {"int_id": session.id, "calendar": calendar_hash(calendar)})


def ensure(session: SyncSession, calendar: str) -> bool:
    """Ensure that a calendar has a working channel; False if it must be polled."""
    state = state_of(session.ports.documents, session.id, calendar)
    if any(_good(channel, session.now()) for channel in state.channels):
        return True
    silent = [channel for channel in state.channels if not channel.live]  # none delivered a message
    _stop_each(session, calendar, silent)
    return open_another(session, calendar)


def _good(channel: Watch, now: datetime) -> bool:
    """Whether a channel works, or was opened so recently that its first message may still arrive."""
    young = channel.opened_at is not None and now - channel.opened_at < PATIENCE
    life = channel.expires - channel.opened_at if channel.opened_at is not None else LIFE
    return channel.expires > now + min(RENEW_WITHIN, life / 2) and (channel.live or young)


def open_another(session: SyncSession, calendar: str) -> bool:
    """Open a new channel, which replaces the present one once it is live; False if the calendar must be polled.

    That is so too while its state cannot be read: Google would be told of a channel that nothing remembers.
    """
    if isinstance(state_of(session.ports.documents, session.id, calendar), Unreadable):
        return False
    for _ in range(TRIES):
        try:
            _opened(session, calendar)
        except (Refused, Gone) as error:
            reason = error.reason
            if reason == "channelIdNotUnique":
                continue
            change(session.ports.documents, session.id, calendar, lambda s: replace(s, polled_because=reason))  # noqa: B023 -- called at once
            _note(session, "polled", calendar, reason)
            return False
        else:
            return True
    raise Transient("Google accepts none of the channel's ids.", reason="channelIdNotUnique")


def _opened(session: SyncSession, calendar: str) -> None:
    """Open one channel: stored first, because its first message can come before the answer."""
    ports, now = session.ports, session.now()
    watch = Watch(ports.token(24), now + LIFE, opened_at=now)
    change(ports.documents, session.id, calendar, lambda s: replace(s, channels=(*s.channels, watch)))
    token = channel_token(ports.webhook_keys[0], session.id, calendar, watch.id)
    address = f"{ports.addresses.notification}/notifications/google"
    try:
        opened = session.calendars.watch(calendar, watch.id, token, address, int(LIFE.total_seconds()))
    except (Refused, Gone, AccessRevoked):
        change(ports.documents, session.id, calendar, lambda s: _without(s, watch.id))
        raise  # after other errors the channel may be open: its messages stay welcome

    def confirmed(before: CalendarState) -> CalendarState:
        channels = tuple(
            replace(c, resource_id=opened.resource_id, expires=opened.expires) if c.id == watch.id else c
            for c in before.channels
        )
        return replace(before, channels=channels, polled_because="")

    change(ports.documents, session.id, calendar, confirmed)


def arrived(session: SyncSession, calendar: str, channel_id: str) -> bool:
    """Record that a message of a channel arrived; False if the channel is not, or no longer, ours."""
    now = session.now()

    def noted(before: CalendarState) -> CalendarState:
        channels = tuple(replace(c, live=True, notified_at=now) if c.id == channel_id else c for c in before.channels)
        return replace(before, channels=channels)

    state = change(session.ports.documents, session.id, calendar, noted)
    return any(channel.id == channel_id for channel in state.channels)


def stop_older(session: SyncSession, calendar: str) -> None:
    """Stop channels that a live one with a later expiry has replaced, and forget expired ones."""
    now = session.now()
    state = state_of(session.ports.documents, session.id, calendar)
    live = [channel for channel in state.channels if channel.live and channel.expires > now]
    newest = max(live, key=lambda channel: channel.expires, default=None)
    keeps = newest.expires if newest is not None else now
    older = [channel for channel in state.channels if channel.expires <= now or channel.expires < keeps]
    _stop_each(session, calendar, older)


def _stop_each(session: SyncSession, calendar: str, stopped: Iterable[Watch]) -> None:
    """Stop channels that are no longer needed; one that Google does not stop ends by itself, and is in nobody's way.

    It is tried again until then: only the account that opened a channel may stop it.
    """
    for channel in stopped:
        try:
            _stop(session, calendar, channel)
        except AccessRevoked:
            raise
        except SyncError as error:
            _note(session, "channel_left", calendar, error.reason)


def stop_all(session: SyncSession) -> list[str]:
    """Stop every channel and end any pull under way; returns a sentence for each that could not be stopped, or read."""
    left: list[str] = []
    for state in every(session.ports.documents, session.id):
        if isinstance(state, Unreadable):
            left.append(state.why)
            continue
        left += stop_of(session, state.calendar)
        change(
            session.ports.documents,
            session.id,
            state.calendar,
            lambda s: replace(s, channels=(), lease="", lease_until=None),
        )
    return left


def stop_of(session: SyncSession, calendar: str) -> list[str]:
    """Stop the channels of one calendar; returns a sentence for each that could not be stopped."""
    left: list[str] = []
    for channel in state_of(session.ports.documents, session.id, calendar).channels:
        try:
            _stop(session, calendar, channel)
        except SyncError as error:
            left.append(
                say(
                    "a channel of {} could not be stopped ({}); it ends on {}",
                    calendar,
                    error,
                    f"{channel.expires:%d-%m-%Y}",
                )
            )
    return left


def _stop(session: SyncSession, calendar: str, channel: Watch) -> None:
    if channel.resource_id:
        try:
            session.calendars.stop(channel.id, channel.resource_id)
        except SyncError:
            if channel.expires > session.now():
                raise
    change(session.ports.documents, session.id, calendar, lambda s: _without(s, channel.id))


def _note(session: SyncSession, event: str, calendar: str, reason: str, **more: str) -> None:
    fields = {"severity": "WARNING", "int_id": session.id, "calendar": calendar_hash(calendar), "reason": reason}
    session.ports.log(event, fields | more)


def _without(state: CalendarState, channel_id: str) -> CalendarState:
    return replace(state, channels=tuple(channel for channel in state.channels if channel.id != channel_id))


def expires_at(state: CalendarState) -> datetime | None:
    """Return when the last live channel of a calendar expires, or None if there is none."""
    return max((channel.expires for channel in state.channels if channel.live), default=None)
