"""Backup and restore of a standalone installation: the store, the secrets and the keys, all or nothing.

A backup can be made while the service runs. It is `FILE` (the store), with `FILE.secrets.json` and `FILE.keys.json`
beside it.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from functions.adapters.platform.os_words import why_of
from functions.adapters.platform.owner_only import hand_over, reach_disk
from functions.adapters.sqlite.file import SCHEMA
from functions.domain.model.errors import Conflict, Malformed, Transient
from functions.domain.model.messages import say

STORE = "sync.sqlite"
BESIDE = ("secrets.json", "keys.json")
_TRIES = 5  # at a copy of the store during which the secrets do not change


@dataclass(frozen=True, slots=True)
class Counted:
    """How much a store holds."""

    integrations: int
    links: int
    documents: int
    tasks: int


def back_up(state: Path, to: Path) -> Counted:
    """Copy a state directory as it is at one moment, and check the copy; returns how much it holds.

    Raises `Conflict` if a file exists already, `Malformed` if there is no store, if the secrets or keys are damaged, or
    if the copy differs from the store, `Transient`.
    """
    kept = {name: state / name for name in BESIDE}
    names = [to, *(_beside(to, name) for name in BESIDE)]
    parts = [name.with_name(f"{name.name}.part") for name in names]
    with _named(lambda why: say("The backup could not be written to {}: {}.", to, why)):
        if not (state / STORE).exists():  # SQLite would make an empty one, with which no service starts
            raise Malformed(say("There is no store in {}; correct STATE_DIR.", state), reason="no_store")
        for taken in filter(Path.exists, names):
            raise Conflict(say("{} is there already: give another name, or move it away.", taken), reason="exists")
        try:
            for _ in range(_TRIES):
                before = _kept(kept, _damaged)
                counted = _copied(state / STORE, parts[0], _not_backed_up)
                if _kept(kept, _damaged) == before:
                    break
            else:
                raise Transient(say("The secrets change all the time; try again."), reason="secrets_busy")
            for name, part in zip(BESIDE, parts[1:], strict=True):
                if name in before:
                    _write(part, BytesIO(before[name]))
            for part, whole in zip(reversed(parts), reversed(names), strict=True):  # the store last: it vouches for all
                if part.exists():
                    part.replace(whole)
            reach_disk(to.parent)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
    return counted


def restore(state: Path, source: Path, now: datetime) -> Counted:
    """Put a backup in the place of a state directory's files; returns how much it holds.

    These are moved aside as a backup of their own. Secrets or keys that the backup lacks stay as they are. There is a
    store at every moment, because a service that finds none begins an empty one. All files keep their owner.
    Raises `Malformed` for an unusable backup, `Conflict` while the service runs, `Transient`.
    """
    aside = state / f"{STORE}.before-{now:%Y%m%dT%H%M%S}"
    with _named(lambda why: say("The backup could not be put into {}: {}.", state, why)):
        counted = check(source)
        kept = _kept({name: _beside(source, name) for name in BESIDE}, _unusable)
        new = {name: state / f"{name}.restored" for name in (*kept, STORE)}
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        former = {state / name: aside if name == STORE else _beside(aside, name) for name in (*BESIDE, STORE)}
        needless: list[Path] = []
        try:
            for name, content in kept.items():
                _write(new[name], BytesIO(content))
            _copied(source, new[STORE], _unusable)
            for name, whole in new.items():
                hand_over(whole, state / name)
            _let_go(state / STORE)
            for old in filter(Path.exists, former):
                _keep(old, former[old])
                needless.append(former[old])
            for log in ("-wal", "-shm"):  # of a damaged store
                if (old := state / f"{STORE}{log}").exists():
                    old.rename(f"{aside}{log}")
            needless.clear()
            for name, whole in new.items():
                whole.replace(state / name)
            reach_disk(state)
        finally:
            for file in (*new.values(), *needless):
                file.unlink(missing_ok=True)
    return counted


def check(path: Path) -> Counted:
    """Return how much a copy of a store holds; raises `Malformed` unless all of it can be read."""
    if not path.is_file():
        raise Malformed(say("There is no backup {}.", path), reason="no_backup")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            (schema,) = connection.execute("PRAGMA user_version").fetchone()
            if found == "ok" and schema == SCHEMA:
                return _counted(connection)
    except sqlite3.DatabaseError:
        pass
    raise _unusable(path)


def _unusable(path: Path) -> Malformed:
    return Malformed(
        say("{} cannot be used as a backup: it is damaged, or of another version. Take another one.", path),
        reason="bad_backup",
    )


def _not_backed_up(store: Path) -> Malformed:
    return Malformed(say("{} cannot be backed up: it is damaged, or of another version.", store), reason="bad_store")


def _damaged(path: Path) -> Malformed:
    return Malformed(say("{} is damaged: restore the file from the last backup.", path), reason="bad_backup")


def _copied(source: Path, to: Path, error: Callable[[Path], Malformed]) -> Counted:
    """Copy a store in one transaction, because it may be in use, and compare the copy with it; raises an error for an unusable one."""
    to.unlink(missing_ok=True)
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as live,
        closing(sqlite3.connect(to, isolation_level=None)) as copy,
    ):
        live.execute("BEGIN")
        counted = _counted(live)
        live.backup(copy)
        live.execute("COMMIT")
        copy.execute("PRAGMA journal_mode = DELETE")  # a single file, which can simply be copied
    try:
        same = check(to) == counted
    except Malformed:
        raise error(source) from None
    if not same:
        raise Malformed(say("The copy is not what the store holds; make another one."), reason="bad_backup")
    return counted


def _counted(connection: sqlite3.Connection) -> Counted:
    kinds = dict(connection.execute("SELECT kind, count(*) FROM documents GROUP BY kind"))
    (tasks,) = connection.execute("SELECT count(*) FROM tasks").fetchone()
    return Counted(kinds.get("integrations", 0), kinds.get("links", 0), sum(kinds.values()), tasks)


def _let_go(store: Path) -> None:
    """Raise `Conflict` while another process has the store open; a damaged store raises nothing."""
    if not store.exists():
        return
    try:
        with closing(sqlite3.connect(store, timeout=0.2, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise Conflict(say("The service is running: stop it, then restore."), reason="running") from error
    except sqlite3.DatabaseError:
        pass


def _kept(paths: dict[str, Path], error: Callable[[Path], Malformed]) -> dict[str, bytes]:
    """Return the content of those of the secrets and keys that exist; raises an error for one that is cut short."""
    kept = {name: path.read_bytes() for name, path in paths.items() if path.exists()}
    for name, content in kept.items():
        try:
            json.loads(content)
        except ValueError:  # its message would quote the secrets
            raise error(paths[name]) from None
    return kept


def _beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.{name}")


def _keep(path: Path, aside: Path) -> None:
    """Give a file a second name; where the file system has no hard links (exFAT, some network shares), copy it."""
    try:
        os.link(path, aside)
    except FileExistsError:
        raise
    except OSError:
        part = aside.with_name(f"{aside.name}.part")
        try:
            with path.open("rb") as file:
                _write(part, file)
                hand_over(part, file.fileno())
            part.rename(aside)
        finally:
            part.unlink(missing_ok=True)


def _write(path: Path, content: BinaryIO) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _named(said: Callable[[str], str]) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        why = why_of(error) if isinstance(error, OSError) and error.errno else str(error)
        raise Transient(said(why), reason="backup_failed") from error
