"""The functions put together: the composition that the environment asks for, and the handler of each function.

What is heavy is made when it is first used, so that the two public hot functions start fast.
"""

import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

from functions.adapters.log_lines import begin_trace, log_to_stdout, note
from functions.application.ports import Ports
from functions.compose_cloud import cloud
from functions.compose_standalone import standalone
from functions.composing import Product, clock
from functions.settings import NEEDS, Environment, EnvironmentFaults, read_environment

if TYPE_CHECKING:
    from flask import Flask, Request, Response

    from functions.adapters.workers import Timer, Workers

__all__ = ["Product", "answer", "check_start", "cloud", "console", "doors", "product", "standalone", "workers"]


def product(environment: Environment | None = None, *, function: str = "console") -> Product:
    """Compose what the environment asks for, for one of the functions; raises `EnvironmentFaults`."""
    environment = environment or read_environment(function=function)
    log_to_stdout(environment.log_level)
    return cloud(environment) if environment.backend == "cloud" else standalone(environment)


def workers(made: Product, timers: "Sequence[Timer]") -> "Workers":
    """Return the workers and timers of a standalone installation, not started."""
    from functions.adapters.workers import Workers
    from functions.application import work

    if made.task_file is None:
        raise TypeError("only a standalone installation has workers")
    return Workers(made.task_file(), lambda body: work.run(made.ports, body), clock, timers=timers)


def doors(made: Product) -> "dict[str, Callable[[Ports, Request], Response]]":
    """Return the handlers of the functions by name."""
    from functions.entrypoints.http import handlers

    return handlers(made.tasks_door, made.scheduler_door)


def console(made: Product) -> "Flask":
    """Return the console's application."""
    from functions.entrypoints.console import console_app

    return console_app(made.ports, made.sessions(), secure=made.environment.console_base_url.startswith("https"))


def check_start(function: str) -> None:
    """Compose one of the functions as its process starts, and end the process where that is not possible.

    Each fault is a line of the log; a deployment that cannot start does not replace the one that runs.
    """
    if function not in NEEDS:
        return
    try:
        the_product(function)
    except EnvironmentFaults as faults:
        log_to_stdout("INFO")
        for fault in str(faults).splitlines():
            note("wrong_environment", {"severity": "CRITICAL", "function": function, "fault": fault})
        sys.exit(1)


@cache
def the_product(function: str) -> Product:
    """Return the product of this process, made once."""
    return product(function=function)


@cache
def _function(name: str) -> "Callable[[Request], Response]":
    made = the_product(name)
    if name == "console":
        app = console(made)
        from werkzeug.wrappers import Response as Plain

        return lambda request: cast("Response", Plain.from_app(app.wsgi_app, request.environ))
    handler = doors(made)[name]
    return lambda request: handler(made.ports, request)


def answer(name: str, request: "Request") -> "Response":
    """Answer a request as one of the deployed functions, and say in the log how it went."""
    began = time.monotonic()
    made = the_product(name)
    begin_trace(request.headers.get, made.environment.project)
    response = _function(name)(request)
    if request.path != "/health":
        duration = round((time.monotonic() - began) * 1000, 1)
        note("answered", {"function": name, "status": response.status_code, "duration_ms": duration, **made.spent()})
    return response
