"""Outgoing hooks: when they go out, what they carry, and what may happen to them on the way."""

from datetime import timedelta

import pytest
from ireserve_stage import HALL, Stage


def test_a_status_change_is_notified_before_it_can_be_seen() -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()
    seen: list[str] = []
    stage.on_hook = lambda: seen.append(stage.shown(number)["status"])
    stage.control("PATCH", f"bookings/{number}", {"status_code": 70})
    assert seen == ["OPEN"]
    assert stage.hooks[0][1]["status"] == "OPEN"
    stage.time += timedelta(seconds=0.4)
    assert stage.shown(number)["status"] == "CANCELLED"
    assert len(stage.hooks) == 1


def test_settle_applies_what_is_delayed_at_once() -> None:
    stage = Stage()
    number = stage.book()
    stage.control("PATCH", f"bookings/{number}", {"status_code": 70})
    assert stage.shown(number)["status_code"] == "20"
    assert stage.control("POST", "settle") == {"applied": 1, "held": 0}
    assert stage.shown(number)["status_code"] == "70"


def test_a_status_set_back_at_once_ends_as_the_person_left_it() -> None:
    stage = Stage()
    number = stage.book()
    for code in (70, 20):
        stage.control("PATCH", f"bookings/{number}", {"status_code": code})
    stage.control("POST", "settle")
    assert stage.shown(number)["status_code"] == "20"


def test_a_change_of_content_is_notified_after_it_can_be_seen() -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()
    seen: list[str] = []
    stage.on_hook = lambda: seen.append(stage.shown(number)["remarks"])
    stage.control("PATCH", f"bookings/{number}", {"remarks": "nieuw"})
    assert seen == ["nieuw"]


def test_a_new_booking_is_notified_as_created_only() -> None:
    stage = Stage()
    stage.listen("booking_created")
    stage.api("POST", "hook/subscribe/booking_updated", {"target_url": "http://product.example/updated"})
    number = stage.book()
    assert [(url, body["id"]) for url, body in stage.hooks] == [("http://product.example/hook", str(number))]


def test_api_writes_are_notified_to_their_author_unless_the_dialect_says_otherwise() -> None:
    stage = Stage()
    stage.listen("booking_created")
    stage.write(**HALL, number=1)
    assert len(stage.hooks) == 1
    stage.dialect(hook_booking_fires_hooks=False)
    stage.write(**{**HALL, "object_id": 11}, number=1)
    assert len(stage.hooks) == 1


def test_a_quiet_edit_is_a_webhook_that_got_lost() -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()
    stage.control("PATCH", f"bookings/{number}", {"remarks": "zacht", "status_code": 70, "quiet": True})
    assert stage.hooks == []
    assert (stage.shown(number)["remarks"], stage.shown(number)["status_code"]) == ("zacht", "70")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("id", {"id": "1001"}), ("res_id", {"RES_ID": "1001"}), ("empty", {})],
)
def test_the_body_is_what_the_dialect_says(kind: str, expected: dict[str, str]) -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()
    stage.dialect(hook_body=kind)
    stage.control("PATCH", f"bookings/{number}", {"remarks": "x"})
    assert stage.hooks[0][1] == expected
    stage.dialect(hook_body="nested")
    stage.control("PATCH", f"bookings/{number}", {"remarks": "y"})
    assert stage.hooks[1][1]["booking"]["remarks"] == "y"


def test_a_delivery_that_is_not_2xx_or_3xx_is_tried_again_several_times() -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()
    stage.answers = [503, 400, 302]
    stage.control("PATCH", f"bookings/{number}", {"remarks": "x"})
    assert len(stage.hooks) == 1
    for seconds in (1, 4):
        stage.control("POST", "clock", {"advance": seconds})
    (delivery,) = stage.control("GET", "deliveries")["deliveries"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503, 400, 302]
    assert delivery["state"] == "delivered"


def test_a_delivery_fails_for_good_after_its_last_try() -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()
    stage.answers = [500] * 9
    stage.control("PATCH", f"bookings/{number}", {"remarks": "x"})
    for _ in range(9):
        stage.control("POST", "clock", {"advance": 600})
    assert stage.control("GET", "deliveries")["deliveries"][0]["state"] == "failed"
    assert len(stage.hooks) == 5


def test_hooks_can_be_dropped_doubled_delayed_and_held() -> None:
    stage = Stage()
    number = stage.book()
    stage.listen()

    def edit(remarks: str, **mode: object) -> list[str]:
        stage.hooks.clear()
        stage.control("POST", "hooks/mode", mode)
        stage.control("PATCH", f"bookings/{number}", {"remarks": remarks})
        return [body["remarks"] for _, body in stage.hooks]

    assert edit("a", mode="drop") == []
    assert edit("b", mode="double") == ["b", "b"]
    assert edit("c", mode="delay", seconds=30) == []
    stage.control("POST", "clock", {"advance": 31})
    assert len(stage.hooks) == 1
    assert edit("d", mode="hold") == []
    assert edit("e", mode="hold") == []
    assert stage.control("GET", "hooks")["held"] == 2
    stage.control("POST", "hooks/flush", {"order": "reverse"})
    assert [body["remarks"] for _, body in stage.hooks] == ["e", "d"]


def test_a_hook_is_registered_again_or_kept_as_the_dialect_says_and_can_be_deleted() -> None:
    stage = Stage()
    target = {"target_url": "https://product.example/hook"}
    first = stage.api("POST", "hook/subscribe/booking_updated", target).json
    assert first == {"id": "1", "Location": "http://localhost/api/rest/hook/1"}
    assert stage.api("POST", "hook", {**target, "event": "booking_updated"}).json == {"id": "2"}
    stage.dialect(repeated_subscribe="same")
    assert stage.api("POST", "hook", {**target, "event": "booking_updated"}).json == {"id": "1"}
    assert stage.api("DELETE", "hook/1").json == {"status": True}
    assert stage.api("DELETE", "hook/1").status_code == 404
    assert [hook["id"] for hook in stage.control("GET", "hooks")["hooks"]] == ["2"]


def test_registering_a_hook_needs_a_login_and_the_right() -> None:
    stage = Stage()
    target = {"target_url": "https://product.example/hook", "event": "booking_updated"}
    assert stage.api("POST", "hook", target, auth=None).status_code == 401
    assert stage.api("POST", "hook", target, auth=("display", "display")).status_code == 401
    assert stage.api("POST", "hook", {"event": "booking_updated"}).status_code == 412


def test_a_status_change_mails_the_customer() -> None:
    stage = Stage()
    number = stage.book(customer_id=2)
    stage.dialect(hook_booking_mails=False)
    stage.write(id=number, status_code=30)
    before = stage.control("GET", "mails")["mails"]
    stage.dialect(hook_booking_mails=True)
    stage.write(id=number, status_code=70)
    after = stage.control("GET", "mails")["mails"]
    assert [(mail["to"], mail["status_code"]) for mail in after[len(before) :]] == [("test@example.org", 70)]
