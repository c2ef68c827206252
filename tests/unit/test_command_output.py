"""What commands print of texts from outside."""

import click
import pytest

from functions.entrypoints.cli.frame import STEERING, fail, show
from functions.entrypoints.cli.looking import COLOURS


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x9b2J", "\x07", "\r", "\x08"])
def test_a_name_from_outside_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], steering: str) -> None:
    show(None, [f"20  Open{steering}  3"])
    assert capsys.readouterr().out == f"20  Open\N{REPLACEMENT CHARACTER}{steering[1:]}  3\n"


def test_nor_can_one_in_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        fail(["there is no object \x1b[8mZaal"], 1)
    assert ended.value.code == 1
    assert capsys.readouterr().err == "there is no object \N{REPLACEMENT CHARACTER}[8mZaal\n"


def test_other_letters_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show(None, ["Zaal «Één»\tdeel 2 …"])
    assert capsys.readouterr().out == "Zaal «Één»\tdeel 2 …\n"


def test_colours_of_the_commands_own_stay(capsys: pytest.CaptureFixture[str]) -> None:
    show(None, [click.style("amber", fg="yellow")])
    for level, colour in COLOURS.items():
        assert STEERING.search(click.style(level, fg=colour)) is None
    assert "amber" in capsys.readouterr().out
