"""The settings of a world, drawn from its seed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from functions.domain.settings.schema import MappingRow, Settings
from tests.harness.place import ROOM_A, ROOM_B

CANCELLED, BOOKED, OPTION = 70, 20, 30
WINDOW = (-2, 18)  # all that is drawn lies in it; each further week costs a world calls, so few have more
STATUSES = (BOOKED, OPTION, 10, CANCELLED, 80)


@dataclass(frozen=True)
class Choice:
    """What the parts of the settings have other than as their defaults; `places` is how many each object has.

    In the cloud the queue remembers the names of tasks that ran.
    """

    language: Literal["nl", "en"]
    places: int
    rows: tuple[MappingRow, ...]
    outbound: Mapping[str, Any]
    inbound: Mapping[str, Any]
    sync: Mapping[str, Any]
    in_the_cloud: bool
    former: frozenset[int] = frozenset()  # objects that had a row: what they have in a calendar stays

    @classmethod
    def of(cls, dice: random.Random) -> "Choice":
        """Draw settings: each of them is as most people have it, or else."""

        def rarely(usual: Any, *others: Any) -> Any:
            return usual if dice.random() < 0.7 else dice.choice(others)

        shared = dice.random() < 0.1
        also = (ROOM_B,) if not shared and dice.random() < 0.15 else ()
        rows = tuple(
            MappingRow(
                number,
                ROOM_A if shared else room,
                shows=rarely("full", "private", "booked"),
                booked_text=rarely("", "Vol"),
                also=also if room == ROOM_A else (),
                before_minutes=rarely(0, 15),
                after_minutes=rarely(0, 30),
                around=rarely("text", "events"),
                new_events=shared and room == ROOM_A,
            )
            for number, room in (("10", ROOM_A), ("11", ROOM_B))
        )
        tentative = rarely((), (OPTION,))
        outbound = {
            "create_on_status": (BOOKED,) if tentative else rarely((BOOKED, OPTION), (BOOKED,)),
            "tentative_on_status": tentative,
            "tentative_is_free": dice.random() < 0.5,
            "delete_on_status": rarely((CANCELLED, 80), (CANCELLED,)),
            "colour_by": rarely("none", "status", "object"),
            "colours": {"20": "sage", "30": "banana", "10": "tomato"},
            "title_template": rarely("{OBJECT} - {BOOKING_NUMBER}", "{REMARKS}"),
            "description_template": rarely("{REMARKS}", "{REMARKS}\n<b>{BOOKING_NUMBER}</b>", ""),
            "location_template": rarely("", "{OBJECT}"),
            "reminder_popup_minutes": rarely(0, 10),
        }
        inbound = {
            "object": "10",
            "status": rarely(BOOKED, OPTION),
            "follow": dice.choice(("inbound_object", "all_mapped")),
            "allow_booking_update": dice.random() < 0.8,
            "allow_object_change": dice.random() < 0.7,
            "deleted_event": rarely("cancel", "restore", "ask"),
            "free_events": rarely("all_day", "none", "all"),
            "remarks_field": rarely("remarks", "none"),
        }
        sync = {
            "window_days": WINDOW,
            "hold_over": 1000,
            "conflict_winner": dice.choice(("booking", "event")),
            "cancel_grace_seconds": rarely(60, 0, 600),
            "overlap_guard": rarely("never", "always", "auto"),
            "sweep_minutes": dice.choice((15, 60, 1440)),
        }
        language, places = rarely("nl", "en"), rarely(50, 1)
        if dice.random() < 0.05:
            sync["window_days"] = (-7, 60)
        return cls(language, places, rows, outbound, inbound, sync, in_the_cloud=dice.random() < 0.4)

    def laid_over(self, settings: Settings) -> Settings:
        """Return settings with these."""
        parts: dict[str, Any] = {
            name: replace(getattr(settings, name), **getattr(self, name)) for name in ("outbound", "inbound", "sync")
        }
        return replace(settings, language=self.language, mapping=self.rows, **parts)

    @property
    def rooms(self) -> dict[int, str]:
        """The calendar of each object."""
        return {int(row.object): row.calendar for row in self.rows}

    @property
    def made_on(self) -> frozenset[int]:
        """Statuses whose bookings must have an event."""
        return frozenset((*self.outbound["create_on_status"], *self.outbound["tentative_on_status"]))

    def takes(self, room: str, event: Mapping[str, Any]) -> bool:
        """Whether a person's event in this calendar must become a booking, or say why it did not."""
        free, days = self.inbound["free_events"], "date" in event["start"]
        busy = event.get("transparency") != "transparent" or free == "all" or (free == "all_day" and days)
        followed = room == self.rooms[10] or (self.inbound["follow"] == "all_mapped" and room in self.rooms.values())
        return busy and followed and bool(event.get("organizer", {}).get("self"))

    def __str__(self) -> str:
        """Return what is other than most people have it."""
        plain = USUAL
        told = [
            f"{n}={getattr(self, n)}"
            for n in ("language", "places", "in_the_cloud")
            if getattr(self, n) != getattr(plain, n)
        ]
        for part in ("outbound", "inbound", "sync"):
            usual = getattr(plain, part)
            told += [f"{name}={value}" for name, value in getattr(self, part).items() if value != usual[name]]
        for mine, other in zip(self.rows, plain.rows, strict=True):
            told += [
                f"{mine.object}.{name}={getattr(mine, name)}"
                for name in ("calendar", "shows", "booked_text", "also", "before_minutes", "after_minutes", "around")
                if getattr(mine, name) != getattr(other, name)
            ]
        return " ".join(told) or "the usual settings"


class _Usual(random.Random):
    """Dice that always choose the usual."""

    def random(self) -> float:
        return 0.5

    def choice(self, seq: Any) -> Any:
        return seq[0]


USUAL = Choice.of(_Usual())
