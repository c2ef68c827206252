"""What becomes of Secret Manager's refusals, slowness and absence: one sentence each, and never a secret in it."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from functions.adapters.secrets.secret_manager import SecretManagerSecrets
from functions.domain.model.errors import AccessRevoked, Transient
from sandbox.gcp.secret_manager import make_app
from sandbox.gcp.serving import served

SECRET = "projects/demo/secrets/ireserve-7-ireserve-password"


@pytest.fixture
def address() -> Iterator[str]:
    with served(make_app()) as address:
        yield address


@pytest.fixture
def secrets(address: str) -> SecretManagerSecrets:
    return SecretManagerSecrets("demo", endpoint=address, seconds=0.5)


def control(address: str, what: str, **body: Any) -> Any:
    return requests.post(f"{address}/control/{what}", json=body, timeout=60).json()


def test_a_secret_is_made_when_it_is_first_put_under_a_name_that_the_grants_are_for(
    address: str, secrets: SecretManagerSecrets
) -> None:
    version = secrets.put("7", "ireserve_password", "hunter2")
    secrets.get("7", "ireserve_password", version)
    calls = requests.get(f"{address}/control/calls", timeout=60).json()
    add = f"POST {SECRET}:addVersion"
    assert calls == [add, "POST projects/demo/secrets", add, f"GET {SECRET}/versions/1:access"]
    secrets.put("7", "ireserve_password", "hunter3")
    assert requests.get(f"{address}/control/calls", timeout=60).json()[4:] == [add]


def test_a_denied_secret_says_which_role_is_missing(address: str, secrets: SecretManagerSecrets) -> None:
    secrets.put("7", "ireserve_password", "hunter2")
    control(address, "faults", denied=True)
    with pytest.raises(
        Transient, match=r"denies ireserve_password of integration 7.*roles/secretmanager.secretAccessor"
    ):
        secrets.get("7", "ireserve_password", "1")
    with pytest.raises(Transient, match="secretVersionManager") as refusal:
        secrets.put("7", "ireserve_password", "hunter2")
    with pytest.raises(Transient, match="secretVersionManager"):
        secrets.delete("7", "ireserve_password")
    assert "hunter2" not in str(refusal.value)
    control(address, "faults", denied=False)
    assert secrets.get("7", "ireserve_password", "1") == "hunter2"


def test_a_slow_answer_is_transient_when_the_time_is_up(address: str, secrets: SecretManagerSecrets) -> None:
    secrets.put("7", "ireserve_password", "hunter2")
    control(address, "faults", slow=1.5)
    with pytest.raises(Transient, match="did not answer"):
        secrets.get("7", "ireserve_password", "1")
    control(address, "faults", slow=0)
    assert secrets.get("7", "ireserve_password", "1") == "hunter2"


def test_an_unreachable_service_is_transient() -> None:
    with served(make_app()) as address:
        pass
    with pytest.raises(Transient, match="did not answer"):
        SecretManagerSecrets("demo", endpoint=address, seconds=0.5).get("7", "digest_key")


def test_a_version_destroyed_by_an_administrator_asks_to_enter_it_again(
    address: str, secrets: SecretManagerSecrets
) -> None:
    secrets.put("7", "ireserve_password", "hunter2")
    control(address, f"destroy/{SECRET}/versions/1")
    with pytest.raises(AccessRevoked, match=r"was disabled or destroyed: .*enter it again"):
        secrets.get("7", "ireserve_password", "1")


def test_where_a_secret_is_kept_is_said_when_it_is_made(address: str) -> None:
    SecretManagerSecrets("demo", endpoint=address, location="europe-west1").put("7", "ireserve_password", "hunter2")
    assert requests.get(f"{address}/control/secrets", timeout=60).json() == {
        SECRET: {"userManaged": {"replicas": [{"location": "europe-west1"}]}}
    }


def test_a_secret_that_was_never_made_is_none_and_its_removal_is_no_error(secrets: SecretManagerSecrets) -> None:
    assert secrets.get("8", "ireserve_password") is None
    secrets.delete("8", "ireserve_password")
