"""Undoes an effect on a booking: a new order that sets booking, event and base together.

What a change of the booking itself caused is undone by changing the booking back. Texts, sent mails and invoices do not
come back.
"""

from dataclasses import dataclass, replace

from functions.application.deciding.carry_out import carry_out
from functions.application.ports import Body, Ports
from functions.application.store import integrations, journal
from functions.application.store.journal import Name, changed, when_from
from functions.application.sync.reconciled import Reconciled
from functions.domain.model.errors import Conflict, Gone
from functions.domain.model.identity import is_chosen
from functions.domain.model.messages import say
from functions.domain.pairing.life import Detached
from functions.domain.pairing.lifecycle import after
from functions.domain.pairing.link import Link, Origin, Override
from functions.domain.pairing.step import Ordered
from functions.domain.pairing.writes import Outcome, Why, Write
from functions.domain.settings.integration import Integration

NOTHING = "this was not carried out, so there is nothing to undo"
NOT_DONE = {
    Outcome.OPEN: "this is not done yet; it can be undone once it is",
    Outcome.UNKNOWN: "it is not known whether this was carried out; look at the booking in i-Reserve, and change it there",
}
FOLLOWS = "this event shows what its booking says; undo it by changing the booking in i-Reserve"
STAYS = "Texts, mails that were sent and invoices do not come back, and i-Reserve may refuse."


@dataclass(frozen=True, slots=True)
class Undone:
    """What undo does or did: the steps, what does not come back, and whether both sides have it already."""

    steps: tuple[Body, ...]
    stays: str
    done: bool


def preview(ports: Ports, int_id: str, entry: str) -> Undone:
    """Return what undoing an entry would do; raises `Conflict` with what to do instead if it cannot be undone."""
    outcome, _ = _carried_out(ports, int_id, entry, "", rehearse=True)
    return Undone(_steps(outcome.writes), STAYS, done=False)


def undo(ports: Ports, int_id: str, entry: str, actor: str) -> Undone:
    """Undo an entry; raises `Refused` if i-Reserve refuses (everything then stays as it is)."""
    outcome, body = _carried_out(ports, int_id, entry, actor, rehearse=False)
    done = outcome.link.overridden is None
    if done:
        marked = {**body, "undone_at": ports.clock().isoformat(), "undone_by": actor}
        ports.documents.transact(lambda tx: journal.put(tx, int_id, entry, marked))
    return Undone(_steps(outcome.writes), STAYS, done=done)


def _carried_out(ports: Ports, int_id: str, entry: str, actor: str, *, rehearse: bool) -> tuple[Reconciled, Body]:
    integration, body = _entry(ports, int_id, entry)
    order = _order(integration, body)

    def ordered(link: Link) -> Link:
        return _with_order(link, order)

    return carry_out(ports, int_id, body["link"], actor, f"undo {entry}", ordered, rehearse=rehearse), body


def _entry(ports: Ports, int_id: str, entry: str) -> tuple[Integration, Body]:
    integration = integrations.get(ports.documents, int_id)
    body = journal.find(ports.documents, int_id, entry)
    if body is None:
        raise Gone(say("there is no journal entry {}", entry), reason="unknown_entry")
    if body.get("undone_at"):
        raise Conflict("this was undone already", reason="undone")
    if body["outcome"] != Outcome.DONE:
        raise Conflict(NOT_DONE.get(body["outcome"], NOTHING), reason="not_done")
    return integration, body


def _order(integration: Integration, body: Body) -> Override:
    """Read from an entry what must be put back."""
    why, before = body["why"], body.get("before", {})
    if body["step"] == Name.MAKE_BOOKING:
        if integration.settings.cancel_status is None:
            raise Conflict("there is no status to cancel it with", reason="no_cancel_status")
        return Override(status=integration.settings.cancel_status, detach=True)
    if body["step"] == Name.WRITE_BOOKING and why in (Why.GRACE_OVER, Why.APPROVED):
        return Override(status=before.get("status"))
    if body["step"] == Name.WRITE_BOOKING and why in (Why.EVENT_MOVED, Why.EVENT_OBJECT, Why.CONFLICT, Why.UNDONE):
        change = body["change"]
        return Override(
            when=when_from(before["when"]) if "when" in change else None,
            object_id=before.get("object_id") if "object_id" in change else None,
            status=before.get("status") if "status" in change else None,
        )
    if why in (Why.PUT_BACK, Why.CONFLICT) and takes_a_time_back(body):
        return Override(when=when_from(body["replaced"]["when"]))
    if why == Why.SETTINGS_CHANGED:
        raise Conflict("changed settings caused this; undo it by changing them back", reason="not_ours")
    if why in (Why.PUT_BACK, Why.MADE_AGAIN):
        raise Conflict(FOLLOWS, reason="not_ours")
    raise Conflict(
        "a booking's own change caused this; undo it by changing the booking in i-Reserve", reason="not_ours"
    )


def takes_a_time_back(body: Body) -> bool:
    """Whether an entry took back a person's time; only a patch's entry has what it replaced, changed or not."""
    return "when" in body.get("replaced", {}) and "when" in body.get("change", {})


def _with_order(link: Link, order: Override) -> Link:
    if link.occupies is not None:
        raise Conflict(FOLLOWS, reason="not_ours")
    if isinstance(link.life, Detached) and order.status is None:
        raise Conflict(
            "this pair is no longer kept in step; undo that first, or change the booking in i-Reserve", reason="parted"
        )
    ours = link.origin is Origin.BOOKING and link.event is not None and is_chosen(link.event.id)
    if ours or link.origin is Origin.INVITATION:
        # the person's own event is gone, and ours goes with its booking; an invited room declines
        order = replace(order, detach=False)
    return after(link, Ordered(order)).link


def _steps(writes: tuple[Write, ...]) -> tuple[Body, ...]:
    return tuple({"step": journal.name_of(write), **changed(write)} for write in writes)
