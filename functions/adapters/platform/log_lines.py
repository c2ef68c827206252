"""Log lines for Cloud Logging: one JSON object a line, the same in the cloud and standalone.

https://cloud.google.com/logging/docs/structured-logging
"""

import contextvars
import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import TextIO

LOG = logging.getLogger("functions")
_TRACE = "logging.googleapis.com/trace"
_LEVELS = logging.getLevelNamesMapping()
_ENCODER = json.JSONEncoder(default=str)
_trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="")
_about: contextvars.ContextVar[dict[str, object] | None] = contextvars.ContextVar("about", default=None)
_NAMES = ("int_id", "kind", "booking", "calendar", "event_id", "source", "attempt", "step", "why", "reason")
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
    level = _LEVELS[str(fields.get("severity", "INFO"))]
    if LOG.isEnabledFor(level):  # made here, because the logger would first search the stack for its caller
        LOG.handle(LOG.makeRecord(LOG.name, level, "", 0, event, (), None, extra={"fields": fields}))


def log_to_stdout(level: str) -> None:
    """Send our lines of this severity and above to stdout."""
    _log_to(sys.stdout, level)


def log_to_stderr(level: str) -> None:
    """Send them to stderr, because a command prints its result on stdout."""
    _log_to(sys.stderr, level)


def _log_to(stream: TextIO, level: str) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    LOG.handlers[:] = [handler]
    LOG.setLevel(level)
    LOG.propagate = False


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an exception only class and places, because its message may quote personal data."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        said = record.getMessage()
        line: dict[str, object] = {"severity": record.levelname, "message": said}
        fields = getattr(record, "fields", None)
        if isinstance(fields, Mapping):
            line |= {"event": said, **fields}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["at"] = places(record.exc_info[1])
        trace = _trace.get()
        if trace:
            line[_TRACE] = trace
        return _ENCODER.encode(line)


def places(error: BaseException) -> list[str]:
    """Return where an exception was raised, innermost first: file, line and function, without values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames[::-1]]
