"""Pending cancellations and paused pairs: they continue on their own unless a person acts."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from functions.application.deciding.carry_out import carry_out
from functions.application.ports import Ports
from functions.application.store import integrations, links
from functions.application.sync.reconciled import Reconciled
from functions.domain.model.errors import Conflict
from functions.domain.pairing.decisions import Resume
from functions.domain.pairing.life import Paused, State
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Approve, Link, Restore
from functions.domain.pairing.step import Decided, Ordered


def in_grace(ports: Ports, int_id: str, most: int = 500) -> list[Link]:
    """Return the pairs whose booking is about to be cancelled because its event was deleted, the first due first."""
    integrations.get(ports.documents, int_id)
    found = list(islice(links.every(ports.documents, int_id, {"state": State.GRACE.value}, links.pass_over), most))
    return sorted(found, key=lambda link: (link.until.isoformat() if link.until else "", link.booking_id))


def standing(ports: Ports, int_id: str, items: Sequence[str]) -> list[str]:
    """Return those of some pairs whose booking is still about to be cancelled."""
    return [item for item in items if _in_grace(ports, int_id, item)]


def _in_grace(ports: Ports, int_id: str, item: str) -> bool:
    with suppress(links.Unreadable):
        link = links.by_id(ports.documents, int_id, item)
        return link is not None and link.state is State.GRACE
    return False


def keep(ports: Ports, int_id: str, link_id: str, actor: str) -> Reconciled:
    """Call off a pending cancellation: the event is made again, the booking stays."""
    return carry_out(ports, int_id, link_id, actor, "keep", lambda link: _ordered(link, Restore()))


def cancel_now(ports: Ports, int_id: str, link_id: str, actor: str) -> Reconciled:
    """Cancel the booking of a deleted event now."""
    return carry_out(ports, int_id, link_id, actor, "cancel_now", lambda link: _ordered(link, Approve()))


def resume(ports: Ports, int_id: str, link_id: str, actor: str) -> Reconciled:
    """Resume a paused pair; its attempts are counted from zero."""
    return carry_out(ports, int_id, link_id, actor, "resume", _resumed)


def _ordered(link: Link, order: Approve | Restore) -> Link:
    if link.state is not State.GRACE:
        raise Conflict("this booking is no longer about to be cancelled", reason="not_in_grace")
    return after(link, Ordered(order)).link


def _resumed(link: Link) -> Link:
    if not isinstance(link.life, Paused):
        raise Conflict("this pair is not paused", reason="not_paused")
    return after(link, Decided(Resume())).link
