"""Where every hint ends: reads both sides and the link, plans, executes and journals, until nothing is left to do."""

from dataclasses import replace

from functions.application.intake.hints import LISTED, SETTINGS, Hint
from functions.application.ports import Transaction
from functions.application.store import journal, links
from functions.application.sync import mass_removal
from functions.application.sync.execute import conclude, execute, is_of_another
from functions.application.sync.find_booking import booking_with, other_names_it
from functions.application.sync.let_go import is_of_no_booking, let_go
from functions.application.sync.occupied import reconcile_occupied
from functions.application.sync.reconciled import Reconciled
from functions.application.sync.reporting import journal_shadow
from functions.application.sync.session import SyncSession
from functions.domain.model.appointment import When
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Cause, Stale, SyncError, Transient
from functions.domain.model.event import Event, EventKey, family, family_of_id
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.decisions import Claim, GiveUp
from functions.domain.pairing.life import Active, Closed, Held, Side
from functions.domain.pairing.lifecycle import after, decide
from functions.domain.pairing.link import Approve, Link
from functions.domain.pairing.step import Conclude, Decided, Look, Planned, Rest, Settle
from functions.domain.pairing.writes import DeleteEvent, MakeBooking, ReviveEvent, Why, Write
from functions.domain.planning.invitation import reference_of
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_occupied import given_up
from functions.domain.planning.simulate import simulate
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.integration import Phase

MOST_STEPS = 16


def reconcile(
    session: SyncSession,
    hint: Hint,
    link: Link,
    *,
    booking: Snapshot[Booking] | None = None,
    event: Snapshot[Event] | None = None,
    rehearse: bool = False,
) -> Reconciled:
    """Bring one link to rest. The caller passes in a side that it has just read; the other is read when needed.

    The occupied events of a pair follow it. With `rehearse` nothing is written or saved; the outcome says what would be
    done. The same holds in shadow, which also journals it. Raises `Transient` (and whatever reading raises) if a side
    is unreadable, `Stale` if another instance was faster.
    """
    outcome, view = _to_rest(session, hint, link, booking, event, rehearse=rehearse)
    if link.occupies is not None:
        return outcome

    def own(place: Link) -> Reconciled:
        return _to_rest(session, hint, place, view.booking, None, rehearse=rehearse, pair=view.link)[0]

    dry = rehearse or session.integration.phase is Phase.SHADOW
    return reconcile_occupied(session, view, outcome, own, dry=dry)


def _to_rest(
    session: SyncSession,
    hint: Hint,
    link: Link,
    booking: Snapshot[Booking] | None,
    event: Snapshot[Event] | None,
    *,
    rehearse: bool,
    pair: Link | None = None,
) -> tuple[Reconciled, View]:
    """Bring a single link to rest; returns the outcome and the final view. `pair`: of an occupied event, if known."""
    session.booking_read_at, session.booking_seen_at, session.made_before = None, None, ""
    if event is None or event.presence is not Presence.UNREADABLE:
        session.trouble = None  # or else the caller met it just now
    view = View(link, booking or _booking(session, link), _event(session, link, event))
    if view.event.value is not None and link.event is None:
        view = view.with_link(event=view.event.value.key)
    _must_know_its_series(session, view)
    view = _with_what_is_left(session, view)
    released = _released(session, view, pair)
    shadow = session.integration.phase is Phase.SHADOW
    steps: list[str] = []
    writes: list[Write] = []
    looked, before = False, None
    for _ in range(MOST_STEPS):
        view = _in_its_place(session, view, dry=rehearse or shadow)
        view = _as_far_as_can_be_known(session, view, released=released)
        context = replace(
            session.planning_context(),
            gone_confirmed=hint.confirm,
            new_settings=hint.source == SETTINGS,
            released=released,
            listed=hint.detail == LISTED,
        )
        planned = plan(view, context)
        if mass_removal.wants_to_remove(planned) and mass_removal.too_many(session, view, planned, rehearse=rehearse):
            context = replace(context, hold_removals=True)
            planned = plan(view, context)
        if isinstance(planned.step, ReviveEvent) and not looked:
            # a revival has no etag to guard it, and somebody may have brought the event back
            looked, view = True, replace(view, event=_brought_back(session, view.link, planned.step.key))
            continue
        if isinstance(planned.step, ReviveEvent) and view.event.presence is Presence.ABSENT:
            planned = decide(view.link, GiveUp(), planned.step.why)  # also where it became the event of another pair
        if isinstance(planned.step, Rest):
            if planned.step.why is Why.UNREADABLE and session.trouble is not None:
                raise session.trouble
            return Reconciled(planned.step, view.link, tuple(steps), tuple(writes), view.event, before), view
        if isinstance(planned.step, Write):
            before = before or view
            writes.append(planned.step)
        if rehearse or shadow:
            if not rehearse and isinstance(planned.step, Write):
                journal_shadow(session, hint, view, planned.step)
            view = _simulate(session, view, planned, context)
        else:
            view = _follow(session, hint, view, planned, context)
        steps.append(planned.step.kind)
    raise Transient("this pair did not come to rest; it will be looked at again later", reason="restless")


def _must_know_its_series(session: SyncSession, view: View) -> None:
    """Raise `links.Unreadable` where it matters what became of a series of which a link cannot be read.

    Of an occurrence that is gone the booking may be about to move, and one that is new may be where a booking moves to.
    """
    link = view.link
    if not link.closed and (view.event.vanished or not link.version):
        session.must_know_series(link.series)


def _with_what_is_left(session: SyncSession, view: View) -> View:
    """Return the view with what the series of an event of ours is now, where the occurrence that its pair has is gone."""
    link, own = view.link, view.link.event
    if own is None or not view.event.vanished or link.closed or link.intent is not None:
        return view
    return replace(view, event=_brought_back(session, link, own)) if _is_of_ours(session, link, own) else view


def _is_of_ours(session: SyncSession, link: Link, key: EventKey) -> bool:
    """Whether an occurrence is of the series that an event of ours became."""
    return family_of_id(key.id) in session.derived_ids(link)


def _brought_back(session: SyncSession, link: Link, key: EventKey) -> Snapshot[Event]:
    """Read an event that is to be brought back, or that a page, perhaps an older one, showed as removed.

    Or what is left of the series that an event of ours was, anywhere. If it still is a series, shifted, that is its first
    occurrence. Not if it is the event of another booking by now, or may be that of one whose own occurrence is gone as well:
    a page of changes pairs these.
    """
    found, root = session.read_event(key), family_of_id(key.id)
    if not found.vanished or not _is_of_ours(session, link, key):
        return found
    left = session.find_event(root, first=key.calendar, instead_of=key)
    is_series = left.value is not None and left.value.key.id != root
    return found if left.vanished or (is_series and _has_kin(session, link)) else left


def _has_kin(session: SyncSession, link: Link) -> bool:
    """Whether another pair that is not over has an occurrence of the same series."""
    kin = links.every(session.ports.documents, session.id, {"series": link.series})
    return any(each.id != link.id and not each.closed for each in kin)


def _in_its_place(session: SyncSession, view: View, *, dry: bool) -> View:
    """Return the view with its pair tied to the event that was read in the place of its own (see `Calendars.read`)."""
    own, event = view.link.event, view.event.value
    if own is None or event is None or own.calendar != event.key.calendar or own.id == event.key.id:
        return view
    if view.link.intent is not None:
        return view  # whether that write landed comes first
    tied = after(view.link, Decided(Claim(event))).link
    if not dry and tied.version:
        tied = session.ports.documents.transact(lambda tx: links.save(tx, session.id, tied))
    return replace(view, link=tied)


def _as_far_as_can_be_known(session: SyncSession, view: View, *, released: bool | None) -> View:
    """Return the view with an event that was not found as unreadable, where that is said of its whole calendar.

    Not where it belongs elsewhere by now, or is no longer wanted, or a person decided: then that calendar keeps nothing back.
    One that belongs nowhere by now must still be removed, as long as that calendar is mapped.
    """
    link, booking = view.link, view.booking.value
    if view.event.presence is not Presence.ABSENT or link.event is None or link.closed or link.intent is not None:
        return view
    if isinstance(link.order, Approve):
        return view
    own = link.event.calendar
    if link.occupies is not None:
        belongs = not released
    else:
        room = session.settings.calendar_of(booking.object_id) if booking is not None else None
        belongs = own == room if room is not None else own in session.settings.calendars
    if not belongs:
        return view
    try:
        lost: SyncError | None = session.out_of_reach(own)
    except SyncError as error:
        lost = error
    if lost is None:
        return view
    session.trouble = lost
    return replace(view, event=Snapshot(Presence.UNREADABLE))


def _released(session: SyncSession, view: View, pair: Link | None) -> bool | None:
    """Return whether the pair of an occupied event no longer wants it; None: it is left alone, or there is no pair."""
    place = view.link.occupies
    if place is None:
        return None
    pair = pair or links.of_booking(session.ports.documents, session.id, place.booking_id)
    return given_up(pair, place, view.booking, session.settings)


def _follow(session: SyncSession, hint: Hint, view: View, planned: Planned, context: PlanningContext) -> View:
    match planned.step:
        case Look():
            return _look(session, view, planned.step, hint)
        case Settle(link, why):
            return _settle(session, view, link, why)
        case Conclude(result):
            return _nothing_found(conclude(session, hint, view, result))
        case Rest():
            return view
        case write:
            view = execute(session, hint, view, write, planned, context)
            return _nothing_found(view) if isinstance(write, DeleteEvent) else view  # it may be what was found


def _nothing_found(view: View) -> View:
    """Return the view without the event that was looked for: what is asked next may be another one."""
    return replace(view, found=None, found_is_free=True, making_until=None)


def _simulate(session: SyncSession, view: View, planned: Planned, context: PlanningContext) -> View:
    match planned.step:
        case Look():
            return _look(session, view, planned.step)
        case Settle(link, why):
            return _settled(view, link, why)
        case Conclude(result):
            return _nothing_found(replace(view, link=after(view.link, result).link))
        case Rest():
            return view
        case write:
            return simulate(view, write, planned.base, context)


def _look(session: SyncSession, view: View, step: Look, hint: Hint | None = None) -> View:
    """Read what the planner asks for; without a hint nothing is saved."""
    if step.event is not None:
        return replace(view, event=session.read_event(step.event))
    if step.names:
        session.read_names()
        return view
    if step.booking_naming:
        link = view.link
        when = link.base.when if link.base is not None else None
        names_it = other_names_it(session, link.booking_id, step.booking_naming, when)
        return replace(view, other_names_it=names_it)
    if step.booking_with:
        return _pair_of(
            session,
            view,
            _booking_with(session, step.booking_with, view.event.value.when if view.event.value is not None else None),
        )
    if step.forgotten is not None:
        return _as_forgotten(session, view, step.forgotten)
    return _find(session, view, step, hint)


def _as_forgotten(session: SyncSession, view: View, single: EventKey) -> View:
    """See whether an occurrence is the first of what an event became whose pair an older store does not know.

    If so, continue with the booking that names that event: it does not name the occurrence yet. Not if that keeps another
    event: whoever may write in one calendar can give his series the id of any event elsewhere.
    """
    event = view.event.value
    if event is None or _is_known(session, event, single.id):
        return replace(view, forgotten=False)
    first = session.must_read_event(single).value
    if first is None or first.key != event.key:
        return replace(view, forgotten=False)
    named = reference_of(view.link, single, session.planning_context())
    booking = _booking_with(session, named, event.when)
    own = None
    if booking.value is not None:
        own = links.of_booking(session.ports.documents, session.id, booking.value.id).event
        if own is not None and own.id != event.key.id and not session.has_left(own, event):
            return replace(view, forgotten=False)
    return _pair_of(session, replace(view, forgotten=True), booking, left=own)


def _is_known(session: SyncSession, event: Event, name: str) -> bool:
    """Whether the pair in an event's mark has an event, and has an occurrence of this series or had the event of this name."""
    pair = links.of_mark(session.ports.documents, session.id, event.mark)
    if pair is None or pair.event is None:
        return False
    return pair.series == family(name) or name in session.derived_ids(pair)


def _find(session: SyncSession, view: View, step: Look, hint: Hint | None) -> View:
    """Look for an event by its id, and see who has it."""
    own = view.link.event
    gone = own.calendar if own is not None and own.id == step.find else ""
    booking = view.booking.value
    first = session.settings.calendar_of(booking.object_id) if booking is not None else None
    sought, found = step.find, session.find_event(step.find, gone, first)
    if step.instead and found.vanished:
        sought, found = step.instead, session.find_event(step.instead, first=first)
    holder = links.of_event_id(session.ports.documents, session.id, session.settings.calendars, sought)
    if found.value is not None:  # a moved event may have been taken for a new one where it is now
        holder = links.of_event(session.ports.documents, session.id, found.value.key) or holder
    if holder is None or holder.id == view.link.id:
        moved = found.value is not None and view.link.event is not None and view.link.event.id == sought
        return replace(view, found=found, event=found if moved else view.event)
    if holder.booking_id and holder.booking_id == view.link.booking_id:
        raise Stale("the booking of this event was made a moment ago", reason="being_made")
    making = holder.intent if not holder.booking_id else None
    if making is not None and session.now() < making.expires_at:
        return replace(view, found=found, found_is_free=False, making_until=making.expires_at)
    if not view.link.version and is_of_no_booking(holder) and (found.value is not None or making is not None):
        return View(holder, view.booking, found)  # turned down, or the worker that was making this booking died
    if found.value is None:
        return replace(view, found=found)
    free = let_go(session, hint, view, holder, sought)
    if free is None:
        return replace(view, found=Snapshot(Presence.UNREADABLE))
    link = replace(view.link, origin=holder.origin) if free and view.link.event is None else view.link
    return replace(view, link=link, found=found, found_is_free=free)


def _pair_of(session: SyncSession, view: View, booking: Snapshot[Booking], *, left: EventKey | None = None) -> View:
    """Continue with the pair that already has this booking: its event came here from another calendar.

    If the pair's event is still in the former calendar, this one is a copy, and nothing is done. A pair that gave up its
    event may have it back: an occurrence that its series no longer had, and has again. A pair whose own event is gone, while
    its booking names this one, is of an older store that was restored. `left`: an event of another id that is known to be gone.
    """
    with_booking = replace(view, booking=booking)
    if booking.value is not None:
        link = links.of_booking(session.ports.documents, session.id, booking.value.id)
        own = link.event
        if own is None:
            return View(link, booking, Snapshot(Presence.ABSENT), found=view.event) if link.version else with_booking
        if own.id == (view.link.event or own).id:
            if own != view.link.event and not session.has_left(own, view.event.value):
                return replace(view, event=Snapshot(Presence.ABSENT))
            return replace(view, link=link, booking=booking, event=_event(session, link, view.event))
        if own == left or session.has_left(own, view.event.value):
            return View(link, booking, Snapshot(Presence.ABSENT), found=view.event)
    return with_booking


def _settle(session: SyncSession, view: View, link: Link, why: Why) -> View:
    before = view.link
    if why is Why.GRACE or isinstance(link.life, Held):
        mass_removal.count(session, before)
    entry = session.ports.token(12) if link.lacks("meet") and not before.lacks("meet") else ""

    def settle(tx: Transaction) -> Link:
        done = links.save(tx, session.id, link)
        if entry:
            journal.put(tx, session.id, entry, journal.without_meet(link, session.now()))
        return done

    saved = session.ports.documents.transact(settle)
    session.ports.log(
        "decided",
        {"int_id": session.id, "link": link.id, "booking": link.booking_id, "why": why.value, "state": link.state},
    )
    return _settled(view, saved, why)


def _settled(view: View, link: Link, why: Why) -> View:
    """Return the view after a decision; an adopted event is the one that was found."""
    if why is Why.ADOPTED and link.event is not None and view.found is not None:
        return replace(view, link=link, event=view.found)
    return replace(view, link=link)


def _booking(session: SyncSession, link: Link) -> Snapshot[Booking]:
    """Read the booking of a link; after a crash while making one, check whether it was made."""
    if link.occupies is not None:
        return session.read_booking(link.occupies.booking_id)
    if link.booking_id:
        return session.read_booking(link.booking_id)
    if link.intent is not None and link.event is not None and session.now() >= link.intent.expires_at:
        base, step = link.intent.base, link.intent.step
        named = step.reference if isinstance(step, MakeBooking) else link.event.id
        return _booking_with(session, named, base.when if base is not None else None, made=True)
    return Snapshot(Presence.BELIEVED)


def _booking_with(session: SyncSession, event_id: str, when: When | None, *, made: bool = False) -> Snapshot[Booking]:
    """Look for the booking that carries an event's id; `made`: an instance that crashed may have made one.

    If it cannot be known and the id is the external id, none is assumed: on making the booking, i-Reserve finds an
    existing one by that id and changes it instead.
    """
    try:
        found = booking_with(session, event_id, when)
    except SyncError as error:
        if error.cause is Cause.NOT_SEARCHABLE and session.settings.outbound.external_id_field == "external_id":
            session.made_before = event_id if made else session.made_before
            return Snapshot(Presence.ABSENT)
        session.trouble = error
        return Snapshot(Presence.UNREADABLE)
    return Snapshot.of(found) if found is not None else Snapshot(Presence.ABSENT)


def _event(session: SyncSession, link: Link, event: Snapshot[Event] | None) -> Snapshot[Event]:
    """Return the event as passed in; after a crash, read where the write would have put it; otherwise as believed."""
    if link.intent is not None and link.intent.target is Side.EVENT and link.intent.place is not None:
        if session.now() < link.intent.expires_at:
            return Snapshot(Presence.BELIEVED)
        found = session.read_event(link.intent.place)
        is_anothers = found.value is not None and is_of_another(session, link, found.value.key)
        return Snapshot(Presence.ABSENT) if is_anothers else found
    if event is not None:
        if event.value is not None and link.knows_newer(event.value):
            return session.read_event(event.value.key)  # the page is older than our last reading
        return event
    if link.event is None:
        return Snapshot(Presence.ABSENT)
    if link.intent is not None or not isinstance(link.life, Active | Closed):
        return session.read_event(link.event)
    return Snapshot(Presence.BELIEVED)
