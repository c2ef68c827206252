"""A search of both sides (a sweep) that a person starts: on the console, through the API or by a command."""

from functions.application.intake import hints
from functions.application.ports import Ports
from functions.application.store import integrations
from functions.application.store.stopped import stopped
from functions.domain.model.errors import Conflict
from functions.domain.settings.integration import RUNNING


def search_now(ports: Ports, int_id: str, actor: str) -> None:
    """Queue the search; raises `Conflict` if the integration is not running or one side refuses every call."""
    integration = integrations.get(ports.documents, int_id)
    if integration.phase not in RUNNING:
        raise Conflict("only an active integration is swept; activate it first", reason="not_active")
    if why := stopped(integration):
        raise Conflict(why, reason="stopped")
    hint = hints.Hint(hints.Kind.SWEEP, int_id, (), "person", ports.clock(), actor=actor)
    hints.enqueue(ports.tasks, hint, ports.clock(), trailing=False)
