"""Carries out what a person decides about one pair, at once, so that the person sees the result.

A look is queued first, in case this process ends on the way.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from functions.application.intake.hints import Hint, Kind, enqueue, look_again
from functions.application.ports import Clock, Ports
from functions.application.store import integrations, links
from functions.application.sync.execute import LEASE
from functions.application.sync.reconcile import reconcile
from functions.application.sync.reconciled import Reconciled, come_back
from functions.application.sync.session import open_session
from functions.domain.model.errors import Conflict, Gone, Malformed, Refused, Stale, SyncError, Transient
from functions.domain.model.messages import say
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Rest
from functions.domain.pairing.writes import Why
from functions.domain.settings.integration import Phase

T = TypeVar("T")
R = TypeVar("R")
UNLESS_DONE = LEASE + timedelta(seconds=10)
LONGEST = timedelta(seconds=25)  # of one request


def carry_out(
    ports: Ports,
    int_id: str,
    link_id: str,
    actor: str,
    source: str,
    ordered: Callable[[Link], Link],
    *,
    rehearse: bool = False,
) -> Reconciled:
    """Change a link by `ordered` and bring it to rest; what fails now is retried by the queue.

    With `rehearse` nothing is saved or written. Raises `Gone` if there is no such pair, `Conflict` if the integration
    is not active or another instance is writing to the pair.
    """
    integration = integrations.get(ports.documents, int_id)
    if integration.phase is not Phase.ACTIVE:
        raise Conflict("activate or resume the integration first; nothing is written now", reason="not_active")
    link = links.by_id(ports.documents, int_id, link_id)
    if link is None:
        raise Gone(say("there is no pair {}", link_id), reason="unknown_link")
    if link.intent is not None and ports.clock() < link.intent.expires_at:
        raise Conflict("this pair is being worked on at this moment; try again in a minute", reason="busy")
    changed, now = ordered(link), ports.clock()
    hint = Hint(Kind.BOOKING, int_id, (link.of_booking,), source, now, actor=actor)
    session = open_session(ports, integration)
    event = session.read_event(changed.event) if changed.event is not None else None
    if rehearse:
        return reconcile(session, hint, changed, event=event, rehearse=True)
    look_again(ports.tasks, replace(hint, attempt=1), now + UNLESS_DONE, f"act-{ports.token(9)}")
    saved = ports.documents.transact(lambda tx: links.save(tx, int_id, changed))
    try:
        outcome = reconcile(session, hint, saved, event=event)
    except (Transient, Stale):
        enqueue(ports.tasks, replace(hint, attempt=1), now, trailing=False)
        return Reconciled(Rest(Why.LEASED, now), saved)
    come_back(ports, hint, outcome)
    return outcome


def each_of(items: Iterable[T], decide: Callable[[T], R], clock: Clock | None = None) -> list[R]:
    """Carry out a decision on each of some items; one that is refused goes on waiting, and the others do not wait for it.

    Raises the first refusal once all were tried: what concerns one item only, such as a booking that cannot be read. With a
    clock only `LONGEST` is worked on; what is left then waits on, which is raised where nothing was refused.
    """
    done = list[R]()
    refusal: SyncError | None = None
    until = clock() + LONGEST if clock is not None else None
    for item in items:
        if clock is not None and until is not None and clock() >= until:
            refusal = refusal or Conflict(
                "this takes long: what is left still waits; decide it again", reason="the_rest_waits"
            )
            break
        try:
            done.append(decide(item))
        except (Refused, Conflict, Gone, Malformed, Stale) as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    return done
