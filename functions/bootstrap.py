"""The functions put together: the composition that the environment asks for, and the handler of each function.

What is heavy is made when it is first used, so that the two public hot functions start fast.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from functions.adapters.platform.log_lines import about, begin_request, log_to_stdout, note
from functions.application.ports import Body, Ports
from functions.compose_cloud import cloud
from functions.compose_standalone import standalone
from functions.composing import Product, clock
from functions.serving import serving
from functions.settings import HOT, NEEDS, Environment, EnvironmentFaults, read_environment

if TYPE_CHECKING:
    from flask import Flask, Request, Response

    from functions.adapters.sqlite.workers import Timer, Workers

__all__ = ["Product", "answer", "check_start", "cloud", "console", "handlers_of", "product", "standalone", "workers"]


def product(environment: Environment | None = None, *, function: str = "console") -> Product:
    """Compose what the environment asks for, for one of the functions; raises `EnvironmentFaults`."""
    environment = environment or read_environment(function=function)
    log_to_stdout(environment.log_level)
    return cloud(environment) if environment.backend == "cloud" else standalone(environment)


def workers(made: Product, timers: "Sequence[Timer]") -> "Workers":
    """Return the workers and timers of a standalone installation, not started."""
    from functions.adapters.sqlite.workers import Workers
    from functions.application import dispatch

    if made.task_file is None:
        raise TypeError("only a standalone installation has workers")

    def run(body: Body) -> None:
        with _told(made, "sync_task"):
            dispatch.run(made.ports, body)

    return Workers(made.task_file(), run, clock, threads=made.environment.serving.threads, timers=timers)


def handlers_of(made: Product) -> "dict[str, Callable[[Ports, Request], Response]]":
    """Return the handlers of the functions by name, each of which says in the log how it went."""
    from functions.entrypoints.http.handlers import handlers

    return {
        name: _logged(made, name, each)
        for name, each in handlers(made.tasks_authenticator, made.scheduler_authenticator).items()
    }


def _logged(
    made: Product, name: str, handler: "Callable[[Ports, Request], Response]"
) -> "Callable[[Ports, Request], Response]":
    def handle(ports: Ports, request: "Request") -> "Response":
        with _told(made, name, request.headers.get, request.path) as told:
            response = handler(ports, request)
            told["status"] = response.status_code
        return response

    return handle


def console(made: Product) -> "Flask":
    """Return the console's application, likewise."""
    from werkzeug.datastructures import EnvironHeaders

    from functions.entrypoints.console.app import console_app

    app = console_app(made.ports, made.sessions(), secure=made.environment.console_base_url.startswith("https"))
    plain = app.wsgi_app

    def logged(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        with _told(made, "console", EnvironHeaders(environ).get, str(environ.get("PATH_INFO"))) as told:

            def started(status: str, *rest: Any) -> Any:
                told["status"] = int(status[:3])
                return start(status, *rest)

            return plain(environ, started)

    app.wsgi_app = logged  # type: ignore[method-assign, assignment]
    return app


@contextmanager
def _told(
    made: Product, function: str, header: Callable[[str], str | None] = lambda _name: None, path: str = ""
) -> Iterator[dict[str, object]]:
    """Join the lines of one request to its trace, and say at its end what it was about and how long it took."""
    began = time.monotonic()
    begin_request(header, made.environment.project)
    told: dict[str, object] = {"function": function}
    try:
        yield told
    finally:
        if path != "/health":
            told["duration_ms"] = round((time.monotonic() - began) * 1000, 1)
            note("answered", {**about(), **told, **made.spent()})


def check_start(function: str) -> None:
    """Compose one of the functions when its process starts, and end the process if that is impossible.

    Each fault is logged; a deployment that cannot start does not replace the running one.
    """
    if function not in NEEDS:
        return
    try:
        the_product(function)
        _serve_well(function)
    except EnvironmentFaults as faults:
        log_to_stdout("INFO")
        for fault in str(faults).splitlines():
            note("wrong_environment", {"severity": "CRITICAL", "function": function, "fault": fault})
        sys.exit(1)


def _serve_well(function: str) -> None:
    """Prepare the process for many requests: the threads of its row in `serving.json`, and no detours.

    The framework loads a function before it makes its threads, and within the context of its application, whose WSGI
    callable may be wrapped (https://flask.palletsprojects.com/en/stable/appcontext/).
    """
    import gc

    from flask import current_app, has_app_context

    os.environ.setdefault("THREADS", str(serving(function).threads))
    if function in HOT and has_app_context():
        from functions.entrypoints.http.direct import direct

        usual = current_app.wsgi_app
        current_app.wsgi_app = direct(lambda request: answer(function, request), usual)  # type: ignore[method-assign, assignment]
    gc.freeze()  # what is loaded stays: the search for cycles need not go through it again and again


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
    handler = handlers_of(made)[name]
    return lambda request: handler(made.ports, request)


def answer(name: str, request: "Request") -> "Response":
    """Answer a request as one of the deployed functions."""
    return _function(name)(request)
