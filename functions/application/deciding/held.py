"""Held removals: lists what waits for a person, and carries out the decision. A deleted series is one item."""

from collections.abc import Sequence
from contextlib import suppress

from functions.application.deciding.carry_out import carry_out, each_of
from functions.application.ports import Body, Ports
from functions.application.store import integrations, links
from functions.application.store.records import body_of
from functions.application.sync.reconciled import Reconciled
from functions.domain.model.errors import Gone
from functions.domain.model.messages import say
from functions.domain.pairing.life import Held, Side, State
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Approve, Link, Restore
from functions.domain.pairing.step import Ordered


def every(ports: Ports, int_id: str, most: int | None = None) -> list[Body]:
    """Return the held items by day: ids, times and reasons; no texts. At most so many, if it is said, each of them whole."""
    integrations.get(ports.documents, int_id)
    items = [sorted(held, key=_day) for held in _items(ports, int_id, most).values()]
    return [_shown(held) for held in sorted(items, key=lambda held: _day(held[0]))]


def approve(ports: Ports, int_id: str, item: str, actor: str) -> list[Reconciled]:
    """Carry out a held removal: cancel the booking, or remove the vanished booking's event.

    Raises `Refused` if a side refuses; the rest of a series is decided all the same.
    """
    return _decide(ports, int_id, item, actor, Approve())


def restore(ports: Ports, int_id: str, item: str, actor: str) -> list[Reconciled]:
    """Undo a held removal: make the event again, or, if the booking vanished, leave the event alone."""
    return _decide(ports, int_id, item, actor, Restore())


def standing(ports: Ports, int_id: str, items: Sequence[str]) -> list[str]:
    """Return those of some items that still wait, in the order in which to decide them: last those that were tried last.

    A side may refuse those at once again, for all the time that there is.
    """
    links_of = {item: _held(ports, int_id, item) for item in items}
    return sorted((item for item in items if links_of[item]), key=lambda item: max(map(_tried, links_of[item])))


def _tried(link: Link) -> tuple[bool, str]:
    """Sorts by when a decision on a pair was last tried; one that was not carried out, for what could not be read, is the last."""
    return link.order is not None, link.attempts[-1].at.isoformat() if link.attempts else ""


def _held(ports: Ports, int_id: str, item: str) -> list[Link]:
    """Return what is held in one item; nothing if it cannot be read."""
    documents, series = ports.documents, item.removeprefix("series-")
    with suppress(links.Unreadable):
        own = links.by_id(documents, int_id, item)
        of_series = links.every(documents, int_id, {"series": series}, links.pass_over) if series != item else ()
        of_it = [own] if own is not None else of_series
        return [link for link in of_it if isinstance(link.life, Held) and link.item == item]
    return []


def _items(ports: Ports, int_id: str, most: int | None) -> dict[str, list[Link]]:
    items: dict[str, list[Link]] = {}
    for link in links.every(ports.documents, int_id, {"state": State.HELD.value}, links.pass_over):
        if len(items) == most and link.item not in items:  # the rest of a series among them may follow later
            return {item: _held(ports, int_id, item) if its[0].series else its for item, its in items.items()}
        items.setdefault(link.item, []).append(link)
    return items


def _shown(held: list[Link]) -> Body:
    first = held[0]
    return {
        "id": first.item,
        "reason": first.reason,
        "would": "remove_event" if first.life == Held(first.reason, Side.EVENT) else "cancel_booking",
        "calendar": first.event.calendar if first.event else "",
        "object_id": first.base.object_id if first.base else "",
        "series": bool(first.series),
        "bookings": [{"booking_id": link.booking_id, "when": _when(link)} for link in held],
    }


def _when(link: Link) -> Body | None:
    return body_of(link.base)["when"] if link.base else None


def _day(link: Link) -> str:
    when = _when(link) or {}
    return f"{when.get('first') or when.get('start') or ''} {link.booking_id}"


def _decide(ports: Ports, int_id: str, item: str, actor: str, order: Approve | Restore) -> list[Reconciled]:
    found = _held(ports, int_id, item)
    if not found:
        raise Gone(say("there is no held item {}; it may have been decided already", item), reason="unknown_item")

    def ordered(link: Link) -> Link:
        return after(link, Ordered(order)).link

    found.sort(key=_tried)
    return each_of(found, lambda link: carry_out(ports, int_id, link.id, actor, "held", ordered), ports.clock)
