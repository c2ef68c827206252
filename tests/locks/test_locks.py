"""Can each lock still be installed once every package in it has a newer release, by today's pip and by the oldest one?

pip looks at a package with an extra as at a requirement of its own. A lock that pins the package without the extra is
installed only as long as the pinned release is the newest one; from then on pip refuses it.
"""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.locks.aged_index import AgedIndex
from tests.locks.lock import LOCKS, RECORD, ROOT, pins, recorded

WITH_EXTRAS = LOCKS[:2]
WITH_AN_EXTRA = r"[\w.-]+\[\S+\]"
PIPS = ("oldest", "today")


@pytest.fixture(scope="session")
def aged(tmp_path_factory: pytest.TempPathFactory) -> AgedIndex:
    return AgedIndex(tmp_path_factory.mktemp("index"))


def pip_of(age: str) -> Path:
    """The pip of that age, as a directory that Python can run."""
    found = Path(sys.prefix) / "pips" / age / "pip"
    assert found.is_dir(), f"there is no pip in {found.parent}: `make install-tests` puts it there"
    return found


def without(pinned: str, lock: str) -> str:
    """The lock without the lines that match, and without their hashes."""
    return re.sub(rf"^{pinned}==.*(?:\n +--hash.*)+\n", "", lock, flags=re.MULTILINE)


def quiet_environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of this machine's settings for pip, so that no index but the one on disk is asked."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_CONFIG_FILE": os.devnull} | more


def resolved(lock: str, pip: Path, aged: AgedIndex, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Have pip say what `pip install -r requirements.txt`, as the cloud's build runs it, would install on a new machine."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(aged.rehashed(lock))
    options = ["--dry-run", "--ignore-installed", "--no-cache-dir", "--disable-pip-version-check", "--no-color"]
    command = [sys.executable, str(pip), "install", *options, "--index-url", aged.url, "-r", str(requirements)]
    return subprocess.run(
        command, env=quiet_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("age", PIPS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_resolves_to_what_it_pins_though_each_of_its_packages_has_a_newer_release(
    lock: str, age: str, aged: AgedIndex, tmp_path: Path
) -> None:
    text = (ROOT / lock).read_text()

    done = resolved(text, pip_of(age), aged, tmp_path)

    assert done.returncode == 0, done.stderr
    told = next(line for line in done.stdout.splitlines() if line.startswith("Would install "))
    pinned = {f"{pin.name}-{pin.version}" for pin in pins(text) if pin.applies()}
    assert {word.replace("_", "-") for word in told.split()[2:]} == pinned


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the pip that it brings copes with such a lock")
@pytest.mark.parametrize(
    ("pinned", "lock"),
    [(WITH_AN_EXTRA, lock) for lock in WITH_EXTRAS] + [("googleapis-common-protos", "requirements.txt")],
)
def test_a_lock_that_pins_a_package_only_without_or_only_with_its_extra_is_found(
    pinned: str, lock: str, aged: AgedIndex, tmp_path: Path
) -> None:
    done = resolved(without(pinned, (ROOT / lock).read_text()), pip_of("oldest"), aged, tmp_path)

    assert done.returncode != 0
    assert "all requirements must have their versions pinned with ==" in done.stderr


def test_make_installs_a_lock_by_itself_even_one_that_pip_could_not_resolve(aged: AgedIndex, tmp_path: Path) -> None:
    text = without(WITH_AN_EXTRA, (ROOT / "requirements.txt").read_text())
    (tmp_path / "requirements.txt").write_text(aged.rehashed(text))
    shutil.copy(ROOT / "Makefile", tmp_path)

    environment = quiet_environment(tmp_path, PIP_INDEX_URL=aged.url, PIP_NO_CACHE_DIR="1")
    done = subprocess.run(
        ["make", "install", f"PYTHON={sys.executable}"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    there = importlib.metadata.distributions(path=[str(next((tmp_path / ".venv").glob("lib/python*/site-packages")))])
    pinned = {(pin.name, pin.version) for pin in pins(text) if pin.applies()}
    assert pinned <= {(found.name, found.version) for found in there}


def test_what_is_recorded_of_a_package_is_what_the_installed_one_asks_for() -> None:
    record = json.loads(RECORD.read_text())
    installed = {pin for lock in WITH_EXTRAS for pin in pins((ROOT / lock).read_text()) if pin.applies()}

    told = {pin.key: importlib.metadata.metadata(pin.name) for pin in installed}

    assert {
        key: recorded(of.get_all("Provides-Extra", []), of.get_all("Requires-Dist", [])) for key, of in told.items()
    } == {key: record[key] for key in told}
