"""The part of the platform's metadata server that gives a function the access token of its account.

Each account has an address of its own, which identifies the caller. https://cloud.google.com/compute/docs/metadata/querying-metadata
"""

from flask import Flask, request

from sandbox.gcp.grants import token_of


def make_app() -> Flask:
    """Return the server; the metadata host of an account is HOST:PORT/ACCOUNT."""
    app = Flask(__name__)

    @app.get("/<account>/computeMetadata/v1/instance/service-accounts/default/token")
    def token(account: str) -> tuple[dict[str, object], int]:
        if request.headers.get("Metadata-Flavor") != "Google":
            return {"error": "Missing Metadata-Flavor:Google header."}, 403
        return {"access_token": token_of(account), "expires_in": 3599, "token_type": "Bearer"}, 200

    return app
