"""Probing in tests: a test booking, a complete probe, and calls to i-Reserve that fail or are never answered."""

from collections.abc import Callable
from typing import Any

from functions.application.ports import Outside, Reservations
from functions.domain.settings.integration import Integration
from tests.harness.place import Place


def switch(place: Place, **switches: Any) -> None:
    """Set switches of the simulated i-Reserve."""
    place.ireserve("PATCH", "dialect", switches)


def booked(place: Place, **fields: Any) -> str:
    """Book a test booking on Wednesday, on object 10 unless said otherwise."""
    return place.book("2026-11-25T10:00", "2026-11-25T11:00", **{"remarks": "TEST", **fields})


def probed(place: Place, booking: str, thing: str = "10", *, seconds: float = 60, **more: Any) -> Any:
    """Run a probe to its end and return what the API shows."""
    place.api("POST", "/7/probe", {"booking": booking, "object": thing, **more}, 202)
    place.settle(seconds)
    return place.api("GET", "/7/probe")


def stored(place: Place) -> dict[str, Any]:
    """Return the points of the dialect that are known."""
    known: dict[str, Any] = place.api("GET", "/7/dialect")["known"]
    return known


def untouched(place: Place) -> dict[str, Any]:
    """Return every booking as a person sees it, except those that the probe made and cancelled."""
    kept = [
        each for each in place.bookings() if not (each["remarks"].startswith("PROBE") and each["status_code"] == 70)
    ]
    return {each["id"]: {name: value for name, value in each.items() if name != "updated"} for each in kept}


class Crash(BaseException):
    """The process dies here."""


class Faulty:
    """The port `Outside` whose i-Reserve fails at one call, before it takes effect or after it (its answer is lost)."""

    def __init__(
        self, outside: Outside, at: int, error: Callable[[], BaseException], *, after: bool, times: int, only: str = ""
    ) -> None:
        self._outside = outside
        self._at = at
        self._error = error
        self._after = after
        self._times = times
        self.only = only  # the one method that counts
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outside, name)

    def reservations(self, integration: Integration) -> "_Watched":
        return _Watched(self._outside.reservations(integration), self)

    def call(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        number, self.calls = self.calls, self.calls + 1
        hit = self._at <= number < self._at + self._times
        if hit and not self._after:
            raise self._error()
        result = method(*args, **options)
        if hit:
            raise self._error()
        return result


class _Watched:
    def __init__(self, ireserve: Reservations, faulty: Faulty) -> None:
        self._ireserve = ireserve
        self._faulty = faulty

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._ireserve, name)

        if self._faulty.only not in ("", name):
            return method

        def watched(*args: Any, **options: Any) -> Any:
            return self._faulty.call(method, *args, **options)

        return watched
