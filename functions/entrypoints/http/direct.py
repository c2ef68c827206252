"""Answers without the framework's request cycle, which costs a webhook more than storing it does."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def direct(answer: Callable[[Request], Response], usual: "WSGIApplication") -> "WSGIApplication":
    """Return an application in which `answer` gets every POST at once, and the usual application everything else."""

    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        chosen = answer(Request(environ)) if environ["REQUEST_METHOD"] == "POST" else usual
        return chosen(environ, start)

    return app
