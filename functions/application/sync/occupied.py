"""Brings a pair's occupied events to rest after the pair itself; the link lists them first, so none is forgotten."""

from collections.abc import Callable
from dataclasses import replace

from functions.application.store import links
from functions.application.sync.reconciled import Reconciled
from functions.application.sync.session import SyncSession
from functions.domain.model.errors import AccessRevoked, SyncError
from functions.domain.pairing.life import Closed, Detached, Unlinked
from functions.domain.pairing.lifecycle import occupying
from functions.domain.pairing.link import Link, Occupies
from functions.domain.planning.plan_occupied import places_wanted
from functions.domain.planning.view import View

ToRest = Callable[[Link], Reconciled]


def reconcile_occupied(
    session: SyncSession, view: View, outcome: Reconciled, to_rest: ToRest, *, dry: bool
) -> Reconciled:
    """Bring each occupied event to rest, and return the combined outcome; `dry`: save nothing.

    `to_rest` handles one link. An error of one does not stop the others; it is raised at the end.
    """
    pair, wanted = view.link, places_wanted(view.link, view.booking, session.settings)
    if wanted is None or not (wanted or pair.occupied):
        return outcome
    places, trouble = tuple(dict.fromkeys((*pair.occupied, *wanted))), None
    if not dry:
        pair = _noted(session, pair, places)
    for place in places:
        link = links.of_occupied(session.ports.documents, session.id, place)
        try:
            outcome = _with(outcome, to_rest(link))
        except AccessRevoked:
            raise
        except SyncError as error:
            trouble = error
    if trouble is not None:
        raise trouble
    left = (each for each in places if each not in wanted and not _is_over(session, each))
    return outcome if dry else replace(outcome, link=_noted(session, pair, (*wanted, *left)))


def _noted(session: SyncSession, pair: Link, places: tuple[Occupies, ...]) -> Link:
    if pair.occupied == places:
        return pair
    return session.ports.documents.transact(lambda tx: links.save(tx, session.id, occupying(pair, places)))


def _is_over(session: SyncSession, place: Occupies) -> bool:
    link = links.of_occupied(session.ports.documents, session.id, place)
    return link.intent is None and isinstance(link.life, Closed | Detached | Unlinked)


def _with(outcome: Reconciled, done: Reconciled) -> Reconciled:
    """Add the outcome of an occupied event; the earlier of the two moments is when to look again."""
    until = min((each for each in (outcome.rest.until, done.rest.until) if each is not None), default=None)
    rest = outcome.rest if until == outcome.rest.until else done.rest
    steps, writes = (*outcome.steps, *done.steps), (*outcome.writes, *done.writes)
    return replace(outcome, rest=rest, steps=steps, writes=writes, before=outcome.before or done.before)
