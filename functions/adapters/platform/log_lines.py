"""Log lines for Cloud Logging: one JSON object a line, the same in the cloud and standalone.

https://cloud.google.com/logging/docs/structured-logging
"""

import contextvars
import json
import logging
import re
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TextIO

LOG = logging.getLogger("functions")
_TRACE = "logging.googleapis.com/trace"
_LEVELS = logging.getLevelNamesMapping()
_ENCODER = json.JSONEncoder(default=str)
_trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="")
_about: contextvars.ContextVar[dict[str, object] | None] = contextvars.ContextVar("about", default=None)
_NAMES = ("int_id", "kind", "booking", "calendar", "event_id", "source", "attempt", "step", "why", "reason")
_outputs: list["Lines"] = []
_ID = re.compile(r"(?:00-)?([0-9a-f]{32})\b")


def begin_request(header: Callable[[str], str | None], project: str = "") -> None:
    """Begin the lines of a request on this thread, with the trace that its headers name, if any.

    https://cloud.google.com/trace/docs/trace-context
    """
    found = _ID.match(header("traceparent") or header("X-Cloud-Trace-Context") or "")
    trace = found[1] if found else ""
    _about.set({})
    _trace.set(f"projects/{project}/traces/{trace}" if trace and project else trace)


def about() -> dict[str, object]:
    """Return the fields that this request has logged, each with its last value."""
    return dict(_about.get() or {})


def note(event: str, fields: Mapping[str, object]) -> None:
    """Write one line; `docs/operations.md` lists the events. The fields must hold no personal data."""
    known = _about.get()
    if known is not None:
        known |= {name: fields[name] for name in _NAMES if name in fields}
    severity = str(fields.get("severity", "INFO"))
    if LOG.isEnabledFor(_LEVELS[severity]):
        line = _line(severity, event, {"event": event, **fields})
        for lines in _outputs:  # not by the logger, which searches the stack for its caller and describes the thread
            lines.write(line)


def log_to_stdout(level: str) -> None:
    """Send our lines of this severity and above to stdout."""
    _log_to(sys.stdout, level)


def log_to_stderr(level: str) -> None:
    """Send them to stderr, because a command prints its result on stdout."""
    _log_to(sys.stderr, level)


def _log_to(stream: TextIO, level: str) -> None:
    lines = Lines(stream)
    LOG.handlers[:] = [lines]
    _outputs[:] = [lines]
    LOG.setLevel(level)
    LOG.propagate = False


class Lines(logging.Handler):
    """Writes lines to a stream, those of several threads together: a thread leaves its line to one that is writing."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: deque[str] = deque()
        self._writing = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of Python's logging; of an exception only class and places: its message may quote personal data."""
        more: dict[str, object] = {}
        if record.exc_info and record.exc_info[1] is not None:
            more = {"error": type(record.exc_info[1]).__name__, "at": places(record.exc_info[1])}
        self.write(_line(record.levelname, record.getMessage(), more))

    def write(self, line: str) -> None:
        """Write a line; one that the stream does not take, as a file on a full disk, is lost, and its work goes on."""
        self._waiting.append(line)
        while self._waiting and self._writing.acquire(blocking=False):
            try:
                lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
                with suppress(OSError, ValueError):  # full, or closed
                    self._stream.write("".join(f"{each}\n" for each in lines))
                    self._stream.flush()
            finally:
                self._writing.release()


def _line(severity: str, message: str, more: Mapping[str, object]) -> str:
    """Return one JSON object."""
    line = {"severity": severity, "message": message, **more}
    trace = _trace.get()
    if trace:
        line[_TRACE] = trace
    return _ENCODER.encode(line)


def places(error: BaseException) -> list[str]:
    """Return where an exception was raised, innermost first: file, line and function, without values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames[::-1]]
