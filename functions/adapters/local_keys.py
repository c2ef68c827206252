"""The keys of a standalone installation: given by the environment, or made at the first start and kept."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """The webhook keys (newest first) and the console key."""

    webhook_keys: tuple[str, ...]
    console_key: str


def local_keys(state_dir: Path, webhook_keys: tuple[str, ...], console_key: str) -> LocalKeys:
    """Return the keys; what the environment does not give is made once and kept in an owner-only file."""
    if webhook_keys and console_key:
        return LocalKeys(webhook_keys, console_key)
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state_dir / "keys.json"
    made = {"webhook_key": secrets.token_hex(32), "console_key": secrets.token_urlsafe(24)}
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            json.dump(made, file)
    except FileExistsError:
        made = json.loads(path.read_text())
    return LocalKeys(webhook_keys or (made["webhook_key"],), console_key or made["console_key"])
