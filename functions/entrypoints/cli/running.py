"""The commands that start and stop the sync of an integration, or search both sides at once."""

import sys
import time

import click

from functions.application.ports import Ports
from functions.application.scanning import scan
from functions.application.setting_up import activation
from functions.application.store.stopped import stopped
from functions.domain.model.errors import Refused
from functions.domain.model.messages import say
from functions.entrypoints.cli.frame import ACTOR, command, int_id, show, texts
from functions.entrypoints.console.reasons import reason_name
from functions.entrypoints.console.search_now import search_now
from functions.entrypoints.console.texts import Texts


@command(
    "activate",
    int_id,
    click.option("--shadow", is_flag=True, help="Plan and journal, write nothing."),
    click.option("--anyway", is_flag=True, help="Although the built-in integration was found to be active."),
    click.option("--wait", is_flag=True, help="Wait until the backfill is done (it is done by `serve`)."),
)
def activate(ports: Ports, int_id: str, *, shadow: bool, anyway: bool, wait: bool) -> None:
    """Check everything, register webhooks and channels, backfill. Resumes a paused integration."""
    result = activation.activate(ports, int_id, ACTOR, shadow=shadow, anyway=anyway)
    state = Texts("en").state(result.integration)
    lines = [f"integration {int_id} is {state}", *filter(None, [stopped(result.integration)]), *result.warnings]
    lines += [f"{calendar} cannot notify; it is polled" for calendar in result.without_channel]
    show(result, lines)
    if wait:
        _watch(ports, int_id, "backfill")
    if result.warnings:
        sys.exit(3)


@command("pause", int_id)
def pause(ports: Ports, int_id: str) -> None:
    """Stop all writes at once."""
    paused = activation.pause(ports, int_id)
    show(paused, ["paused; `activate` resumes and catches up"])


@command("deactivate", int_id)
def deactivate(ports: Ports, int_id: str) -> None:
    """Stop the sync; both sides stay as they are."""
    result = activation.deactivate(ports, int_id)
    show(result, ["deactivated; both sides stay as they are", *result[1]])


@command("resync", int_id, click.option("--wait", is_flag=True, help="Wait until it is done (it is done by `serve`)."))
def resync(ports: Ports, int_id: str, *, wait: bool) -> None:
    """Read both sides of everything in the window again."""
    show(activation.resync(ports, int_id, ACTOR), ["resync is queued"])
    if wait:
        _watch(ports, int_id, "resync")


@command("sweep", int_id)
def sweep(ports: Ports, int_id: str) -> None:
    """Search both sides for what hints missed."""
    search_now(ports, int_id, ACTOR)
    show({"queued": True}, ["the sweep is queued"])


def _watch(ports: Ports, int_id: str, kind: str) -> None:
    """Show the progress of a scan until it is done; raises `Refused` if it cannot go on."""
    first = scan.current(ports.documents, int_id, kind)
    if first is None:
        return
    days = max(1, (first.last - first.first).days)
    with click.progressbar(length=days, label=kind, file=sys.stderr) as bar:
        while (state := scan.current(ports.documents, int_id, kind)) is not None and state.finished_at is None:
            if stuck := scan.parked_as(ports, int_id, state):
                why = reason_name(stuck[1]["reason"], texts(ports, int_id))
                raise Refused(say("the {} stopped at {}: {}; `retry` tries again", kind, f"{state.week}", why))
            bar.update((state.week - first.first).days - bar.pos)
            time.sleep(0.5)
        bar.update(days - bar.pos)
    if state is not None:
        click.echo(f"{state.looked} bookings looked at, {state.changed} changed, {state.failed} to retry", err=True)


COMMANDS = (activate, pause, deactivate, resync, sweep)
