"""A settings file with ten faults: all ten are reported, through the interface and through the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness.place import CLIENT_ID, HOLIDAYS, KEY, PASSWORD, ROOM_A, Place, example
from tests.harness.shell import alone

TEN: dict[str, Any] = {
    "id": "7",
    "language": "fr",
    "timezone": "Europe/Nergens",
    "ireserve": {"base_url": "tenant.i-reserve.net", "username": ""},
    "google": {"client_id": ""},
    "outbound": {
        "reminder_popup_minutes": 1441,
        "title_template": "{HASHKEY}",
        "create_on_status": [20],
        "delete_on_status": [20],
        "creat_meet_link": True,
    },
    "mapping": [{"object": "10", "calendar": ""}],
    "inbound": {"enabled": False},
}
TEN_FIELDS = {
    "language",
    "timezone",
    "ireserve.base_url",
    "ireserve.username",
    "google.client_id",
    "outbound.reminder_popup_minutes",
    "outbound.title_template",
    "outbound.delete_on_status",
    "outbound.creat_meet_link",
    "mapping.0.calendar",
}


def file(directory: Path, content: Any) -> str:
    path = directory / "settings.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def test_ten_faults_are_reported_at_once_each_at_its_field(place: Place) -> None:
    said = place.api("PUT", "/7", TEN, status=422)["errors"]
    assert {each["field"] for each in said} == TEN_FIELDS
    assert len(said) == 10
    assert all(each["message"] for each in said)
    place.save()
    place.connect()
    assert place.api("POST", "/7/activate")["state"] == "active"


def test_faults_of_secrets_and_of_other_integrations_are_in_the_same_list(place: Place) -> None:
    place.save("6", mapping=[{"object": "10", "calendar": ROOM_A}])
    body = {
        **example("7"),
        "outbound": {"reminder_email_minutes": -1},
        "secrets": {"ireserve_word": "x", "ireserve_password": ""},
    }
    said = place.api("PUT", "/7", body, status=422)["errors"]
    fields = [each["field"] for each in said]
    assert sorted(set(fields)) == [
        "mapping",
        "outbound.reminder_email_minutes",
        "secrets.ireserve_password",
        "secrets.ireserve_word",
    ]
    assert fields.count("mapping") == 2


def test_all_faults_are_in_one_list_while_it_runs_too(place: Place) -> None:
    place.save("6", mapping=[{"object": "12", "calendar": HOLIDAYS}])
    place.activate()
    rows = [{"object": "12", "calendar": ROOM_A}]
    outbound = {"title_template": "{HASHKEY}"}
    body = {**example("7", mapping=rows, outbound=outbound), "secrets": {"ireserve_word": "x"}}
    said = place.api("PUT", "/7", body, status=422)["errors"]
    assert {each["field"] for each in said} == {"outbound.title_template", "mapping", "secrets.ireserve_word"}


def test_faulty_settings_leave_the_saved_ones_and_their_secrets_alone(place: Place) -> None:
    before = place.save()
    place.api("PUT", "/7", {**TEN, "secrets": {"ireserve_password": "other"}}, status=422)
    after = place.api("GET", "/7")
    assert after == before


@pytest.mark.parametrize("body", ["[]", "nonsense", "{", '"text"', "5", "[" * 5000])
def test_a_body_that_is_no_object_is_400_in_one_sentence(place: Place, body: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    answer = place.request("PUT", "/console/api/integrations/7", data=body, headers=headers)
    says = "the body is not a JSON object" if body in ("[]", '"text"', "5") else "the body is not JSON"
    assert (answer.status_code, answer.get_json()["error"]) == (400, says)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"outbound": []}, "outbound"),
        ({"mapping": "10: x"}, "mapping"),
        ({"mapping": [["10", "x"]]}, "mapping.0"),
        ({"mapping": {"10": "x"}}, "mapping"),
        ({"outbound": {"create_on_status": "20, 30"}}, "outbound.create_on_status"),
        ({"outbound": {"create_on_status": [20, "open"]}}, "outbound.create_on_status.1"),
        ({"outbound": {"create_meet_link": "sometimes"}}, "outbound.create_meet_link"),
        ({"sync": {"window_days": [1]}}, "sync.window_days"),
        ({"name": None}, "name"),
        ({"outbound": {"colours": ["20", "sage"]}}, "outbound.colours"),
        ({"sync": {"hold_over": 1e300}}, "sync.hold_over"),
        ({"sync": {"hold_over": "9" * 5000}}, "sync.hold_over"),
        ({"unknown": 1}, "unknown"),
        ({"id": "8"}, "id"),
        ({"id": None}, "id"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_a_fault_of_its_field(place: Place, part: dict[str, Any], field: str) -> None:
    said = place.api("PUT", "/7", {**example("7"), **part}, status=422)["errors"]
    assert any(each["field"].startswith(field) for each in said), said
    assert "this cannot be used here" not in str(said), "it does not say what can"


def test_a_body_that_names_a_value_twice_is_refused_and_none_is_lost_without_a_word(place: Place) -> None:
    body = json.dumps({**example("7"), "outbound": {"colours": {"20": "sage", "30": "grape"}}})
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    said = place.request("PUT", "/console/api/integrations/7", data=body.replace('"30":', '"20":'), headers=headers)
    assert (said.status_code, said.json) == (400, {"error": "the body names 20 twice; keep one", "reason": "twice"})


def test_secrets_among_the_settings_are_a_fault_and_not_lost_without_a_word(place: Place) -> None:
    body = {"settings": {**example("7"), "secrets": {"ireserve_password": PASSWORD}}}
    said = place.api("PUT", "/7", body, status=422)["errors"]
    assert [each["field"] for each in said] == ["secrets"]
    assert PASSWORD not in str(said)


@pytest.mark.parametrize("revision", ["1", True, 1.0, [1]])
def test_a_revision_of_the_wrong_kind_is_a_fault_and_nobody_elses_change(place: Place, revision: object) -> None:
    place.save()
    said = place.api("PUT", "/7", {**example("7"), "revision": revision}, status=422)["errors"]
    assert [each["field"] for each in said] == ["revision"]


@pytest.mark.parametrize("int_id", ["a b", "a" * 41, "ä", "7."])
def test_an_id_of_other_characters_is_a_fault(place: Place, int_id: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    path = f"/console/api/integrations/{int_id}"
    answer = place.request("PUT", path, json=example(int_id), headers=headers)
    assert answer.status_code == (422 if len(int_id) == 41 else 404)
    assert "1 to 40 letters, digits, - or _" in answer.text


@pytest.mark.parametrize("route", ["", "/diagnostics", "/journal", "/parked", "/calendars", "/objects", "/history"])
def test_an_unknown_integration_is_404_in_one_sentence(place: Place, route: str) -> None:
    assert "no integration 99" in place.api("GET", f"/99{route}", status=404)["error"]


@pytest.mark.parametrize("act", ["connect", "disconnect", "activate", "pause", "deactivate", "resync", "sweep"])
def test_an_act_on_an_unknown_integration_is_404_in_one_sentence(place: Place, act: str) -> None:
    assert "no integration 99" in place.api("POST", f"/99/{act}", status=404)["error"]


def test_the_interface_without_the_key_is_401(place: Place) -> None:
    place.save()
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        answer = place.request("GET", "/console/api/integrations/7", headers=headers)
        assert (answer.status_code, answer.text) == (401, "")


def test_import_reports_all_ten_faults_one_a_line_and_exits_1(tmp_path: Path) -> None:
    done = alone(tmp_path).run("import", "--new", file(tmp_path, TEN))
    assert done.returncode == 1
    assert {line.split(":")[0] for line in done.stderr.splitlines()} == TEN_FIELDS
    assert len(done.stderr.splitlines()) == 10
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_import_lists_every_variable_that_is_not_set_beside_the_other_faults(tmp_path: Path) -> None:
    secrets = {
        "ireserve_password": "env:NOT_THERE",
        "google_client_secret": "env:NOR_THIS",
        "google_refresh_token": "x",
    }
    done = alone(tmp_path).run("import", "--new", file(tmp_path, {**TEN, "secrets": secrets}))
    assert done.returncode == 1
    assert {line.split(":")[0] for line in done.stderr.splitlines()} == TEN_FIELDS | {
        "secrets.ireserve_password",
        "secrets.google_client_secret",
    }
    assert "names the variable NOT_THERE, which is not set" in done.stderr
    assert "names the variable NOR_THIS, which is not set" in done.stderr


def test_import_of_a_good_file_after_a_bad_one_works_and_export_gives_it_back_without_a_secret(tmp_path: Path) -> None:
    assert alone(tmp_path).run("import", "--new", file(tmp_path, TEN)).returncode == 1
    good = {**example("7"), "secrets": {"ireserve_password": "env:THE_PASSWORD"}}
    done = alone(tmp_path).run("import", "--new", file(tmp_path, good), "--json", THE_PASSWORD=PASSWORD)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["google"]["client_id"] == CLIENT_ID
    exported = alone(tmp_path).run("export", "7")
    assert exported.returncode == 0
    rows = [(row["object"], row["calendar"]) for row in yaml.safe_load(exported.stdout)["mapping"]]
    assert rows == [(row["object"], row["calendar"]) for row in good["mapping"]]
    assert PASSWORD not in exported.stdout.replace("sandbox-client", "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a: [1\nb: 2", "is not YAML at line"),
        ("", "has no settings"),
        ("- a\n- b", "has no settings"),
        (b"\xff\xfe".decode("latin-1") * 3, ""),
        ({**example("7"), "secrets": {"ireserve_password": "env:NOT_THERE"}}, "the variable NOT_THERE, which is not set"),
    ],
)  # fmt: skip
def test_import_of_a_file_that_cannot_be_used_says_why_in_one_line_and_exits_1(
    tmp_path: Path, content: Any, says: str
) -> None:
    done = alone(tmp_path).run("import", "--new", file(tmp_path, content))
    assert done.returncode == 1
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("name: 2026-02-30", "ireserve.username: "),
        ("name: " + "9" * 5000, "name: use at most 120 characters"),
        ("name: Noord\nname: Zuid", "names name twice, again at line"),
        ("name: {a: 1, a: 2}", "names a twice, again at line"),
        ("name: " + "[" * 5000, "is not YAML"),
        ("name: !!python/object:os.system {}", "is not YAML at line"),
        ("? [a, b]\n: 5", "is not YAML at line"),
        ("name: !!bool maybe", "is not YAML at line"),
        ("alerts: &self {email: *self}", "is not YAML"),
        ("name: &self [*self]", "is not YAML"),
        ('name: "\\ud800"', "is not YAML"),
        ('"\\ud800": 1', "is not YAML"),
    ],
)
def test_import_of_a_file_with_an_odd_line_says_what_is_wrong_and_exits_1(tmp_path: Path, line: str, says: str) -> None:
    """A number or date that is none, a name twice of which one would be lost, a list without end."""
    text = yaml.safe_dump({name: value for name, value in example("7").items() if name != "name"})
    text = text.replace("username: api_calendar", "username: ''")
    done = alone(tmp_path).run("import", "--new", file(tmp_path, f"{text}\n{line}\n"))
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_import_reads_a_text_without_quotes_as_it_stands(tmp_path: Path) -> None:
    """A loader of YAML 1.1 reads 010 as 8, 12:30 as 750, no as false, 2026-02-03 as a date."""
    text = yaml.safe_dump(example("7")).replace("username: api_calendar", "username: 010")
    text = text.replace("name: Sportcentrum Noord", "name: 2026-02-03")
    text += "\nalerts: {email: '', weekly_report: no}\n"
    done = alone(tmp_path).run("import", "--new", "--json", file(tmp_path, text))
    assert (done.returncode, done.stderr) == (0, "")
    saved = json.loads(done.stdout)
    assert (saved["ireserve"]["username"], saved["name"]) == ("010", "2026-02-03")
    assert saved["alerts"]["weekly_report"] is False


def test_import_of_a_file_that_is_not_there_exits_1(tmp_path: Path) -> None:
    done = alone(tmp_path).run("import", "--new", str(tmp_path / "none.yaml"))
    assert done.returncode == 1
    assert "none.yaml cannot be read" in done.stderr


@pytest.mark.parametrize(
    "words", [("import",), ("nonsense",), ("export",), ("import", "a", "b"), ("journal", "--what")]
)
def test_wrong_use_of_a_command_exits_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert alone(tmp_path).run(*words).returncode == 2


def test_a_wrong_environment_lists_every_fault_and_exits_2(tmp_path: Path) -> None:
    done = alone(tmp_path).run("integrations", PORT="none", LOG_LEVEL="LOUD", WEBHOOK_KEYS="short", BASE_URL="nowhere")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 4
    assert "Traceback" not in done.stderr


def test_a_command_about_an_unknown_integration_exits_1_in_one_sentence(tmp_path: Path) -> None:
    assert alone(tmp_path).run("import", "--new", file(tmp_path, example("7"))).returncode == 0
    done = alone(tmp_path).run("diagnose", "99")
    assert done.returncode == 1
    assert done.stderr == "there is no integration 99; `integrations` lists them\n"
