"""`python -m functions`: `serve` and the operators' commands."""

import errno
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions import bootstrap
from functions.application.intake.hints import Kind
from functions.application.ports import Ports
from functions.application.setting_up import activation
from functions.application.store import integrations
from functions.application.watching import key_rotation
from functions.composing import clock
from functions.domain.model.errors import Conflict, SyncError
from functions.entrypoints.cli.frame import ACTOR, as_json, clear_errors, fail, show
from functions.entrypoints.cli.main import COMPLETE, cli
from functions.settings import EnvironmentFaults, read_environment

if TYPE_CHECKING:
    from functions.adapters.sqlite.backup import Counted


def make_ports(*, new: bool = False) -> Ports:
    """Compose the ports for a command; faults of the environment are printed one per line.

    A state directory without a store is refused unless `new` is given, because it is probably mistyped. A command
    prints what it did; log lines appear only with LOG_LEVEL, on stderr.
    """
    from functions.adapters.platform.log_lines import log_to_stderr

    try:
        environment = read_environment()
        store = environment.state_dir / "sync.sqlite"
        if environment.backend == "standalone" and not new and not store.exists():
            said = f"there is no store in {environment.state_dir}; correct STATE_DIR, or begin one with `import FILE --new`"
            fail([said], 1, "no_store")
        ports = bootstrap.product(environment).ports
    except EnvironmentFaults as faults:
        fail(str(faults).splitlines(), 2, "environment")
    except SyncError as error:
        fail([str(error)], 1, error.reason)
    log_to_stderr(os.environ.get("LOG_LEVEL", "CRITICAL").upper())
    return ports


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
def serve(host: str) -> None:
    """Run everything on one machine and on one port. That is the functions, the workers and the timers."""
    try:
        environment = read_environment()
        if environment.backend != "standalone":
            click.echo("serve is for BACKEND=standalone; in the cloud the functions are deployed", err=True)
            sys.exit(2)
        made = bootstrap.product(environment)
        made.ports.documents.get(("integrations", "0"))
        made.ports.secrets.get("0", "start")
        key_rotation.refuse_dropped_keys(made.ports)
    except EnvironmentFaults as faults:
        click.echo(str(faults), err=True)
        sys.exit(2)
    except SyncError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    _listen(made, host)


def _listen(made: bootstrap.Product, host: str) -> None:
    from functions.entrypoints.http.listening import create_server
    from functions.entrypoints.http.serve import whole_app

    port = made.environment.port
    app = whole_app(made.ports, bootstrap.handlers_of(made), bootstrap.console(made))
    try:
        server = create_server(app, host, port)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            said = f"port {port} is taken; choose another one with PORT"
        else:
            why = getattr(error, "strerror", None) or "there is no such address"
            said = f"nothing can listen at {host}, port {port}: {why}; choose others with --host and PORT"
        click.echo(said, err=True)
        sys.exit(1)
    workers = bootstrap.workers(
        made,
        [(60.0, partial(_queue, made.ports, Kind.TICK)), (3600.0, partial(_queue, made.ports, Kind.RENEW))],
    )
    workers.start()
    click.echo(_where(made))
    threading.Thread(target=server.run, daemon=True).start()
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    done.wait()
    workers.stop()
    server.close()


def _where(made: bootstrap.Product) -> str:
    """Return the console's address, with its key only on a terminal and never where output is kept, such as a log."""
    address = f"{made.environment.console_base_url}/console/"
    if sys.stdout.isatty():
        return f"Console: {address}?key={made.console_key}"
    kept = "CONSOLE_KEY" if made.environment.console_key else str(made.environment.state_dir / "keys.json")
    return f"Console: {address} (the key is in {kept})"


def _queue(ports: Ports, kind: Kind) -> None:
    from functions.application.scanning import rounds

    rounds.queue_all(ports, kind)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def backup(file: Path) -> None:
    """Copy the store, secrets and keys of one machine to FILE. Secrets and keys lie beside it; `serve` may go on running."""
    from functions.adapters.sqlite.backup import back_up

    with clear_errors():
        made = back_up(_state(), file)
        show(asdict(made), [f"{_amounts(made)} are in {file}; keep it like a password"])


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def restore(file: Path) -> None:
    """Put a backup in the place of the present state. That is moved aside; `serve` must be stopped."""
    from functions.adapters.sqlite.backup import restore as put_back

    with clear_errors():
        state = _state()
        made = put_back(state, file, clock())
        show(asdict(made), [f"{_amounts(made)} were restored; each is read anew on both sides"])
        ports = bootstrap.product(read_environment()).ports
        for integration in integrations.every(ports.documents):
            with suppress(Conflict):  # it is not active
                activation.resync(ports, integration.id, ACTOR, later=True)


def _state() -> Path:
    """Return the state directory; the cloud has backups of its own."""
    try:
        environment = read_environment()
    except EnvironmentFaults as faults:
        fail(str(faults).splitlines(), 2, "environment")
    if environment.backend != "standalone":
        fail(["in the cloud use `gcloud firestore export`; see docs/operations.md"], 2, "backend")
    return environment.state_dir


def _amounts(counted: "Counted") -> str:
    counts = {"integration": counted.integrations, "pair": counted.links, "task": counted.tasks}
    first, second, third = (f"{n} {what}" if n == 1 else f"{n} {what}s" for what, n in counts.items())
    return f"{first}, {second} and {third}"


def main() -> None:
    """Run the command line."""
    cli(obj=make_ports, complete_var=COMPLETE)


if __name__ == "__main__":
    main()
