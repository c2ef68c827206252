"""The mutants: what is changed, and that what is known of them still holds."""

import json
from pathlib import Path

from tests.mutants.lines import carry_over, moved
from tests.mutants.mutate import mutants_of
from tests.mutants.run import FILES, NAMES, all_mutants, equivalents

SOURCE = '''"""A module."""
LIMIT = 3

class Room:
    name: str = "room"

    def free(self, n: int) -> bool:
        """Whether there is room."""
        if self.open and n < LIMIT:
            return replace(self, n=n, left=0)
        raise ValueError("there is no room")
'''


def test_each_change_is_made_once_at_its_place() -> None:
    found = {mutant.name: mutant for mutant in mutants_of("room.py", SOURCE)}
    assert [*found] == [
        "room.py -: 3 -> 4",
        "room.py -: 'room' -> 'roomX'",
        "room.py Room.free: self.open and n < LIMIT -> self.open or n < LIMIT",
        "room.py Room.free: self.open and n < LIMIT -> n < LIMIT",
        "room.py Room.free: self.open and n < LIMIT -> self.open",
        "room.py Room.free: n < LIMIT -> n <= LIMIT",
        "room.py Room.free: replace(self, n=n, left=0) -> replace(self, left=0)",
        "room.py Room.free: replace(self, n=n, left=0) -> replace(self, n=n)",
        "room.py Room.free: 0 -> 1",
    ]
    changed = found["room.py Room.free: n < LIMIT -> n <= LIMIT"].applied(SOURCE.encode()).decode()
    assert changed == SOURCE.replace("n < LIMIT", "(n <= LIMIT)")


def test_what_a_test_runs_is_known_while_lines_and_files_move(tmp_path: Path) -> None:
    assert moved("a\nb\nc\n", "a\nnew\nb\nC\n") == {1: [1, 2], 2: [3], 3: [4]}
    kept = tmp_path / "lines.json"
    kept.write_text(json.dumps({"tests": {"one": [0.1, {"old/a.py": [1, 2], "gone.py": [1]}]}}))
    carry_over([kept], {"old/a.py": "a\nb\n", "gone.py": ""}, {"new/a.py": "# a\na\nb\n"})
    assert json.loads(kept.read_text()) == {"tests": {"one": [0.1, {"new/a.py": [1, 2, 3]}]}}


def test_every_file_that_is_to_be_tried_is_there() -> None:
    assert [Path(path).stem for path in FILES["application"]] == list(NAMES)
    assert len(FILES["domain"]) > 40


def test_every_mutant_that_is_said_to_change_nothing_still_exists_and_has_a_reason() -> None:
    names = {mutant.name for of in FILES for mutant in all_mutants(of)}
    assert sorted({*equivalents()} - names) == []
    assert all(equivalents().values())
