"""Damaged state: one sentence that says what is wrong and what to restore, everywhere, and nothing is overwritten."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from werkzeug.test import Client, TestResponse

from functions import bootstrap
from functions.__main__ import make_ports
from functions.application.intake.webhooks import webhook_token
from functions.domain.model.errors import SyncError
from functions.entrypoints.cli.main import cli
from functions.entrypoints.http.serve import whole_app
from functions.settings import read_environment
from tests.harness.place import KEY, WEBHOOK_KEY, Place

Damage = Callable[[Path], None]


def written(name: str, text: str) -> Damage:
    def damage(state: Path) -> None:
        (state / name).write_text(text)

    return damage


def cut(name: str, share: float) -> Damage:
    def damage(state: Path) -> None:
        content = (state / name).read_bytes()
        (state / name).write_bytes(content[: int(len(content) * share)])

    return damage


def garbled(state: Path) -> None:
    content = bytearray((state / "sync.sqlite").read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (state / "sync.sqlite").write_bytes(bytes(content))


def of_something_else(state: Path) -> None:
    (state / "sync.sqlite").unlink()
    with closing(sqlite3.connect(state / "sync.sqlite")) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    (state / "sync.sqlite").chmod(0o600)


def told(statement: str) -> Damage:
    def damage(state: Path) -> None:
        with closing(sqlite3.connect(state / "sync.sqlite", isolation_level=None)) as connection:
            connection.execute(statement)

    return damage


STORE: dict[str, tuple[Damage, str]] = {
    "the store is text": (
        written("sync.sqlite", "not a database, but long enough to be read as one\n" * 200),
        "is damaged",
    ),
    "the store is garbled": (garbled, "is damaged"),
    "the store is cut in half": (cut("sync.sqlite", 0.5), "is damaged"),
    "the store is empty": (cut("sync.sqlite", 0), "is empty"),
    "the store is a database of something else": (of_something_else, "something else"),
    "the store is from the future": (told("PRAGMA user_version = 9"), "newer version"),
    "the store lacks a table": (told("DROP TABLE tasks"), "something else"),
}
DOCUMENT: dict[str, tuple[Damage, str]] = {
    "a document is a list": (told("UPDATE documents SET body = '[]' WHERE kind = 'integrations'"), "integrations/7"),
    "a document has another shape": (
        told("UPDATE documents SET body = json_set(body, '$.phase', 12) WHERE kind = 'integrations'"),
        "phase",
    ),
    "a document is from the future": (
        told("UPDATE documents SET body = json_set(body, '$.schema', 99) WHERE kind = 'integrations'"),
        "newer version",
    ),
}
SECRETS: dict[str, tuple[Damage, str]] = {
    "the secrets are text": (written("secrets.json", "hello"), "secrets.json cannot be read: restore"),
    "the secrets are cut": (cut("secrets.json", 0.5), "secrets.json cannot be read: restore"),
    "the secrets are empty": (cut("secrets.json", 0), "secrets.json cannot be read: restore"),
    "the secrets are a list": (written("secrets.json", "[]"), "secrets.json cannot be read: restore"),
    "a secret is a text": (
        written("secrets.json", '{"7": {"ireserve_password": "geheim"}}'),
        "cannot be read: restore",
    ),
    "the secrets are from the future": (written("secrets.json", '{"schema": 9, "all": {}}'), "cannot be read: restore"),
}
KEYS: dict[str, tuple[Damage, str]] = {
    "the keys are text": (written("keys.json", "hello"), "keys.json cannot be read: restore"),
    "the keys are cut": (cut("keys.json", 0.5), "keys.json cannot be read: restore"),
    "the keys are empty": (cut("keys.json", 0), "keys.json cannot be read: restore"),
    "the keys are a list": (written("keys.json", "[1]"), "keys.json cannot be read: restore"),
    "a key is missing": (written("keys.json", '{"webhook_key": "x"}'), "keys.json cannot be read: restore"),
    "a key is a number": (written("keys.json", '{"webhook_key": "x", "console_key": 7}'), "cannot be read: restore"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with one active integration."""
    state = tmp_path_factory.mktemp("sound")
    place = Place(state, on_disk=True)
    place.activate()
    place.file.close()
    place.leave()
    (state / "keys.json").write_text(json.dumps({"webhook_key": WEBHOOK_KEY, "console_key": KEY}))
    (state / "keys.json").chmod(0o600)
    return state


@pytest.fixture
def state(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "state"))


def contents(state: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in state.iterdir() if each.suffix in (".sqlite", ".json")}


def command(state: Path, *arguments: str) -> tuple[int, str]:
    ran = CliRunner().invoke(cli, arguments, obj=make_ports, env={"STATE_DIR": str(state), "BACKEND": "standalone"})
    assert ran.exception is None or isinstance(ran.exception, SystemExit), repr(ran.exception)
    return ran.exit_code, ran.output


class Served:
    """The product of a state directory, asked over HTTP."""

    def __init__(self, state: Path) -> None:
        made = bootstrap.product(read_environment({"STATE_DIR": str(state), "BACKEND": "standalone"}))
        app: Any = whole_app(made.ports, bootstrap.handlers_of(made), bootstrap.console(made))
        self._client = Client(app)

    def console(self, path: str) -> TestResponse:
        return self._client.get(f"/console/{path}", headers={"Authorization": f"Bearer {KEY}"})

    def webhook(self) -> TestResponse:
        return self._client.post(f"/bookings/7?token={webhook_token(WEBHOOK_KEY, '7', 1)}", json={"id": "1001"})


@pytest.mark.parametrize("name", STORE)
def test_a_damaged_store_is_said_in_one_sentence_and_takes_no_hint(name: str, state: Path) -> None:
    damage, said = STORE[name]
    damage(state)
    before = contents(state)
    code, output = command(state, "diagnose", "7")
    assert (code, output.count("\n")) == (1, 1), output
    assert said in output
    served = Served(state)
    for path in ("", "api/integrations", "api/integrations/7/diagnostics"):
        answer = served.console(path)
        assert answer.status_code != 500, path
        assert said in answer.text
    assert served.webhook().status_code == 503
    assert contents(state) == before


@pytest.mark.parametrize("name", DOCUMENT)
def test_a_damaged_document_is_said_in_one_sentence(name: str, state: Path) -> None:
    damage, said = DOCUMENT[name]
    damage(state)
    code, output = command(state, "diagnose", "7")
    assert (code, output.count("\n")) == (1, 1), output
    assert said in output
    answer = Served(state).console("api/integrations/7/diagnostics")
    assert answer.status_code < 500
    assert said in answer.text


@pytest.mark.parametrize("name", SECRETS)
def test_damaged_secrets_are_said_in_one_sentence_and_kept_as_they_are(name: str, state: Path) -> None:
    damage, said = SECRETS[name]
    damage(state)
    before = contents(state)
    code, output = command(state, "probe", "7", "--booking", "1001")
    assert code != 0
    served = Served(state)
    answer = served.console("api/integrations/7/calendars")
    assert answer.status_code != 500
    assert said in answer.text
    assert "geheim" not in answer.text + output
    assert contents(state)["secrets.json"] == before["secrets.json"]


@pytest.mark.parametrize("name", KEYS)
def test_damaged_keys_stop_the_start_in_one_sentence_and_are_kept_as_they_are(name: str, state: Path) -> None:
    damage, said = KEYS[name]
    damage(state)
    before = contents(state)
    code, output = command(state, "integrations")
    assert (code, output.count("\n")) == (1, 1), output
    assert said in output
    with pytest.raises(SyncError, match="restore"):
        Served(state)
    assert contents(state) == before


def test_a_sound_state_is_served(state: Path) -> None:
    served = Served(state)
    assert served.webhook().status_code == 202
    assert served.console("api/integrations/7/diagnostics").status_code == 200
    assert command(state, "integrations")[0] == 0


def test_a_full_disk_answers_503_with_a_sentence_and_no_stack_trace_in_the_log(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = bootstrap.product(read_environment({"STATE_DIR": str(state), "BACKEND": "standalone"}))
    assert made.task_file is not None
    file = made.task_file()._file
    with file.read() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    app: Any = whole_app(made.ports, bootstrap.handlers_of(made), bootstrap.console(made))
    client = Client(app)
    address = f"/bookings/7?token={webhook_token(WEBHOOK_KEY, '7', 1)}"
    answers = [client.post(address, json={"id": f"{n}"}) for n in range(100)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[-1] == 503
    stored = statuses.count(202)
    assert file is not None
    with file.read() as connection:
        waiting = connection.execute("SELECT count(*) FROM tasks WHERE name LIKE '%booking%'").fetchone()[0]
    assert waiting >= stored, "no 202 without its hint"
    workers = bootstrap.workers(made, [])
    workers.start()
    workers.stop()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert '"at"' not in said.out + said.err, "the places of a fault of ours"
