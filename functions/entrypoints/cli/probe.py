"""The operators' command `probe`."""

import sys
import time
from datetime import timedelta

import click

from functions.application.ports import Ports
from functions.application.probing import probe, record, starting
from functions.application.probing.record import Trial
from functions.application.store import integrations
from functions.application.store.dialect_validation import dialect_of
from functions.domain.model.errors import SyncError
from functions.entrypoints.cli.frame import ACTOR, MakePorts, as_json, clear_errors, int_id, show
from functions.entrypoints.console.json_forms import progress

BLINK = timedelta(seconds=0.2)


@click.command("probe")
@int_id
@click.option("--booking", default="", help="Number of a test booking; its remarks contain TEST or PROBE.")
@click.option("--object", "thing", default="", help="Number of a test object.")
@click.option("--really", is_flag=True, help="Also a booking that looks real.")
@click.option("--stop", is_flag=True, help="Stop the last probe and put back what it left.")
@as_json
@click.pass_obj
def probe_command(make: MakePorts, int_id: str, booking: str, thing: str, *, really: bool, stop: bool) -> None:
    """Find out on a test booking what i-Reserve leaves unsaid. Exit code 3: something needs a look."""
    if not stop and not (booking.isdecimal() and thing.isdecimal()):
        raise click.UsageError("name a test booking and its object: --booking N --object N")
    with clear_errors():
        _probe(make(), int_id, booking, thing, really=really, stop=stop)


def _probe(ports: Ports, int_id: str, booking: str, thing: str, *, really: bool, stop: bool) -> None:
    trial = probe.stop(ports, int_id) if stop else starting.begin(ports, int_id, booking, thing, ACTOR, really=really)
    trial = _carry_on(ports, int_id, trial)
    dialect = dialect_of(integrations.get(ports.documents, int_id).dialect)
    lines = [f"{name:24} {value}" for name, value in trial.found.items()]
    lines += [f"{name:24} assumed: {says}" for name, says in dialect.assumptions()]
    lines += [f"not found out: {part} ({reason})" for part, reason in trial.trouble.items()]
    lines += [f"left behind: {says}" for says in trial.left]
    show(progress(trial), lines)
    if trial.left or trial.trouble or trial.found.get("built_in_active"):
        sys.exit(3)


def _carry_on(ports: Ports, int_id: str, trial: Trial) -> Trial:
    """Run the parts in this process and show the progress; webhooks arrive only at `serve`."""
    name = trial.name
    with click.progressbar(length=len(probe.PARTS), label="probe", file=sys.stderr) as bar:
        while trial.finished_at is None:
            bar.update(trial.part - bar.pos)
            after = probe.advance(ports, int_id)
            if after is None or after.name != name:
                raise SyncError("another probe took its place", reason="probing")
            waits = after.due is not None or after.leased_until is not None
            trial = after
            if waits:
                time.sleep(BLINK.total_seconds())
        bar.update(len(probe.PARTS) - bar.pos)
    return record.current(ports.documents, int_id) or trial
