"""The commands that start and stop the sync of an integration, or search at once."""

import sys
import time

import click

from functions.application.ports import Ports
from functions.application.scanning import scan
from functions.application.setting_up import activation
from functions.entrypoints.cli.frame import ACTOR, MakePorts, as_json, clear_errors, int_id, show
from functions.entrypoints.console.search_now import search_now


@click.command()
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


@click.command()
@int_id
@as_json
@click.pass_obj
def pause(make: MakePorts, int_id: str, *, as_json: bool) -> None:
    """Stop all writes at once."""
    with clear_errors():
        paused = activation.pause(make(), int_id)
        show(paused, as_json=as_json, lines=["paused; `activate` resumes and catches up"])


@click.command()
@int_id
@as_json
@click.pass_obj
def deactivate(make: MakePorts, int_id: str, *, as_json: bool) -> None:
    """Stop the sync; both sides stay as they are."""
    with clear_errors():
        result = activation.deactivate(make(), int_id)
        show(result, as_json=as_json, lines=["deactivated; both sides stay as they are", *result[1]])


@click.command()
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


@click.command()
@int_id
@as_json
@click.pass_obj
def sweep(make: MakePorts, int_id: str, *, as_json: bool) -> None:
    """Search both sides for what hints missed."""
    with clear_errors():
        search_now(make(), int_id, ACTOR)
        show({"queued": True}, as_json=as_json, lines=["the sweep is queued"])


def _watch(ports: Ports, int_id: str, kind: str) -> None:
    """Show the progress of a scan until it is done."""
    first = scan.current(ports.documents, int_id, kind)
    if first is None:
        return
    days = max(1, (first.last - first.first).days)
    with click.progressbar(length=days, label=kind, file=sys.stderr) as bar:
        while (state := scan.current(ports.documents, int_id, kind)) is not None and state.finished_at is None:
            bar.update((state.week - first.first).days - bar.pos)
            time.sleep(0.5)
        bar.update(days - bar.pos)
    if state is not None:
        click.echo(f"{state.looked} bookings looked at, {state.changed} changed, {state.failed} to retry", err=True)


COMMANDS = (activate, pause, deactivate, resync, sweep)
