"""Offers to undo the change of settings or the decision that this person has just made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.application.ports import Ports
from functions.application.store import journal_read
from functions.application.store.integrations import path_of
from functions.entrypoints.console.journal_sentences import undoable

JUST = timedelta(minutes=1)
SETTINGS = ("saved", "reverted")
DECISIONS = ("approved", "cancelled_now")


@dataclass(frozen=True, slots=True)
class TakingBack:
    """A change in the history of the settings, or an entry of the journal."""

    kind: Literal["settings", "entry"]
    id: str


def offered(ports: Ports, int_id: str, said: str, actor: str) -> TakingBack | None:
    """Return what the page with the message `said` offers to undo; None if it is a minute old or somebody else's."""
    now = ports.clock()

    def just(at: str, who: str) -> bool:
        return who == actor and now - datetime.fromisoformat(at) < JUST

    if said in SETTINGS:
        rows = ports.documents.find(path_of(int_id, "history"), order="at", descending=True, limit=1)
        for entry, body in rows:
            if body.get("before") and "dialect" not in body["after"] and just(body["at"], body["actor"]):
                return TakingBack("settings", entry)
    if said in DECISIONS:
        for done in journal_read.entries(ports, int_id, limit=5):
            if undoable(done) and just(done["at"], done.get("actor", "")):
                return TakingBack("entry", str(done["id"]))
    return None
