"""The administrator's actions: settings, undo, decisions on held removals, deletions in bulk.

An order may crash at any step too. Until it is carried out, the product may do to that pair what was ordered.
"""

from dataclasses import replace
from typing import Any

from functions.application.store import links
from tests.harness.place import KEY, ROOM_A, ROOM_B
from tests.model.instances import Crash, Instance
from tests.model.ledger import Broken, Policy
from tests.model.stage import CALENDARS, COLOURED, HALL, INT, Stage

TITLES = ("{OBJECT} - {BOOKING_NUMBER}", "{BOOKING_NUMBER} in {OBJECT}")
WANTED = ((20, 30), (20,))
CANCELLED = ((70, 80), (70, 80, 10))
PARTS = ("inbound", "outbound", "sync")
UNDOABLE = ("MakeBooking", "WriteBooking", "PatchEvent")


class Administered(Stage):
    """A stage with an administrator."""

    def change_settings(self, name: str, value: int, fuse: int | None = None) -> None:
        """A person changes a setting, for all events; for new ones only where `value` is above 1."""
        choices: dict[str, tuple[Any, ...]] = {
            "update": (False, True),
            "rooms": (False, True),
            "both": (True, False),
            "winner": ("booking", "event"),
            "deleted": ("cancel", "restore", "ask"),
            "follow": ("inbound_object", "all_mapped"),
            "title": TITLES,
            "wanted": WANTED,
            "cancelled": CANCELLED,
            "also": (False, True),
            "guard": ("auto", "always", "never"),
            "tentative": ((), (30,)),
            "shows": ("full", "booked", "private"),
            "colours": (False, True),
        }
        if name == "both" and self._being_moved():
            return  # an event moved to a calendar that is no longer watched counts as deleted
        found = choices[name]
        policy = replace(self.book_.policy, **{name: found[value % len(found)]})
        self._put(policy, "new" if value > 1 and name == "title" else "all", fuse)

    def _being_moved(self) -> bool:
        stored = [link.event for link in links.every(self.documents, INT) if link.event is not None]
        return any(live.calendar != event.calendar for event in stored for live in self.look().live(event.id))

    def _put(self, policy: Policy, scope: str, fuse: int | None = None) -> None:
        wanted = _with(self.api("GET", f"/{INT}"), policy)
        status = self._order("PUT", f"?apply={scope}", fuse, wanted)
        self.cut_short |= not status
        shown = self.api("GET", f"/{INT}")
        rows = [
            [(row["object"], row["calendar"], tuple(row["also"]), row["shows"]) for row in each["mapping"]]
            for each in (shown, wanted)
        ]
        if rows[0] == rows[1] and all(shown[part] == wanted[part] for part in PARTS):
            self.behind |= scope == "new"
            self.book_.decide(policy)
        elif 0 < status < 400:
            raise Broken(f"the settings were not saved, and the answer was {status}")

    def _order(self, method: str, path: str, fuse: int | None, body: Any = None) -> int:
        """Call the API as an instance that may crash at a step; returns the status, 0 after a crash."""
        self.trouble += 1
        faults = bool(self.world.faults.planted or self.tenant.faults.planned)
        self.observe()
        self.running.instance = instance = Instance(self.book_.at, fuse=fuse)
        instance.vanished = self._vanished()
        try:
            status = self.request(
                method,
                f"/console/api/integrations/{INT}{path}",
                json=body,
                headers={"Authorization": f"Bearer {KEY}"},
            ).status_code
        except Crash:
            status = 0
        finally:
            self.running.instance = None
        self._complain(instance)
        self.observe()
        if (status >= 500 and not faults) or (status == 422 and method == "PUT"):
            raise Broken(f"{method} {path} was answered with {status}")
        return status

    def undo(self, which: int, fuse: int | None = None) -> None:
        """A person undoes one of the last writes of the product."""
        entries = [
            entry
            for entry in self.api("GET", f"/{INT}/journal")
            if entry["outcome"] == "done" and entry["step"] in UNDOABLE and not entry.get("undone_at")
        ]
        if not entries:
            return
        self.undone, entry = True, entries[which % len(entries)]
        link = links.by_id(self.documents, INT, entry["link"])
        if link is not None and entry["step"] == "MakeBooking":
            self.parting.add(link.booking_id)
        self._order("POST", f"/journal/{entry['id']}/undo", fuse)

    def decide(self, which: int, verb: str, fuse: int | None = None) -> None:
        """A person approves what is held, or restores it."""
        items = self.api("GET", f"/{INT}/held")
        if items:
            self._order("POST", f"/held/{items[which % len(items)]['id']}/{verb}", fuse)

    def delete_all(self, room: int) -> None:
        """A person deletes every event of a calendar."""
        for event in self.look().events.values():
            if event.alive and event.calendar == CALENDARS[room]:
                self.delete(event.id, event.calendar)
        self.observe()

    def settle_down(self) -> None:
        """Restore the mapping row of every object."""
        if not self.book_.policy.both:
            self._put(replace(self.book_.policy, both=True), "all")


def _with(raw: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """Return the settings of a policy in the API's shape."""
    also = [HALL] if policy.also else []
    rows = [
        {"object": "10", "calendar": ROOM_A, "also": also, "shows": policy.shows},
        {"object": "11", "calendar": ROOM_B, "also": [], "shows": "full"},
    ]
    changes: dict[str, Any] = {
        "inbound": {
            "allow_booking_update": policy.update,
            "allow_object_change": policy.rooms,
            "deleted_event": policy.deleted,
            "follow": policy.follow,
        },
        "outbound": {
            "title_template": policy.title,
            "create_on_status": [each for each in policy.wanted if each not in policy.tentative],
            "delete_on_status": list(policy.cancelled),
            "tentative_on_status": list(policy.tentative),
            "colour_by": "status" if policy.colours else "none",
            "colours": COLOURED,
        },
        "sync": {"conflict_winner": policy.winner, "hold_over": policy.hold, "overlap_guard": policy.guard},
    }
    return {
        **{name: value for name, value in raw.items() if name != "revision"},
        "mapping": rows if policy.both else rows[:1],
        **{part: {**raw[part], **change} for part, change in changes.items()},
    }
