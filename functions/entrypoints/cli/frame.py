"""What every command has in common: who acts, `--json`, how a result is printed and an error said."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from functions.application.ports import Ports
from functions.domain.model.errors import Invalid, SyncError
from functions.entrypoints.console.json_forms import plain

ACTOR = "command line"
MakePorts = Callable[[], Ports]

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program.")
int_id = click.argument("int_id")


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
