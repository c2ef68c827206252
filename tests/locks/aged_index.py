"""A package index on disk as it may look in a year: each locked package, and much newer releases of it."""

import hashlib
import json
import re
import zipfile
from pathlib import Path

from tests.locks.lock import LOCKS, RECORD, ROOT, Pin, pins


def newer_releases(version: str) -> list[str]:
    """Return a release that is newer by each part of the version: one of them lies in any range that is asked for."""
    parts = version.split(".")
    return [".".join([*parts[:place], "99999999", *("0" * len(parts[place + 1 :]))]) for place in range(len(parts))]


class AgedIndex:
    """Stand-ins for the packages: wheels without code that ask for what the real ones ask for, extras and all.

    `url` is what --index-url takes. A lock is installed from it by `rehashed`, since a stand-in has a hash of its own.
    """

    def __init__(self, directory: Path) -> None:
        self._hashes: dict[str, str] = {}
        self._simple = directory / "simple"
        self.url = self._simple.as_uri()
        record: dict[str, list[str]] = json.loads(RECORD.read_text())
        for pin in sorted({Pin(pin.name, pin.version) for lock in LOCKS for pin in pins((ROOT / lock).read_text())}):
            if pin.key not in record:
                raise LookupError(f"What {pin.key} asks for is not recorded: run `make lock`.")
            self._hashes[pin.key] = self._add(pin, record[pin.key])
            for version in newer_releases(pin.version):
                self._add(Pin(pin.name, version), record[pin.key])

    def rehashed(self, lock: str) -> str:
        """Return the text of a lock with the hashes of the stand-ins; names, extras, versions and markers stay."""
        bare = re.sub(r" \\\n +--hash=\S+", "", lock)
        return re.sub(
            r"^([\w.-]+)(\[\S+\])?==(\S+)(.*)$",
            lambda pin: f"{pin[0]} --hash=sha256:{self._hashes[f'{pin[1]}=={pin[3]}']}",
            bare,
            flags=re.MULTILINE,
        )

    def _add(self, pin: Pin, recorded: list[str]) -> str:
        stem = f"{pin.name.replace('-', '_').replace('.', '_')}-{pin.version}"
        metadata = ["Metadata-Version: 2.1", f"Name: {pin.name}", f"Version: {pin.version}"]
        metadata += recorded
        page = self._simple / pin.name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        wheel = page.parent / f"{stem}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as packed:
            packed.writestr(f"{stem}.dist-info/METADATA", "\n".join(metadata) + "\n")
            packed.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            packed.writestr(f"{stem}.dist-info/RECORD", "")
        with page.open("a") as links:
            links.write(f'<a href="{wheel.name}">{wheel.name}</a>\n')
        return hashlib.sha256(wheel.read_bytes()).hexdigest()
