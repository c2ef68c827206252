"""What a hot function leaves out of each request, and what it keeps."""

import errno
import io
import json
import logging
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, Request, has_request_context
from werkzeug.test import Client

from functions.adapters.platform.log_lines import Lines
from functions.application.intake.webhooks import webhook_token
from functions.entrypoints.http.direct import direct
from functions.entrypoints.http.handlers import answer, booking_webhook
from functions.entrypoints.http.serve import whole_app
from tests.world.memory import MemoryTasks

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_post_passes_by_the_framework_and_everything_else_goes_through_it() -> None:
    seen = list[str]()

    def post(request: Request) -> Any:
        seen.append(request.get_data(as_text=True))
        return answer(202)

    client = Client(direct(post, answer(200, {"by": "the framework"})))
    assert client.post("/bookings/7", data="body").status_code == 202
    assert client.get("/health").get_json() == {"by": "the framework"}
    assert seen == ["body"]


def test_on_one_machine_webhooks_and_notifications_pass_by_it_too() -> None:
    framed = list[bool]()

    def handler(_ports: Any, _request: Request) -> Any:
        framed.append(has_request_context())
        return answer(202)

    names = ("booking_webhook", "calendar_notification", "sync_task")
    client = Client(whole_app(None, dict.fromkeys(names, handler), Flask("console")))  # type: ignore[arg-type]
    for path in ("/bookings/7", "/notifications/google", "/tasks/sync"):
        assert client.post(path).status_code == 202
    assert client.get("/health").status_code == 200
    assert framed == [False, False, True]


def test_accepted_webhooks_share_one_answer_like_every_other() -> None:
    tasks = MemoryTasks()
    ports: Any = SimpleNamespace(webhook_keys=("key",), tasks=tasks, clock=lambda: NOW, log=lambda *_: None)
    client = Client(direct(lambda request: booking_webhook(ports, request), answer(500)))
    usual = answer(202)
    for booking in (1, 2):
        accepted = client.post(f"/bookings/7?token={webhook_token('key', '7', 1)}", json={"id": booking})
        assert (accepted.status, accepted.data) == (usual.status, b"")
        assert sorted(accepted.headers) == sorted(usual.headers)
        assert tasks.depth() == 2 * booking


def test_a_line_that_comes_while_another_is_written_is_written_by_that_thread() -> None:
    class Slow(io.StringIO):
        def write(self, text: str) -> int:
            if not self.getvalue():
                super().write(text)
                lines.write("2")  # as another thread would meanwhile
                lines.write("3")
                return len(text)
            return super().write(text)

    stream = Slow()
    lines = Lines(stream)
    lines.write("1")
    assert stream.getvalue() == "1\n2\n3\n"


def test_an_exception_in_the_log_shows_its_class_and_places_and_no_message() -> None:
    stream = io.StringIO()
    try:
        json.loads("somebody's name")
    except ValueError:
        record = logging.LogRecord("functions", logging.ERROR, "", 0, "it failed", (), sys.exc_info())
    Lines(stream).handle(record)
    line = json.loads(stream.getvalue())
    assert (line["severity"], line["message"], line["error"]) == ("ERROR", "it failed", "JSONDecodeError")
    assert any("test_direct.py" in place for place in line["at"])
    assert "somebody" not in stream.getvalue()


def test_a_line_that_a_full_disk_does_not_take_is_lost_and_stops_no_work() -> None:
    class Full(io.StringIO):
        full = True

        def flush(self) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")

    stream = Full()
    lines = Lines(stream)
    lines.write("1")
    stream.full = False
    lines.write("2")
    assert stream.getvalue().endswith("2\n")
