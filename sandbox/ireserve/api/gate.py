"""What every call goes through: latency, planned faults, the tenant's lock and the call log."""

import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Response

from sandbox.ireserve.tenant.faults import Fault
from sandbox.ireserve.tenant.tenant import Tenant

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Gate:
    """A WSGI layer that passes requests on one at a time; planned faults hit the API only."""

    def __init__(self, app: Flask, tenant: Tenant) -> None:
        self._app = app
        self._behind = app.wsgi_app
        self._tenant = tenant

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path: str = environ.get("PATH_INFO", "")
        if path.startswith("/api/"):
            return self._api(environ, path)(environ, start)
        with self._tenant.session():
            response = Response.from_app(self._behind, environ)
        return response(environ, start)

    def _api(self, environ: "WSGIEnvironment", path: str) -> Response:
        tenant = self._tenant
        length = int(environ.get("CONTENT_LENGTH") or 0)
        sent = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(sent)
        environ["PATH_INFO"] = path.rstrip("/")
        if tenant.latency:
            tenant.sleep(tenant.latency)
        with tenant.session():
            fault = tenant.faults.take(environ["REQUEST_METHOD"], path)
        if fault is not None and fault.when == "before":
            if fault.action != "delay":
                self._note(environ, path, sent, fault.status)
            response = self._misbehave(fault, environ, None)
            if response is not None:
                return response
        with tenant.session(), self._app.request_context(environ):
            response = self._app.full_dispatch_request()
            self._note(environ, path, sent, response.status_code)
        if fault is not None and fault.when == "after":
            return self._misbehave(fault, environ, response) or response
        return response

    def _misbehave(self, fault: Fault, environ: "WSGIEnvironment", real: Response | None) -> Response | None:
        if fault.seconds:
            self._tenant.sleep(fault.seconds)
        if fault.action == "reset":
            cut(environ)
            raise ConnectionResetError("the simulated i-Reserve closed the connection")
        if fault.action == "html":
            page = "<html><body><h1>i-Reserve</h1><p>Onderhoud / maintenance</p></body></html>"
            return Response(page, fault.status or 200, mimetype="text/html")
        if fault.action == "garbage":
            return Response('{"id":"10', fault.status or 200, mimetype="application/json")
        if fault.action == "delay":
            return real
        status = fault.status or 500
        text = json.dumps({"error": {"code": status, "message": "simulated fault"}})
        return Response(text, status, mimetype="application/json")

    def _note(self, environ: "WSGIEnvironment", path: str, sent: bytes, status: int) -> None:
        given = Authorization.from_header(environ.get("HTTP_AUTHORIZATION"))
        self._tenant.calls.add(
            {
                "method": environ["REQUEST_METHOD"],
                "path": path,
                "query": environ.get("QUERY_STRING", ""),
                "body": _body(sent),
                "status": status,
                "user": given.username if given is not None else None,
                "at": self._tenant.now().isoformat(),
            }
        )


def _body(sent: bytes) -> Any:
    try:
        return json.loads(sent) if sent else None
    except ValueError:
        return sent.decode("utf-8", "replace")


def cut(environ: "WSGIEnvironment") -> None:
    """Close the client's connection without an answer, where the server lets us reach it."""
    check = environ.get("waitress.client_disconnected")
    connection = environ.get("werkzeug.socket") or getattr(getattr(check, "__self__", None), "socket", None)
    if connection is not None:
        connection.shutdown(2)
