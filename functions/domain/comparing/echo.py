"""Recognises echoes: events that show what both sides agreed on, and webhooks that this service's own writes caused.

An echo leads to no read and no write.
"""

from collections.abc import Callable
from datetime import datetime

from functions.domain.comparing.event_content import has_yet_to_accept, reminder_text, same_time, style_stands, text_of
from functions.domain.comparing.stored_differently import guest_stands, shows
from functions.domain.model.event import DECLINED, Event
from functions.domain.model.text import take_apart
from functions.domain.pairing.life import Active
from functions.domain.pairing.link import Link, Origin
from functions.domain.pairing.writes import Why


def is_echo(link: Link, event: Event, digest: Callable[[str], str], timezone: str) -> bool:
    """Whether an event shows nothing new: its normalised content is that of the base.

    The etag alone does not tell, because it also changes for reasons that do not matter here.
    """
    base = link.base
    settled = isinstance(link.life, Active) and link.intent is None and link.meet_asked_at is None
    if base is None or not settled or link.event != event.key:
        return False
    invited = link.origin is Origin.INVITATION
    if invited and (event.answer == DECLINED or has_yet_to_accept(event)):
        return False
    if event.key.calendar != base.calendar or not same_time(event.when, base.when, timezone):
        return False
    if event.etag == link.event_etag and not link.unsettled:
        return True
    if not event.organizer_self and not invited:
        return True
    digests = base.digests
    if link.origin is not Origin.BOOKING:
        return digest(text_of(event)) == digests.get("text", "")
    return (
        shows(link, "title", event.title, digest)
        and shows(link, "description", take_apart(event.description).above, digest)
        and digest(reminder_text(event.reminders)) == digests.get("reminders", "")
        and guest_stands(link, event, digest)
        and style_stands(event.style, digests, digest)
        and ("location" not in digests or shows(link, "location", event.style.location, digest))
    )


def tells_of_own_ids(link: Link, heard_at: datetime, now: datetime, second_look: datetime) -> bool:
    """Whether a webhook that came at `heard_at` was caused by this service's own write of ids into the booking.

    `second_look` is when the booking is looked at once more, because of this webhook. Until then a webhook also counts
    as our own while the ids are still being written, or if another webhook led to that write. What a person changes
    within the same second is found by the next sweep that lists its day: soon for the next two weeks, that night for
    later days.
    """
    first, intent, echo = now < second_look, link.intent, link.echo
    if intent is not None:
        return first and intent.step.why is Why.WRITE_BACK and now < intent.expires_at
    if echo is None or not isinstance(link.life, Active) or link.order is not None:
        return False
    return echo.since <= heard_at <= echo.until and (first or echo.alone)
