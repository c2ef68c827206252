"""The operators' commands as processes, beside a served product, as an operator's script calls them."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from sandbox.stage import ROOM_A, SECRETS, Stage, settings
from tests.harness.machine_clock import ahead
from tests.harness.shell import Shell, alone


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as set_stage:
        yield set_stage


@pytest.fixture
def shell(stage: Stage) -> Iterator[Shell]:
    """A shell on a product without integrations."""
    yield Shell(stage.environment())
    for each in stage.api("GET", ""):
        if each["state"] != "draft":
            stage.api("POST", f"/{each['id']}/deactivate")
        stage.api("DELETE", f"/{each['id']}?events=keep")


@pytest.fixture
def file(stage: Stage, tmp_path: Path) -> Path:
    """The example's settings as a file, its secrets from the environment."""
    secrets = {"google_client_secret": "env:CLIENT_SECRET", "ireserve_password": SECRETS["ireserve_password"]}
    path = tmp_path / "settings.yaml"
    path.write_text(yaml.safe_dump({**settings(stage.ireserve), "secrets": secrets}))
    return path


def connect(stage: Stage, shell: Shell, file: Path) -> None:
    shell.json("import", str(file), CLIENT_SECRET=SECRETS["google_client_secret"])
    stage.consent("7", at=shell.json("connect", "7", "--no-wait")["address"])
    shell.json("connect", "7", "--account", "planner@example.org")


def book(stage: Stage, hour: int, **fields: Any) -> str:
    return stage.booking(**{"from": ahead(3, f"{hour:02}:00"), "till": ahead(3, f"{hour + 1:02}:00"), **fields})


def event_of(stage: Stage, booking: str) -> Any:
    kept = stage.read_booking(booking)["external_id"]
    return next((e for e in stage.events(ROOM_A) if kept and e["id"] == kept), None)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a failed command said, which is one line on stderr and nothing else."""
    assert done.returncode == 1
    assert done.stdout == ""
    said = done.stderr.splitlines()
    assert len(said) == 1, done.stderr
    return said[0]


def test_the_commands_from_the_first_import_to_the_end(stage: Stage, shell: Shell, file: Path) -> None:
    assert shell.run("integrations").stdout == "there are no integrations yet\n"
    imported = shell.json("import", str(file), CLIENT_SECRET=SECRETS["google_client_secret"])
    assert imported["state"] == "draft"

    assert shell.json("connect", "7", "--no-wait")["address"].startswith(f"{stage.google}/o/oauth2/v2/auth?")
    asked = shell.run("connect", "7", "--no-wait")
    assert (asked.returncode, asked.stdout.count("\n")) == (0, 1)
    assert asked.stdout.startswith(f"{stage.google}/o/oauth2/v2/auth?")
    stage.consent("7", at=asked.stdout.strip())
    assert "confirm" in one_sentence(shell.run("connect", "7"))
    connected = shell.json("connect", "7", "--confirm")
    assert connected["account"] == "planner@example.org"
    assert ROOM_A in [each["id"] for each in connected["calendars"]]

    early = book(stage, 9, quiet=True)
    planned = shell.json("plan", "7")
    assert planned["looked"] >= 1
    activated = shell.run("activate", "7", "--wait")
    assert activated.returncode == 0, activated.stderr
    assert activated.stdout == "integration 7 is active\n"
    assert stage.until(lambda: event_of(stage, early), what="the backfill")
    assert [each["state"] for each in shell.json("integrations")] == ["active"]

    assert shell.json("diagnose", "7", code=3)["level"] == "amber"  # nobody has probed this i-Reserve
    journal = shell.json("journal", "7", "--booking", early)
    assert {entry["why"] for entry in journal} == {"booking_made", "write_back"}
    assert shell.json("parked", "7") == []
    assert shell.json("held", "7") == []

    shell.json("pause", "7")
    late = book(stage, 11, quiet=True)
    assert shell.run("activate", "7").returncode == 0
    assert stage.until(lambda: event_of(stage, late), what="catching up after the pause")
    missed = book(stage, 13, quiet=True)
    shell.json("resync", "7")
    assert stage.until(lambda: event_of(stage, missed), what="the resync")
    also_missed = book(stage, 15, quiet=True)
    shell.json("sweep", "7")
    assert stage.until(lambda: event_of(stage, also_missed), what="the sweep")

    assert shell.run("integrations").stdout.split()[:2] == ["7", "active"]
    refused = shell.run("delete", "7", "--yes", "--events", "keep")
    assert "deactivate" in one_sentence(refused)
    shell.json("deactivate", "7")
    assert shell.json("delete", "7", "--yes", "--events", "keep") == {"deleted": "7"}
    assert event_of(stage, early)
    assert shell.json("integrations") == []


def test_while_a_side_refuses_every_call_no_command_says_active_or_that_it_began(
    stage: Stage, shell: Shell, file: Path
) -> None:
    connect(stage, shell, file)
    shell.json("activate", "7")
    stage.control("ireserve", "PATCH", "users/api_calendar", {"password": "another"})
    try:
        book(stage, 17)
        assert stage.until(lambda: shell.json("integrations")[0]["ireserve_refused"], what="the refusal")
        assert shell.run("integrations").stdout.split()[:2] == ["7", "stopped"]
        diagnosed = shell.run("diagnose", "7").stdout
        assert diagnosed.startswith("integration 7: stopped, ")
        assert "active" not in diagnosed
        for search in ("resync", "sweep"):
            assert "save the right password" in one_sentence(shell.run(search, "7"))
        assert shell.run("activate", "7").stdout.splitlines()[0] == "integration 7 is stopped"
    finally:
        stage.control("ireserve", "PATCH", "users/api_calendar", {"password": SECRETS["ireserve_password"]})


def test_export_gives_back_what_import_took_but_no_secret(shell: Shell, file: Path) -> None:
    shell = Shell(shell.environment, afresh=True)
    shell.json("import", str(file), CLIENT_SECRET=SECRETS["google_client_secret"])
    exported = shell.run("export", "7")
    assert exported.returncode == 0
    for secret in ("secrets", SECRETS["google_client_secret"], "password"):
        assert secret not in exported.stdout
    file.write_text(exported.stdout, encoding="utf-8")
    assert shell.json("import", str(file))["mapping"] == yaml.safe_load(exported.stdout)["mapping"]
    assert shell.json("export", "7") == yaml.safe_load(exported.stdout)


def test_a_fault_in_a_file_is_said_at_its_field_and_all_of_them_at_once(shell: Shell, file: Path) -> None:
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    raw["outbound"] |= {"create_on_status": [20, 70], "reminder_popup_minutes": 1441}
    raw["inbound"] = {"status": 70, "follow": "everything"}
    raw["sync"] = {"hold_over": -1, "backfill": "most"}
    raw["colour"] = "red"
    del raw["secrets"]
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    done = shell.run("import", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    said = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert {"outbound.reminder_popup_minutes", "inbound.follow", "sync.hold_over", "sync.backfill", "colour"} <= set(
        said
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read"),
        ("a: [1", "is not YAML at line"),
        ("- 1", "has no settings"),
    ],
)
def test_a_file_that_is_none_is_said_in_one_sentence(
    shell: Shell, tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "odd.yaml"
    if content is not None:
        file.write_text(content)
    assert sentence in one_sentence(shell.run("import", str(file)))


@pytest.mark.parametrize(
    "command",
    ["export", "connect", "disconnect", "activate", "pause", "deactivate", "diagnose", "journal", "parked", "resync"],
)
def test_an_unknown_integration_is_said_in_one_sentence(shell: Shell, command: str) -> None:
    assert "nowhere" in one_sentence(shell.run(command, "nowhere"))


@pytest.mark.parametrize("command", ["activate", "pause", "deactivate", "resync", "sweep"])
def test_what_is_not_ready_is_refused_in_one_sentence(shell: Shell, file: Path, command: str) -> None:
    shell.json("import", str(file), CLIENT_SECRET=SECRETS["google_client_secret"])
    assert one_sentence(shell.run(command, "7")).count(".") == 0


def test_wrong_use_has_an_exit_code_of_its_own(shell: Shell) -> None:
    assert shell.run("journal").returncode == 2
    assert shell.run("dance").returncode == 2
    assert shell.run("journal", "7", "--limit", "many").returncode == 2


def test_diagnose_tells_a_script_how_bad_it_is(stage: Stage, shell: Shell, file: Path) -> None:
    connect(stage, shell, file)
    shell.json("activate", "7")
    stage.control("google", "POST", "tokens/revoke", {})
    stage.control("google", "POST", "tokens/expire-access", {})
    assert shell.json("diagnose", "7", code=1)["level"] == "red"


def test_a_parked_item_is_shown_with_its_reason_and_tried_again(stage: Stage, shell: Shell, file: Path) -> None:
    connect(stage, shell, file)
    shell.json("activate", "7")
    stage.until(lambda: stage.api("GET", "/7")["backfill"].get("finished_at"), what="the backfill")
    fault = {"method": "POST", "path": "events", "status": 400, "reason": "invalid", "times": 1000}
    stage.control("google", "POST", "faults", fault)
    booking = book(stage, 17)
    parked = stage.until(lambda: shell.json("parked", "7"), what="a parked item")
    assert parked[0]["subject"] == [booking]
    assert shell.json("retry", "7", parked[0]["id"]) == {"queued": True}  # it stays parked while the fault is there
    stage.control("google", "DELETE", "faults")
    shell.run("retry", "7", "all")
    assert stage.until(lambda: event_of(stage, booking), what="the retry")
    stage.until(lambda: shell.json("parked", "7") == [], what="an empty list")


def test_a_pair_that_is_paused_goes_on_by_its_bookings_number(stage: Stage, shell: Shell, file: Path) -> None:
    connect(stage, shell, file)
    shell.json("activate", "7")
    booking = book(stage, 10)
    event = stage.until(lambda: event_of(stage, booking), what="the event")
    began = event["start"]["dateTime"]
    for hour in (12, 13, 14, 15):  # put back each time, and left alone the fourth
        times = {
            part: {"dateTime": ahead(3, f"{at:02}:00") + ":00", "timeZone": "Europe/Amsterdam"}
            for part, at in (("start", hour), ("end", hour + 1))
        }
        stage.control("google", "PATCH", f"calendars/{ROOM_A}/events/{event['id']}", times)
        stage.until(
            lambda: (
                event_of(stage, booking)["start"]["dateTime"] == began
                or stage.api("GET", f"/7/links?booking={booking}")[0]["state"] == "paused"
            ),
            what="the event put back, or the pause",
        )
    assert stage.api("GET", f"/7/links?booking={booking}")[0]["state"] == "paused"
    assert shell.run("resume", "7", booking).stdout == f"booking {booking} is followed again\n"
    stage.until(lambda: event_of(stage, booking)["start"]["dateTime"] == began, what="the event put back")
    assert "not paused" in one_sentence(shell.run("resume", "7", booking))


def test_a_taken_port_is_said_with_the_variable_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = alone(tmp_path, PORT=port).run("serve")
    assert one_sentence(done) == f"port {port} is taken; choose another one with PORT"


def test_every_fault_of_the_environment_is_listed_at_once(tmp_path: Path) -> None:
    faults = {
        "BACKEND": "moon",
        "PORT": "99999",
        "LOG_LEVEL": "LOUD",
        "WEBHOOK_KEYS": "short",
        "CONSOLE_KEY": "short",
        "ALLOW_PRIVATE_ADDRESSES": "perhaps",
        "BASE_URL": "sync.example.org",
        "REDIRECT_BASE_URL": "ftp://sync.example.org",
        "GOOGLE_TOKEN_URI": "here",
        "CALENDAR_API_ENDPOINT": "calendar",
    }
    for command in (["serve"], ["integrations"]):
        done = alone(tmp_path, **faults).run(*command)
        said = done.stderr.splitlines()
        assert (done.returncode, done.stdout, len(said)) == (2, "", len(faults))
        assert {line.split()[0] for line in said} == set(faults)


def test_a_state_directory_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("a file")
    assert str(in_the_way) in one_sentence(alone(tmp_path).run("serve"))


def test_a_killed_product_loses_no_acknowledged_webhook(tmp_path: Path) -> None:
    with Stage(tmp_path / "state") as stage:
        stage.set_up()
        stage.until(lambda: stage.api("GET", "/7")["backfill"].get("finished_at"), what="the backfill")
        hook = stage.control("ireserve", "GET", "hooks")["hooks"][0]["target_url"]
        stage.control("ireserve", "POST", "latency", {"seconds": 3})
        bookings = [book(stage, hour, quiet=True) for hour in range(8, 18)]
        for booking in bookings:
            assert requests.post(hook, json={"id": booking}, timeout=60).status_code == 202
        stage.kill("product")
        stage.control("ireserve", "POST", "latency", {"seconds": 0})
        assert not any(event_of(stage, booking) for booking in bookings)
        stage.restart_product()
        # the restart looks at nothing by itself: no sweep is due, so these are the hints that were stored
        stage.until(lambda: all(event_of(stage, booking) for booking in bookings), "every event")
        assert len(stage.events(ROOM_A)) == len(bookings)
