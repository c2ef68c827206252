"""The front of a Cloud Run service: it verifies callers, and removes the signature of their tokens.

https://cloud.google.com/run/docs/authenticating/service-to-service
"""

import base64
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from sandbox.gcp.cloud_run import Service

GCLOUD = "32555940559.apps.googleusercontent.com"  # the audience of a person's token
SIGNATURE = "c2lnbmVkLWJ5LXRoZS1zYW5kYm94"
REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True, slots=True)
class Invokers:
    """Who may call a service. `public`: everybody. `audience` is what a token of a service account must be for."""

    audience: str
    emails: frozenset[str] = frozenset()
    public: bool = False


def id_token(email: str, audience: str, signature: str = SIGNATURE) -> str:
    """Return an ID token of the sandbox with a fake signature."""
    now = int(time.time())
    claims: dict[str, Any] = {"iss": "https://accounts.google.com", "aud": audience, "iat": now, "exp": now + 3600}
    parts = ({"alg": "RS256", "typ": "JWT"}, {**claims, "email": email, "email_verified": True})
    spelt = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*spelt, signature))


def make_app(service: Service, invokers: Invokers) -> Flask:
    """Return the front of one service."""
    app = Flask(__name__, static_folder=None)

    @app.route("/", defaults={"path": ""}, methods=METHODS)
    @app.route("/<path:path>", methods=METHODS)
    def call(path: str) -> Response:  # noqa: ARG001  # the path is passed on as it was spelt
        headers = [(name, value) for name, value in request.headers if name.lower() != "authorization"]
        token = request.headers.get("Authorization", "")
        if not invokers.public:
            status = refused(token, invokers)
            if status:
                return Response("Your client does not have permission to get this URL from this server.", status)
            token = f"{token.rpartition('.')[0]}.{REMOVED}"
        if token:
            headers.append(("Authorization", token))
        headers.append(("X-Cloud-Trace-Context", f"{uuid.uuid4().hex}/1;o=1"))
        target = str(request.environ["RAW_URI"])
        answer, said, body = service.call(request.method, target, headers, request.get_data())
        return Response(body, answer, said)

    return app


def refused(header: str, invokers: Invokers) -> int:
    """Return 0 for a caller who may call, 403 without a token or the right, 401 for a malformed token."""
    if not header.startswith("Bearer "):
        return 403
    try:
        payload = header.removeprefix("Bearer ").split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        good = claims["exp"] > time.time() and claims["aud"] in {invokers.audience, GCLOUD}
    except (IndexError, ValueError, KeyError, TypeError):
        return 401
    if not good:
        return 401
    return 0 if claims.get("email") in invokers.emails else 403
