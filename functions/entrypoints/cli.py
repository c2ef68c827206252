"""The operators' commands. Exit codes: 0 done, 1 it could not be done, 2 wrong use, 3 done with something left to see."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import yaml

from functions.application import (
    activation,
    changes,
    consent,
    diagnose,
    held,
    integrations,
    journal_read,
    parked,
    preview,
    removal,
    round_trip,
    undo,
    walk,
)
from functions.application.ports import Ports
from functions.application.settings_input import raw_of
from functions.domain.errors import Invalid, Refused, SyncError
from functions.entrypoints.cli_probe import probe_command
from functions.entrypoints.json_forms import plain, shown
from functions.entrypoints.search_now import search_now

ACTOR = "command line"
MakePorts = Callable[[], Ports]
COLOURS = {"green": "green", "amber": "yellow", "red": "red"}


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say an error in one sentence on stderr and exit with its code."""
    try:
        yield
    except Invalid as error:
        for fault in error.faults:
            click.echo(f"{fault.field or 'settings'}: {fault.message}", err=True)
        sys.exit(1)
    except SyncError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def show(value: Any, *, as_json: bool, lines: list[str] | None = None) -> None:
    """Print a result: as JSON, or as lines for a person."""
    if as_json:
        click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))
    else:
        for line in lines if lines is not None else [json.dumps(plain(value), ensure_ascii=False)]:
            click.echo(line)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
int_id = click.argument("int_id")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Two-way sync between i-Reserve and Google Calendar."""


@cli.command()
@as_json
@click.pass_obj
def integrations_command(make: MakePorts, *, as_json: bool) -> None:
    """List the integrations and how they are."""
    with clear_errors():
        ports = make()
        found = integrations.every(ports.documents)
        lines = [
            f"{each.id:12} {each.phase.value:8} {each.settings.name or '-'}"
            f" ({each.connection.account if each.connection else 'not connected'})"
            for each in found
        ]
        show([shown(ports, each) for each in found], as_json=as_json, lines=lines or ["there are no integrations yet"])


integrations_command.name = "integrations"


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--apply", type=click.Choice(["all", "future", "new"]), help="For an active integration: which events change."
)
@as_json
@click.pass_obj
def import_command(make: MakePorts, file: Path, apply: str | None, *, as_json: bool) -> None:
    """Create or change an integration from a YAML file; its secrets go to the secret store."""
    with clear_errors():
        raw = _yaml(file)
        secrets = _secrets(raw.pop("secrets", None))
        ports = make()
        saved = changes.save(ports, raw, ACTOR, secrets=secrets, apply=apply or "")
        lines = [
            f"integration {saved.id} is saved",
            f"its Return url: {consent.return_url(ports, saved.id)}",
        ]
        show(shown(ports, saved), as_json=as_json, lines=lines)


def _yaml(file: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise Refused(f"{file} is not YAML{where}") from None
    if not isinstance(raw, dict):
        raise Refused(f"{file} has no settings; see docs/features.md for their names")
    return raw


def _secrets(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    found = {}
    for name, value in given.items():
        found[name] = _from_environment(name, value) if isinstance(value, str) and value.startswith("env:") else value
    return found


def _from_environment(name: str, value: str) -> str:
    variable = value.removeprefix("env:")
    if variable not in os.environ:
        raise Refused(f"secrets.{name} names the variable {variable}, which is not set")
    return os.environ[variable]


@cli.command()
@int_id
@as_json
@click.pass_obj
def export(make: MakePorts, int_id: str, *, as_json: bool) -> None:
    """Print the settings of an integration as YAML; never a secret."""
    with clear_errors():
        settings = raw_of(integrations.get(make().documents, int_id).settings)
        text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
        show(settings, as_json=as_json, lines=[text.rstrip()])


@cli.command()
@int_id
@click.option("--confirm", is_flag=True, help="Yes, change to the other account.")
@click.option("--wait/--no-wait", default=True, help="Wait for the consent in the browser.")
@as_json
@click.pass_obj
def connect(make: MakePorts, int_id: str, *, confirm: bool, wait: bool, as_json: bool) -> None:
    """Step 1 and Step 2: print the address of the consent screen, wait for it, connect."""
    with clear_errors():
        ports = make()
        if not confirm and not consent.waiting(ports, int_id):
            address = consent.begin(ports, int_id)
            if not wait:
                show({"address": address}, as_json=as_json, lines=[address])
                return
            click.echo(f"Open this address in a browser and give consent:\n{address}", err=True)
            for _ in range(600):
                if consent.waiting(ports, int_id):
                    break
                time.sleep(1)
        found = consent.connect(ports, int_id, confirm=confirm)
        lines = [f"connected as {found.account}", *(f"  {each.id}  {each.title}" for each in found.calendars)]
        show(found, as_json=as_json, lines=lines)


def _simple(name: str, text: str, act: Callable[[Ports, str], Any], done: Callable[[Any], list[str]]) -> None:
    @cli.command(name, help=text)
    @int_id
    @as_json
    @click.pass_obj
    def command(make: MakePorts, int_id: str, *, as_json: bool) -> None:
        with clear_errors():
            result = act(make(), int_id)
            show(result, as_json=as_json, lines=done(result))


_simple(
    "disconnect",
    "Forget the Google account.",
    consent.disconnect,
    lambda _: ["disconnected"],
)
_simple(
    "pause",
    "Stop all writes at once.",
    activation.pause,
    lambda _: ["paused; `activate` resumes and catches up"],
)
_simple(
    "deactivate",
    "Stop the sync; both sides stay as they are.",
    activation.deactivate,
    lambda result: ["deactivated; both sides stay as they are", *result[1]],
)


@cli.command()
@int_id
@click.option("--shadow", is_flag=True, help="Plan and journal, write nothing.")
@click.option("--anyway", is_flag=True, help="Although the built-in integration was found to be active.")
@click.option("--wait", is_flag=True, help="Wait until the backfill is done (it is done by `serve`).")
@as_json
@click.pass_obj
def activate(make: MakePorts, int_id: str, *, shadow: bool, anyway: bool, wait: bool, as_json: bool) -> None:
    """Check everything, register webhooks and channels, backfill. Resumes a paused integration."""
    with clear_errors():
        ports = make()
        result = activation.activate(ports, int_id, ACTOR, shadow=shadow, anyway=anyway)
        lines = [f"integration {int_id} is {result.integration.phase.value}", *result.warnings]
        lines += [f"{calendar} cannot notify; it is polled" for calendar in result.without_channel]
        show(result, as_json=as_json, lines=lines)
        if wait:
            _watch(ports, int_id, "backfill")
        if result.warnings:
            sys.exit(3)


@cli.command()
@int_id
@click.option("--wait", is_flag=True, help="Wait until it is done (it is done by `serve`).")
@as_json
@click.pass_obj
def resync(make: MakePorts, int_id: str, *, wait: bool, as_json: bool) -> None:
    """Read both sides of everything in the window again."""
    with clear_errors():
        ports = make()
        show(activation.resync(ports, int_id, ACTOR), as_json=as_json, lines=["resync is queued"])
        if wait:
            _watch(ports, int_id, "resync")


def _watch(ports: Ports, int_id: str, kind: str) -> None:
    """Show how far a walk is until it is done."""
    first = walk.current(ports.documents, int_id, kind)
    if first is None:
        return
    days = max(1, (first.last - first.first).days)
    with click.progressbar(length=days, label=kind, file=sys.stderr) as bar:
        while (state := walk.current(ports.documents, int_id, kind)) is not None and state.finished_at is None:
            bar.update((state.week - first.first).days - bar.pos)
            time.sleep(0.5)
        bar.update(days - bar.pos)
    if state is not None:
        click.echo(f"{state.looked} bookings looked at, {state.changed} changed, {state.failed} to retry", err=True)


@cli.command("plan")
@int_id
@click.option("--last", "only_last", is_flag=True, help="Show the last plan instead of making a new one.")
@as_json
@click.pass_obj
def plan_command(make: MakePorts, int_id: str, *, only_last: bool, as_json: bool) -> None:
    """Show what activation or a resync would do, without doing it."""
    with clear_errors():
        ports = make()
        found = preview.current(ports, int_id) if only_last else _new_plan(ports, int_id)
        if found is None:
            raise Refused("there is no plan yet; make one with `plan`")
        counts = ", ".join(f"{count} to {name.replace('_', ' ')}" for name, count in sorted(found.counts.items()))
        lines = [
            f"{found.looked} bookings looked at: {counts or 'nothing to do'}; {found.in_step} are right as they are"
        ]
        lines += [f"guests would get {found.mails} mails"] if found.mails else []
        lines += [
            f"  {line['booking_id'] or 'new':>8}  {line.get('trouble') or ', '.join(line['does'])}"
            for line in found.lines
        ]
        show(found, as_json=as_json, lines=lines)


def _new_plan(ports: Ports, int_id: str) -> preview.Plan:
    found = preview.refresh(ports, int_id)
    days = max(1, (found.last - found.first).days)
    with click.progressbar(length=days, label="plan", file=sys.stderr) as bar:
        while not found.complete:
            bar.update((found.week - found.first).days - bar.pos)
            found = preview.refresh(ports, int_id, go_on=True)
        bar.update(days - bar.pos)
    return found


@cli.command()
@int_id
@as_json
@click.pass_obj
def sweep(make: MakePorts, int_id: str, *, as_json: bool) -> None:
    """Search both sides for what hints missed."""
    with clear_errors():
        ports = make()
        search_now(ports, int_id, ACTOR)
        show({"queued": True}, as_json=as_json, lines=["the sweep is queued"])


@cli.command()
@int_id
@click.option("--events", type=click.Choice(["keep", "remove"]), help="What becomes of the events and ids.")
@click.confirmation_option(prompt="Remove this integration, its links and its secrets?")
@as_json
@click.pass_obj
def delete(make: MakePorts, int_id: str, events: str | None, *, as_json: bool) -> None:
    """Remove an integration; bookings and events of people stay."""
    with clear_errors():
        ports = make()
        left = removal.delete(ports, int_id, events or "")
        with click.progressbar(length=left, label="taking apart", file=sys.stderr) as bar:
            while left:
                before, left = left, removal.delete(ports, int_id, events or "")
                bar.update(before - left)
        show({"deleted": int_id}, as_json=as_json, lines=[f"integration {int_id} is removed"])


@cli.command("diagnose")
@int_id
@click.option("--round-trip", "trip", is_flag=True, help="Make, move and remove a marked test event, and time it.")
@click.option("--calendar", default="", help="The mapped calendar of the round trip; else the first one.")
@click.option("--object", "object_id", default="", help="Make, move and cancel a test booking on this object too.")
@as_json
@click.pass_obj
def diagnose_command(make: MakePorts, int_id: str, *, trip: bool, calendar: str, object_id: str, as_json: bool) -> None:
    """Is it in sync, and if not, why? Exit code 0 green, 3 amber, 1 red."""
    with clear_errors():
        if trip:
            legs = round_trip.round_trip(make(), int_id, calendar, object_id)
            lines = [f"{leg.name:15} {leg.seconds * 1000:7.0f} ms  {leg.trouble}" for leg in legs]
            show(list(legs), as_json=as_json, lines=lines)
            sys.exit(1 if any(leg.trouble for leg in legs) else 0)
        found = diagnose.diagnose(make(), int_id)
        lines = [f"integration {int_id}: {found.phase}, {found.links} links, {found.open_items} open items"]
        since = f"{found.in_sync_as_of:%d-%m-%Y %H:%M:%S} UTC" if found.in_sync_as_of else "never yet"
        lines.append(f"in sync as of {since}")
        for check in found.checks:
            colour = click.style(f"{check.level:6}", fg=COLOURS[check.level])
            lines.append(f"{colour} {check.name:10} {check.says}" + (f" -> {check.mend}" if check.mend else ""))
        show({**plain(found), "level": found.level}, as_json=as_json, lines=lines)
        sys.exit({"green": 0, "amber": 3, "red": 1}[found.level])


@cli.command("journal")
@int_id
@click.option("--booking", default="", help="Of one booking.")
@click.option("--limit", default=50, help="How many, newest first.")
@as_json
@click.pass_obj
def journal_command(make: MakePorts, int_id: str, booking: str, limit: int, *, as_json: bool) -> None:
    """Show what was decided and why, newest first."""
    with clear_errors():
        found = journal_read.entries(make(), int_id, booking, limit=limit)
        lines = [
            f"{e['at'][:19]}  {e['booking_id'] or '-':>8}  {e['step']:12} {e['why']:18} {e['outcome']:9} {e['hint']}"
            for e in found
        ]
        show(found, as_json=as_json, lines=lines or ["nothing yet"])


@cli.command("parked")
@int_id
@as_json
@click.pass_obj
def parked_command(make: MakePorts, int_id: str, *, as_json: bool) -> None:
    """Show what could not be done, with its reason."""
    with clear_errors():
        ports = make()
        integrations.get(ports.documents, int_id)
        found = [{"id": item, **body} for item, body in parked.every(ports, int_id)]
        lines = [f"{e['id']}  {e['at'][:19]}  {e['kind']} {' '.join(e['subject'])}  {e['reason']}" for e in found]
        show(found, as_json=as_json, lines=lines or ["nothing is parked"])


@cli.command("undo")
@int_id
@click.argument("entry")
@click.option("--preview", "only_show", is_flag=True, help="Say what it would do, and do nothing.")
@as_json
@click.pass_obj
def undo_command(make: MakePorts, int_id: str, entry: str, *, only_show: bool, as_json: bool) -> None:
    """Take back what a journal entry did to a booking."""
    with clear_errors():
        ports = make()
        found = undo.preview(ports, int_id, entry) if only_show else undo.undo(ports, int_id, entry, ACTOR)
        lines = [f"  {step['step']}" for step in found.steps]
        said = "undone" if found.done else "it is being undone"
        show(found, as_json=as_json, lines=["it would do:" if only_show else said, *lines, found.stays])


@cli.command("held")
@int_id
@click.option("--approve", help="Carry out this item, or `all`.")
@click.option("--restore", help="Undo this item instead, or `all`.")
@as_json
@click.pass_obj
def held_command(make: MakePorts, int_id: str, approve: str | None, restore: str | None, *, as_json: bool) -> None:
    """Show the removals that wait for a person, and decide on them."""
    with clear_errors():
        ports = make()
        found = held.every(ports, int_id)
        item, decide = (approve, held.approve) if approve else (restore, held.restore)
        if item:
            chosen = [each["id"] for each in found] if item == "all" else [item]
            done = sum(len(decide(ports, int_id, each, ACTOR)) for each in chosen)
            show({"decided": done}, as_json=as_json, lines=[f"{done} decided"])
            return
        lines = [
            f"{e['id']}  {e['would'].replace('_', ' ')}  {', '.join(b['booking_id'] for b in e['bookings'])}  {e['reason']}"
            for e in found
        ]
        show(found, as_json=as_json, lines=lines or ["nothing is held"])


@cli.command("retry")
@int_id
@click.argument("item")
@as_json
@click.pass_obj
def retry_command(make: MakePorts, int_id: str, item: str, *, as_json: bool) -> None:
    """Try a parked item again."""
    with clear_errors():
        parked.retry(make(), int_id, item, ACTOR)
        show({"queued": True}, as_json=as_json, lines=["it is tried again now"])


cli.add_command(probe_command)
