"""The keys of a standalone installation: from the environment, or made at the first start and kept."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from functions.adapters.platform.os_words import why_of
from functions.adapters.platform.owner_only import name_first, refuse_exposed
from functions.domain.model.errors import Refused
from functions.domain.model.messages import say

NAMES = ("webhook_key", "console_key")


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """The webhook keys (newest first) and the console key."""

    webhook_keys: tuple[str, ...]
    console_key: str


def state_directory(path: Path) -> None:
    """Make the state directory, owner-only, if it does not exist; raises `Refused` if it cannot be used."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(path, os.R_OK | os.W_OK | os.X_OK)
        why = "it may not be written"
    except OSError as error:
        usable, why = False, why_of(error)
    if not usable:
        raise _unusable(path, why)


def _unusable(path: Path, why: str) -> Refused:
    return Refused(
        say("the state directory {} cannot be used: {}; choose another one with STATE_DIR", path, why), reason="state"
    )


def local_keys(state_dir: Path, webhook_keys: tuple[str, ...], console_key: str) -> LocalKeys:
    """Return the keys; those that the environment lacks are made once and kept in an owner-only file."""
    if webhook_keys and console_key:
        return LocalKeys(webhook_keys, console_key)
    path = state_dir / "keys.json"
    if not path.exists():
        made = {"webhook_key": secrets.token_hex(32), "console_key": secrets.token_urlsafe(24)}
        whole = path.with_suffix(f".{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(whole, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                json.dump(made, file)
            name_first(whole, path)
        except OSError as error:
            raise _unusable(state_dir, why_of(error)) from error
        finally:
            whole.unlink(missing_ok=True)
    refuse_exposed(path)
    made = _read(path)
    return LocalKeys(webhook_keys or (made["webhook_key"],), console_key or made["console_key"])


def _read(path: Path) -> dict[str, str]:
    """Return the stored keys; raises `Refused` if they are damaged."""
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(made[name], str) and made[name] for name in NAMES):
            return {name: made[name] for name in NAMES}
    except (OSError, ValueError, KeyError, TypeError):
        pass  # its message would quote a key
    raise Refused(
        say(
            "The keys in {} cannot be read: restore the file from the last backup, or remove it; new ones end all sessions, and each integration must be activated again so that its webhooks are known.",
            path.name,
        ),
        reason="keys_unreadable",
    )
