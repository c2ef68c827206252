"""Checks that a standalone installation's files can be read by their owner only."""

import stat
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
