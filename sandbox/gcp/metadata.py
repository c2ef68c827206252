"""The platform's metadata server, as far as it gives a function the access token of its account.

https://cloud.google.com/compute/docs/metadata/querying-metadata
"""

from flask import Flask, request

TOKEN = "sandbox-access-token"


def make_app() -> Flask:
    """Return the server."""
    app = Flask(__name__)

    @app.get("/computeMetadata/v1/instance/service-accounts/default/token")
    def token() -> tuple[dict[str, object], int]:
        if request.headers.get("Metadata-Flavor") != "Google":
            return {"error": "Missing Metadata-Flavor:Google header."}, 403
        return {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}, 200

    return app
