"""The port `Secrets` with a memory: a version never changes, so it is read once per process."""

import threading

from functions.application.ports import Secrets

_MOST = 1000  # versions that are kept


class KeptSecrets:
    """Another store, and what was read from it by version. What was rotated has another version, so nothing is stale."""

    def __init__(self, stored: Secrets) -> None:
        self._stored = stored
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], str] = {}

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None where there is none."""
        place = (int_id, name, version)
        found = self._kept.get(place)
        if found is None:
            found = self._stored.get(int_id, name, version)
            if found is not None and version:
                with self._lock:
                    if len(self._kept) >= _MOST:
                        self._kept.clear()
                    self._kept[place] = found
        return found

    def put(self, int_id: str, name: str, value: str) -> str:
        """Store a new version and return its number."""
        return self._stored.put(int_id, name, value)

    def delete(self, int_id: str, name: str, *, keep_version: str = "") -> None:
        """Destroy every version but the one to keep, here too."""
        self._stored.delete(int_id, name, keep_version=keep_version)
        with self._lock:
            for place in [each for each in self._kept if each[:2] == (int_id, name) and each[2] != keep_version]:
                del self._kept[place]
