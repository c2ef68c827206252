"""i-Reserve's webhooks: who may send one, and which booking it is about."""

import hmac
import json
from typing import Any

import pytest

from functions.application.intake.hints import Hint, Kind
from functions.application.intake.webhooks import booking_ids_in, mac, receive, webhook_token, webhook_url
from functions.application.ports import Addresses, Ports, Task
from functions.domain.model.errors import Malformed, Unauthentic
from functions.domain.settings.integration import Integration
from tests.unit.sketch import NOW, settings


class Queue:
    """Tasks as a list."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def put(self, *tasks: Task) -> bool:
        self.tasks += tasks
        return True


def ports(queue: Queue, *keys: str, log: Any = None) -> Ports:
    made = dict.fromkeys(Ports.__slots__)
    addresses = Addresses("r", "https://hooks.example", "n", "c")
    return Ports(**{  # type: ignore[arg-type]  # only what a webhook touches
        **made, "tasks": queue, "webhook_keys": keys, "clock": lambda: NOW, "log": log or (lambda *_: None),
        "addresses": addresses,
    })  # fmt: skip


def received(token: str, body: bytes = b'{"id": 1001}', *keys: str) -> list[Hint]:
    queue = Queue()
    receive(ports(queue, *(keys or ("new", "old"))), "7", token, body)
    return [Hint.of(task.body) for task in queue.tasks]


def test_the_address_that_i_reserve_calls_carries_the_newest_keys_proof() -> None:
    address = webhook_url(ports(Queue(), "new", "old"), Integration(settings(), webhook_generation=3))
    proof = hmac.new(b"new", b"webhook\n7\n3", "sha256").hexdigest()[:40]
    assert address == f"https://hooks.example/bookings/7?token=3.{proof}"
    assert mac("key", "a", "b") != mac("key", "ab")


@pytest.mark.parametrize("key", ["new", "old"])
def test_a_hook_of_either_key_is_looked_at_now_and_once_more(key: str) -> None:
    hint = Hint(Kind.BOOKING, "7", ("1001",), "webhook", NOW, detail="3")
    assert received(webhook_token(key, "7", 3)) == [hint, hint]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "3",
        "3.",
        webhook_token("other", "7", 3),
        webhook_token("new", "8", 3),
        f"4{webhook_token('new', '7', 3)[1:]}",
    ],
)
def test_a_hook_without_a_proof_is_refused_and_queues_nothing(token: str) -> None:
    with pytest.raises(Unauthentic):
        received(token)


def test_a_hook_without_a_booking_is_for_the_whole_integration() -> None:
    hint = Hint(Kind.SWEEP, "7", (), "webhook", NOW, detail="1")
    assert received(webhook_token("new", "7", 1), b"") == [hint, hint]


def test_what_was_received_is_logged_without_its_body() -> None:
    lines: list[tuple[str, Any]] = []
    its = ports(Queue(), "new", log=lambda *line: lines.append(line))
    receive(its, "7", webhook_token("new", "7", 1), b'{"id": 1001, "name": "Jansen"}')
    assert lines == [("hint", {"severity": "DEBUG", "int_id": "7", "kind": "booking", "booking": "1001"})]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"id": 1001}', "1001"),
        (b'{"booking_id": " 1001 "}', "1001"),
        (b'{"RES_ID": "R1001"}', "R1001"),
        (b'{"RES_ID": 3, "booking_id": 2, "id": 1}', "1"),
        (b'{"booking": {"id": 2}, "data": {"id": 3}}', "2"),
        (b'{"data": {"booking_id": 3}}', "3"),
        (b'{"id": "", "data": {"id": 3}}', "3"),
        (b'{"id": "' + b"9" * 40 + b'"}', "9" * 40),
        (b'{"id": "' + b"9" * 41 + b'"}', ""),
        (b'{"id": true}', ""),
        (b'{"id": 1.5}', ""),
        (b'{"id": "a/b"}', ""),
        ('{"id": "é"}'.encode(), ""),
        (b'{"other": {"id": 1}}', ""),
        (b'{"booking": {"data": {"id": 1}}}', ""),
        (b"[]", ""),
        (b"[[1]]", ""),
        (b"null", ""),
        (b"  ", ""),
    ],
)
def test_the_booking_is_found_in_every_shape_and_never_guessed(body: bytes, found: str) -> None:
    assert booking_ids_in(body) == [found]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'[{"id": 4}, {"booking": {"id": 5}}, {"id": "4"}]', ["4", "5"]),
        (b'[{"id": 4}, {"other": 5}, {}]', ["4", ""]),
        (json.dumps([{"id": n} for n in range(1, 11)]).encode(), [str(n) for n in range(1, 11)]),
        (json.dumps([{"id": n} for n in range(1, 12)]).encode(), [*(str(n) for n in range(1, 11)), ""]),
    ],
    ids=["each once", "one without an id", "ten", "more than ten"],
)
def test_each_booking_of_a_list_is_found_and_what_is_left_over_is_searched_for(body: bytes, found: list[str]) -> None:
    assert booking_ids_in(body) == found


def test_each_booking_of_a_list_is_followed() -> None:
    kinds = [(each.kind, each.subject) for each in received(webhook_token("new", "7", 1), b'[{"id": 4}, {"id": 5}]')]
    assert kinds == [(Kind.BOOKING, ("4",))] * 2 + [(Kind.BOOKING, ("5",))] * 2


@pytest.mark.parametrize("body", [b"{", b"\xff", b"NaN"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        booking_ids_in(body)
