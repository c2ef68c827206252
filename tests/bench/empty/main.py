"""The function that does nothing: what every measure of the hot functions is compared with."""

from flask import Request, Response


def empty(_request: Request) -> Response:
    return Response("", 202)
