"""What every store of secrets keeps to: the owner-only file and Secret Manager, by the same tests."""

import errno
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from functions.adapters.secrets.cached_secrets import CachedSecrets
from functions.adapters.secrets.file_secrets import FileSecrets
from functions.adapters.secrets.secret_manager import SecretManagerSecrets
from functions.application.ports import Secrets
from functions.domain.model.errors import AccessRevoked, Refused, Transient
from sandbox.gcp.secret_manager import make_app
from sandbox.gcp.serving import served


@pytest.fixture(params=["file", "secret_manager", "kept"])
def secrets(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Secrets]:
    if request.param == "file":
        yield FileSecrets(tmp_path / "secrets.json")
        return
    with served(make_app()) as address:
        store = SecretManagerSecrets("demo", endpoint=address)
        yield CachedSecrets(store) if request.param == "kept" else store


def test_a_secret_is_read_by_the_version_that_put_returned(secrets: Secrets) -> None:
    assert secrets.get("7", "ireserve_password") is None
    first = secrets.put("7", "ireserve_password", "één")
    second = secrets.put("7", "ireserve_password", "two\nlines")
    assert (first.partition(".")[0], second.partition(".")[0]) == ("1", "2")
    assert secrets.get("7", "ireserve_password", first) == "één"
    assert secrets.get("7", "ireserve_password", second) == "two\nlines"
    assert secrets.get("7", "ireserve_password") == "two\nlines"


def test_integrations_and_names_do_not_mix(secrets: Secrets) -> None:
    secrets.put("a-b", "digest_key", "one")
    secrets.put("a_b", "digest_key", "two")
    assert secrets.get("a-b", "digest_key") == "one"
    assert secrets.get("a_b", "digest_key") == "two"
    assert secrets.get("a-b", "google_refresh_token") is None


def test_old_versions_are_destroyed_and_say_so(secrets: Secrets) -> None:
    old, new = secrets.put("7", "digest_key", "old"), secrets.put("7", "digest_key", "new")
    assert secrets.get("7", "digest_key", old) == "old"
    for _ in range(2):
        secrets.destroy("7", "digest_key", old)
    assert secrets.get("7", "digest_key", new) == "new"
    with pytest.raises(AccessRevoked, match=r"Version 1 of digest_key of integration 7 was (disabled or )?destroyed"):
        secrets.get("7", "digest_key", old)
    assert secrets.put("7", "digest_key", "newer").partition(".")[0] == "3"


def test_deleting_all_leaves_nothing_and_may_be_repeated(secrets: Secrets) -> None:
    secrets.put("7", "digest_key", "x")
    for _ in range(2):
        secrets.delete("7", "digest_key")
    assert secrets.get("7", "digest_key") is None
    assert (
        secrets.put("7", "digest_key", "again").partition(".")[0] == "2"
    )  # what was kept under 1 is not mistaken for it
    assert secrets.get("7", "digest_key") == "again"


def test_threads_that_put_at_once_get_a_version_each(secrets: Secrets) -> None:
    versions = list[str]()
    threads = [threading.Thread(target=lambda: versions.append(secrets.put("7", "digest_key", "x"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version.partition(".")[0] for version in versions) == [str(n) for n in range(1, 9)]


def test_a_secret_that_was_removed_and_made_again_is_not_mistaken_for_the_former_one() -> None:
    with served(make_app()) as address:
        running = CachedSecrets(SecretManagerSecrets("demo", endpoint=address))
        former = running.put("7", "ireserve_password", "former")
        assert running.get("7", "ireserve_password", former) == "former"
        requests.post(f"{address}/control/remove/projects/demo/secrets/ireserve-7-", timeout=60)
        new = SecretManagerSecrets("demo", endpoint=address).put("7", "ireserve_password", "new")
        assert (former.partition(".")[0], new.partition(".")[0]) == ("1", "1"), "Secret Manager begins at 1 again"
        assert running.get("7", "ireserve_password", new) == "new"


def test_a_version_is_read_at_once_though_the_newest_is_not_yet_known_as_the_latest() -> None:
    with served(make_app()) as address:
        secrets = SecretManagerSecrets("demo", endpoint=address)
        secrets.put("7", "ireserve_password", "old")
        requests.post(f"{address}/control/faults", json={"lag": 60}, timeout=60)
        assert secrets.get("7", "ireserve_password", secrets.put("7", "ireserve_password", "new")) == "new"


def test_deleting_all_leaves_nothing_though_a_list_still_has_what_was_destroyed() -> None:
    with served(make_app()) as address:
        secrets = SecretManagerSecrets("demo", endpoint=address)
        first, second = secrets.put("7", "ireserve_password", "old"), secrets.put("7", "ireserve_password", "new")
        requests.post(f"{address}/control/faults", json={"lag": 60}, timeout=60)
        secrets.destroy("7", "ireserve_password", second)
        secrets.delete("7", "ireserve_password")
        with pytest.raises(AccessRevoked, match="destroyed"):
            secrets.get("7", "ireserve_password", first)


def test_a_version_that_an_administrator_disabled_says_so_until_it_is_enabled() -> None:
    with served(make_app()) as address:
        secrets = SecretManagerSecrets("demo", endpoint=address)
        version = secrets.put("7", "ireserve_password", "x")
        place = f"projects/demo/secrets/ireserve-7-ireserve-password/versions/{version.partition('.')[0]}"
        requests.post(f"{address}/control/disable/{place}", timeout=60)
        with pytest.raises(AccessRevoked, match="disabled or destroyed"):
            secrets.get("7", "ireserve_password", version)
        requests.post(f"{address}/control/enable/{place}", timeout=60)
        assert secrets.get("7", "ireserve_password", version) == "x"


def test_the_file_is_its_owners_only_also_after_a_change(tmp_path: Path) -> None:
    secrets = FileSecrets(tmp_path / "new" / "secrets.json")
    for value in ("a", "b"):
        secrets.put("7", "digest_key", value)
        assert (tmp_path / "new" / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_file_that_others_can_reach_is_refused_in_one_sentence(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).put("7", "digest_key", "x")
    path.chmod(mode)
    with pytest.raises(Refused, match=r"can be read by other users.*chmod 600"):
        FileSecrets(path)


@pytest.mark.parametrize("content", ["", "hunter2", "[]", "\xff"])
def test_a_file_that_is_no_json_is_refused_without_quoting_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.touch(0o600)
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(Refused, match="cannot be read") as refusal:
        FileSecrets(path)
    assert "hunter2" not in repr(refusal.value) + repr(refusal.value.__cause__) + repr(refusal.value.__context__)


def test_what_another_process_changes_is_read_at_once_and_what_nobody_changed_is_not_parsed_again(
    tmp_path: Path,
) -> None:
    ours, other = (FileSecrets(tmp_path / "secrets.json") for _ in range(2))
    ours.put("7", "digest_key", "x")
    assert ours.get("7", "digest_key") == "x"
    assert ours._read() is ours._read()
    other.put("7", "digest_key", "y")
    assert ours.get("7", "digest_key") == "y"


def test_a_secret_that_could_not_be_stored_is_not_there(tmp_path: Path) -> None:
    class Full(FileSecrets):
        def _replace(self, _content: bytes) -> None:
            raise OSError(errno.ENOSPC, "no space left on device")

    FileSecrets(tmp_path / "secrets.json").put("7", "digest_key", "x")
    secrets = Full(tmp_path / "secrets.json")
    with pytest.raises(Transient, match="secrets"):
        secrets.put("7", "digest_key", "y")
    assert secrets.get("7", "digest_key") == "x"


def test_a_change_that_was_cut_short_leaves_the_old_secrets(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    FileSecrets(path).put("7", "digest_key", "x")
    (tmp_path / "secrets.json.new").write_text('{"7": {"dig')
    secrets = FileSecrets(path)
    assert secrets.get("7", "digest_key") == "x"
    secrets.put("7", "digest_key", "y")
    assert json.loads(path.read_text())["7"]["digest_key"]["versions"] == {"1": "x", "2": "y"}
