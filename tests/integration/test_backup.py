"""Backups of one machine: consistent while it runs, checked, and good a week later; nothing is overwritten."""

import errno
import os
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from functions.__main__ import make_ports
from functions.adapters.secrets.file_secrets import FileSecrets
from functions.adapters.sqlite.backup import back_up, check, restore
from functions.adapters.sqlite.documents import SqliteDocuments
from functions.adapters.sqlite.file import SqliteFile
from functions.application.scanning import scan
from functions.application.store import integrations
from functions.domain.model.errors import Conflict, Malformed, Transient
from functions.entrypoints.cli.main import cli
from tests.harness.place import START, Place, example

pytestmark = pytest.mark.on_disk

CLAIMS, LINKS = ("integrations", "7", "claims"), ("integrations", "7", "links")


def command(state: Path, *arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(cli, arguments, obj=make_ports, env={"STATE_DIR": str(state), "BACKEND": "standalone"})
    assert ran.exception is None or isinstance(ran.exception, SystemExit), repr(ran.exception)
    return ran.exit_code, ran.output


def in_step(place: Place) -> dict[str, tuple[str, str]]:
    """Every live booking has exactly one event, at its time, and no event is without one."""
    bookings = {b["external_id"]: (b["from"], b["till"]) for b in place.bookings() if b["status_code"] == 20}
    events = {e["id"]: (e["start"]["dateTime"][:16], e["end"]["dateTime"][:16]) for e in place.events()}
    assert bookings == events
    assert place.api("GET", "/7/parked") == []
    return events


def live(place: Place, days: int) -> None:
    for _ in range(days * 4):
        place.pass_time(6 * 3600)
        place.tick()
        place.settle(120)


def test_a_backup_a_week_old_is_restored_and_what_both_sides_hold_wins(place: Place, tmp_path: Path) -> None:
    place.activate()
    slots = [f"2026-12-{day:02}T{hour}:00" for day in range(3, 9) for hour in ("10", "14")]
    ends = [slot.replace("10:00", "11:00").replace("14:00", "15:00") for slot in slots]
    moved, cancelled, removed, *_ = [place.book(*each) for each in zip(slots[:6], ends, strict=False)]
    dragged = place.draw(slots[6], ends[6])["id"]
    place.settle(60)
    back_up(place.directory, tmp_path / "week.backup")
    place.change(moved, start="2026-12-10T10:00", end="2026-12-10T11:00")
    place.change(cancelled, status_code=70)
    place.ireserve("DELETE", f"bookings/{removed}")
    place.drag(dragged, "2026-12-11T10:00", "2026-12-11T11:00")
    place.book(slots[7], ends[7])
    place.draw(slots[8], ends[8])
    deleted = place.draw(slots[9], ends[9])["id"]
    place.settle(60)
    place.delete(deleted)
    live(place, 7)
    before = in_step(place)
    numbers = {booking["id"]: booking["status_code"] for booking in place.bookings()}

    place.file.close()
    restore(place.directory, tmp_path / "week.backup", place.now)
    place.api("POST", "/7/resync")
    live(place, 2)

    assert in_step(place) == before, "the same events, none anew, none removed, each where people had put it"
    assert {booking["id"]: booking["status_code"] for booking in place.bookings()} == numbers
    assert place.api("POST", "/7/audit") is not None
    place.settle(300)
    assert place.api("GET", "/7/audit")["found"] == 0


def test_a_backup_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    state = tmp_path / "state"
    file = SqliteFile(state / "sync.sqlite")
    documents, over, began = SqliteDocuments(file, lambda: START), threading.Event(), threading.Event()

    def write() -> None:
        n = 0
        while not over.is_set():
            documents.transact(lambda t, n=n: (t.put((*LINKS, str(n)), {}), t.put((*CLAIMS, str(n)), {})))  # type: ignore[misc]
            n += 1
            if n == 20:
                began.set()

    writer = threading.Thread(target=write)
    writer.start()
    began.wait(60)
    counted = [back_up(state, tmp_path / f"{n}.backup") for n in range(5)]
    over.set()
    writer.join()
    for n, each in enumerate(counted):
        copy = SqliteDocuments(SqliteFile(tmp_path / f"{n}.backup"), lambda: START)
        assert each.links >= 20
        assert copy.count(LINKS) == copy.count(CLAIMS) == each.links, "a link and its claim are of one transaction"
    file.close()


def test_a_store_of_a_newer_version_is_named_where_it_cannot_be_backed_up(place: Place, tmp_path: Path) -> None:
    place.activate()
    place.file.close()
    with closing(sqlite3.connect(place.directory / "sync.sqlite")) as store:
        store.execute("PRAGMA user_version = 99")
    code, output = command(place.directory, "backup", str(tmp_path / "b"))
    assert (code, output) == (
        1,
        f"{place.directory}/sync.sqlite cannot be backed up: it is damaged, or of another version.\n",
    )
    assert list(tmp_path.glob("b*")) == []


def test_the_commands_copy_store_secrets_and_keys_for_the_owner_only_and_put_them_back(
    place: Place, tmp_path: Path
) -> None:
    place.activate()
    place.book()
    place.settle()
    place.file.close()
    (place.directory / "keys.json").write_text('{"webhook_key": "w", "console_key": "c"}')
    (place.directory / "keys.json").chmod(0o600)
    kept = {name: (place.directory / name).read_bytes() for name in ("secrets.json", "keys.json")}
    code, output = command(place.directory, "backup", str(tmp_path / "b"))
    assert (code, output) == (
        0,
        f"1 integration, 1 pair and 1 task are in {tmp_path}/b; keep it like a password\n",
    )
    made = [tmp_path / name for name in ("b", "b.secrets.json", "b.keys.json")]
    assert [each.stat().st_mode & 0o777 for each in made] == [0o600] * 3
    assert sorted(tmp_path.glob("b*")) == sorted(made), "and nothing else"
    code, output = command(place.directory, "backup", str(tmp_path / "b"))
    assert code == 1
    assert "is there already" in output

    place.file.close()
    for name in ("sync.sqlite", "secrets.json", "keys.json"):
        (place.directory / name).write_text("damaged")
    code, output = command(place.directory, "restore", str(tmp_path / "b"))
    assert code == 0, output
    assert {name: (place.directory / name).read_bytes() for name in kept} == kept
    assert [path.read_text() for path in place.directory.glob("*.before-*")] == ["damaged"] * 3
    assert place.api("GET", "/7/links?booking=1001")
    assert place.tasks.depth() > 0, "each is read anew"


def test_restoring_beside_a_running_service_is_refused_and_changes_nothing(place: Place, tmp_path: Path) -> None:
    place.activate()
    back_up(place.directory, tmp_path / "b")
    with place.file.read() as connection:
        connection.execute("SELECT count(*) FROM documents").fetchone()
        with pytest.raises(Conflict, match="stop it"):
            restore(place.directory, tmp_path / "b", place.now)
    assert place.api("GET", "/7/parked") == []
    assert not list(place.directory.glob("*.before-*"))


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_backup_that_is_damaged_is_refused_and_changes_nothing(place: Place, tmp_path: Path, share: float) -> None:
    place.activate()
    back_up(place.directory, tmp_path / "b")
    content = (tmp_path / "b").read_bytes()
    (tmp_path / "b").write_bytes(content[: int(len(content) * share)])
    place.file.close()
    with pytest.raises(Malformed, match="cannot be used as a backup"):
        restore(place.directory, tmp_path / "b", place.now + timedelta(days=1))
    assert place.api("GET", "/7/parked") == []


def test_a_backup_onto_a_full_disk_leaves_no_half_of_one(place: Place) -> None:
    place.activate()
    code, output = command(place.directory, "backup", "/dev/full/b")
    assert code == 1
    assert "could not be written" in output
    with closing(sqlite3.connect(place.directory / "sync.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_with_a_name_that_no_file_can_have_says_so(place: Place, tmp_path: Path) -> None:
    place.activate()
    code, output = command(place.directory, "backup", str(tmp_path / ("b" * 300)))
    assert code == 1
    assert "could not be written" in output


@pytest.mark.parametrize("name", ["hall#1", "50%25", "what?"])
def test_a_backup_may_have_any_name(place: Place, tmp_path: Path, name: str) -> None:
    place.activate()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    back_up(place.directory, elsewhere / name)
    assert sorted(path.name for path in elsewhere.iterdir()) == [name, f"{name}.secrets.json"]
    place.file.close()
    restore(place.directory, elsewhere / name, place.now)
    assert place.api("GET", "/7/parked") == []


def test_a_backup_of_a_directory_without_a_store_makes_none(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    code, output = command(state, "backup", str(tmp_path / "b"))
    assert (code, output) == (1, f"There is no store in {state}; correct STATE_DIR.\n")
    assert list(state.iterdir()) == [], "an empty store would keep the service from starting"


@pytest.mark.parametrize("name", ["secrets.json", "keys.json"])
def test_a_backup_whose_secrets_or_keys_are_cut_is_refused_and_changes_nothing(
    place: Place, tmp_path: Path, name: str
) -> None:
    place.activate()
    (place.directory / "keys.json").write_text('{"webhook_key": "w", "console_key": "c"}')
    back_up(place.directory, tmp_path / "b")
    cut = tmp_path / f"b.{name}"
    cut.write_bytes(cut.read_bytes()[:-1])
    place.file.close()
    before = contents(place.directory)
    with pytest.raises(Malformed, match=f"b.{name} cannot be used as a backup"):
        restore(place.directory, tmp_path / "b", place.now)
    assert contents(place.directory) == before


@pytest.mark.parametrize("room", [0, 1, 2])
def test_a_restore_onto_a_full_disk_changes_nothing(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    place.activate()
    counted = back_up(place.directory, tmp_path / "b")
    place.file.close()
    before = contents(place.directory)
    synced = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    without_hard_links(monkeypatch)  # so that what was there is copied, too
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Transient, match=r"could not be put into .*: the disk is full"):
        restore(place.directory, tmp_path / "b", place.now)
    after = contents(place.directory)
    assert after["secrets.json"] == before["secrets.json"]
    assert sorted(after) == sorted(before)
    assert check(place.directory / "sync.sqlite") == counted


def test_a_file_system_without_hard_links_is_begun_on_backed_up_and_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hard_links(monkeypatch)
    state, settings = tmp_path / "state", tmp_path / "settings.yaml"
    settings.write_text(yaml.safe_dump(example()))
    assert command(state, "import", str(settings), "--new")[0] == 0
    assert command(state, "backup", str(tmp_path / "b"))[0] == 0
    whole = contents(state)
    assert command(state, "delete", "7", "--yes")[0] == 0
    code, output = command(state, "restore", str(tmp_path / "b"))
    assert code == 0, output
    assert command(state, "export", "7")[0] == 0
    assert contents(state)["secrets.json"] == whole["secrets.json"]
    assert contents(state)["keys.json"] == whole["keys.json"]
    (aside,) = state.glob("sync.sqlite.before-*[0-9]")
    assert command(state, "restore", str(aside))[0] == 0
    assert command(state, "export", "7")[0] == 1, "what was there before is a backup, too"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_what_root_restores_belongs_to_whom_the_state_belongs(tmp_path: Path) -> None:
    state, settings = tmp_path / "state", tmp_path / "settings.yaml"
    settings.write_text(yaml.safe_dump(example()))
    nobody = 65534
    state.mkdir(mode=0o700)
    os.chown(state, nobody, -1)
    assert command(state, "import", str(settings), "--new")[0] == 0
    assert {path.name: path.stat().st_uid for path in state.iterdir() if path.stat().st_uid != nobody} == {}
    assert command(state, "backup", str(tmp_path / "b"))[0] == 0
    assert command(state, "restore", str(tmp_path / "b"))[0] == 0
    assert len(list(state.glob("*.before-*"))) == 3
    assert {path.name: path.stat().st_uid for path in state.iterdir() if path.stat().st_uid != nobody} == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_root_gives_away_no_file_of_its_own_that_another_user_has_linked(tmp_path: Path) -> None:
    state, others = tmp_path / "state", tmp_path / "root's own"
    state.mkdir(mode=0o700)
    others.write_text("{}")
    os.chown(state, 65534, -1)
    os.link(others, state / "secrets.json.lock")
    FileSecrets(state / "secrets.json").put("7", "ireserve_password", "x")
    assert (state / "secrets.json").stat().st_uid == 65534
    assert others.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_what_is_moved_aside_belongs_to_the_owner_of_what_was_read_whatever_stands_there_by_then(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.activate()
    back_up(place.directory, tmp_path / "b")
    place.file.close()
    secrets, others = place.directory / "secrets.json", tmp_path / "root's own"
    secrets.rename(others)
    secrets.symlink_to(others)

    def exchanged(_descriptor: int) -> None:
        if list(place.directory.glob("*.before-*.secrets.json.part")):
            secrets.unlink()
            secrets.write_text("{}")
            os.chown(secrets, 65534, -1)

    without_hard_links(monkeypatch)
    monkeypatch.setattr(os, "fsync", exchanged)
    restore(place.directory, tmp_path / "b", place.now)
    (aside,) = place.directory.glob("*.before-*.secrets.json")
    assert aside.read_bytes() == others.read_bytes()
    assert aside.stat().st_uid == 0


@pytest.mark.parametrize("code", [errno.EPERM, errno.EINVAL, errno.ENOTSUP])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_a_file_system_that_gives_files_no_owner_is_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """EINVAL: the owner is no user of the container; ENOTSUP: some network shares."""
    state, settings = tmp_path / "state", tmp_path / "settings.yaml"
    settings.write_text(yaml.safe_dump(example()))
    state.mkdir(mode=0o700)
    os.chown(state, 65534, -1)

    def refused(*_file: object, **_how: object) -> None:
        raise OSError(code, os.strerror(code))

    for name in ("chown", "fchown"):
        monkeypatch.setattr(os, name, refused)
    ran, output = command(state, "import", str(settings), "--new")
    assert ran == 0, output


def test_a_backup_without_its_secrets_and_keys_leaves_those_that_are_there(place: Place, tmp_path: Path) -> None:
    place.activate()
    (place.directory / "keys.json").write_text('{"webhook_key": "w", "console_key": "c"}')
    back_up(place.directory, tmp_path / "b")
    for name in ("secrets.json", "keys.json"):
        (tmp_path / f"b.{name}").unlink()
    place.file.close()
    kept = {name: (place.directory / name).read_bytes() for name in ("secrets.json", "keys.json")}
    restore(place.directory, tmp_path / "b", place.now)
    assert {name: (place.directory / name).read_bytes() for name in kept} == kept


def test_what_a_restore_moved_aside_can_be_restored_as_well(place: Place, tmp_path: Path) -> None:
    place.activate()
    back_up(place.directory, tmp_path / "b")
    place.book()
    place.settle()
    place.file.close()
    (place.directory / "secrets.json").write_text('{"since": {}}')
    restore(place.directory, tmp_path / "b", place.now)
    assert place.api("GET", "/7/links?booking=1001") == []
    place.file.close()
    (aside,) = place.directory.glob("sync.sqlite.before-*[0-9]")
    restore(place.directory, aside, place.now + timedelta(minutes=1))
    assert place.api("GET", "/7/links?booking=1001")
    assert (place.directory / "secrets.json").read_text() == '{"since": {}}'


def without_hard_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse them as exFAT and some network shares do."""

    def refused(*_paths: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_what_is_restored_while_a_side_refuses_every_call_is_to_be_read_anew_all_the_same(
    place: Place, tmp_path: Path
) -> None:
    place.activate()
    place.ireserve("PATCH", "users/api_calendar", {"password": "another"})
    place.book()
    place.settle(60)
    back_up(place.directory, tmp_path / "b")
    place.file.close()
    code, output = command(place.directory, "restore", str(tmp_path / "b"))
    assert code == 0, output
    assert integrations.get(place.documents, "7").trouble == "ireserve"
    assert scan.current(place.documents, "7", "resync") is not None


@pytest.mark.parametrize("name", ["secrets.json", "keys.json"])
def test_secrets_or_keys_that_are_cut_are_said_to_be_damaged_when_they_are_to_be_backed_up(
    place: Place, tmp_path: Path, name: str
) -> None:
    (place.directory / name).write_text('{"kept')
    code, output = command(place.directory, "backup", str(tmp_path / "b"))
    assert code == 1
    assert f"{place.directory / name} is damaged: restore the file from the last backup." in output
    assert not list(tmp_path.glob("b*"))
