"""What lies on the disk of a standalone installation is its owner's alone, and what was deleted is gone from it."""

import errno
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from functions.adapters.secrets.file_secrets import FileSecrets
from functions.adapters.secrets.local_keys import local_keys
from functions.adapters.sqlite.backup import back_up, restore
from functions.adapters.sqlite.file import SqliteFile
from functions.domain.model.errors import Refused
from sandbox.stage import free_port
from tests.harness.place import PLANNER, START, Place

ROOT = Path(__file__).resolve().parents[2]


def made(directory: Path, name: str) -> Path:
    match name:
        case "keys.json":
            local_keys(directory, (), "")
        case "secrets.json":
            FileSecrets(directory / name).put("7", "ireserve_password", "x")
        case _:
            SqliteFile(directory / name).close()
    return directory / name


def opened(directory: Path, name: str) -> None:
    match name:
        case "keys.json":
            local_keys(directory, (), "")
        case "secrets.json":
            FileSecrets(directory / name)
        case _:
            SqliteFile(directory / name).close()


class Waits:
    """What was waited for to be on the disk: contents of files, by name and as they were then, and names of directories."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.contents, self.names = set[bytes](), dict[str, Path]()
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self.names.update({str(each): each for each in path.iterdir()})
        else:
            self.contents.add(path.read_bytes())

    def lacks(self, *paths: Path) -> list[str]:
        """Return what a power cut may take: a name that is not on the disk, or one whose content is not."""
        content = [each.name for each in paths if each.suffix == ".json" and each.read_bytes() not in self.contents]
        return content + [each.name for each in paths if str(each) not in self.names]


@pytest.mark.parametrize("name", ["keys.json", "secrets.json", "sync.sqlite"])
def test_what_was_made_survives_a_power_cut_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The webhooks that i-Reserve is told of carry a key: without it, each would be refused for good."""
    waits = Waits(monkeypatch)
    assert waits.lacks(made(tmp_path, name)) == []


def test_a_full_disk_at_the_first_start_is_one_sentence_and_leaves_no_keys_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="cannot be used: the disk is full"):
        local_keys(tmp_path, (), "")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_and_what_was_restored_from_it_survive_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, names = tmp_path / "state", ("sync.sqlite", "secrets.json", "keys.json")
    for name in names:
        made(state, name)
    waits = Waits(monkeypatch)
    back_up(state, tmp_path / "b")
    assert waits.lacks(tmp_path / "b", tmp_path / "b.secrets.json", tmp_path / "b.keys.json") == []
    waits = Waits(monkeypatch)
    restore(state, tmp_path / "b", START)
    assert waits.lacks(*(state / name for name in names), *state.glob("*.before-*[0-9]")) == []


@pytest.mark.parametrize("name", ["keys.json", "secrets.json", "sync.sqlite"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused_and_the_sentence_says_what_to_do(
    tmp_path: Path, name: str, mode: int
) -> None:
    path = made(tmp_path, name)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(mode)
    with pytest.raises(Refused, match=f"chmod 600 .*{name}"):
        opened(tmp_path, name)
    path.chmod(0o600)
    opened(tmp_path, name)


def test_a_deleted_integration_leaves_no_address_in_the_files(place: Place) -> None:
    hook, mail = "https://chat.example.org/hook-of-the-club", "beheer-van-de-club@example.org"
    place.save(alerts={"email": mail, "webhook_url": hook})
    place.connect()
    assert place.documents.get(("integrations", "7")) is not None
    place.api("DELETE", "/7")
    files = sorted((place.file._path.parent).glob("sync.sqlite*"))
    whole = b"".join(file.read_bytes() for file in files)
    for trace in (hook, mail, PLANNER):
        assert trace.encode() not in whole, trace


def started(state: Path, *, terminal: bool) -> str:
    """Start `serve`, and return what it says until its console's address is known."""
    environment = {**os.environ, "STATE_DIR": str(state), "PORT": str(free_port()), "BACKEND": "standalone"}
    command = [sys.executable, "-u", "-m", "functions", "serve"]
    here, there = pty.openpty() if terminal else os.pipe()
    program = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=there, stderr=subprocess.DEVNULL
    )
    os.close(there)
    said = b""
    try:
        while b"/console/" not in said:
            piece = os.read(here, 1000)
            assert piece, said
            said += piece
        said += os.read(here, 1000) if b"\n" not in said.rpartition(b"/console/")[2] else b""
    finally:
        program.terminate()
        program.wait(20)
        os.close(here)
    return said.decode()


def test_the_key_is_printed_to_a_terminal_and_into_no_log(tmp_path: Path) -> None:
    said = started(tmp_path, terminal=False)
    key = local_keys(tmp_path, (), "").console_key
    assert key not in said
    assert "keys.json" in said, "where it is kept"
    assert f"?key={key}" in started(tmp_path, terminal=True)
