"""The operators' commands. Exit codes: 0 done, 1 it could not be done, 2 wrong use, 3 done with something left to see."""

import click

from functions.entrypoints.cli import deciding as cli_deciding
from functions.entrypoints.cli import looking as cli_looking
from functions.entrypoints.cli import running as cli_running
from functions.entrypoints.cli import settings as cli_settings
from functions.entrypoints.cli.probe import probe_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Two-way sync between i-Reserve and Google Calendar."""


for each in (
    *cli_settings.COMMANDS,
    *cli_running.COMMANDS,
    *cli_looking.COMMANDS,
    *cli_deciding.COMMANDS,
    probe_command,
):
    cli.add_command(each)
