"""Offers to undo the change of settings or the decision that this person has just made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.application.ports import Body, Ports
from functions.application.store import journal_read
from functions.application.store.integrations import path_of
from functions.domain.settings.integration import Integration
from functions.entrypoints.console.journal_sentences import undoable

JUST = timedelta(minutes=1)
SETTINGS = ("saved", "reverted")
DECISIONS = ("approved", "cancelled_now")


@dataclass(frozen=True, slots=True)
class TakingBack:
    """A change in the history of the settings, or an entry of the journal."""

    kind: Literal["settings", "entry"]
    id: str


def change_made(ports: Ports, before: Integration, saved: Integration) -> str:
    """Return the entry of the history that saving made, "" if no setting changed: that is all that its page may take back."""
    if saved.settings_revision == before.settings_revision:
        return ""
    return next((entry for entry, _ in _newest(ports, saved.id)), "")


def _newest(ports: Ports, int_id: str) -> list[tuple[str, Body]]:
    return ports.documents.find(path_of(int_id, "history"), order="at", descending=True, limit=1)


def offered(ports: Ports, int_id: str, said: str, made: str, actor: str) -> TakingBack | None:
    """Return what the page with the message `said` offers to undo; None if it is a minute old or somebody else's.

    Of the settings that is the change `made` on the way to this page, as long as it is the last one.
    """
    now = ports.clock()

    def just(at: str, who: str) -> bool:
        return who == actor and now - datetime.fromisoformat(at) < JUST

    if said in SETTINGS:
        for entry, body in _newest(ports, int_id):
            if (
                entry == made
                and body.get("before")
                and "dialect" not in body["after"]
                and just(body["at"], body["actor"])
            ):
                return TakingBack("settings", entry)
    if said in DECISIONS:
        for done in journal_read.entries(ports, int_id, limit=5):
            if undoable(done) and just(done["at"], done.get("actor", "")):
                return TakingBack("entry", str(done["id"]))
    return None
