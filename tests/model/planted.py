"""Bugs that this product could have, each a small change of the real code during a test."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters.google.calendar import GoogleCalendars
from functions.application.intake.hints import Hint, Kind
from functions.application.pulling import apply_page, pull
from functions.application.setting_up import activation
from functions.application.store import links
from functions.application.store.links import link_of
from functions.application.sync import mass_removal, occupied, reconcile, reconciled, reporting, write
from functions.application.sync.session import SyncSession
from functions.domain.comparing import event_content
from functions.domain.model.appointment import Style
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.decisions import Drop
from functions.domain.pairing.life import Closed, Closer, Grace
from functions.domain.pairing.lifecycle import decide
from functions.domain.pairing.link import Link
from functions.domain.pairing.step import Planned
from functions.domain.pairing.writes import PatchEvent, Why
from functions.domain.planning import merge_event, plan, plan_deleted_event, plan_order, plan_outbound, recovery, view
from functions.domain.planning.view import View, Wanted

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Plant = Callable[[pytest.MonkeyPatch], None]


def the_base_is_not_updated(patch: pytest.MonkeyPatch) -> None:
    """The base is never updated."""
    real = links.save

    def save(tx: Any, int_id: str, link: Link) -> Link:
        before = tx.get(("integrations", int_id, "links", link.id))
        if before is not None and before.get("base") is not None:
            link = replace(link, base=link_of(before, "link").base)
        return real(tx, int_id, link)

    patch.setattr(links, "save", save)


def the_stamp_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """After a crash a write to an event counts as landed, whether it did or not."""
    real = recovery.recover

    def recover(v: View, context: Any) -> Planned:
        event, intent = v.event.value, v.link.intent
        if event is not None and intent is not None:
            v = replace(v, event=Snapshot.of(replace(event, mark=replace(event.mark, stamp=intent.stamp))))
        return real(v, context)

    patch.setattr(plan, "recover", recover)


def the_lease_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    """A stalled instance writes whenever it wakes up."""
    patch.setattr(write, "_holds", lambda *_: None)


def the_etag_is_not_sent(patch: pytest.MonkeyPatch) -> None:
    """An event is written without its etag."""
    real = GoogleCalendars._run
    patch.setattr(
        GoogleCalendars, "_run", lambda self, request, **options: real(self, request, **{**options, "etag": ""})
    )


def a_cancelled_booking_is_revived(patch: pytest.MonkeyPatch) -> None:
    """A restored event reopens its booking, whoever cancelled it."""
    real = plan_outbound.plan_removal

    def plan_removal(v: View, c: Any) -> Any:
        if v.link.closed and v.event.value is not None:
            v = v.with_link(life=Closed(Closer.SERVICE, 20))
        return real(v, c)

    patch.setattr(plan, "plan_removal", plan_removal)


def a_tombstone_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Deleted events are skipped."""
    real = apply_page._apply_item
    patch.setattr(apply_page, "_apply_item", lambda *given: real(*given) if isinstance(given[-1], Event) else False)


def the_token_is_saved_before_its_changes(patch: pytest.MonkeyPatch) -> None:
    """A crash while a page is applied loses the rest of it."""
    fetch = pull._fetch

    def fetched(session: SyncSession, state: Any, window: Any) -> Any:
        page = fetch(session, state, window)
        if page.sync_token:
            pull._note(session, replace(state, sync_token=page.sync_token, page="", listing=False))
        return page

    patch.setattr(pull, "_fetch", fetched)


def a_claim_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    """An event of one pair can be taken by another."""
    real = links.save

    def save(tx: Any, int_id: str, link: Link) -> Link:
        return real(_Blind(tx), int_id, link)

    patch.setattr(links, "save", save)
    patch.setattr(reconcile, "links", _Unclaimed())


class _Unclaimed:
    """Links that find no pair of any event."""

    def __getattr__(self, name: str) -> Any:
        return (lambda *_: None) if name in ("of_event", "of_event_id") else getattr(links, name)


class _Blind:
    """A transaction that sees no claims."""

    def __init__(self, tx: Any) -> None:
        self._tx = tx

    def get(self, path: tuple[str, ...]) -> Any:
        return None if path[-2] == "claims" else self._tx.get(path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


def unreadable_counts_as_gone(patch: pytest.MonkeyPatch) -> None:
    """A booking that cannot be read counts as removed."""
    real = SyncSession.read_booking

    def read(self: SyncSession, booking_id: str) -> Snapshot[Booking]:
        found = real(self, booking_id)
        return Snapshot(Presence.ABSENT) if found.presence is Presence.UNREADABLE else found

    patch.setattr(SyncSession, "read_booking", read)


def an_old_reading_counts_as_an_edit(patch: pytest.MonkeyPatch) -> None:
    """An event from an old page is carried over, although the pair has changed since."""
    patch.setattr(Link, "knows_newer", lambda *_: False)


def a_leased_pair_is_not_read_again(patch: pytest.MonkeyPatch) -> None:
    """An edit of an event is forgotten if another instance holds the pair."""

    def again(self: reconciled.Reconciled, hint: Hint) -> Hint:
        return replace(hint, kind=Kind.BOOKING, subject=(self.link.booking_id,)) if self.link.booking_id else hint

    patch.setattr(reconciled.Reconciled, "again", again)


def a_booking_is_not_read_again(patch: pytest.MonkeyPatch) -> None:
    """A booking is written as it was read, however long ago."""
    patch.setattr(write, "FRESH", timedelta(days=1))


def the_grace_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A deleted event cancels its booking at once."""
    real = plan_deleted_event._at_the_end_of_grace
    patch.setattr(
        plan_deleted_event,
        "_at_the_end_of_grace",
        lambda v, *rest: real(v.with_link(life=Grace(LONG_AGO)) if isinstance(v.link.life, Grace) else v, *rest),
    )


def unusually_many_removals_are_carried_out(patch: pytest.MonkeyPatch) -> None:
    """No removal is held."""
    patch.setattr(mass_removal, "too_many", lambda *_, **__: False)


def a_change_of_settings_is_not_finished(patch: pytest.MonkeyPatch) -> None:
    """A change of settings is not finished if its process dies."""
    patch.setattr(activation, "finish", lambda *_: None)


def an_undo_that_was_cut_short_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A person's order counts as carried out once the booking is written."""
    real = plan_order.fulfil

    def fulfil(v: View, c: Any, order: Any) -> Any:
        planned = real(v, c, order)
        return decide(v.link, Drop(), Why.UNDONE) if isinstance(planned.step, PatchEvent) else planned

    patch.setattr(plan, "fulfil", fulfil)


def a_cancelled_booking_keeps_its_event(patch: pytest.MonkeyPatch) -> None:
    """A cancelled booking keeps its event."""
    real = view.wanted_of

    def wanted_of(*given: Any) -> Wanted:
        wanted = real(*given)
        return Wanted.KEPT if wanted is Wanted.NONE else wanted

    patch.setattr(plan, "wanted_of", wanted_of)


def an_entry_is_left_open(patch: pytest.MonkeyPatch) -> None:
    """Journal entries are never closed."""
    patch.setattr(reporting, "closed", lambda _session, entry, *_: entry)


def the_reason_is_not_said(patch: pytest.MonkeyPatch) -> None:
    """An event goes back without the line that says why, but its pair records one."""
    patch.setattr(merge_event, "_with_notice", lambda change, *_, **__: change)


def the_brake_never_acts(patch: pytest.MonkeyPatch) -> None:
    """The same value is put back for ever."""
    patch.setattr(plan, "is_loop", lambda *_: False)


def a_provisional_booking_is_not_tentative(patch: pytest.MonkeyPatch) -> None:
    """Provisional bookings have events like any other."""
    real = event_content._style
    patch.setattr(event_content, "_style", lambda *given: replace(real(*given), tentative=False))


def an_event_is_hidden_only_once_it_stands_there(patch: pytest.MonkeyPatch) -> None:
    """An event moves to a public calendar with its texts, which go with the next write."""
    patch.setattr(merge_event, "shows_less", lambda *_: False)


def a_private_row_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Events of a row that shows them as private can be read by everybody."""
    real = event_content._style
    patch.setattr(event_content, "_style", lambda *given: replace(real(*given), visibility=""))


def a_persons_colour_is_painted_over(patch: pytest.MonkeyPatch) -> None:
    """The colour is restored whenever an event is looked at."""
    real = event_content.restyled

    def restyled(wanted: Style, shown: Style | None, *given: Any) -> tuple[str, ...]:
        names = real(wanted, shown, *given)
        differs = shown is not None and bool(wanted.colour) and shown.colour != wanted.colour
        return tuple(sorted({*names, "colour"})) if differs else names

    patch.setattr(merge_event, "restyled", restyled)


def an_occupied_event_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """No further calendar shows a booking as occupied."""
    patch.setattr(occupied, "places_wanted", lambda *_: ())


def a_declined_room_counts_as_taken(patch: pytest.MonkeyPatch) -> None:
    """A copy that the room has declined counts as there."""
    patch.setattr(plan, "as_answered", lambda v: v)


def somebody_elses_event_is_written(patch: pytest.MonkeyPatch) -> None:
    """An invitation is written like an event of one's own."""
    patch.setattr(plan, "only_answers", lambda _, planned, __: planned)
