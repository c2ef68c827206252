"""Held removals, cancellations under way and paused pairs: what waits for a person, and what a person decides."""

from collections.abc import Callable
from itertools import islice

from functions.application.ports import Body, Ports
from functions.application.store import integrations, links
from functions.application.store.records import body_of
from functions.application.sync.acts import act
from functions.application.sync.rest import Outcome
from functions.domain.model.errors import Conflict, Gone
from functions.domain.model.life import Paused, State
from functions.domain.model.link import Approve, Link, Restore
from functions.domain.model.messages import say
from functions.domain.planning.lifecycle import Decided, Ordered, Resume, after
from functions.domain.planning.step import Why


def every(ports: Ports, int_id: str) -> list[Body]:
    """Return the held items: a deleted series is one of them. Ids, times and reasons; no texts."""
    integrations.get(ports.documents, int_id)
    items: dict[str, Body] = {}
    for link in links.every(ports.documents, int_id, {"state": State.HELD.value}):
        name = item_of(link)
        item = items.setdefault(
            name,
            {
                "id": name,
                "reason": link.reason,
                "would": "remove_event" if link.reason == Why.BOOKING_GONE else "cancel_booking",
                "calendar": link.event.calendar if link.event else "",
                "object_id": link.base.object_id if link.base else "",
                "series": bool(link.series),
                "bookings": [],
            },
        )
        item["bookings"].append(
            {"booking_id": link.booking_id, "when": body_of(link.base)["when"] if link.base else None}
        )
    for item in items.values():
        item["bookings"].sort(key=_day)
    return sorted(items.values(), key=lambda item: _day(item["bookings"][0]))


def _day(booking: Body) -> str:
    when = booking["when"] or {}
    return f"{when.get('first') or when.get('start') or ''} {booking['booking_id']}"


def approve(ports: Ports, int_id: str, item: str, actor: str) -> list[Outcome]:
    """Carry out a held removal: the booking is cancelled, or the event of a vanished booking removed."""
    return _decide(ports, int_id, item, actor, lambda link: after(link, Ordered(Approve())).link)


def restore(ports: Ports, int_id: str, item: str, actor: str) -> list[Outcome]:
    """Undo the removal instead: the event is made again, or left alone where it is the booking that vanished."""
    return _decide(ports, int_id, item, actor, lambda link: after(link, Ordered(Restore())).link)


def keep(ports: Ports, int_id: str, link_id: str, actor: str) -> Outcome:
    """Call a cancellation under way off: the event is made again, the booking stays."""
    return act(ports, int_id, link_id, actor, "keep", lambda link: _decided(link, Restore()))


def cancel_now(ports: Ports, int_id: str, link_id: str, actor: str) -> Outcome:
    """Cancel a booking whose event was deleted without waiting any longer."""
    return act(ports, int_id, link_id, actor, "cancel_now", lambda link: _decided(link, Approve()))


def _decided(link: Link, said: Approve | Restore) -> Link:
    if link.state is not State.GRACE:
        raise Conflict("this booking is not about to be cancelled any more", reason="not_in_grace")
    return after(link, Ordered(said)).link


def in_grace(ports: Ports, int_id: str, most: int = 500) -> list[Link]:
    """Return the pairs whose booking will be cancelled because its event was deleted, the first to go first."""
    integrations.get(ports.documents, int_id)
    found = list(islice(links.every(ports.documents, int_id, {"state": State.GRACE.value}), most))
    return sorted(found, key=lambda link: (link.until.isoformat() if link.until else "", link.booking_id))


def resume(ports: Ports, int_id: str, link_id: str, actor: str) -> Outcome:
    """Let a paused pair go on; its counts start anew."""
    return act(ports, int_id, link_id, actor, "resume", _resumed)


def _resumed(link: Link) -> Link:
    if not isinstance(link.life, Paused):
        raise Conflict("this pair is not paused", reason="not_paused")
    return after(link, Decided(Resume())).link


def _decide(ports: Ports, int_id: str, item: str, actor: str, said: Callable[[Link], Link]) -> list[Outcome]:
    found = [
        link for link in links.every(ports.documents, int_id, {"state": State.HELD.value}) if item_of(link) == item
    ]
    if not found:
        raise Gone(say("there is no held item {}; it may have been decided already", item), reason="unknown_item")
    return [act(ports, int_id, link.id, actor, "held", said) for link in found]


def item_of(link: Link) -> str:
    """Return the id of the held item that a pair belongs to: its own, or its series."""
    return f"series-{link.series}" if link.series else link.id
