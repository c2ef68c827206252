"""Limits and foretells guest mails: Google mails guests only if the settings say so, about at most 100 writes an hour."""

from datetime import datetime, timedelta

from functions.application.ports import Body
from functions.application.store.integrations import path_of
from functions.application.store.once import change_once
from functions.application.sync.session import SyncSession
from functions.domain.pairing.writes import InsertEvent, MakeBooking, PatchEvent, ReviveEvent, Write, WriteBooking
from functions.domain.planning.view import View
from functions.domain.settings.schema import Settings, is_room

MOST, SPAN = 100, timedelta(hours=1)


def _wanted(settings: Settings, step: Write) -> bool:
    answer = step.change.answer if isinstance(step, PatchEvent) else None
    if answer is not None:
        return settings.inbound.tell_organizer and answer == "declined"
    return settings.outbound.notify_guests


def mails_about(settings: Settings, view: View, step: Write) -> int:
    """Return how many guests Google would mail about a write; of an event that was not read only our own guest is known.

    It mails about every visible change, a move to another calendar and a removal, but no room.
    """
    if isinstance(step, WriteBooking | MakeBooking) or not _wanted(settings, step):
        return 0
    if isinstance(step, InsertEvent | ReviveEvent):
        return int(step.content is not None and bool(step.content.guest))
    event, link = view.event.value, view.link
    come = int(isinstance(step, PatchEvent) and bool(step.change.guest_in))
    if event is not None and event.key == step.key:
        addresses = {guest.email.lower() for guest in event.guests} - {step.key.calendar.lower()}
        return come + sum(not is_room(each) for each in addresses)
    ours = link.event == step.key and link.base is not None and link.base.digests.get("guest", "")
    return come + bool(ours)


def may_mail(session: SyncSession, step: Write) -> bool:
    """Whether Google may mail an event's guests about this write; counts it if so."""
    if not _wanted(session.settings, step):
        return False
    if isinstance(step, InsertEvent | ReviveEvent) and (step.content is None or not step.content.guest):
        return True  # there is nobody to mail
    now = session.now()
    path = path_of(session.id, "progress", "mails")

    def take_one(body: Body | None) -> tuple[Body | None, bool]:
        sent = [at for at in (body or {}).get("at", []) if now - datetime.fromisoformat(at) < SPAN]
        return (None, False) if len(sent) >= MOST else ({"at": [*sent, now.isoformat()]}, True)

    allowed = change_once(session.ports.documents, path, take_one, expires=now + SPAN)
    if not allowed:
        session.ports.log("mails_limited", {"severity": "WARNING", "int_id": session.id, "limit": MOST})
    return allowed
