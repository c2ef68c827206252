"""The platform's metadata server, as far as it gives a function the access token of its account.

Who asks is told by the address: each account has its own. https://cloud.google.com/compute/docs/metadata/querying-metadata
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
