"""The pages about the states of a pair are what the code does: made anew, they read the same."""

import pytest

from docs import states
from functions.domain.pairing.life import State

MADE_ANEW = "run `python -m docs.states`"


@pytest.fixture(scope="module")
def found() -> states.Ways:
    return states.ways()


def test_the_page_of_states_is_what_the_planner_and_the_life_cycle_do(found: states.Ways) -> None:
    assert (states.FOLDER / "states.md").read_text(encoding="utf-8") == states.page(found), MADE_ANEW


def test_the_table_for_operators_follows_from_it(found: states.Ways) -> None:
    page = (states.FOLDER / "operations.md").read_text(encoding="utf-8")
    assert states.with_table(page, found) == page, MADE_ANEW


def test_every_state_can_be_come_to_and_left(found: states.Ways) -> None:
    names = {state.value for state in State}
    assert {to for _, to in found} == {of for of, _ in found} == names
    assert set(states.FOR_OPERATORS) == names
