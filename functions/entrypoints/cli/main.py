"""The operators' commands. Exit codes: 0 done, 1 not done, 2 wrong use, 3 done, but something needs a look."""

import os
import sys

import click
from click.shell_completion import get_completion_class

from functions.entrypoints.cli import deciding as cli_deciding
from functions.entrypoints.cli import looking as cli_looking
from functions.entrypoints.cli import running as cli_running
from functions.entrypoints.cli import settings as cli_settings
from functions.entrypoints.cli.audit import audit_command
from functions.entrypoints.cli.probe import probe_command

VERSION = "0.1.0"
PROGRAM, COMPLETE = "ireserve-sync", "_IRESERVE_SYNC_COMPLETE"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, "--version", message="%(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Two-way sync between i-Reserve and Google Calendar."""
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        context.color = False


@cli.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes a shell complete commands and ids. For bash: eval "$(python -m functions completion bash)"."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"there is no completion for {shell}")
    run = f'"{sys.executable}" -m functions'
    script = kind(cli, {}, PROGRAM, COMPLETE).source()
    script = script.replace(f"{COMPLETE}={shell}_complete $1", f"{COMPLETE}={shell}_complete {run}")
    script = script.replace(f"{COMPLETE}={shell}_complete {PROGRAM}", f"{COMPLETE}={shell}_complete {run}")
    opening = f"function {PROGRAM}; {run} $argv; end" if shell == "fish" else f'{PROGRAM}() {{ {run} "$@"; }}'
    click.echo(f"{opening}\n{script}")


for each in (
    *cli_settings.COMMANDS,
    *cli_running.COMMANDS,
    *cli_looking.COMMANDS,
    *cli_deciding.COMMANDS,
    probe_command,
    audit_command,
):
    cli.add_command(each)
