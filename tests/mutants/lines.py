"""Which test runs which line, kept from run to run; where a file has changed since, its lines are found again."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

Sources = Mapping[str, str]  # texts by path


def moved(before: str, now: str) -> dict[int, list[int]]:
    """Return where each line of a text is now; a new line stands with the line before it."""
    found: dict[int, list[int]] = defaultdict(list)
    matcher = SequenceMatcher(None, before.splitlines(), now.splitlines(), autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        new = range(new_first + 1, new_last + 1)
        if tag == "equal":
            for line, after in zip(range(first + 1, last + 1), new, strict=True):
                found[line].append(after)
        else:
            for line in range(first + 1, last + 1) or [max(first, 1)]:
                found[line] += new
    return found


def carry_over(kept: Sequence[Path], before: Sources, now: Sources) -> None:
    """Rewrite what is kept of lines for sources that were changed, or moved to another folder."""
    by_name = {Path(path).name: path for path in now}
    place = {path: path if path in now else by_name.get(Path(path).name, "") for path in before}
    lines = {path: moved(before[path], now[new]) for path, new in place.items() if new and before[path] != now[new]}
    for file in kept:
        body = json.loads(file.read_text())
        for test, (seconds, files) in body["tests"].items():
            ran = {
                place[path]: sorted({new for line in old for new in lines[path][line]}) if path in lines else old
                for path, old in files.items()
                if place.get(path)
            }
            body["tests"][test] = (seconds, ran)
        file.write_text(json.dumps(body))
