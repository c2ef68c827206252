"""The commands that only read: plan, diagnosis, journal, finding, statuses, overlaps."""

import sys

import click

from functions.application.diagnosing import diagnose, round_trip, statuses
from functions.application.finding import find, search
from functions.application.finding.names import Catalogue, Names
from functions.application.ports import Body, Ports
from functions.application.scanning import overlaps
from functions.application.setting_up import preview
from functions.application.store import integrations, journal_read
from functions.domain.model.appointment import AllDay, When
from functions.domain.model.errors import Refused
from functions.entrypoints.cli.frame import command, int_id, show, table, texts, wants_json
from functions.entrypoints.console.journal_sentences import planned, tell, verdict_sentence
from functions.entrypoints.console.journal_sentences import status as status_name
from functions.entrypoints.console.json_forms import plain
from functions.entrypoints.console.reasons import reason_name
from functions.entrypoints.console.texts import Texts

COLOURS = {"green": "green", "grey": "bright_black", "amber": "yellow", "red": "red"}


@command(
    "plan",
    int_id,
    click.option("--last", "only_last", is_flag=True, help="Show the last plan instead of making a new one."),
)
def plan_command(ports: Ports, int_id: str, *, only_last: bool) -> None:
    """Show what activation or a resync would do, without doing it."""
    found = preview.current(ports, int_id) if only_last else _new_plan(ports, int_id)
    if found is None:
        raise Refused("there is no plan yet; make one with `plan`")
    show(found, plan_lines(ports, int_id, found))


def plan_lines(ports: Ports, int_id: str, found: preview.Plan) -> list[str]:
    """Return a plan as lines for the terminal: its counts, then a line per booking."""
    counts = ", ".join(f"{count} to {name.replace('_', ' ')}" for name, count in sorted(found.counts.items()))
    lines = [f"{found.looked} bookings looked at: {counts or 'nothing to do'}; {found.in_step} are right as they are"]
    names, t = Catalogue(ports).of(int_id) if found.lines or found.unlisted else Names(), texts(ports, int_id)
    if found.unlisted:
        shown = ", ".join(f"{n} x {status_name(int(code), names, t)}" for code, n in sorted(found.unlisted.items()))
        lines.append(f"no event for {sum(found.unlisted.values())} whose status is in no list: {shown}")
    lines += [f"guests would get at least {found.mails} mails"] if found.mails else []
    rows = [(line["booking_id"] or "new event", _does(line, t), _sets(line, names, t)) for line in found.lines]
    return lines + table(("booking", "would", f"what (times of {t.zone})"), rows)


def _does(line: Body, t: Texts) -> str:
    return reason_name(line["trouble"], t) if line.get("trouble") else ", ".join(t(f"does.{n}") for n in line["does"])


def _sets(line: Body, names: Names, t: Texts) -> str:
    said = (planned(step, names, t) for step in line["steps"] if step["why"] != "write_back")
    return "; ".join(each for each in said if each)


def _new_plan(ports: Ports, int_id: str) -> preview.Plan:
    found = preview.refresh(ports, int_id)
    days = max(1, (found.last - found.first).days)
    with click.progressbar(length=days, label="plan", file=sys.stderr) as bar:
        while not found.complete:
            bar.update((found.week - found.first).days - bar.pos)
            found = preview.refresh(ports, int_id, go_on=True)
        bar.update(days - bar.pos)
    return found


@command(
    "diagnose",
    int_id,
    click.option("--round-trip", "trip", is_flag=True, help="Make, move and remove a marked test event, and time it."),
    click.option("--calendar", default="", help="The mapped calendar of the round trip; else the first one."),
    click.option("--object", "object_id", default="", help="Make, move and cancel a test booking on this object too."),
)
def diagnose_command(ports: Ports, int_id: str, *, trip: bool, calendar: str, object_id: str) -> None:
    """Say whether it is in sync, and if not, why. Exit code 0 green, 3 amber, 1 red."""
    if trip:
        legs = round_trip.round_trip(ports, int_id, calendar, object_id)
        lines = [f"{leg.name:15} {leg.seconds * 1000:7.0f} ms  {leg.trouble}" for leg in legs]
        show(list(legs), lines)
        sys.exit(1 if any(leg.trouble for leg in legs) else 0)
    found = diagnose.diagnose(ports, int_id)
    integration, t = integrations.get(ports.documents, int_id), texts(ports, int_id)
    lines = [f"integration {int_id}: {t.state(integration)}, {found.links} pairs, {found.open_items} open items"]
    since = f"{t.second(found.in_sync_as_of)} ({t.zone})" if found.in_sync_as_of else "never yet"
    lines.append(f"in sync as of {since}")
    names = Names() if wants_json() else Catalogue(ports).of(int_id)
    for check in found.checks:
        colour = click.style(f"{check.level:6}", fg=COLOURS[check.level])
        says = check.says.replace(check.subject, names.calendar(check.subject)) if check.subject else check.says
        lines.append(f"{colour} {check.name:10} {says}" + (f" -> {check.mend}" if check.mend else ""))
    show({**plain(found), "level": found.level}, lines)
    sys.exit({"green": 0, "amber": 3, "red": 1}[found.level])


@command(
    "journal",
    int_id,
    click.option("--booking", default="", help="Of one booking."),
    click.option("--limit", default=50, type=click.IntRange(1, 500), help="How many, newest first."),
)
def journal_command(ports: Ports, int_id: str, booking: str, limit: int) -> None:
    """Show what happened and why, newest first. The id at the start of a line is what `undo` asks for."""
    found = journal_read.entries(ports, int_id, booking, limit=limit)
    integration, t = integrations.get(ports.documents, int_id), texts(ports, int_id)
    names = Catalogue(ports).of(int_id) if found and not wants_json() else Names()
    told = [tell(each, names, integration.settings, t) for each in found]
    rows = [
        (each.id, f"{t.local(each.at):%Y-%m-%d %H:%M:%S}", each.booking_id or "-", each.room, each.says)
        for each in told
    ]
    lines = table(("id", "when", "booking", "object", f"what happened (times of {t.zone})"), rows)
    show(found, lines or ["nothing yet"])


@command("find", int_id, click.argument("what"))
def find_command(ports: Ports, int_id: str, what: str) -> None:
    """Find bookings by number, date, object, title or guest. Exit code 3: nothing was found."""
    integration, t = integrations.get(ports.documents, int_id), texts(ports, int_id)
    names = Catalogue(ports).of(int_id)
    if what.isdecimal():
        found = find.find(ports, int_id, what)
        says = verdict_sentence(found, names, t)
        last = tell(found.last, names, integration.settings, t) if found.last is not None else None
        lines = [says, *([t.sentence(found.trouble)] if found.trouble else [])]
        lines += [f"last: {t.second(last.at)} ({t.zone}): {last.says}"] if last is not None else []
        body = {"booking_id": what, "verdict": found.verdict.value, "says": says, "does": list(found.does)}
        show({**body, "trouble": found.trouble, "acts": list(found.acts)}, lines)
        sys.exit(3 if found.verdict in ("no_booking", "gone") else 0)
    results = search.search(ports, int_id, what, names)
    rows = [
        (
            each.booking_id or "-",
            _when(each.when, t),
            names.object(each.object_id) if each.object_id else names.calendar(each.calendar),
            each.relation.value.replace("_", " "),
            each.title,
        )
        for each in results.hits
    ]
    lines = table(("booking", f"when ({t.zone})", "object", "stands", "title"), rows)
    show(results, lines or ["nothing was found"])
    sys.exit(0 if results.hits else 3)


def _when(when: When, t: Texts) -> str:
    return t.days(when.first, when.until) if isinstance(when, AllDay) else t.span(when.start, when.end)


@command("statuses", int_id)
def statuses_command(ports: Ports, int_id: str) -> None:
    """List the statuses of the bookings with their counts. Exit code 3: one of them is in no list."""
    found, t = statuses.statuses(ports, int_id), texts(ports, int_id)
    while found.cut and not found.trouble:
        found = statuses.statuses(ports, int_id)
    names = Names(statuses={each.status: each.name for each in found.found if each.name})
    rows = [(status_name(e.status, names, t), str(e.bookings), t(f"statuses.list.{e.list}")) for e in found.found]
    more = [found.trouble] if found.trouble else []
    show(found, [*table(("status", "bookings", "becomes"), rows), *more])
    sys.exit(1 if found.trouble else 3 if found.undecided else 0)


@command("overlaps", int_id)
def overlaps_command(ports: Ports, int_id: str) -> None:
    """List the overlapping bookings of the last full search. That is `sweep` or the night's. Exit code 3: there are some."""
    listed = overlaps.last(ports.documents, int_id)
    rows = [(f"{each.day}", each.object_id, ", ".join(each.bookings)) for each in listed.found] if listed else []
    nothing = "nothing was searched yet; search with `sweep`" if listed is None else "no bookings overlap"
    show(listed, table(("day", "object", "bookings"), rows) or [nothing])
    sys.exit(1 if listed is None else 3 if rows else 0)


COMMANDS = (plan_command, diagnose_command, journal_command, find_command, statuses_command, overlaps_command)
