"""Held removals: what waits for a person, and what a person decides. A deleted series is one item."""

from collections import defaultdict

from functions.application.ports import Body, Ports
from functions.application.store import integrations, links
from functions.application.store.records import body_of
from functions.application.sync.acts import act
from functions.application.sync.rest import Outcome
from functions.domain.model.errors import Gone
from functions.domain.model.life import Held, Side, State
from functions.domain.model.link import Approve, Link, Restore
from functions.domain.model.messages import say
from functions.domain.planning.lifecycle import after
from functions.domain.planning.results import Ordered


def every(ports: Ports, int_id: str) -> list[Body]:
    """Return the held items, those of the first day first: ids, times and reasons; no texts."""
    integrations.get(ports.documents, int_id)
    return sorted(
        (_shown(name, held) for name, held in _items(ports, int_id).items()), key=lambda item: _day(item["bookings"][0])
    )


def approve(ports: Ports, int_id: str, item: str, actor: str) -> list[Outcome]:
    """Carry out a held removal: the booking is cancelled, or the event of a vanished booking removed."""
    return _decide(ports, int_id, item, actor, Approve())


def restore(ports: Ports, int_id: str, item: str, actor: str) -> list[Outcome]:
    """Undo the removal instead: the event is made again, or left alone where it is the booking that vanished."""
    return _decide(ports, int_id, item, actor, Restore())


def item_of(link: Link) -> str:
    """Return the id of the held item that a pair belongs to: its own, or its series."""
    return f"series-{link.series}" if link.series else link.id


def _items(ports: Ports, int_id: str) -> dict[str, list[Link]]:
    items: dict[str, list[Link]] = defaultdict(list)
    for link in links.every(ports.documents, int_id, {"state": State.HELD.value}):
        items[item_of(link)].append(link)
    return items


def _shown(name: str, held: list[Link]) -> Body:
    first = held[0]
    when = {link.booking_id: body_of(link.base)["when"] if link.base else None for link in held}
    return {
        "id": name,
        "reason": first.reason,
        "would": "remove_event" if first.life == Held(first.reason, Side.EVENT) else "cancel_booking",
        "calendar": first.event.calendar if first.event else "",
        "object_id": first.base.object_id if first.base else "",
        "series": bool(first.series),
        "bookings": sorted(({"booking_id": each, "when": when[each]} for each in when), key=_day),
    }


def _day(booking: Body) -> str:
    when = booking["when"] or {}
    return f"{when.get('first') or when.get('start') or ''} {booking['booking_id']}"


def _decide(ports: Ports, int_id: str, item: str, actor: str, order: Approve | Restore) -> list[Outcome]:
    found = _items(ports, int_id).get(item)
    if not found:
        raise Gone(say("there is no held item {}; it may have been decided already", item), reason="unknown_item")
    return [act(ports, int_id, link.id, actor, "held", lambda link: after(link, Ordered(order)).link) for link in found]
