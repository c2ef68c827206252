"""What is saved is decided on what stands when it is saved, not on what was read before: somebody else may be faster."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.application.intake.hints import Kind
from functions.application.ports import Body, Path, Ports
from functions.application.probing import probe
from functions.application.scanning import scan
from functions.application.setting_up import changes, removal, setup
from functions.application.setting_up.settings_input import raw_of
from functions.application.store import integrations, links
from functions.domain.model.errors import Conflict, Invalid
from functions.domain.pairing.link import Link
from functions.domain.settings.integration import Integration, Phase
from functions.domain.settings.schema import GoogleSettings, IReserveSettings, Settings
from tests.harness.faster import Faster
from tests.unit.two_sides import Sides


def whole() -> Sides:
    """An integration whose settings have no faults."""
    ireserve = IReserveSettings("https://tenant.example.org/api/rest", "api_calendar")
    return Sides(ireserve=ireserve, google=GoogleSettings("123.apps.googleusercontent.com"))


def over(sides: Sides, happens: Callable[[], object]) -> Ports:
    documents: Any = Faster(sides.ports.documents, happens)
    return replace(sides.ports, documents=documents)


def of(sides: Sides) -> Integration:
    return integrations.get(sides.ports.documents, "7")


def now(sides: Sides, **more: Any) -> None:
    """Somebody else changes the integration."""
    integrations.change(sides.ports.documents, "7", lambda before: replace(before, **more))


def another_title(sides: Sides) -> dict[str, Any]:
    settings = of(sides).settings
    return raw_of(replace(settings, outbound=replace(settings.outbound, title_template="{BOOKING_NUMBER}")))


def elsewhere(sides: Sides) -> Settings:
    settings = of(sides).settings
    return replace(settings, ireserve=replace(settings.ireserve, base_url="https://elsewhere.example.org/api/rest"))


@pytest.mark.parametrize("apply", ["new", "future"])
def test_a_change_that_leaves_events_out_is_refused_where_a_look_at_all_of_them_has_just_begun(apply: str) -> None:
    sides = whole()
    before = of(sides).settings
    ports = over(sides, lambda: scan.begin(sides.ports, of(sides), "resync"))
    with pytest.raises(Conflict) as refused:
        changes.save(ports, another_title(sides), "someone", int_id="7", apply=apply)
    assert refused.value.reason == "still_looking"
    assert of(sides).settings == before


def test_a_change_of_a_running_integration_is_refused_where_somebody_else_has_just_changed_its_settings() -> None:
    sides = whole()
    settings = of(sides).settings
    theirs = replace(settings, name="Theirs")
    ports = over(sides, lambda: integrations.save_settings(sides.ports, theirs, "another"))
    with pytest.raises(Conflict) as refused:
        changes.save(ports, another_title(sides), "someone", int_id="7", apply="all")
    assert refused.value.reason == "revision"
    assert of(sides).settings == theirs


def test_settings_of_a_draft_are_refused_where_it_was_just_activated() -> None:
    sides = whole()
    now(sides, phase=Phase.DRAFT)
    before = of(sides).settings
    ports = over(sides, lambda: now(sides, phase=Phase.ACTIVE))
    with pytest.raises(Conflict) as refused:
        changes.save(ports, raw_of(elsewhere(sides)), "someone", int_id="7")
    assert refused.value.reason == "revision"
    assert of(sides).settings == before


def test_another_ireserve_is_refused_where_a_probe_has_just_begun() -> None:
    sides = whole()
    now(sides, phase=Phase.DRAFT)
    body: Body = {
        "started_at": sides.now.isoformat(), "booking": "1", "object": "10", "number": 1,
        "before": {"object_id": "10", "when": {"first": "2026-11-24", "until": "2026-11-25"}},
    }  # fmt: skip
    where: Path = integrations.path_of("7", "progress", "probe")

    def begun() -> None:
        sides.ports.documents.transact(lambda tx: tx.put(where, body))
        now(sides, probing=("1",))

    with pytest.raises(Invalid) as refused:
        setup.save_settings(over(sides, begun), elsewhere(sides), "someone")
    assert [each.field for each in refused.value.faults] == ["ireserve.base_url"]
    assert probe.is_under_way(sides.ports.documents, of(sides))


def test_a_password_that_was_stored_at_the_last_moment_is_destroyed_too_where_the_host_changes() -> None:
    sides = whole()
    now(sides, phase=Phase.DRAFT)
    ports = over(sides, lambda: now(sides, secret_versions={"digest_key": "1", "ireserve_password": "2"}))
    saved = setup.save_settings(ports, elsewhere(sides), "someone")
    assert "ireserve_password" not in saved.secret_versions
    assert [each.subject for each in sides.looks(Kind.SECRET)] == [("ireserve_password", "2")]


def test_a_pair_that_another_worker_goes_on_with_is_left_for_the_next_call_of_a_deletion_and_the_others_go() -> None:
    sides = Sides()
    now(sides, phase=Phase.DRAFT)
    for number in ("1", "2"):
        sides.ports.documents.transact(lambda tx: links.save(tx, "7", Link(f"pair{number}", number)))  # noqa: B023
    first = links.of_booking(sides.ports.documents, "7", "1")
    theirs = replace(first, notice="changed meanwhile")
    ports = over(sides, lambda: sides.ports.documents.transact(lambda tx: links.save(tx, "7", theirs)))
    assert removal.delete(ports, "7", "remove") == 1
    (left,) = links.every(sides.ports.documents, "7")
    assert left.notice == "changed meanwhile"
