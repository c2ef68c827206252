"""What waits for a person: cancellations under way, held removals, parked items, paused pairs."""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

from flask import Blueprint, Response, request

from functions.application.deciding import held
from functions.application.deciding import keep_or_resume as pairs
from functions.application.deciding.carry_out import each_of
from functions.application.finding.names import titles
from functions.application.intake import hints
from functions.application.ports import Ports
from functions.application.store import integrations, links, parked
from functions.domain.model.appointment import AllDay
from functions.domain.model.errors import SyncError
from functions.domain.pairing.life import State
from functions.domain.pairing.link import Link
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.parked_sentences import about, ids
from functions.entrypoints.console.reasons import reason_name

MOST = 200


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""

    @routes.get("/integrations/<int_id>/waiting")
    def waiting(int_id: str) -> Response:
        return _waiting_page(pages, int_id)

    @routes.post("/integrations/<int_id>/parked")
    def retry(int_id: str) -> Response:
        items = _shown(pages, int_id, parked.standing)
        return _done(pages, int_id, items, parked.retry, "retried")

    @routes.post("/integrations/<int_id>/held")
    def decide(int_id: str) -> Response:
        approve = request.form.get("do") == "approve"
        items = _shown(pages, int_id, held.standing)
        if approve and request.form.get("sure") != "yes":
            return _ask(pages, int_id, "held", "approve", len(items))
        decided: tuple[Deed, str] = (held.approve, "approved") if approve else (held.restore, "restored")
        return _done(pages, int_id, items, *decided)

    @routes.post("/integrations/<int_id>/cancelling")
    def call_off(int_id: str) -> Response:
        items = _shown(pages, int_id, pairs.standing)
        return _done(pages, int_id, items, *OF_A_PAIR["keep"])

    @routes.post("/integrations/<int_id>/links/<link>/<any(keep, cancel_now, resume):deed>")
    def decide_pair(int_id: str, link: str, deed: str) -> Response:
        if deed == "cancel_now" and request.form.get("sure") != "yes":
            return _ask(pages, int_id, f"links/{link}/cancel_now", "cancel_now", 1)
        return _done(pages, int_id, [link], *OF_A_PAIR[deed])


Deed = Callable[[Ports, str, str, str], object]
OF_A_PAIR: dict[str, tuple[Deed, str]] = {
    "keep": (pairs.keep, "kept"),
    "cancel_now": (pairs.cancel_now, "cancelled_now"),
    "resume": (pairs.resume, "link_resumed"),
}


def _shown(pages: Pages, int_id: str, standing: Callable[[Ports, str, list[str]], list[str]]) -> list[str]:
    """Return the items that the form's page showed; of several only those that still wait, the others were decided meanwhile."""
    items = request.form.getlist("item")[:MOST]
    return items if len(items) == 1 else standing(pages.ports, int_id, items)  # of one alone the person is told


def _here(pages: Pages, int_id: str) -> str:
    return pages.back(f"/console/integrations/{int_id}/waiting")


def _done(pages: Pages, int_id: str, items: list[str], deed: Deed, said: str) -> Response:
    """Run an action on each item; the page shows the first error and what still waits."""
    try:
        each_of(items, lambda item: deed(pages.ports, int_id, item, pages.actor()), pages.ports.clock)
    except SyncError as error:
        return _waiting_page(pages, int_id, error)
    return pages.done(_here(pages, int_id), said)


def _ask(pages: Pages, int_id: str, path: str, deed: str, count: int) -> Response:
    """Ask before an action that is not easily undone, and name how many items it concerns."""
    again = [(k, v) for k, v in request.form.items(multi=True) if k not in ("csrf_token", "sure")]
    return pages.confirm(int_id, f"/console/integrations/{int_id}/{path}", deed, again, here="waiting", n=count)


def _waiting_page(pages: Pages, int_id: str, error: SyncError | None = None) -> Response:
    ports = pages.ports
    integration = integrations.get(ports.documents, int_id)
    t = pages.texts(integration)
    items, grace = held.every(ports, int_id, MOST), pairs.in_grace(ports, int_id, MOST)
    paused = sorted(
        islice(links.every(ports.documents, int_id, {"state": State.PAUSED.value}, links.pass_over), MOST), key=_starts
    )
    foreign = sorted(
        islice(links.every(ports.documents, int_id, {"foreign": True}, links.pass_over), MOST), key=_starts
    )
    names: list[str] = [link.booking_id for link in (*grace, *paused, *foreign)]
    names += [each["booking_id"] for item in items for each in item["bookings"]]
    stuck = sorted(parked.every(ports, int_id, MOST), key=lambda row: row[1]["subject"])
    stuck.sort(key=lambda row: str(row[1]["at"]), reverse=True)
    names += [each for _, item in stuck if item["kind"] == hints.Kind.BOOKING for each in item["subject"][:1]]
    known = pages.catalogue.of(int_id)
    shown: dict[str, Any] = {"held": items, "grace": grace, "paused": paused, "foreign": foreign, "parked": stuck}
    of_links = partial(ports.documents.count, integrations.path_of(int_id, "links"))
    counts = {
        "held": len(items) if len(items) < MOST else of_links({"state": State.HELD.value}),
        "grace": of_links({"state": State.GRACE.value}),
        "paused": of_links({"state": State.PAUSED.value}),
        "foreign": of_links({"foreign": True}),
        "parked": ports.documents.count(integrations.path_of(int_id, "parked")),
    }
    return pages.page(
        "waiting.html",
        int_id,
        409 if error is not None else 200,
        here="waiting",
        trouble=t.sentence(str(error)) if error is not None else "",
        counts=counts,
        reason_name=reason_name,
        about=lambda item: about(item, known, integration.settings, t),
        ids=ids,
        titles=titles(ports, int_id, names),
        **shown,
    )


def _starts(link: Link) -> tuple[str, str]:
    """Return a pair's sort key: its agreed start, then its booking."""
    when = link.base.when if link.base is not None else None
    start = "" if when is None else when.first.isoformat() if isinstance(when, AllDay) else when.start.isoformat()
    return start, link.booking_id
