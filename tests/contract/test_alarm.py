"""Alerts as their receivers take them: three chats that are strict about their form, a monitor, and a mail server."""

import json
import re
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from functions.adapters.net import chat
from functions.adapters.net.alarm import Alarm
from functions.application.ports import Alert
from functions.domain.model.errors import Transient
from functions.domain.settings.schema import AlertSettings
from functions.settings import EnvironmentFaults, read_environment

ALERT = Alert(
    "held", "7", "Noord: removals wait <users/all> *now*", "A & B\nfour lines", "https://c.example.org/console"
)


def is_taken(address: str, body: Any) -> bool:
    """Whether a receiver takes a body, as the chats' own pages describe them."""
    path = address.partition("?")[0]
    if path == "/google":  # refuses fields that it does not know
        return set(body) == {"text"} and isinstance(body["text"], str) and "<" not in body["text"]
    if path == "/slack":
        return set(body) == {"text"} and not re.search(r"<|&(?!amp;|lt;|gt;)", body["text"])
    if path == "/teams":
        (card,) = body["attachments"]
        content = card["content"]
        return bool(
            body["type"] == "message"
            and card["contentType"] == "application/vnd.microsoft.card.adaptive"
            and content["type"] == "AdaptiveCard"
            and {each["type"] for each in content["body"]} == {"RichTextBlock"}  # reads no markup
        )
    return set(body) == {"alert", "integration", "title", "text", "link"}


class Chats(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append(body)  # type: ignore[attr-defined]
        self.send_response(200 if is_taken(self.path, body) else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


class Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        within = False
        for line in self.rfile:
            if within:
                within = line != b".\r\n"
                self.server.got.append(line.decode())  # type: ignore[attr-defined]
                if within:
                    continue
            elif line.upper().startswith(b"DATA"):
                within = True
                self.wfile.write(b"354 go on\r\n")
                continue
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 fine\r\n")


@pytest.fixture
def chats() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Chats)
    yield from _served(server)


@pytest.fixture
def mail() -> Iterator[Any]:
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
    yield from _served(server)


def _served(server: Any) -> Iterator[Any]:
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "form"), [("google", "google_chat"), ("slack", "slack"), ("teams", "teams"), ("monitor", "json")]
)
def test_each_receiver_takes_its_own_form(chats: Any, path: str, form: Any) -> None:
    address = f"http://127.0.0.1:{chats.server_address[1]}/{path}"
    Alarm("", "", allow_private=True).send(AlertSettings(webhook_url=address, webhook_form=form), ALERT)
    said = json.dumps(chats.got, ensure_ascii=False)
    assert "removals wait" in said
    assert "four lines" in said
    assert ALERT.link in said


def test_a_form_that_is_not_taken_is_said_without_the_address(chats: Any) -> None:
    address = f"http://127.0.0.1:{chats.server_address[1]}/google?key=opens-the-chat"
    with pytest.raises(Transient, match=r"did not take the message; it answered 400\.") as raised:
        Alarm("", "", allow_private=True).send(AlertSettings(webhook_url=address, webhook_form="json"), ALERT)
    assert "opens-the-chat" not in f"{raised.value} {raised.value.reason}"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token=t", "google_chat"),
        ("https://hooks.slack.com/services/T0/B0/x", "slack"),
        ("https://prod-12.westeurope.logic.azure.com:443/workflows/x", "teams"),
        ("https://default0.1.environment.api.powerplatform.com:443/powerautomate/x", "teams"),
        ("https://tenant.webhook.office.com/webhookb2/x", "teams"),
        ("https://monitor.example.org/hook", "json"),
        ("https://chat.googleapis.com.example.org/hook", "json"),
        ("https://notlogic.azure.com/hook", "json"),
    ],
)
def test_the_form_is_that_of_the_host_unless_one_is_set(address: str, form: str) -> None:
    assert chat.form_of(AlertSettings(webhook_url=address)) == form
    assert chat.form_of(AlertSettings(webhook_url=address, webhook_form="slack")) == "slack"


def test_a_mail_says_it_in_its_subject_and_text(mail: Any) -> None:
    alarm = Alarm(f"smtp://127.0.0.1:{mail.server_address[1]}", "sync@example.org", allow_private=True)
    alarm.send(AlertSettings(email="beheer@example.org"), ALERT)
    said = "".join(mail.got)
    assert "To: beheer@example.org" in said
    assert "Subject: Noord: removals wait" in said
    assert "four lines" in said
    assert ALERT.link in said


@pytest.mark.parametrize(
    ("smtp_url", "sender"),
    [("smtp://127.0.0.1:submission", "sync@example.org"), ("smtp://127.0.0.1:1", "sync\n@example.org")],
)
def test_an_address_that_no_mail_can_have_is_one_that_does_not_take_the_alert(smtp_url: str, sender: str) -> None:
    with pytest.raises(Transient, match="did not take the alert"):
        Alarm(smtp_url, sender, allow_private=True).send(AlertSettings(email="beheer@example.org"), ALERT)


@pytest.mark.parametrize(
    "address",
    [
        "smtp.example.org:587",
        "smtp://:587",
        "smtp://h:x",
        "smtp://h:0",
        "https://h",
        "smtps://a:k%C3%A4se@h",
        "smtp://[h",
    ],
)
def test_an_address_that_no_mail_server_has_stops_the_start_and_its_password_is_not_quoted(address: str) -> None:
    with pytest.raises(
        EnvironmentFaults, match=r"^SMTP_URL is not the address of a mail server; give smtp://"
    ) as fault:
        read_environment({"SMTP_URL": address})
    assert address not in str(fault.value)
    assert read_environment({"SMTP_URL": "smtp://a%40b:p%3Aw@h:587"}).smtp_url == "smtp://a%40b:p%3Aw@h:587"
