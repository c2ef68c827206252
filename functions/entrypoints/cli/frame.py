"""What all commands share: who acts, `--json`, printing a result or an error."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import update_wrapper
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from functions.application.ports import Ports
from functions.application.store import integrations
from functions.domain.model.errors import Invalid, Refused, SyncError
from functions.entrypoints.console.json_forms import plain
from functions.entrypoints.console.texts import Texts

ACTOR = "command line"
WIDEST = 200  # characters of a line that does not go to a terminal
STEERING = re.compile(r"(?!\x1b\[(?:0|[39]\d)m)[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but a colour
MakePorts = Callable[..., Ports]


def _ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the ids of existing integrations that complete what was typed."""
    with suppress(Exception, SystemExit):
        found = integrations.every(ctx.obj().documents)
        return [CompletionItem(i.id, help=i.settings.name) for i in found if i.id.startswith(incomplete)]
    return []


JSON = f"{__name__}.json"


def _note_json(ctx: click.Context, _param: click.Parameter, value: object) -> None:
    ctx.meta[JSON] = value


as_json = click.option(
    "--json", is_flag=True, expose_value=False, callback=_note_json, help="Print JSON for a program."
)
int_id = click.argument("int_id", shell_complete=_ids)


def command(name: str, *parts: Callable[..., Any]) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function a command: it gets the ports and what its `parts` (arguments, options) ask for.

    Each command has `--json`, and prints an error as one sentence, such as that there is no such integration.
    """

    def made(work: Callable[..., None]) -> click.Command:
        @click.pass_obj
        def run(make: MakePorts, /, **given: Any) -> None:
            with clear_errors():
                ports = make()
                if "int_id" in given:
                    integrations.get(ports.documents, given["int_id"])
                work(ports, **given)

        asking: Callable[..., None] = update_wrapper(run, work)
        for part in reversed((*parts, as_json)):
            asking = part(asking)
        return click.command(name)(asking)

    return made


def wants_json() -> bool:
    """Whether this command was given `--json`."""
    context = click.get_current_context(silent=True)
    return bool(context is not None and context.meta.get(JSON))


def agrees(question: str) -> bool:
    """Ask a person on stderr, because stdout is for results; nobody there to answer is a no."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        return False


def fail(sentences: Sequence[str], code: int, reason: str = "", **more: object) -> NoReturn:
    """Print sentences on stderr, one a line or as JSON (with `more` beside them), and exit."""
    if wants_json():
        click.echo(json.dumps({"error": "; ".join(sentences), "reason": reason, **more}, ensure_ascii=False), err=True)
    else:
        for each in sentences:
            click.echo(_seen(each), err=True)
    sys.exit(code)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Print an error as one sentence on stderr, and exit with its code."""
    try:
        yield
    except Invalid as error:
        faults = [{"field": fault.field, "message": fault.message} for fault in error.faults]
        fail(
            [f"{fault.field or 'settings'}: {fault.message}" for fault in error.faults], 1, error.reason, errors=faults
        )
    except SyncError as error:
        fail([str(error)], 1, error.reason)


def show(value: Any, lines: list[str]) -> None:
    """Print a result: as JSON, or as lines for a person; raises `Refused` where that cannot be written."""
    said = [json.dumps(plain(value), ensure_ascii=False, indent=2)] if wants_json() else map(_seen, lines)
    try:
        for line in said:
            click.echo(line)
    except BrokenPipeError:  # of `| head`
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is written once more at the exit
        raise Refused(f"the result could not be printed: {error.strerror}", reason="no_output") from None


def _seen(line: str) -> str:
    """Return a line without what would steer a terminal: names and titles come from outside."""
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", line)


def texts(ports: Ports, int_id: str) -> Texts:
    """Return English texts with times in an integration's zone; raises `Gone` for an unknown one."""
    return Texts("en", integrations.get(ports.documents, int_id).settings.timezone)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows under their heads; a terminal's width cuts the last column."""
    if not rows:
        return []
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads) - 1)]
    most = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDEST
    room = max(20, most - sum(widths) - 2 * len(widths))

    def line(cells: Sequence[str]) -> str:
        last = cells[-1] if len(cells[-1]) <= room else f"{cells[-1][: room - 1]}…"
        return "  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), last]).rstrip()

    return [line(heads), *map(line, rows)]
