"""The model of many integrations: its limits are those of infra/, and docs/scale.md says what it gives."""

from dataclasses import replace
from pathlib import Path

import pytest

from functions.application.scanning import rounds
from tests.bench import scale

ROOT = Path(__file__).resolve().parents[2]
ROWS = ((50, 500), (500, 5_000), (4_000, 40_000), (10_000, 11_111), (10_000, 100_000))


@pytest.mark.parametrize(("integrations", "bookings"), ROWS)
def test_the_page_says_what_the_model_gives(integrations: int, bookings: int) -> None:
    assert scale.row(scale.RECORDED, integrations, bookings) in (ROOT / "docs/scale.md").read_text(encoding="utf-8")


def test_the_limits_are_those_that_are_deployed() -> None:
    queues = (ROOT / "infra/tasks.tf").read_text(encoding="utf-8")
    live = f"dispatches_per_second = {scale.LIVE_A_SECOND}, concurrent_dispatches = {scale.LIVE_AT_ONCE},"
    assert live in queues
    assert f"concurrent_dispatches = {scale.BACKFILL_AT_ONCE}," in queues
    assert scale.ROUNDS_A_MINUTE == rounds.A_MINUTE


def test_a_queue_with_room_keeps_nobody_waiting_and_a_full_one_does() -> None:
    assert scale.wait(20)[1] < 0.1
    assert scale.wait(60)[1] > 60
    assert scale.wait(60, rate=200, at_once=160)[1] < 0.1


def test_twice_as_much_of_everything_asks_twice_as_much() -> None:
    one, two = (scale.day(scale.RECORDED, number * 100, number * 1000) for number in (1, 2))
    assert two.total.reads == pytest.approx(2 * one.total.reads)
    assert two.live_a_second == pytest.approx(2 * one.live_a_second)


def test_an_act_that_costs_more_makes_the_day_dearer() -> None:
    dearer = replace(scale.RECORDED, made=scale.RECORDED.made * 2)
    asked = {m: scale.cost(m, 5000, scale.day(m, 5000, 50_000)) for m in (scale.RECORDED, dearer)}
    assert sum(asked[dearer].values()) > sum(asked[scale.RECORDED].values())
