"""A secret goes to the host it was entered for and to no other, whoever edits the address."""

from typing import Any

import pytest

from tests.harness.place import IRESERVE, PASSWORD, Place, example
from tests.harness.tab import Tab

HERE = f"{IRESERVE}/api/rest"
ELSEWHERE = "https://collector.example.net/api/rest"


class Listening:
    """Notes each login that leaves for i-Reserve, with the host that it is for."""

    def __init__(self, place: Place) -> None:
        self.heard: list[tuple[str, str]] = []
        outside, opened = place.ports.outside, place.ports.outside.reservations

        def reservations(integration: Any) -> Any:
            made: Any = opened(integration)
            rest, password = made._rest, made._rest._password

            def told() -> str:
                secret: str = password()
                self.heard.append((rest._base, secret))
                return secret

            rest._password = told
            return made

        outside.reservations = reservations  # type: ignore[method-assign]

    def told(self, base: str) -> list[str]:
        """Return the passwords that went to a host."""
        return [secret for where, secret in self.heard if where.startswith(base) and secret]


@pytest.fixture
def listening(place: Place) -> Listening:
    place.save()
    return Listening(place)


def test_another_host_on_a_draft_forgets_the_password_and_asks_for_it(place: Place, listening: Listening) -> None:
    tab = Tab(place)
    tab.post(
        "/console/integrations/7/ireserve", **{"ireserve.base_url": ELSEWHERE, "ireserve.username": "api_calendar"}
    )
    tab.get("/console/integrations/7/ireserve?test=1")
    tab.get("/console/integrations/7/mapping")
    place.request(
        "GET", "/console/api/integrations/7/objects", headers={"Authorization": "Bearer console-key-of-the-tests"}
    )
    assert listening.told("https://collector.example.net") == []
    assert "ireserve_password" not in place.api("GET", "/7")["secrets_set"]


def test_over_the_api_as_well(place: Place, listening: Listening) -> None:
    place.save(secrets=None, ireserve={"base_url": ELSEWHERE})
    place.request(
        "GET", "/console/api/integrations/7/objects", headers={"Authorization": "Bearer console-key-of-the-tests"}
    )
    assert listening.told("https://collector.example.net") == []


def test_going_back_to_the_first_host_does_not_bring_it_back(place: Place) -> None:
    place.save()
    place.save(secrets=None, ireserve={"base_url": ELSEWHERE})
    place.save(secrets=None)
    assert "ireserve_password" not in place.api("GET", "/7")["secrets_set"]


@pytest.mark.parametrize(
    "address",
    [
        f"{HERE}/",
        f"{HERE}/json",
        HERE.replace("tenant.i-reserve", "TENANT.i-reserve"),
        HERE.replace(".test/", ".test:443/"),
    ],
)
def test_another_way_to_write_the_same_host_keeps_it(place: Place, address: str) -> None:
    place.save()
    place.save(secrets=None, ireserve={"base_url": address})
    assert "ireserve_password" in place.api("GET", "/7")["secrets_set"]


def test_the_password_that_comes_with_the_new_host_is_the_one_that_counts(place: Place, listening: Listening) -> None:
    place.api(
        "PUT", "/7", {**example(ireserve={"base_url": ELSEWHERE}), "secrets": {"ireserve_password": "for-elsewhere"}}
    )
    place.request(
        "GET", "/console/api/integrations/7/objects", headers={"Authorization": "Bearer console-key-of-the-tests"}
    )
    assert set(listening.told("https://collector.example.net")) <= {"for-elsewhere"}
    assert PASSWORD not in listening.told("https://collector.example.net")


@pytest.mark.parametrize(
    "address", ["https://api:secret@tenant.i-reserve.test/api/rest", "https://api@tenant.i-reserve.test/api/rest"]
)
def test_a_login_inside_an_address_is_refused(place: Place, address: str) -> None:
    said = place.save(status=422, ireserve={"base_url": address})["errors"]
    assert [each["field"] for each in said] == ["ireserve.base_url"]


def test_an_alert_carries_no_secret_to_its_address(place: Place) -> None:
    place.activate(alerts={"webhook_url": "https://chat.example.org/hook"})
    place.ireserve("PATCH", "users/api_calendar", {"password": "changed"})
    place.book()
    place.settle()
    place.tick()
    told = [f"{alert}" for where, alert in place.told if where.startswith("https://chat")]
    assert told
    assert not any(PASSWORD in each.replace("sandbox-", "") or "token=" in each for each in told)
