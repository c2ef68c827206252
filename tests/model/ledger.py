"""The ledger: who changed what since both sides last agreed, and whether the product's writes were allowed.

It reads both sides before and after every call of the product. Changes between calls are people's. Changes during a
call are the product's, and the settings must allow each of them. A person's edit that the other side does not show yet
is `pending`; it may be overwritten only if the policy says so.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from tests.model.instances import Instance
from tests.model.truth import TrueEvent, Truth, overlap

OFTEN, LATELY = 6, timedelta(minutes=10)  # repeats of the same change of a pair before the brake must act
RACE = timedelta(seconds=5)  # from reading a booking to writing it: i-Reserve has no conditional write
OVER = (70, 80)  # statuses of cancelled bookings, whatever the settings
CANCEL = 70
BOOKED = "Bezet"
COLOURS: dict[object, str] = {20: "2", 30: "11"}  # by status: sage and tomato
Side = Literal["booking", "event"]
SIDES: tuple[Side, Side] = ("booking", "event")


@dataclass(frozen=True)
class Policy:
    """The settings that decide who may change what."""

    update: bool = False
    winner: Side = "booking"
    deleted: Literal["cancel", "ask", "restore"] = "cancel"
    rooms: bool = False
    follow: Literal["inbound_object", "all_mapped"] = "inbound_object"
    grace: int = 60
    hold: int = 10  # removals on a calendar within an hour that are not held
    wanted: tuple[int, ...] = (20, 30)  # statuses with which an event is made
    cancelled: tuple[int, ...] = (70, 80)  # and with which it is removed
    title: str = "{OBJECT} - {BOOKING_NUMBER}"
    both: bool = True  # the second object has a row in the mapping
    also: bool = False  # bookings of the first object stand in the hall's calendar as occupied
    guard: Literal["auto", "always", "never"] = "auto"
    tentative: tuple[int, ...] = ()  # statuses with which the event is made as tentative
    shows: Literal["full", "private", "booked"] = "full"  # what the first room's calendar shows
    colours: bool = False  # whether events are coloured by status

    @property
    def made_on(self) -> set[int]:
        """All statuses with which an event is made."""
        return {*self.wanted, *self.tentative}

    def colour(self, status: object) -> str:
        """Return Google's number of the colour for a status; "" is none."""
        return COLOURS.get(status, "") if self.colours else ""


@dataclass
class Edit:
    """A person's edit that the other side does not show yet."""

    value: object
    at: int


@dataclass
class Pair:
    """A booking and its event."""

    booking: str
    event: str
    origin: Side
    agreed: dict[str, object] = field(default_factory=dict)
    pending: dict[tuple[Side, str], Edit] = field(default_factory=dict)
    writes: list[datetime] = field(default_factory=list)
    cancelled_by_us: bool = False
    known: bool = False  # the product has recorded that both agree
    refused: set[object] = field(default_factory=set)
    wrote: dict[str, tuple[object, object, Instance]] = field(default_factory=dict)  # to the booking: old, new, who
    changes: dict[tuple[object, ...], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    parted: bool = False  # a person undid its creation: nothing is carried over any more

    def may_be_written(self, policy: Policy) -> bool:
        """Whether people's changes of the event may change the booking."""
        return self.origin == "event" or policy.update


class Broken(AssertionError):
    """The product did something forbidden."""


class Ledger:
    """People's edits, the product's writes, and what both sides last agreed on, for every pair."""

    def __init__(
        self,
        policy: Policy,
        rooms: dict[str, str],
        now: Callable[[], datetime],
        names: Callable[[str, str], bool],
        ordered: Callable[[str], bool],
        written_down: Callable[[str], tuple[object, object] | None],
    ) -> None:
        """`rooms` maps an object to its calendar; `names(booking, link)`: whether a mark names the pair of a booking.

        `ordered(booking)`: whether the product is carrying out a person's order for that pair. `written_down(booking)`:
        the time and room that the product has recorded as agreed.
        """
        self._rooms, self._now, self._names = rooms, now, names
        self._ordered, self._written_down = ordered, written_down
        self.at = 0
        self._policies = [(0, policy)]
        self.truth = Truth({}, {})
        self.pairs: dict[str, Pair] = {}  # by booking
        self.made_by_us: dict[str, str] = {}  # event -> its booking
        self.history: dict[tuple[str, ...], list[tuple[int, object]]] = defaultdict(list)
        self.deleted_at: dict[str, datetime] = {}
        self.below: dict[tuple[str, str], str] = {}  # people's last text under the line, by calendar and event
        self.painted: dict[str, tuple[int, str]] = {}  # people's last colour of an event of ours, and since when
        self.edits = 0
        self.writes: list[str] = []

    # what people decided

    @property
    def policy(self) -> Policy:
        """The current settings."""
        return self._policies[-1][1]

    def decide(self, policy: Policy) -> None:
        """Change the settings; an instance that began earlier may still use the former ones."""
        self.at += 1
        self._policies.append((self.at, policy))

    def policies(self, began: int = 0) -> list[Policy]:
        """Return the settings that have held since a moment, the newest first."""
        before = [policy for at, policy in self._policies if at <= began]
        return [*(policy for at, policy in reversed(self._policies) if at > began), *before[-1:]]

    def _by_any(self, instance: Instance, judge: Callable[[Policy], None]) -> None:
        """Apply a check with each of the settings since the instance began."""
        policies = self.policies(instance.began)
        for policy in policies[:-1]:
            with suppress(Broken):
                judge(policy)
                return
        judge(policies[-1])

    # what people did

    def observe(self, truth: Truth) -> None:
        """Attribute all changes since the last look to people."""
        self._note(truth)
        before, self.truth = self.truth, truth
        if before == truth:
            return
        self.edits += 1
        for pair in self.pairs.values():
            for name in ("when", "room"):
                for side in SIDES:
                    old, new = self._value(before, pair, side, name), self._value(truth, pair, side, name)
                    if new is not None and old is not None and new != old:
                        self._edited(pair, side, name, new)
            was, now = before.bookings.get(pair.booking), truth.bookings.get(pair.booking)
            if was is not None and now is not None and was.status != now.status:
                pair.cancelled_by_us = False
                self._edited(pair, "booking", "status", now.status)
        for (calendar, number), event in truth.events.items():
            was_event = before.events.get((calendar, number))
            if event.alive:
                self.below[calendar, number] = event.below
            if was_event is not None and was_event.colour != event.colour:
                self.painted[number] = self.at, event.colour
            if was_event is not None and was_event.alive and not event.alive:
                self.deleted_at[number] = self._now()

    def _edited(self, pair: Pair, side: Side, name: str, value: object) -> None:
        if pair.agreed.get(name) == value:
            pair.pending.pop((side, name), None)
        else:
            pair.pending[side, name] = Edit(value, self.at)

    def _note(self, truth: Truth) -> None:
        """Record the values of each field, and when it had them."""
        if truth == self.truth and self.at:
            return
        self.at += 1
        for booking in truth.bookings.values():
            for name, value in (("when", booking.when), ("room", booking.object), ("status", booking.status)):
                self._remember(("booking", booking.id, name), value)
        for number in set(self.truth.bookings) - set(truth.bookings):
            self._remember(("booking", number, "status"), None)
        for number in {number for _, number in truth.events}:
            live = truth.live(number)
            self._remember(("event", number, "alive"), bool(live))
            for event in live:
                self._remember(("event", number, "when"), event.when)
                self._remember(("event", number, "room"), event.calendar)

    def _remember(self, name: tuple[str, ...], value: object) -> None:
        kept = self.history[name]
        if not kept or kept[-1][1] != value:
            kept.append((self.at, value))

    def since(self, began: int, *name: str) -> set[object]:
        """Return the values of a field since a moment, the one at that moment included."""
        kept = self.history[name]
        before = [value for at, value in kept if at <= began]
        return {value for at, value in kept if at > began} | set(before[-1:])

    def _value(self, truth: Truth, pair: Pair, side: Side, name: str) -> object:
        if side == "booking":
            booking = truth.bookings.get(pair.booking)
            if booking is None:
                return None
            return booking.when if name == "when" else self._rooms.get(booking.object, "")
        live = truth.live(pair.event)
        if not live:
            return None
        return live[0].when if name == "when" else live[0].calendar

    # what the product did

    def wrote(self, truth: Truth, instance: Instance, call: str) -> None:
        """Judge all changes during a call of the product."""
        before = self.truth
        self._note(truth)
        self.truth = truth
        if before == truth:
            return
        self.writes.append(call)
        known = list(self.pairs.values())
        for number in truth.bookings:
            if number not in before.bookings:
                self._made_booking(truth, number, instance)
        for key, event in truth.events.items():
            if key not in before.events and not before.live(key[1]) and key[1] not in self.made_by_us:
                self._made_event(truth, event, instance)
        for pair in known:
            self._judge(before, truth, pair, instance)
        self._texts(before, truth)
        self._shown(before, truth, instance)
        self._one_each(truth)

    def _made_booking(self, truth: Truth, number: str, instance: Instance) -> None:
        booking = truth.bookings[number]
        event = booking.external_id
        if event in self.made_by_us:
            raise Broken(f"booking {number} was made from event {event}, which the product itself made")
        if not any(self.since(instance.began, "event", event, "alive")):
            raise Broken(f"booking {number} was made from event {event}, which is not there")
        if booking.when not in self.since(instance.began, "event", event, "when"):
            raise Broken(f"booking {number} was made for {booking.when}, which its event never showed")
        pair = self.pairs[number] = Pair(number, event, "event")
        self._agree(truth, pair, "event", "when", booking.when)
        self._agree(truth, pair, "event", "room", self._rooms[booking.object])
        pair.agreed["status"] = booking.status
        pair.writes.append(self._now())

    def _made_event(self, truth: Truth, event: TrueEvent, instance: Instance) -> None:
        bookings = dict.fromkeys(name[1] for name in self.history if name[0] == "booking")
        number = next((each for each in bookings if self._names(each, event.link)), None)
        if number is None:
            raise Broken(f"event {event.id} was made for no booking")
        wanted = {status for policy in self.policies(instance.began) for status in policy.made_on}
        if not self.since(instance.began, "booking", number, "status") & wanted:
            raise Broken(f"event {event.id} was made for booking {number}, whose status wants none")
        if event.when not in self.since(instance.began, "booking", number, "when"):
            raise Broken(f"event {event.id} was made for {event.when}, which booking {number} never showed")
        self.made_by_us[event.id] = number
        old = self.pairs.get(number)
        if old is not None and truth.live(old.event):
            raise Broken(f"booking {number} got a second event")
        pair = self.pairs[number] = Pair(number, event.id, "booking")
        self._agree(truth, pair, "booking", "when", event.when)
        self._agree(truth, pair, "booking", "room", event.calendar)
        pair.agreed["status"] = truth.bookings[number].status if number in truth.bookings else None
        pair.writes.append(self._now())

    def _judge(self, before: Truth, truth: Truth, pair: Pair, instance: Instance) -> None:
        changed = False
        for name in ("when", "room"):
            old, new = (self._value(each, pair, "event", name) for each in (before, truth))
            if old is not None and new is not None and old != new:
                self._by_any(instance, partial(self._event_written, pair, name, old, new, instance))
                self._braked(pair, "event", name, old, new)
                self._agree(truth, pair, "booking", name, new)
                changed = True
        old_event, new_event = (bool(each.live(pair.event)) for each in (before, truth))
        if old_event and not new_event:
            self._event_removed(pair, instance)
            changed = True
        if new_event and not old_event:
            self._event_revived(truth, pair, instance)
            changed = True
        was, now = before.bookings.get(pair.booking), truth.bookings.get(pair.booking)
        if was is not None and now is not None:
            for name, old, new in (("when", was.when, now.when), ("room", was.object, now.object)):
                if old != new:
                    value = new if name == "when" else self._rooms.get(str(new), "")
                    ordered = self._ordered(pair.booking)
                    if not ordered:
                        self._braked(pair, "booking", name, old, new)
                        self._by_any(instance, partial(self._booking_written, pair, name, value, instance))
                    self._agree(truth, pair, "booking" if ordered else "event", name, value)
                    pair.wrote[name] = (self._value(before, pair, "booking", name), value, instance)
                    changed = True
            if was.status != now.status:
                self._status_written(pair, was.status, now.status, instance)
                changed = True
        if changed:
            if pair.parted and not self._ordered(pair.booking):
                raise Broken(f"booking {pair.booking} and its event were written although they were parted")
            pair.writes.append(self._now())

    def _braked(self, pair: Pair, *change: object) -> None:
        """A loop repeats the same change: that must end."""
        recent = [at for at in pair.changes[change] if self._now() - at < LATELY]
        pair.changes[change] = [*recent, self._now()]
        if len(recent) >= OFTEN:
            raise Broken(f"booking {pair.booking} and its event: {change} {len(recent) + 1} times within {LATELY}")

    def _agree(self, truth: Truth, pair: Pair, source: Side, name: str, value: object) -> None:
        """Both sides have a value now, unless the source has changed again."""
        pair.agreed[name] = value
        for side in SIDES:
            pair.pending.pop((side, name), None)
        shown = self._value(truth, pair, source, name)
        if shown is not None and shown != value:
            pair.pending[source, name] = Edit(shown, self.at)

    def noticed(self, pair: Pair, when: object, room: object, status: int) -> None:
        """The product recorded what both sides agree on; that counts if they do agree."""
        pair.known = True
        booking = self.truth.bookings.get(pair.booking)
        if booking is not None and booking.status == status:
            pair.agreed["status"] = status
            pair.pending.pop(("booking", "status"), None)
        for name, value in (("when", when), ("room", room)):
            shown = {self._value(self.truth, pair, side, name) for side in SIDES}
            if shown == {value}:
                self._agree(self.truth, pair, "booking", name, value)

    def _event_written(
        self, pair: Pair, name: str, old: object, new: object, instance: Instance, policy: Policy
    ) -> None:
        field_ = ("booking", pair.booking, name)
        shown = self.since(instance.began, *field_)
        if name == "room":
            shown = {self._rooms.get(str(value), "") for value in shown}
        if new not in shown:
            raise Broken(f"{name} of event {pair.event} became {new}, which booking {pair.booking} does not show")
        mine, theirs = pair.pending.get(("event", name)), pair.pending.get(("booking", name))
        if mine is None or mine.value != old or self._ordered(pair.booking):
            return
        if name == "room" and not policy.rooms:
            return
        lost = theirs is not None and policy.winner == "booking"
        if not pair.may_be_written(policy) or lost or old in pair.refused:
            return
        if policy.guard != "never" and self._taken(pair, name, mine):
            return
        status = self.since(instance.began, "booking", pair.booking, "status")
        if status & {*policy.cancelled, None}:
            return
        raise Broken(f"a person's {name} {old} of event {pair.event} was overwritten by {new}")

    def _taken(self, pair: Pair, name: str, edit: Edit) -> bool:
        """Whether another booking has had the hours that a person's edit of the event asks for."""
        asked = {each: self._value(self.truth, pair, "event", each) for each in ("when", "room")} | {name: edit.value}
        for number in {each[1] for each in self.history if each[0] == "booking"} - {pair.booking}:
            whens, rooms, statuses = (
                self.since(edit.at, "booking", number, each) for each in ("when", "room", "status")
            )
            there = asked["room"] in {self._rooms.get(str(each), "") for each in rooms}
            if there and statuses - {*OVER, None} and any(overlap(each, asked["when"]) for each in whens):
                return True
        return False

    def _booking_written(self, pair: Pair, name: str, new: object, instance: Instance, policy: Policy) -> None:
        if new not in self.since(instance.began, "event", pair.event, name):
            raise Broken(f"{name} of booking {pair.booking} became {new}, which event {pair.event} does not show")
        if not pair.may_be_written(policy):
            raise Broken(f"{name} of booking {pair.booking} was changed although Allow booking update is off")
        if name == "room" and not policy.rooms:
            raise Broken(f"the object of booking {pair.booking} was changed although that is not allowed")
        theirs, mine = pair.pending.get(("booking", name)), pair.pending.get(("event", name))
        if mine is None and self._value(self.truth, pair, "event", name) != new and self._outdated(pair, name, new):
            raise Broken(f"{name} of booking {pair.booking} went back to {new}, which both sides had left behind")
        if (
            theirs is None
            or self._raced(pair, theirs, instance)
            or self._looks_unwritten(pair, name, theirs.value, new)
        ):
            return
        if mine is None or policy.winner != "event":
            raise Broken(f"a person's {name} {theirs.value} of booking {pair.booking} was overwritten by {new}")

    def _looks_unwritten(self, pair: Pair, name: str, shown: object, new: object) -> bool:
        """Whether an instance died at this write and a person has changed it back since, which nobody can detect.

        A booking carries no stamp, so it looks as if the write never happened.
        """
        old, written, instance = pair.wrote.get(name, (None, None, None))
        return instance is not None and instance.dead and (shown, new) == (old, written)

    def _outdated(self, pair: Pair, name: str, new: object) -> bool:
        """Whether the booking was changed after the event last got this value."""
        own = self.history["booking", pair.booking, name]
        given = [at for at, value in self.history["event", pair.event, name] if value == new]
        return len(own) > 1 and bool(given) and own[-2][0] > given[-1]  # the last entry is this write

    def _raced(self, pair: Pair, edit: Edit, instance: Instance) -> bool:
        """Whether an edit came in the short time between the product's read and its write of the booking."""
        read = instance.reads.get(pair.booking)
        return read is not None and edit.at > read[0] and self._now() - read[1] <= RACE

    def _event_removed(self, pair: Pair, instance: Instance) -> None:
        cancelled = {status for policy in self.policies(instance.began) for status in policy.cancelled}
        if not self.since(instance.began, "booking", pair.booking, "status") & {*cancelled, None}:
            raise Broken(f"event {pair.event} was removed although booking {pair.booking} stands")
        if pair.cancelled_by_us:
            raise Broken(
                f"event {pair.event} was restored, and removed although its deletion had cancelled the booking"
            )
        pair.pending = {key: edit for key, edit in pair.pending.items() if key[0] == "booking"}

    def _event_revived(self, truth: Truth, pair: Pair, instance: Instance) -> None:
        booking = truth.bookings.get(pair.booking)
        self._by_any(instance, partial(self._may_revive, pair, instance))
        for name in ("when", "room"):
            shown = self._value(truth, pair, "event", name)
            if name == "when" and pair.origin == "event" and shown != self._value(truth, pair, "booking", name):
                pair.pending["event", name] = Edit(shown, self.at)  # a person's change before he deleted it
                continue
            pair.pending.pop(("event", name), None)
            self._agree(truth, pair, "booking", name, shown)
        pair.pending.pop(("booking", "status"), None)
        pair.agreed["status"] = booking.status if booking is not None else None

    def _may_revive(self, pair: Pair, instance: Instance, policy: Policy) -> None:
        stood = self.since(instance.began, "booking", pair.booking, "status") - {*policy.cancelled, None}
        if not stood:
            raise Broken(f"event {pair.event} was made again for booking {pair.booking}, which is cancelled")
        edited = any(side == "booking" for side, _ in pair.pending) or self._ordered(pair.booking)
        shown = tuple(self._value(self.truth, pair, "booking", name) for name in ("when", "room"))
        edited |= shown != self._written_down(pair.booking)  # carried over before a crash, but not recorded
        if pair.known and pair.may_be_written(policy) and policy.deleted != "restore" and not edited:
            raise Broken(f"event {pair.event} was made again although its deletion counts")

    def _status_written(self, pair: Pair, old: int, new: int, instance: Instance) -> None:
        if self._ordered(pair.booking):
            pair.cancelled_by_us = new == CANCEL
        elif new != CANCEL:
            alive = any(self.since(instance.began, "event", pair.event, "alive"))
            if old in OVER and not (pair.cancelled_by_us and alive):
                raise Broken(f"booking {pair.booking} was cancelled and the product reopened it")
            pair.cancelled_by_us = False
        else:
            self._by_any(instance, partial(self._cancelled, pair, instance))
            pair.cancelled_by_us = True
        pair.agreed["status"] = new
        pair.pending.pop(("booking", "status"), None)

    def _cancelled(self, pair: Pair, instance: Instance, policy: Policy) -> None:
        if False not in self.since(instance.began, "event", pair.event, "alive"):
            raise Broken(f"booking {pair.booking} was cancelled although its event {pair.event} is there")
        if not pair.may_be_written(policy) or policy.deleted != "cancel":
            raise Broken(f"booking {pair.booking} was cancelled although a deleted event may not do that")
        deleted = self.deleted_at.get(pair.event)
        if deleted is None or self._now() - deleted < timedelta(seconds=policy.grace):
            raise Broken(f"booking {pair.booking} was cancelled within the grace")
        if instance.vanished.get(pair.booking, 0) > policy.hold:
            raise Broken(f"booking {pair.booking} was cancelled although unusually many events were deleted")
        for (side, name), edit in pair.pending.items():
            if side == "booking" and not self._raced(pair, edit, instance):
                raise Broken(f"booking {pair.booking} was cancelled although a person had changed its {name}")

    def _texts(self, before: Truth, truth: Truth) -> None:
        """People's texts are kept: below the line of our events, and all of theirs."""
        for key, event in truth.events.items():
            was = next(iter(before.live(event.id)), before.events.get(key))
            if was is None or not event.alive:
                continue
            if event.id in self.made_by_us:
                if was.below != event.below:
                    raise Broken(f"the text under the line of event {event.id} was lost")
                self.below[key] = event.below
            elif (was.title, was.above) != (event.title, event.above):
                raise Broken(f"the title or text of a person's event {event.id} was changed")

    def _shown(self, before: Truth, truth: Truth, instance: Instance) -> None:
        """No event of ours shows more than its calendar may, and none loses a colour that a person chose."""
        for key, event in truth.events.items():
            was = before.events.get(key)
            if not event.alive or event.id not in self.made_by_us:
                continue
            if was is None or not was.alive or was.looks != event.looks:
                self._by_any(instance, partial(self._may_show, event))
            if was is not None and was.colour != event.colour:
                self._recoloured(was, event, instance)

    def _may_show(self, event: TrueEvent, policy: Policy) -> None:
        shows = policy.shows if event.calendar == self._rooms["10"] else "full"
        if shows == "booked" and (event.title, event.above, event.guests) != (BOOKED, "", ()):
            raise Broken(f"event {event.id} stands in a public calendar with {event.title!r} and {event.above!r}")
        if shows == "private" and not event.private:
            raise Broken(f"event {event.id} can be read by everybody")

    def _recoloured(self, was: TrueEvent, event: TrueEvent, instance: Instance) -> None:
        booking = self.made_by_us[event.id]

        def asked(since: int) -> set[str]:
            statuses = self.since(since, "booking", booking, "status")
            return {policy.colour(status) for policy in self.policies(since) for status in statuses}

        if event.colour not in asked(instance.began):
            raise Broken(f"event {event.id} got the colour {event.colour!r}, which nobody asked for")
        at, painted = self.painted.get(event.id, (0, None))
        if was.colour == painted and len(asked(at)) == 1:
            raise Broken(f"a person's colour {painted} of event {event.id} was overwritten by {event.colour!r}")

    def _one_each(self, truth: Truth) -> None:
        """One event per booking, one booking per event."""
        alive = [event for event in truth.events.values() if event.alive]
        ids = [event.id for event in alive]
        for event in alive:
            if ids.count(event.id) > 1:
                raise Broken(f"event {event.id} is on two calendars")
        owners = [self.made_by_us[number] for number in ids if number in self.made_by_us]
        if len(owners) != len(set(owners)):
            raise Broken("a booking has two events")
        made = [each.external_id for each in truth.bookings.values() if each.external_id and each.status not in OVER]
        if len(made) != len(set(made)):
            raise Broken("an event has two bookings")

    def refusal(self, truth: Truth, subject: str) -> None:
        """Record that i-Reserve refused a change of a booking, or a booking for an event."""
        if subject in self.pairs:
            pair = self.pairs[subject]
            pair.refused |= {self._value(truth, pair, "event", name) for name in ("when", "room")}
