"""Makes docs/states.md and the table in docs/operations.md by running the planner and the life cycle: `python -m docs.states`.

It combines every state with whatever both sides can show, a person can have ordered, and the settings can be. Each step
that the planner then decides, with each way its write can end, leads from one state to another.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, get_args

from functions.domain.comparing.event_content import appointment_of, base_of
from functions.domain.model.appointment import Timed
from functions.domain.model.booking import Booking
from functions.domain.model.event import Event, EventKey, Mark
from functions.domain.model.identity import event_id
from functions.domain.model.snapshot import Presence, Snapshot
from functions.domain.pairing.attempts import Ended
from functions.domain.pairing.decisions import Decision, Follow, Hold, LeaveOut, LetIn, Resume
from functions.domain.pairing.life import (
    Active,
    Awake,
    Closed,
    Closer,
    Detached,
    Grace,
    Held,
    LeftOut,
    Life,
    Paused,
    Refused,
    Side,
    Unlinked,
)
from functions.domain.pairing.lifecycle import after, begun
from functions.domain.pairing.link import Approve, Base, Intent, Link, Order, Origin, Override, Restore
from functions.domain.pairing.step import Decided, Missed, Overtaken, Overtaking, Planned, Rejected, Result, Settle
from functions.domain.pairing.writes import MakeBooking, Why, Write, WriteBooking
from functions.domain.planning.brake import attempt_of, shown
from functions.domain.planning.plan import plan
from functions.domain.planning.plan_new_event import new_event_text
from functions.domain.planning.simulate import simulate
from functions.domain.planning.view import PlanningContext, View
from functions.domain.settings.schema import InboundSettings, MappingRow, Settings
from functions.entrypoints.console.texts import table

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LONG = timedelta(days=400)
ROOM, OTHER = "room-a", "room-b"
TEN = Timed(NOW + timedelta(hours=25), NOW + timedelta(hours=26))
NOON = Timed(NOW + timedelta(hours=28), NOW + timedelta(hours=29))
INTRODUCTION = """\
`python -m docs.states` makes this page: it runs the planner and the life cycle on every state, with whatever both sides can
show, a person can order, and a write can end in. A test compares the page with the code. The states are values in
[life.py](../functions/domain/pairing/life.py); every transition is in
[lifecycle.py](../functions/domain/pairing/lifecycle.py).

A link has more than its state: refusals, the ids that were written, the attempts that the brake counts, a person's order,
and the write under way."""
BEGIN, END = "<!-- made by python -m docs.states -->", "<!-- end -->"
ORDER = [get_args(kind.__annotations__["kind"])[0] for kind in (*get_args(Awake), Paused)]
Ways = dict[tuple[str, str], set[str]]  # from one state to another: what happened


def digest(text: str) -> str:
    """Stand for a text, as the keyed digest does."""
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else ""


ID = event_id(digest, "7", "1001", 0)
KEY, THEIRS = EventKey(ROOM, ID), EventKey(ROOM, "person1")
BOOKING = Booking("1001", "10", TEN.start, TEN.end, 20, external_id=ID)
EVENT = Event(KEY, '"1"', TEN, "", "", mark=Mark("7", "link", "stamp"), created=NOW, updated=NOW)
ABSENT: Snapshot[Any] = Snapshot(Presence.ABSENT)
CANCELLED: Snapshot[Any] = Snapshot(Presence.CANCELLED)
BELIEVED: Snapshot[Any] = Snapshot(Presence.BELIEVED)


def _settings(**inbound: Any) -> Settings:
    rows = (MappingRow("10", ROOM), MappingRow("11", OTHER))
    return Settings("7", timezone="UTC", mapping=rows, inbound=InboundSettings(**inbound))


CAREFUL = _settings()
BOLD = _settings(allow_booking_update=True, allow_object_change=True)
ASKS = _settings(allow_booking_update=True, deleted_event="ask")
CIRCUMSTANCES = ((CAREFUL, False), (BOLD, False), (BOLD, True), (ASKS, False))  # and whether removals are held
CONTEXT = PlanningContext(CAREFUL, NOW, digest, activated_at=NOW - timedelta(days=1), gone_confirmed=True)
BASE = base_of(appointment_of(BOOKING, CONTEXT.settings, ROOM), BOOKING, digest)
LIVES: tuple[Life, ...] = (
    Unlinked(),
    LeftOut(),
    Active(),
    Grace(NOW - timedelta(minutes=1)),
    Grace(NOW + timedelta(minutes=1)),
    Held("event_deleted"),
    Held("booking_gone", Side.EVENT),
    Refused(digest(f"{new_event_text(replace(EVENT, key=THEIRS))}\n10 20 1"), "period_taken", NOW),
    Refused("another time", "period_taken", NOW),
    Paused("too_often", NOW, Active()),
    Detached("undone"),
    Detached("outside_window"),
    Closed(),
    Closed(Closer.SERVICE, 20),
)
ORDERS: tuple[Order | None, ...] = (
    None,
    Approve(),
    Restore(),
    Override(when=NOON),
    Override(status=20),
    Override(status=70, detach=True),
)
BOOKINGS: tuple[Snapshot[Booking], ...] = (
    Snapshot.of(BOOKING),
    Snapshot.of(replace(BOOKING, starts=NOON.start, ends=NOON.end)),
    Snapshot.of(replace(BOOKING, starts=TEN.start - LONG, ends=TEN.end - LONG)),
    Snapshot.of(replace(BOOKING, status=70)),
    Snapshot.of(replace(BOOKING, object_id="12")),  # which has no calendar
    ABSENT,
)
EVENTS: tuple[tuple[Snapshot[Event], Snapshot[Event] | None], ...] = (
    (Snapshot.of(EVENT), None),
    (Snapshot.of(replace(EVENT, when=NOON)), None),
    (Snapshot.of(replace(EVENT, key=EventKey(OTHER, ID))), None),
    (BELIEVED, None),
    *product((ABSENT, CANCELLED), (ABSENT, Snapshot.of(replace(EVENT, key=EventKey(OTHER, ID))))),
)
FOR_OPERATORS = {
    "unlinked": ("one side only: its event or booking has not been made yet", "the other side is made"),
    "left_out": ("a booking from before activation that the backfill leaves out", "it changes"),
    "active": ("the normal state: both sides follow each other", "see the others"),
    "grace": (
        "its event was deleted; the booking is cancelled after `cancel_grace_seconds`",
        "the event comes back, or the booking changes: nothing is cancelled",
    ),
    "held": (
        "unusually many removals, `deleted_event: ask`, or i-Reserve refuses the cancellation",
        "you approve or restore; a change of the booking brings the event back",
    ),
    "refused": (
        "i-Reserve refused a new event; the event shows the reason",
        "the event changes, or settings that make another request of it: it is tried again",
    ),
    "paused": (
        (
            "the same value put back three times in an hour, or the same changes written back and forth six times in ten "
            "minutes, or six refusals in a row; different values from people are no loop, and a cancellation always passes"
        ),
        "nothing changes for an hour, or you choose *Follow again*",
    ),
    "detached": (
        "its creation was undone, or it was deleted outside the window",
        "it stays so, unless you undo that, or its booking is moved into the window",
    ),
    "closed": ("the booking is cancelled or gone, and so is the event", "the booking is reopened"),
}
# what the searches and people decide beside the planner, and in which state
BESIDE: tuple[tuple[type[Life], Decision, str], ...] = (
    (Unlinked, LeaveOut(BASE), "from before activation, left alone"),
    (LeftOut, LetIn(), "it was made after all, as its webhook says"),
    (Active, Follow(EVENT), "its series was shifted"),
    (Grace, Follow(EVENT), "its series was shifted"),
    (Active, Hold(Why.SERIES_UNSURE), table("en")["why.series_unsure"]),
    (Grace, Hold(Why.SERIES_UNSURE), table("en")["why.series_unsure"]),
    (Paused, Resume(), "a person follows it again"),
)


def ways() -> Ways:
    """Return every way from one state to another, with what happens on it."""
    found: Ways = defaultdict(set)
    for view, context in views():
        planned = plan(view, context)
        for then, said in _brought_about(view, planned, context):
            if then.kind != view.link.life.kind:
                found[view.link.life.kind, then.kind].add(said)
    for life, (kind, decision, said) in product(LIVES, BESIDE):
        if isinstance(life, kind):
            then = after(_link(life), Decided(decision)).link.life
            if then.kind != life.kind:
                found[life.kind, then.kind].add(said)
    return found


def views() -> Iterator[tuple[View, PlanningContext]]:
    """Give every state beside whatever both sides show, a person ordered, and the settings are."""
    rows = product(LINKS, ORDERS, CIRCUMSTANCES, BOOKINGS, EVENTS)
    for plain, order, (settings, held), booking, (event, elsewhere) in rows:
        link, life = replace(plain, order=order), plain.life
        if not _can_be_ordered(order, link) or (isinstance(order, Override) and settings is not CAREFUL):
            continue
        if not link.booking_id:
            theirs = Snapshot.of(replace(EVENT, key=THEIRS, mark=Mark(), when=event.value.when if event.value else TEN))
            booking, event = ABSENT, theirs  # noqa: PLW2901 -- one side only
        elif link.event is None:
            event = ABSENT  # noqa: PLW2901 -- as above
        view = View(link, booking, event, elsewhere)
        context = replace(CONTEXT, settings=settings, hold_removals=held)
        yield view, context
        if isinstance(life, Paused):  # it has been quiet
            seen = replace(life, since=NOW - timedelta(hours=2), seen=shown(view, digest))
            yield replace(view, link=replace(link, life=seen)), context


def _can_be_ordered(order: Order | None, link: Link) -> bool:
    """Whether people can order this: a yes or no where a removal waits, an undo of what was written to both sides."""
    match order:
        case Approve() | Restore():
            return isinstance(link.life, Held | Grace)
        case Override():
            return bool(link.booking_id) and link.event is not None
    return True


def _link(life: Life) -> Link:
    base: Base | None = None if isinstance(life, Unlinked | Refused) else BASE
    if life == Closed(Closer.SERVICE, 20):
        base = replace(BASE, status=70)
    match life:
        case Refused():
            return Link("link", "", THEIRS, Origin.EVENT, life, version=3)
        case Unlinked() | LeftOut():
            return Link("link", "1001", None, Origin.BOOKING, life, base, version=3)
    return Link("link", "1001", KEY, Origin.BOOKING, life, base, version=3, event_etag='"1"')


LINKS = (*(_link(life) for life in LIVES), Link("link", "", THEIRS, Origin.EVENT))


def _brought_about(view: View, planned: Planned, context: PlanningContext) -> Iterator[tuple[Life, str]]:
    """Give each state that a step can lead to, with what happened."""
    step = planned.step
    if isinstance(step, Settle):
        yield step.link.life, _said(step.why, view.link.order)
    if not isinstance(step, Write):
        return
    yield simulate(view, step, planned.base, context).link.life, _said(step.why, view.link.order)
    intent = Intent("stamp", step, NOW, planned.base)
    attempt = attempt_of(view, step, context)
    side = "i-Reserve" if isinstance(step, WriteBooking | MakeBooking) else "Google"
    unlike: tuple[tuple[Result, str], ...] = (
        (Rejected("other", NOW), f"{side} refuses it"),
        (Rejected("other", NOW, unseen=True), f"{side} refuses it"),
        (Overtaken(Overtaking.GONE), f"{side} has it no more"),
        (Overtaken(Overtaking.TAKEN), "it is there already"),
        (Overtaken(Overtaking.OF_ANOTHER), "it is the event of another booking"),
        (Overtaken(Overtaking.CHANGED), "somebody else was faster"),
        (Missed(), "the write never arrived"),
    )
    for result, said in unlike:
        yield after(begun(view.link, intent, attempt), result).link.life, said
    if attempt is not None and view.link.order is None:  # the same again and again
        often = (replace(attempt, ended=Ended.REFUSED),) * 6
        braked = plan(replace(view, link=replace(view.link, attempts=often)), context).step
        if isinstance(braked, Settle):
            yield braked.link.life, _said(braked.why, None)


def _said(why: Why, order: Order | None) -> str:
    if why is Why.UNDONE and isinstance(order, Restore):
        return "a person keeps it"
    return "it has been quiet for an hour" if why is Why.PAUSED else table("en")[f"why.{why}"]


# the pages


def _meaning(kind: str) -> tuple[str, str]:
    """Return what a state means and what it carries, as its class says."""
    found = next(each for each in (*get_args(Awake), Paused) if get_args(each.__annotations__["kind"])[0] == kind)
    said = " ".join((found.__doc__ or "").split())
    carried = ", ".join(f"`{each.name}`" for each in fields(found) if each.name != "kind")
    return said, carried


def _lines(found: Ways, place: int, kind: str) -> str:
    """Return the ways into a state (`place` 1) or out of it (0), by the state at the other end."""
    ends = [(pair[1 - place], said) for pair, said in found.items() if pair[place] == kind]
    rows = sorted(ends, key=lambda row: ORDER.index(row[0]))
    word = "from" if place else "to"
    return "<br>".join(f"{word} **{_name(other)}**: {'; '.join(sorted(said))}" for other, said in rows) or "—"


def _name(kind: str) -> str:
    return kind.replace("_", " ")


def diagram(found: Ways) -> str:
    """Return the picture: who follows whom, without the reasons."""
    lines = [f"  {a} --> {b}" for a, b in sorted(found, key=lambda pair: (ORDER.index(pair[0]), ORDER.index(pair[1])))]
    return "\n".join(("```mermaid", "stateDiagram-v2", "  [*] --> unlinked", *lines, "```"))


def page(found: Ways) -> str:
    """Return docs/states.md."""
    rows = [
        f"| **{_name(kind)}** | {_meaning(kind)[0]} | {_meaning(kind)[1] or '—'} | {_lines(found, 1, kind)} | "
        f"{_lines(found, 0, kind)} |"
        for kind in ORDER
    ]
    return "\n".join(
        (
            "# States of a pair",
            "",
            INTRODUCTION,
            "",
            diagram(found),
            "",
            "| state | meaning | carries | ways in | ways out |",
            "|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def operators(found: Ways) -> str:
    """Return the table for operators."""
    rows = []
    for kind in ORDER:
        to = [_name(other) for other in ORDER if (kind, other) in found]
        rows.append(f"| {_name(kind)} | {' | '.join(FOR_OPERATORS[kind])} | {', '.join(to)} |")
    return "\n".join(("| state | how it gets there | how it gets out | may become |", "|---|---|---|---|", *rows))


def with_table(operations: str, found: Ways) -> str:
    """Return docs/operations.md with its table as the code has it."""
    head, _, rest = operations.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{operators(found)}\n{END}{tail}"


def main() -> None:
    """Write both pages."""
    found = ways()
    (FOLDER / "states.md").write_text(page(found), encoding="utf-8")
    operations = FOLDER / "operations.md"
    operations.write_text(with_table(operations.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
