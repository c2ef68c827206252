"""The log of API calls, for tests that count or look at them."""

from sandbox.ireserve.tenant.model import Json

KEPT = 20000


class Calls:
    """Numbered API calls, oldest first; numbers go on after a clear."""

    def __init__(self) -> None:
        self._calls: list[Json] = []
        self.last = 0

    def add(self, call: Json) -> None:
        """Keep a call under the next number."""
        self.last += 1
        self._calls.append({"n": self.last, **call})
        del self._calls[:-KEPT]

    def since(self, n: int) -> list[Json]:
        """Return the calls after number n."""
        return [call for call in self._calls if call["n"] > n]

    def clear(self) -> None:
        """Forget the calls."""
        self._calls.clear()
