"""The commands for settings: list, import, export, connect, disconnect, delete."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import click
import yaml

from functions.application.ports import Ports
from functions.application.setting_up import changes, consent, removal
from functions.application.setting_up.settings_input import id_in, raw_of
from functions.application.store import integrations
from functions.domain.model.errors import Fault, Invalid
from functions.entrypoints.cli.frame import (
    ACTOR,
    MakePorts,
    agrees,
    as_json,
    clear_errors,
    command,
    fail,
    int_id,
    show,
    wants_json,
)
from functions.entrypoints.cli.looking import plan_lines
from functions.entrypoints.cli.yaml_file import settings_in
from functions.entrypoints.console.json_forms import plain, shown
from functions.entrypoints.console.texts import Texts


@command("integrations")
def list_integrations(ports: Ports) -> None:
    """List the integrations and how they are."""
    found = integrations.every(ports.documents)
    lines = [
        f"{each.id:12} {Texts('en').state(each):10} {each.settings.name or '-'}"
        f" ({each.connection.account if each.connection else 'not connected'})"
        for each in found
    ]
    show([shown(ports, each) for each in found], lines or ["there are no integrations yet"])


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--apply", type=click.Choice(["all", "future", "new"]), help="For an active integration: which events change."
)
@click.option("--new", is_flag=True, help="Begin a store in STATE_DIR, where there is none yet.")
@as_json
@click.pass_obj
def import_command(make: MakePorts, file: Path, apply: str | None, *, new: bool) -> None:
    """Create or change an integration from a YAML file. Its secrets go to the secret store."""
    with clear_errors():
        raw = settings_in(file)
        secrets, unset = _secrets(raw.pop("secrets", None))
        ports = make(new=new)
        try:
            saved = changes.save(ports, raw, ACTOR, secrets=secrets, apply=apply or "")
        except changes.PlanFirst as first:
            lines = [] if wants_json() else plan_lines(ports, id_in(raw), first.plan)
            fail([f"{first} (--apply)", *lines], 1, first.reason, plan=plain(first.plan))
        except Invalid as error:
            raise Invalid(tuple(unset.get(fault.field, fault) for fault in error.faults)) from None
        lines = [
            f"integration {saved.id} is saved",
            f"its Return url: {consent.return_url(ports, saved.id)}",
        ]
        show(shown(ports, saved), lines)


def _secrets(given: Any) -> tuple[Any, dict[str, Fault]]:
    """Return the secrets with values from the environment, and by field a fault for each variable that is not set."""
    found, unset = given, {}
    if isinstance(given, dict):
        found = dict(given)
        for name, value in given.items():
            if isinstance(value, str) and value.startswith("env:"):
                variable = value.removeprefix("env:")
                found[name] = os.environ.get(variable)
                if found[name] is None:
                    field = f"secrets.{name}"
                    unset[field] = Fault(field, f"names the variable {variable}, which is not set")
    return found, unset


@command("export", int_id)
def export(ports: Ports, int_id: str) -> None:
    """Print the settings of an integration as YAML, no secrets."""
    settings = raw_of(integrations.get(ports.documents, int_id).settings)
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    show(settings, [text.rstrip()])


@command(
    "connect",
    int_id,
    click.option("--confirm", is_flag=True, help="Yes, connect the account that was named."),
    click.option("--account", default="", help="Connect this account, and no other, without asking."),
    click.option("--wait/--no-wait", default=True, help="Wait for the consent in the browser."),
)
def connect(ports: Ports, int_id: str, *, confirm: bool, account: str, wait: bool) -> None:
    """Connect Google Calendar (Step 1 and Step 2). Prints the address of the consent screen and waits for it."""
    state = consent.state_here(ports, int_id)
    if not confirm and not consent.waiting(ports, int_id, state):
        address = consent.begin_here(ports, int_id)
        state = consent.state_here(ports, int_id)
        if not wait:
            show({"address": address}, [address])
            return
        click.echo(f"Open this address in a browser and give consent:\n{address}", err=True)
        for _ in range(600):
            if consent.waiting(ports, int_id, state):
                break
            time.sleep(1)
    found = consent.connect(ports, int_id, state, confirm=account or confirm)
    lines = [f"connected as {found.account}", *(f"  {each.id}  {each.title}" for each in found.calendars)]
    show(found, lines)


@command("disconnect", int_id)
def disconnect(ports: Ports, int_id: str) -> None:
    """Forget the Google account."""
    consent.disconnect(ports, int_id)
    show(None, ["disconnected"])


@command(
    "delete",
    int_id,
    click.option("--events", type=click.Choice(removal.CHOICES), help="What becomes of the events and ids."),
    click.option("--yes", is_flag=True, help="Do not ask."),
)
def delete(ports: Ports, int_id: str, events: str | None, *, yes: bool) -> None:
    """Remove an integration; bookings and events of people stay."""
    if not yes and not agrees("Remove this integration, its links and its secrets?"):
        fail(["nothing was removed; answer y, or give --yes"], 1, "not_confirmed")
    left = removal.delete(ports, int_id, events or "")
    with click.progressbar(length=left, label="taking apart", file=sys.stderr) as bar:
        while left:
            before, left = left, removal.delete(ports, int_id, events or "")
            bar.update(before - left)
    show({"deleted": int_id}, [f"integration {int_id} is removed"])


COMMANDS = (list_integrations, import_command, export, connect, disconnect, delete)
