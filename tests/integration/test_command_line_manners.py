"""The command line's manners: what it asks of a state directory, how it says errors to programs, and what it is called."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click import Argument, Command
from click.testing import CliRunner

from functions.entrypoints.cli.main import cli
from tests.harness.place import Place, example
from tests.harness.shell import ROOT, Shell, alone


@pytest.mark.parametrize("command", [["integrations"], ["journal", "7"], ["export", "7"]])
def test_a_state_directory_that_is_none_is_refused_and_not_made(tmp_path: Path, command: list[str]) -> None:
    done = alone(tmp_path).run(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no store in" in done.stderr
    assert "--new" in done.stderr
    assert not (tmp_path / "state").exists()


def test_a_store_is_begun_where_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("id: '7'\nname: Noord\n")
    begun = alone(tmp_path).run("import", str(file), "--new", "--json")
    assert begun.returncode == 1
    assert {"field", "message"} == set(json.loads(begun.stderr)["errors"][0])  # the settings are not complete
    assert alone(tmp_path).run("integrations").stdout == "there are no integrations yet\n"


def test_errors_are_json_where_json_was_asked_for(tmp_path: Path) -> None:
    done = alone(tmp_path).run("journal", "7", "--json")
    assert done.returncode == 1
    assert json.loads(done.stderr)["reason"] == "no_store"
    wrong = alone(tmp_path, BACKEND="moon").run("integrations", "--json")
    assert wrong.returncode == 2
    assert "BACKEND" in json.loads(wrong.stderr)["error"]


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_question_is_asked_beside_the_result_and_no_answer_is_no(tmp_path: Path, more: list[str]) -> None:
    shell, file = alone(tmp_path), tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(example()), encoding="utf-8")
    assert shell.run("import", str(file), "--new").returncode == 0
    done = shell.run("delete", "7", *more)
    assert (done.returncode, done.stdout) == (1, "")
    asked, said = done.stderr.split("[y/N]: ")
    assert "Remove this integration" in asked
    sentence = "nothing was removed; answer y, or give --yes"
    assert said.strip() == (json.dumps({"error": sentence, "reason": "not_confirmed"}) if more else sentence)
    assert shell.run("export", "7").returncode == 0


def test_it_says_its_version_and_what_completes_it(tmp_path: Path) -> None:
    assert Shell(alone(tmp_path).environment, afresh=True).run("--version").stdout == "0.1.0\n"
    for shell in ("bash", "zsh", "fish"):
        assert "_IRESERVE_SYNC_COMPLETE" in alone(tmp_path).run("completion", shell).stdout


@pytest.mark.parametrize("command", [["journal", "7", "--limit", "-5"], ["journal", "7", "--limit", "501"]])
def test_a_limit_that_is_none_is_wrong_use(tmp_path: Path, command: list[str]) -> None:
    assert alone(tmp_path).run(*command).returncode == 2


def test_a_probe_without_its_booking_is_wrong_use(tmp_path: Path) -> None:
    assert alone(tmp_path).run("probe", "7").returncode == 2


def test_the_version_is_that_of_the_project() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert 'version = "0.1.0"' in text


def test_a_command_loads_no_web_server() -> None:
    """It took a quarter of the time of `--version`."""
    loaded = "import sys, functions.bootstrap, functions.entrypoints.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert not {"flask", "werkzeug", "jinja2"} & set(done.stdout.split())


OF_ONE = [each for each in cli.commands.values() if any(part.name == "int_id" for part in each.params)]


@pytest.mark.parametrize("command", OF_ONE, ids=lambda each: str(each.name))
def test_every_command_of_one_integration_says_where_there_is_none(place: Place, command: Command) -> None:
    needed = ["99", "all"][: sum(isinstance(part, Argument) for part in command.params)]
    asked = ["--booking", "1", "--object", "1"] if command.name == "probe" else []
    run = CliRunner().invoke(cli, [str(command.name), *needed, *asked], obj=lambda **_: place.ports)
    assert (run.exit_code, run.output) == (1, "there is no integration 99; `integrations` lists them\n")


def test_a_result_that_cannot_be_printed_is_an_error_in_a_sentence(tmp_path: Path) -> None:
    shell = alone(tmp_path)
    file = tmp_path / "settings.yaml"
    file.write_text("id: '7'\n")
    shell.run("import", str(file), "--new")
    with Path("/dev/full").open("w") as full:
        said = [sys.executable, "-m", "functions", "integrations"]
        done = subprocess.run(said, env=shell.environment, cwd=ROOT, stdout=full, stderr=-1, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "the result could not be printed: No space left on device\n")


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host"])
def test_an_address_at_which_nothing_can_listen_is_said_in_a_sentence(tmp_path: Path, host: str) -> None:
    shell = Shell(alone(tmp_path, BASE_URL="http://127.0.0.1:8080").environment, afresh=True)
    done = shell.run("serve", "--host", host)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert f"nothing can listen at {host}, port 8080" in done.stderr


def test_the_list_of_commands_says_of_each_a_whole_sentence(tmp_path: Path) -> None:
    listed = alone(tmp_path).run("--help").stdout.partition("Commands:")[2].splitlines()
    assert len(listed) > len(OF_ONE)
    assert [line for line in listed if line and not line.endswith(".")] == []
    assert [line for line in listed if line.endswith("...")] == []
