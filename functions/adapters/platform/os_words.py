"""What an error of the operating system means, in words that have a translation: its own are English only."""

import errno
import os

WORDS = {
    errno.EACCES: "access is denied",
    errno.EDQUOT: "the disk is full",
    errno.EIO: "the disk failed",
    errno.ENOSPC: "the disk is full",
    errno.EPERM: "access is denied",
    errno.EROFS: "the disk can only be read",
}


def why_of(error: OSError) -> str:
    """Return why a file or folder cannot be used."""
    code = error.errno or 0
    return WORDS.get(code) or os.strerror(code).lower()
