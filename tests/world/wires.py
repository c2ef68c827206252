"""The wires of a world: calls that are steps of an instance, and logins that can be copied."""

from typing import TYPE_CHECKING, Any

from tests.harness.place import _Outside
from tests.harness.wires import Answer, Answering, Wire
from tests.model.instances import Running

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class SteppedWire(Wire):
    """A client of an application; calls whose path begins with `prefix` are steps of the instance that runs."""

    def __init__(
        self,
        application: "WSGIApplication",
        running: Running,
        prefix: str = "no path",
        asking: Answering | None = None,
    ) -> None:
        super().__init__(application, asking)
        self._running, self._prefix = running, prefix

    def open(self, path: str, **options: Any) -> Answer:
        if not path.startswith(self._prefix):
            return super().open(path, **options)
        return self._running.step(lambda: super(SteppedWire, self).open(path, **options))


class Outside(_Outside):
    """Both simulators, with logins that can be copied."""

    def copy(self) -> "Outside":
        """Return another with the same access tokens, which then expire at the same moments."""
        other = Outside(self._place)
        for name, login in self._kept.items():  # a login's own copy leaves out what must not be stored
            other._kept[name] = object.__new__(type(login))
            vars(other._kept[name]).update(vars(login))
        return other
