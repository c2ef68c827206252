"""How many calls does a backfill make for each booking? Counted in both simulators, on a simulated clock.

`python -m tests.bench.backfill_calls CALENDARS BOOKINGS` fills that many calendars with that many bookings of the coming
weeks, with webhooks and notifications delivered, and prints the calls by kind.
"""

import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.harness.place import PLANNER, START, Place

HOURS = 12  # bookings of a calendar in a day, one after the other


def filled(place: Place, calendars: int, bookings: int) -> dict[str, float]:
    """Activate over bookings that exist, let everything come to rest, and return the calls by kind for each booking."""
    mapping = []
    for number in range(100, 100 + calendars):
        place.ireserve("POST", "objects", {"id": number, "desc": f"Baan {number}"})
        calendar = place.world.add_calendar(f"c{number}@group.calendar.google.com", PLANNER, f"Baan {number}")
        mapping.append({"object": str(number), "calendar": calendar.id})
    place.save(mapping=mapping, inbound={"follow": "all_mapped"})
    place.connect()
    for number in range(bookings):
        turn, room = divmod(number, calendars)
        day, hour = divmod(turn, HOURS)
        start = (START + timedelta(days=1 + day)).replace(hour=7) + timedelta(hours=hour)
        end = start + timedelta(minutes=50)
        place.book(f"{start:%Y-%m-%dT%H:%M}", f"{end:%Y-%m-%dT%H:%M}", object_id=100 + room)
    place.settle()
    place.forget()
    place.api("POST", "/7/activate")
    place.settle(300 + bookings / 5)
    google, ireserve = Counter(place.calls()), len(place.ireserve_calls())
    assert google["calendar.events.insert"] == bookings, google
    found = {name: count / bookings for name, count in google.most_common()}
    return {"Google": google.total() / bookings, **found, "i-Reserve": ireserve / bookings}


def main() -> None:
    calendars, bookings = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), on_disk=True)
        for name, found in filled(place, calendars, bookings).items():
            print(f"{name:32} {found:.3f} of a booking, {found * bookings:.0f}")
        place.file.close()


if __name__ == "__main__":
    main()
