"""The commands that decide: on held removals, parked items and paused pairs, and undo."""

import click

from functions.application.deciding import held, keep_or_resume, undo
from functions.application.deciding.carry_out import each_of
from functions.application.finding.names import Catalogue, Names
from functions.application.ports import Ports
from functions.application.store import integrations, journal, links, parked
from functions.entrypoints.cli.frame import ACTOR, command, int_id, show, table, texts
from functions.entrypoints.console.journal_sentences import would
from functions.entrypoints.console.parked_sentences import about, ids
from functions.entrypoints.console.reasons import reason_name

NOTHING = "nothing is parked"


@command("parked", int_id)
def parked_command(ports: Ports, int_id: str) -> None:
    """Show what could not be done, with its reason."""
    found = [{"id": item, **body} for item, body in parked.every(ports, int_id)]
    t, names = texts(ports, int_id), Catalogue(ports).of(int_id) if found else Names()
    settings = integrations.get(ports.documents, int_id).settings
    rows = [
        (
            e["id"],
            f"{t.local(e['at']):%Y-%m-%d %H:%M:%S}",
            " ".join((about(e, names, settings, t), *ids(e))),
            reason_name(e["reason"], t),
        )
        for e in found
    ]
    lines = table(("id", f"when ({t.zone})", "about", "reason"), rows)
    show(found, lines or [NOTHING])


@command("retry", int_id, click.argument("item"))
def retry_command(ports: Ports, int_id: str, item: str) -> None:
    """Try a parked item again, or `all` of them."""
    items = [each for each, _ in parked.every(ports, int_id, 500)] if item == "all" else [item]
    each_of(items, lambda each: parked.retry(ports, int_id, each, ACTOR))
    said = "it is tried again now" if item != "all" else f"{len(items)} are tried again now" if items else NOTHING
    show({"queued": bool(items)}, [said])


@command("resume", int_id, click.argument("booking"))
def resume_command(ports: Ports, int_id: str, booking: str) -> None:
    """Let a paused pair go on, by the number of its booking."""
    link = links.of_booking(ports.documents, int_id, booking)
    outcome = keep_or_resume.resume(ports, int_id, link.id, ACTOR)
    show({"state": outcome.link.state.value}, [f"booking {booking} is followed again"])


@command(
    "held",
    int_id,
    click.option("--approve", help="Carry out this item, or `all`."),
    click.option("--restore", help="Undo this item instead, or `all`."),
)
def held_command(ports: Ports, int_id: str, approve: str | None, restore: str | None) -> None:
    """Show, carry out or undo the removals that wait for you."""
    found = held.every(ports, int_id)
    item, decide = (approve, held.approve) if approve else (restore, held.restore)
    if item:
        chosen = [each["id"] for each in found] if item == "all" else [item]
        done = sum(map(len, each_of(chosen, lambda each: decide(ports, int_id, str(each), ACTOR))))
        show({"decided": done}, [f"{done} decided"])
        return
    t, names = texts(ports, int_id), Catalogue(ports).of(int_id) if found else Names()
    rows = [
        (
            str(e["id"]),
            t(f"held.{e['would']}"),
            names.object(e["object_id"]) if e.get("object_id") else names.calendar(str(e.get("calendar", ""))),
            ", ".join(str(b["booking_id"]) for b in e["bookings"]),
        )
        for e in found
    ]
    lines = table(("id", "would", "object", "bookings"), rows)
    show(found, lines or ["nothing is held"])


@command(
    "undo",
    int_id,
    click.argument("entry"),
    click.option("--preview", "only_show", is_flag=True, help="Say what it would do, and do nothing."),
)
def undo_command(ports: Ports, int_id: str, entry: str, *, only_show: bool) -> None:
    """Take back what a journal entry did to a booking."""
    found = undo.preview(ports, int_id, entry) if only_show else undo.undo(ports, int_id, entry, ACTOR)
    body = journal.find(ports.documents, int_id, entry) or {}
    names, t = Catalogue(ports).of(int_id), texts(ports, int_id)
    lines = [f"  {would(step, body, names, t)}" for step in found.steps]
    said = "undone" if found.done else "it is being undone"
    show(found, ["it would do:" if only_show else said, *lines, found.stays])


COMMANDS = (parked_command, retry_command, resume_command, held_command, undo_command)
