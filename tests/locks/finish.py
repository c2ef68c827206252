"""What `make lock` does once the locks are compiled: complete them for old pips, record what they ask for, say what changed.

python -m tests.locks.finish PATH_TO_A_PYTHON_WITH_TODAYS_PIP
"""

import json
import re
import subprocess
import sys

from tests.locks.lock import LOCKS, RECORD, ROOT, Pin, pins, recorded

_SEPARATORS = re.compile("[-_.]+")  # https://packaging.python.org/en/latest/specifications/name-normalization/
_WITH_EXTRAS = re.compile(r"^([\w.-]+)\[[\w,.-]+\](==.*(?:\n +--hash.*)+\n)", re.MULTILINE)


def with_plain_pins(lock: str) -> str:
    """Pin each package that is pinned with an extra without it as well.

    To pip before 23.3 they are two requirements, and where hashes are required each must be pinned.
    """
    have = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))  # a lock that was finished already stays as it is
    return _WITH_EXTRAS.sub(lambda pin: pin[0] if pin[1] in have else f"{pin[1]}{pin[2]}{pin[0]}", lock)


def metadata_of(wanted: set[Pin], python: str) -> dict[str, list[str]]:
    """Ask the package index, through pip, what each of these asks for; nothing is installed."""
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run"]
    command += ["--ignore-installed", "--no-deps", "--ignore-requires-python", "--report", "-"]
    by_name = {pin.name: pin for pin in wanted}  # pip takes one version of a package at a time
    done = subprocess.run([*command, *(pin.key for pin in by_name.values())], stdout=subprocess.PIPE, check=True)
    found = [item["metadata"] for item in json.loads(done.stdout)["install"]]
    told = {
        by_name[_SEPARATORS.sub("-", of["name"]).lower()].key: recorded(
            of.get("provides_extra", []), of.get("requires_dist", [])
        )
        for of in found
    }
    left = wanted - set(by_name.values())
    return told | metadata_of(left, python) if left else told


def changes(before: str, after: str) -> list[str]:
    """Say in words what another lock pins, one line for each package."""
    old, new = ({pin.name: pin.version for pin in pins(text)} for text in (before, after))
    return [
        f"{name} {old.get(name, '(new)')} -> {new.get(name, '(gone)')}"
        for name in sorted(old | new)
        if old.get(name) != new.get(name)
    ]


def main(python: str) -> None:
    """Finish what uv wrote."""
    for lock in LOCKS:
        path = ROOT / lock
        path.write_text(with_plain_pins(path.read_text()))
        committed = subprocess.run(
            ["git", "show", f"HEAD:{lock}"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        print(f"{lock}:", *(changes(committed.stdout, path.read_text()) or ["as committed"]), sep="\n  ")
    locked = {Pin(pin.name, pin.version) for lock in LOCKS for pin in pins((ROOT / lock).read_text())}
    RECORD.write_text(json.dumps(dict(sorted(metadata_of(locked, python).items())), indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
