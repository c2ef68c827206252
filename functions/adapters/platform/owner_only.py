"""A standalone installation's files: they belong to one user of the machine, and only that user can read them."""

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path

from functions.domain.model.errors import Refused
from functions.domain.model.messages import say

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def refuse_exposed(path: Path) -> None:
    """Raise `Refused`, with what to do, for a file that other users of the machine can read or write."""
    if path.exists() and path.stat().st_mode & _OTHERS:
        raise Refused(
            say(
                "{} can be read by other users of this machine: replace the secrets in it if they may have been seen, then run `chmod 600 {}`.",
                path.name,
                path,
            ),
            reason="secrets_exposed",
        )


def hand_over(path: Path, former: Path | int) -> None:
    """Give a file that root has made to the owner of the former one (or of an open one), else of its directory: as whom the service runs.

    Of what that user may have put in its place, nothing is given away: it is a link, or has another name too. A file
    system without owners refuses that, and needs none.
    """
    if os.geteuid() == 0:
        owned = os.fstat(former) if isinstance(former, int) else (former if former.exists() else former.parent).stat()
        with suppress(OSError):
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if os.fstat(file).st_nlink == 1:
                    os.fchown(file, owned.st_uid, owned.st_gid)
            finally:
                os.close(file)


def reach_disk(path: Path) -> None:
    """Return once the content of a file, or the names in a directory, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def name_first(whole: Path, path: Path) -> None:
    """Give a whole file its name, unless another process was faster; then it is removed. A power cut takes neither name nor content."""
    try:
        hand_over(whole, path)
        reach_disk(whole)
        _name(whole, path)
    finally:
        whole.unlink(missing_ok=True)
    reach_disk(path.parent)


def _name(whole: Path, path: Path) -> None:
    try:
        os.link(whole, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links, such as exFAT
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if not path.exists():
                whole.rename(path)
        finally:
            os.close(folder)
