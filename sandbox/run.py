"""`make run`: the product with both simulators, connected and active, and a page that shows them side by side.

The state is in `.local-sandbox/` and fresh at each start, because the simulators keep nothing; with KEEP=1 the former
state stays beside it, to look at.
"""

import os
import shutil
import signal
import socket
import sys
import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

from sandbox import examples
from sandbox.examples import INT_ID
from sandbox.side_by_side.app import AMSTERDAM, HOST, Addresses, serve
from sandbox.stage import CLIENT_ID, KEY, ROOT, SECRETS, Stage, StageError, settings

STATE = Path(os.environ.get("SANDBOX_STATE_DIR") or ROOT / ".local-sandbox")
PORTS = (("PORT", 8080), ("SANDBOX_GOOGLE_PORT", 8081), ("SANDBOX_IRESERVE_PORT", 8082), ("SANDBOX_PORT", 8083))


def main() -> int:
    """Start everything and keep it running until Ctrl-C; 1 if it cannot be started."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stop)
    try:
        ports = _ports()
        with Stage(_state(), ports[:3]) as stage:
            first = datetime.now(AMSTERDAM).date() + timedelta(days=1)
            say("Setting up the example integration …")
            _set_up(stage, first)
            where = Addresses(stage.product, stage.google, stage.ireserve, KEY, INT_ID)
            say(_welcome(stage, serve(where, ports[3])))
            while stage.alive():
                threading.Event().wait(1)
            say(f"One of the programs has ended; its log is in {STATE.name}/.")
            return 1
    except StageError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 0


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ports() -> tuple[int, int, int, int]:
    """Return the four ports; raises `StageError` in one sentence if one of them is taken."""
    found = []
    for variable, usual in PORTS:
        text = os.environ.get(variable, str(usual))
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise StageError(f"{variable} is {text}; use a number from 1 to 65535.")
        if int(text) in found:
            raise StageError(f"Port {text} is asked for twice; choose another one with {variable}.")
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, int(text)))
            except OSError:
                raise StageError(f"Port {text} is taken; choose another one with {variable}.") from None
        found.append(int(text))
    return found[0], found[1], found[2], found[3]


def _state() -> Path:
    if STATE.exists() and os.environ.get("KEEP") in ("1", "true", "yes"):
        kept = f"{STATE.name}-{datetime.now(AMSTERDAM):%Y%m%d-%H%M%S}"
        STATE.rename(STATE.with_name(kept))
        say(f"The former state is kept in {kept}/.")
    elif STATE.exists():
        shutil.rmtree(STATE)
    return STATE


def _set_up(stage: Stage, first: date) -> None:
    """Do what an administrator does: settings, consent, Step 2, activate; with something to look at on both sides."""
    examples.before_activation(stage, first)
    body = settings(stage.ireserve, INT_ID, **examples.CHANGES)
    stage.api("PUT", f"/{INT_ID}", {**body, "secrets": SECRETS})
    stage.consent(INT_ID)
    stage.connect(INT_ID)
    stage.api("POST", f"/{INT_ID}/activate")
    stage.until(lambda: stage.api("GET", f"/{INT_ID}")["backfill"].get("finished_at"), "the backfill")
    examples.after_activation(stage, first)


def _welcome(stage: Stage, address: str) -> str:
    return f"""
The product runs with a simulated Google and a simulated i-Reserve, connected and active.

  Both side by side   {address}
  Console             {stage.product}/console/?key={KEY}
  Google Calendar     {stage.google}/
  i-Reserve           {stage.ireserve}/

Drag an event onto another time and see the booking follow; drag it onto a taken time and see it go back.
A deleted event cancels its booking after {examples.CHANGES["sync"]["cancel_grace_seconds"]} seconds. Logs are in {STATE.name}/. Ctrl-C ends it.

To set up another integration on the console, first take the row * off this one's mapping. Then give:
  Id                  a number from 1 to 9, of which the simulated Google knows the Return url
  i-Reserve           {stage.ireserve}/api/rest, user api_calendar, password {SECRETS["ireserve_password"]}
  Google              Client ID {CLIENT_ID}, Client secret {SECRETS["google_client_secret"]}; consent as guest@example.org
"""


if __name__ == "__main__":
    sys.exit(main())
