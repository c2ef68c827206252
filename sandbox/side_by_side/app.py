"""The page: i-Reserve on the left, Google on the right, in between the journal, read from the product's JSON API."""

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests
from flask import Flask, render_template, request

from sandbox.side_by_side.wording import Decision, decision

HOST = "127.0.0.1"
SHOWN = 40
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is; `key` opens the product's JSON API and console."""

    product: str
    google: str
    ireserve: str
    key: str
    int_id: str


def create_app(where: Addresses) -> Flask:
    """Return the page's program; it calls only the product, from the server, with the key."""
    app = Flask(__name__)
    http = requests.Session()
    http.trust_env = False

    def decisions() -> tuple[list[Decision], str]:
        address = f"{where.product}/console/api/integrations/{where.int_id}/journal?limit={SHOWN}"
        try:
            answer = http.get(address, headers={"Authorization": f"Bearer {where.key}"}, timeout=10)
            entries: list[dict[str, Any]] = answer.json() if answer.ok else []
        except (requests.RequestException, ValueError):
            return [], "The product does not answer."
        if not answer.ok:
            return [], f"The product answers {answer.status_code}."
        return [decision(entry, AMSTERDAM) for entry in entries], ""

    @app.get("/")
    def page() -> str:
        day = _day()
        found, trouble = decisions()
        return render_template(
            "side_by_side.html",
            where=where,
            day=day,
            before=day - timedelta(days=1),
            after=day + timedelta(days=1),
            decisions=found,
            trouble=trouble,
        )

    @app.get("/decisions")
    def live() -> str:
        found, trouble = decisions()
        return render_template("_decisions.html", decisions=found, trouble=trouble)

    return app


def serve(where: Addresses, port: int) -> str:
    """Serve the page from a thread of this process and return its address."""
    from waitress import create_server

    server = create_server(create_app(where), host=HOST, port=port, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    return f"http://{HOST}:{port}/"


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return datetime.now(AMSTERDAM).date() + timedelta(days=1)
