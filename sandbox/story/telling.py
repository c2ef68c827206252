"""People are told where they are: a chat room on this machine, which alerts go to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox.story.tale import INT_ID, Tale, held

FORM = "google_chat"


class ChatRoom(BaseHTTPRequestHandler):
    """Takes messages in the form of Google Chat, which refuses fields that it does not know."""

    said: list[str]

    def do_POST(self) -> None:
        """Take a message."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        taken = set(body) == {"text"}
        if taken:
            self.said.append(body["text"])
        self.send_response(200 if taken else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Print nothing between the lines of the story."""


@contextmanager
def chat_room() -> Iterator[tuple[str, list[str]]]:
    """Open a chat room; gives its address and what was said there so far."""
    said: list[str] = []
    room = ThreadingHTTPServer(("127.0.0.1", 0), type("Room", (ChatRoom,), {"said": said}))
    threading.Thread(target=room.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{room.server_port}/room", said
    finally:
        room.shutdown()
        room.server_close()


def a_chat_room_is_told(tale: Tale) -> Iterator[str]:
    """Alerts come to a chat room in the form that it takes: a test says so."""
    before = tale.stage.api("GET", f"/{INT_ID}")["alerts"]
    with chat_room() as (address, said):
        tale.change_settings(alerts={"webhook_url": address, "webhook_form": FORM})
        tale.stage.api("POST", f"/{INT_ID}/alerts/test")
        message = tale.wait("the message", lambda: said and said[-1])
        tale.change_settings(alerts=before)
    held("Sportcentrum Noord" in message, f"it says {message!r}")
    yield f"in the chat room: {' '.join(message.split())}"
