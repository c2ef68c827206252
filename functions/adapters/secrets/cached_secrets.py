"""A cache for the port `Secrets`: a version never changes, so it is read once per process."""

import threading

from functions.application.ports import Secrets

_MOST = 1000  # versions in the cache


class CachedSecrets:
    """Caches another store by version. A rotated secret has another version, so nothing is stale."""

    def __init__(self, stored: Secrets) -> None:
        self._stored = stored
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], str] = {}

    def get(self, int_id: str, name: str, version: str = "") -> str | None:
        """Return the secret, or None if there is none."""
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

    def destroy(self, int_id: str, name: str, version: str) -> None:
        """Destroy one version, here too."""
        self._stored.destroy(int_id, name, version)
        with self._lock:
            self._kept.pop((int_id, name, version), None)

    def delete(self, int_id: str, name: str) -> None:
        """Destroy every version, here too."""
        self._stored.delete(int_id, name)
        with self._lock:
            for place in [each for each in self._kept if each[:2] == (int_id, name)]:
                del self._kept[place]
