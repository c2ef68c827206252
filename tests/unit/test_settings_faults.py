"""All faults of settings at once, each with its field and what to do."""

from dataclasses import replace
from typing import Any

import pytest

from functions.domain.settings.faults import faults_between, settings_faults
from functions.domain.settings.schema import (
    AlertSettings,
    GoogleSettings,
    InboundSettings,
    IReserveSettings,
    MappingRow,
    OutboundSettings,
    Settings,
    SyncSettings,
    is_room,
)
from tests.unit.sketch import ROOM_A, ROOM_B

ROW = MappingRow("10", ROOM_A)
GOOD = Settings(
    "7",
    ireserve=IReserveSettings("https://tenant.i-reserve.net/api/rest", "api_calendar"),
    google=GoogleSettings("123.apps.googleusercontent.com"),
    mapping=(MappingRow("10", ROOM_A), MappingRow("*", ROOM_B)),
)


def faults(**more: Any) -> list[str]:
    return [fault.field for fault in settings_faults(replace(GOOD, **more))]


def test_good_settings_have_no_faults() -> None:
    assert faults() == []


def test_all_faults_are_listed_at_once() -> None:
    fields = [fault.field for fault in settings_faults(Settings(""))]
    assert fields == ["id", "ireserve.base_url", "ireserve.username", "google.client_id", "mapping"]
    assert all(fault.message for fault in settings_faults(Settings("")))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"id": "a b"}, "id"),
        ({"id": "x" * 41}, "id"),
        ({"name": "x" * 121}, "name"),
        ({"timezone": "Europe/Nowhere"}, "timezone"),
        ({"timezone": "../etc"}, "timezone"),
        ({"ireserve": IReserveSettings("ftp://x", "a")}, "ireserve.base_url"),
        ({"ireserve": IReserveSettings("https://", "a")}, "ireserve.base_url"),
        ({"ireserve": IReserveSettings("https://tenant.i-reserve.nl/admin.php", "a")}, "ireserve.base_url"),
        ({"ireserve": IReserveSettings("https://tenant.i-reserve.net", "a")}, "ireserve.base_url"),
        ({"ireserve": IReserveSettings("https://tenant.i-reserve.net/Admin/", "a")}, "ireserve.base_url"),
        ({"ireserve": IReserveSettings("https://u:p@x/api", "a")}, "ireserve.base_url"),
        ({"ireserve": IReserveSettings("https://x/api?y=1", "a")}, "ireserve.base_url"),
        ({"outbound": OutboundSettings(external_id_field="customer")}, "outbound.external_id_field"),
        ({"outbound": OutboundSettings(title_template="{HASHKEY}")}, "outbound.title_template"),
        ({"outbound": OutboundSettings(title_template=" ")}, "outbound.title_template"),
        ({"outbound": OutboundSettings(description_template="{nope}")}, "outbound.description_template"),
        ({"outbound": OutboundSettings(create_meet_link=True)}, "outbound.meet_link_field"),
        ({"outbound": OutboundSettings(meet_link_field="customer")}, "outbound.meet_link_field"),
        ({"outbound": OutboundSettings("custom02", meet_link_field="custom02")}, "outbound.meet_link_field"),
        ({"outbound": OutboundSettings("custom2", meet_link_field="custom02")}, "outbound.meet_link_field"),
        ({"outbound": OutboundSettings("custom٠٢")}, "outbound.external_id_field"),
        ({"outbound": OutboundSettings(title_template="{RES_CUSTOM٠١}")}, "outbound.title_template"),
        ({"outbound": OutboundSettings(colours={"": "sage"})}, "outbound.colours."),
        ({"outbound": OutboundSettings(colours={"10\0": "sage"})}, "outbound.colours.10\0"),
        ({"mapping": (MappingRow("Zaal 1", ROOM_A),)}, "mapping.0.object"),
        ({"mapping": (MappingRow("10 11", ROOM_A),)}, "mapping.0.object"),
        ({"inbound": InboundSettings(object="*")}, "inbound.object"),
        ({"inbound": InboundSettings(object="Zaal 1")}, "inbound.object"),
        ({"inbound": InboundSettings(object="Zaal 1", follow="all_mapped")}, "inbound.object"),
        ({"outbound": OutboundSettings(reminder_popup_minutes=-1)}, "outbound.reminder_popup_minutes"),
        ({"outbound": OutboundSettings(reminder_email_minutes=1441)}, "outbound.reminder_email_minutes"),
        ({"outbound": OutboundSettings(create_on_status=())}, "outbound.create_on_status"),
        ({"outbound": OutboundSettings(create_on_status=(10_000,))}, "outbound.create_on_status"),
        ({"outbound": OutboundSettings(create_on_status=(30, 70))}, "outbound.delete_on_status"),
        ({"mapping": (MappingRow("10", ROOM_A), MappingRow("", ROOM_B))}, "mapping.1.object"),
        ({"mapping": (MappingRow("10", ""),)}, "mapping.0.calendar"),
        ({"mapping": (MappingRow("10", ROOM_A), MappingRow("10", ROOM_B))}, "mapping"),
        ({"inbound": InboundSettings(remarks_field="title")}, "inbound.remarks_field"),
        ({"inbound": InboundSettings(number=0)}, "inbound.number"),
        ({"inbound": InboundSettings(status=-5)}, "inbound.status"),
        ({"inbound": InboundSettings(status=10**12)}, "inbound.status"),
        ({"outbound": OutboundSettings(title_template="x" * 501)}, "outbound.title_template"),
        ({"sync": SyncSettings(window_days=(-3651, 365))}, "sync.window_days"),
        ({"inbound": InboundSettings(status=70)}, "inbound.status"),
        ({"inbound": InboundSettings(cancel_status=90)}, "inbound.cancel_status"),
        ({"outbound": OutboundSettings(delete_on_status=())}, "inbound.cancel_status"),
        ({"mapping": (MappingRow("*", ROOM_A),)}, "inbound.object"),
        ({"inbound": InboundSettings(object="12"), "mapping": (MappingRow("10", ROOM_A),)}, "inbound.object"),
        ({"sync": SyncSettings(window_days=(1, 365))}, "sync.window_days"),
        ({"sync": SyncSettings(window_days=(-9, -1))}, "sync.window_days"),
        ({"mapping": (replace(ROW, before_minutes=-1),)}, "mapping.0.before_minutes"),
        ({"mapping": (replace(ROW, before_minutes=721),)}, "mapping.0.before_minutes"),
        ({"mapping": (replace(ROW, after_minutes=721),)}, "mapping.0.after_minutes"),
        ({"mapping": (replace(ROW, also=("",)),)}, "mapping.0.also.0"),
        ({"mapping": (replace(ROW, also=(ROOM_B, "a\tb")),)}, "mapping.0.also.1"),
        ({"mapping": (replace(ROW, also=(ROOM_A,)),)}, "mapping.0.also.0"),
        ({"mapping": (replace(ROW, also=(ROOM_B, ROOM_B)),)}, "mapping.0.also.1"),
        ({"mapping": (replace(ROW, also=tuple(f"room{n}" for n in range(21))),)}, "mapping.0.also"),
        ({"mapping": (replace(ROW, new_events=True), MappingRow("11", ROOM_A, new_events=True))}, "mapping"),
        ({"sync": SyncSettings(sweep_minutes=0)}, "sync.sweep_minutes"),
        ({"sync": SyncSettings(poll_seconds=14)}, "sync.poll_seconds"),
        ({"sync": SyncSettings(cancel_grace_seconds=86_401)}, "sync.cancel_grace_seconds"),
        ({"sync": SyncSettings(hold_over=0)}, "sync.hold_over"),
        ({"alerts": AlertSettings(email="no address")}, "alerts.email"),
        ({"alerts": AlertSettings(weekly_report=True)}, "alerts.email"),
        ({"alerts": AlertSettings(webhook_url="mailto:x@example.org")}, "alerts.webhook_url"),
    ],
    ids=lambda given: given if isinstance(given, str) else next(iter(given)),
)
def test_a_fault_names_its_field(more: dict[str, Any], field: str) -> None:
    assert faults(**more) == [field]


def test_a_field_for_two_things_is_a_fault() -> None:
    outbound = OutboundSettings("custom01")
    assert faults(outbound=outbound, inbound=InboundSettings(remarks_field="custom01")) == ["inbound.remarks_field"]


def test_with_inbound_off_its_own_rules_do_not_count() -> None:
    assert faults(inbound=InboundSettings(enabled=False, status=70, cancel_status=90)) == []


def test_every_mapped_calendar_may_be_followed_without_an_inbound_object() -> None:
    assert faults(inbound=InboundSettings(follow="all_mapped"), mapping=(MappingRow("*", ROOM_A),)) == []


def other(**more: Any) -> Settings:
    its = replace(GOOD, id="8", mapping=(MappingRow("11", "other@group.calendar.google.com"),))
    return replace(its, **more)


def test_two_integrations_share_neither_objects_nor_calendars() -> None:
    mine = replace(GOOD, mapping=(MappingRow("10", ROOM_A),))
    assert faults_between(mine, [mine, other()]) == ()
    same_object = faults_between(mine, [other(mapping=(MappingRow("10", ROOM_B),))])
    assert [fault.message for fault in same_object] == [
        "integration 8 maps the same objects (10); give each object to one"
    ]
    same_calendar = faults_between(mine, [other(mapping=(MappingRow("11", ROOM_A),))])
    assert [fault.message for fault in same_calendar] == [
        f"integration 8 uses calendar {ROOM_A} too; give each its own"
    ]


def test_a_row_for_all_other_objects_overlaps_with_every_row() -> None:
    [mine_covers] = faults_between(GOOD, [other()])
    assert mine_covers.message.startswith(f"the row * of integration {GOOD.id} covers the same objects (11")
    mine = replace(GOOD, mapping=(MappingRow("10", ROOM_A),))
    [theirs_covers] = faults_between(mine, [other(mapping=(MappingRow("*", ROOM_B),))])
    assert theirs_covers.message.startswith("the row * of integration 8 covers the same objects (10")


def test_another_tenant_may_have_the_same_objects() -> None:
    elsewhere = other(ireserve=IReserveSettings("https://other.i-reserve.net/api/rest", "a"))
    assert faults_between(GOOD, [elsewhere]) == ()
    unnamed = other(ireserve=IReserveSettings())
    assert faults_between(replace(GOOD, ireserve=IReserveSettings()), [unnamed]) == ()


def test_as_much_as_is_allowed_is_no_fault() -> None:
    most = replace(ROW, before_minutes=720, after_minutes=0, also=tuple(f"room{n}" for n in range(20)))
    second = MappingRow("11", ROOM_B, new_events=True)
    assert faults(mapping=(replace(most, new_events=True), second)) == []
    assert faults(sync=SyncSettings(window_days=(0, 0))) == []


def test_an_alert_goes_to_each_address_on_its_own() -> None:
    both = AlertSettings("a@example.org", "https://example.org/hook", "slack")
    assert both.ways == (replace(both, email=""), replace(both, webhook_url=""))
    assert AlertSettings("a@example.org").ways == (AlertSettings("a@example.org"),)
    assert AlertSettings().ways == ()


def test_the_accounts_own_calendar_gets_its_name_wherever_a_row_says_primary() -> None:
    its = replace(GOOD, mapping=(MappingRow("10", "primary"), replace(ROW, also=("primary", ROOM_B))))
    named = its.with_primary("admin@example.org")
    assert named.mapping == (MappingRow("10", "admin@example.org"), replace(ROW, also=("admin@example.org", ROOM_B)))
    assert its.with_primary("") is its


def test_a_calendar_is_named_once_in_the_order_of_the_rows_and_those_beside_come_last() -> None:
    rows = (replace(ROW, also=("c", ROOM_A)), MappingRow("11", ROOM_B), MappingRow("12", ROOM_A))
    assert replace(GOOD, mapping=rows).calendars == (ROOM_A, ROOM_B, "c")


def test_only_a_calendar_of_workspace_resources_is_a_room() -> None:
    assert is_room("c_123@resource.calendar.google.com")
    assert not is_room(ROOM_A)


@pytest.mark.parametrize(
    "url",
    ["https://tenant.i-reserve.net/api/rest/", "https://TENANT.i-reserve.net/API/rest", "http://tenant.i-reserve.net/api/rest",
     "http://tenant.i-reserve.net:80/api/rest", "https://tenant.i-reserve.net:443/api/rest", "https://tenant.i-reserve.net/api/rest/json/", "https://tenant.i-reserve.net./api/rest"],
)  # fmt: skip
def test_one_tenant_is_known_however_its_address_is_written(url: str) -> None:
    mine = replace(GOOD, mapping=(MappingRow("10", ROOM_A),))
    theirs = other(ireserve=IReserveSettings(url, "b"), mapping=(MappingRow("10", ROOM_B),))
    assert [fault.field for fault in faults_between(mine, [theirs])] == ["mapping"]


def test_each_account_has_a_primary_calendar_of_its_own() -> None:
    mine = replace(GOOD, mapping=(MappingRow("10", "primary", also=("c",)),))
    assert faults_between(mine, [other(mapping=(MappingRow("11", "primary"),))]) == ()
    [fault] = faults_between(mine, [other(mapping=(MappingRow("11", "primary", also=("d", "c")),))])
    assert fault.message == "integration 8 uses calendar c too; give each its own"


def test_rows_for_all_other_objects_and_a_shared_one_are_each_told() -> None:
    both_star = faults_between(replace(GOOD, mapping=(MappingRow("*", "a"),)), [other(mapping=(MappingRow("*", "b"),))])
    assert [fault.message for fault in both_star] == [
        "the row * of integration 8 covers the same objects (*); take that row away there"
    ]
    rows = (MappingRow("10", "a"), MappingRow("*", "b"))
    shared = faults_between(
        replace(GOOD, mapping=rows), [other(mapping=tuple(replace(row, calendar=f"{row.calendar}2") for row in rows))]
    )
    assert [fault.message for fault in shared] == [
        "integration 8 maps the same objects (*, 10); give each object to one"
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"outbound": OutboundSettings("custom1")},
        {"outbound": OutboundSettings("custom123", meet_link_field="custom02", create_meet_link=True)},
        {"outbound": OutboundSettings(colours={"20": "x" * 100}, use_labels=True)},
        {"outbound": OutboundSettings(colours={"20": "sage"})},
        {"outbound": OutboundSettings(tentative_on_status=(10,))},
        {"inbound": InboundSettings(remarks_field="none")},
        {"inbound": InboundSettings(remarks_field="custom03")},
        {"inbound": InboundSettings(cancel_status=80)},
        {"inbound": InboundSettings(object="99")},
        {"alerts": AlertSettings("a@example.org", "https://example.org/hook", weekly_report=True)},
        {"ireserve": IReserveSettings("https://tenant.example/rest/", "a")},
        {"mapping": (MappingRow("10", ROOM_A, booked_text="b" * 100), MappingRow("11", ROOM_A, new_events=True))},
    ],
    ids=str,
)
def test_what_is_allowed_is_no_fault(more: dict[str, Any]) -> None:
    assert faults(**more) == []


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"timezone": "x" * 70}, "timezone", f"“{'x' * 64}” is not a time zone; use a name such as Europe/Amsterdam"),
        ({"ireserve": IReserveSettings("https://x/api#y", "a")}, "ireserve.base_url",
         "give the address without user name, password, ? or #"),
        ({"outbound": OutboundSettings("custom1234")}, "outbound.external_id_field",
         "use external_id or a custom field such as custom01"),
        ({"outbound": OutboundSettings(location_template="{nope}")}, "outbound.location_template",
         "{nope} is not a placeholder; write it in capitals, such as {BOOKING_NUMBER}"),
        ({"outbound": OutboundSettings(colours={"20": "x" * 101}, use_labels=True)}, "outbound.colours.20",
         "use one of lavender, sage, grape, flamingo, banana, tangerine, peacock, graphite, blueberry, basil, tomato"),
        ({"outbound": OutboundSettings(colours={"20": ""}, use_labels=True)}, "outbound.colours.20",
         "use one of lavender, sage, grape, flamingo, banana, tangerine, peacock, graphite, blueberry, basil, tomato"),
        ({"outbound": OutboundSettings(colour_by="status", colours={"2O": "sage"})}, "outbound.colours.2O",
         "“2O” is not a status code; use a number from 0 to 9999"),
        ({"outbound": OutboundSettings(create_on_status=(20, 80, 70))}, "outbound.delete_on_status",
         "status 70 is in Create on status too; keep it in one of the two"),
        ({"outbound": OutboundSettings(tentative_on_status=(80, 70, 10))}, "outbound.tentative_on_status",
         "status 70 is in another list too; keep it in one"),
        ({"outbound": OutboundSettings(tentative_on_status=(30, 20, 10))}, "outbound.tentative_on_status",
         "status 20 is in another list too; keep it in one"),
        ({"mapping": (MappingRow("", ROOM_A), MappingRow("10", ROOM_B))}, "mapping.0.object",
         "give the number of an object, or * for all other objects"),
        ({"mapping": (MappingRow("1\n0", ROOM_A), MappingRow("10", ROOM_B))}, "mapping.0.object",
         "give the number of an object, or * for all other objects"),
        ({"inbound": InboundSettings(object="*")}, "inbound.object", "“*” is not the number of an object"),
        ({"outbound": OutboundSettings(colour_by="object", colours={"Zaal 1": "sage"})}, "outbound.colours.Zaal 1",
         "“Zaal 1” is not the number of an object"),
        ({"mapping": (MappingRow("10", ROOM_A), MappingRow("10", ROOM_A), MappingRow("10", ROOM_A))}, "mapping",
         "object 10 has 3 rows; keep one"),
        ({"mapping": (MappingRow("10", ROOM_A, booked_text="b" * 101),)}, "mapping.0.booked_text",
         "use at most 100 characters, and no control characters"),
        ({"mapping": (MappingRow("10", ROOM_A, new_events=True), MappingRow("11", ROOM_A, new_events=True))}, "mapping",
         f"2 rows of one calendar are for its new events ({ROOM_A}); keep one"),
        ({"mapping": (MappingRow("10", ROOM_A, also=tuple(f"room{n}" for n in range(21))),)}, "mapping.0.also",
         "name at most 20 further calendars"),
        ({"inbound": InboundSettings(remarks_field="external_id")}, "inbound.remarks_field",
         "use remarks, none or a custom field such as custom03"),
        ({"outbound": OutboundSettings(meet_link_field="custom02"), "inbound": InboundSettings(remarks_field="custom02")},
         "inbound.remarks_field", "use another field than those for the event id and the Meet link"),
        ({"inbound": InboundSettings(cancel_status=90)}, "inbound.cancel_status",
         "add status 90 to Delete on status, or use one that is in it"),
        ({"inbound": InboundSettings(object="99"), "mapping": (MappingRow("10", ROOM_A),)}, "inbound.object",
         "object 99 has no calendar; add a row for it or for *"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)  # fmt: skip
def test_a_fault_says_what_to_do(more: dict[str, Any], field: str, says: str) -> None:
    assert (field, says) in [(fault.field, fault.message) for fault in settings_faults(replace(GOOD, **more))]


def test_rows_without_an_object_are_no_rows_of_one_object() -> None:
    rows = (MappingRow("", ROOM_A), MappingRow("", ROOM_B))
    assert faults(mapping=rows) == ["mapping.0.object", "mapping.1.object", "inbound.object"]
