"""How long are the saved steps of a plan if all bookings are in one week, and a call takes 0.2 s on a simulated clock?

`python -m tests.bench.busy_week 20000`; a case too long for `tests/integration/test_busy_week.py`, whose week it uses.
"""

import sys
import tempfile
from pathlib import Path

from _pytest.monkeypatch import MonkeyPatch

from tests.harness.place import Place
from tests.integration.test_busy_week import busy, steps_of_a_plan


def main() -> None:
    bookings = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, MonkeyPatch.context() as patch:
        place = Place(Path(folder), on_disk=True)
        place.save(inbound={"enabled": False})
        place.connect()
        week = busy(place, patch, bookings)
        plan, took = steps_of_a_plan(place)
        place.file.close()
    print(
        f"{plan.looked} bookings, {len(took)} steps, the longest {max(took):.1f} s; "
        f"{week.lists} list calls, {week.reads} reads"
    )


if __name__ == "__main__":
    main()
