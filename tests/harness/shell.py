"""Runs the product's commands as processes, like an operator's script, without starting Python for each.

A helper process loads what commands load and forks; each fork runs `python -m functions` from its first line, with
arguments, an environment, a standard output and an exit code of its own. `afresh` starts Python instead.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 60  # seconds of a command


class Shell:
    """Runs commands in an environment; nobody types anything."""

    def __init__(self, environment: dict[str, str], *, afresh: bool = False) -> None:
        self.environment, self._afresh = environment, afresh

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command, with more variables of the environment."""
        environment = {**self.environment, **more}
        if not self._afresh:
            return _forked(command, environment)
        return subprocess.run(
            [sys.executable, "-m", "functions", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def json(self, *command: str, code: int = 0, **more: str) -> Any:
        """Run a command with --json and return what it prints, all of it."""
        done = self.run(*command, "--json", **more)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)


def alone(directory: Path, **more: str) -> Shell:
    """Return a shell with little more in its environment than a state directory."""
    plain = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return Shell({**plain, "STATE_DIR": str(directory / "state"), **more})


def _forked(command: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    helper = _helper()
    assert helper.stdin
    assert helper.stdout
    with tempfile.TemporaryDirectory() as directory:
        out, err = Path(directory, "out"), Path(directory, "err")
        asked = {"command": command, "environment": dict(environment), "out": str(out), "err": str(err)}
        helper.stdin.write(json.dumps(asked) + "\n")
        helper.stdin.flush()
        code = int(helper.stdout.readline())
        return subprocess.CompletedProcess(command, code, out.read_text("utf-8"), err.read_text("utf-8"))


@cache
def _helper() -> subprocess.Popen[str]:
    """Start the helper of this process; it ends when its input does."""
    pipe = subprocess.PIPE
    helper = subprocess.Popen([sys.executable, "-m", __name__], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    atexit.register(helper.communicate)
    return helper


def _help() -> None:
    """Run one command after another, each in a fork, and print its exit code."""
    import functions.__main__
    import functions.adapters.google.calendar
    import functions.adapters.google.oauth
    import functions.adapters.ireserve.client
    import functions.adapters.net.outgoing_session
    import functions.adapters.platform.outside
    import functions.adapters.secrets.local_keys
    import functions.adapters.sqlite.documents
    import functions.adapters.sqlite.tasks  # noqa: F401 -- loaded once for all

    del sys.modules["functions.__main__"]
    gc.freeze()  # nothing of it is looked at in the forks, which would copy it
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(command: list[str], environment: dict[str, str], out: str, err: str) -> NoReturn:
    """Be `python -m functions` from here on."""
    for number, name, how in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        os.dup2(os.open(name, how | os.O_CREAT, 0o600), number)
    signal.alarm(LONGEST)  # ends what hangs, so that its test fails instead of waiting for ever
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["functions", *command]
    code: object = 0
    try:
        runpy.run_module("functions", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code
    if code is not None and not isinstance(code, int):
        sys.exit(code)  # type: ignore[arg-type]  # it is said, as Python does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)  # without taking everything apart that was loaded, which took longer than the command


if __name__ == "__main__":
    _help()
