"""The port `Secrets` in one JSON file that only its owner can read."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from functions.adapters.platform.os_words import why_of
from functions.adapters.platform.owner_only import hand_over, reach_disk, refuse_exposed
from functions.domain.model.errors import AccessRevoked, Refused, System, Transient
from functions.domain.model.messages import say

Kept = dict[str, dict[str, dict[str, Any]]]  # integration -> name -> {"last": number, "versions": {number: value}}


class FileSecrets:
    """Secrets by integration, name and version number; safe for several threads and processes.

    The constructor raises `Refused` for a file that other users of the machine can read, or that is not JSON.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_exposed(path)
        self._known: tuple[tuple[int, ...], Kept] = ((), {})  # the file as it was read last, and what it holds
        self._read(starting=True)

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None where there is none; raises `AccessRevoked` for a version that was destroyed."""
        secret = self._read().get(int_id, {}).get(name)
        if secret is None or not secret["versions"]:
            return None
        value = secret["versions"].get(version or str(secret["last"]))
        if value is None:
            raise AccessRevoked(
                say(
                    "Version {} of {} of integration {} was destroyed: enter it again, or connect again.",
                    version or secret["last"],
                    name,
                    int_id,
                ),
                reason="secret_destroyed",
                side=System.SERVICE,
            )
        return str(value)

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its number."""
        with self._changing() as kept:
            secret = kept.setdefault(int_id, {}).setdefault(name, {"last": 0, "versions": {}})
            secret["last"] += 1
            secret["versions"][str(secret["last"])] = value
            return str(secret["last"])

    def destroy(self, int_id: str, name: str, version: str) -> None:
        """Destroy one version."""
        with self._changing() as kept:
            kept.get(int_id, {}).get(name, {"versions": {}})["versions"].pop(version, None)

    def delete(self, int_id: str, name: str) -> None:
        """Destroy every version. Numbers are not reused: a secret that is entered again gets a new one."""
        with self._changing() as kept:
            secret = kept.get(int_id, {}).get(name)
            if secret is not None:
                secret["versions"] = {}

    def _read(self, *, starting: bool = False) -> Kept:
        """Return the stored secrets, not to be changed; if the file is damaged, a start is refused, and a running process retries.

        A file that is still the one read last is not parsed again.
        """
        before, known = self._known
        try:
            with self._path.open("rb") as file:
                stat = os.fstat(file.fileno())
                which = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
                if which == before:
                    return known
                kept = json.loads(file.read())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._away(error) from error
        except ValueError:  # its message would quote the secrets
            kept = None
        if not _is_kept(kept):
            raise (Refused if starting else Transient)(
                say(
                    "The secrets in {} cannot be read: restore the file from the last backup, or remove it and enter them again.",
                    self._path.name,
                ),
                reason="secrets_unreadable",
            )
        self._known = which, cast("Kept", kept)
        return self._known[1]

    def _away(self, error: OSError) -> Transient:
        return Transient(
            say("The secrets in {} cannot be used: {}; try again.", self._path.name, why_of(error)),
            reason="secrets_away",
        )

    @contextmanager
    def _changing(self) -> Iterator[Kept]:
        """Yield the stored secrets, locked against other processes, and replace the file at the end of the block."""
        beside = self._path.with_name(self._path.name + ".lock")
        try:
            lock = os.open(beside, os.O_CREAT | os.O_RDWR, 0o600)
            hand_over(beside, self._path)
        except OSError as error:
            raise self._away(error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = deepcopy(self._read())
            yield kept
            try:
                self._replace(json.dumps(kept, ensure_ascii=False, indent=1).encode())
            except OSError as error:
                raise self._away(error) from error
        finally:
            os.close(lock)

    def _replace(self, content: bytes) -> None:
        """Write a new file, sync it, then rename it: a crash leaves the old file or the new one."""
        beside = self._path.with_name(self._path.name + ".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        hand_over(beside, self._path)
        beside.replace(self._path)
        reach_disk(self._path.parent)


def _is_kept(kept: object) -> bool:
    """Whether this has the shape of `Kept`."""
    return isinstance(kept, dict) and all(
        isinstance(secret, dict)
        and type(secret.get("last")) is int
        and isinstance(secret.get("versions"), dict)
        and all(isinstance(value, str) for value in secret["versions"].values())
        for secrets in kept.values()
        for secret in (secrets.values() if isinstance(secrets, dict) else [None])
    )
