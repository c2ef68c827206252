"""A message reads as its English sentence and keeps its values apart."""

import copy
import json

import pytest

from functions.domain.model.errors import Gone
from functions.domain.model.messages import Message, counted, listed, say


def test_it_reads_as_the_sentence() -> None:
    said = say("status {} is in {} lists", 20, 2)
    assert said == "status 20 is in 2 lists"
    assert isinstance(said, Message)
    assert (said.template, said.values) == ("status {} is in {} lists", ("20", "2"))


def test_a_value_with_braces_is_a_value() -> None:
    said = say("{{}} is not a placeholder; write it in capitals, such as {BOOKING_NUMBER}", "{}")
    assert said == "{{}} is not a placeholder; write it in capitals, such as {BOOKING_NUMBER}"


def test_too_few_values_are_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="longer"):
        say("{} and {}", 1)


def test_an_errors_text_is_still_the_message() -> None:
    said = str(Gone(say("there is no integration {}", "7")))
    assert isinstance(said, Message)
    assert said.values == ("7",)


def test_an_error_within_a_message_keeps_its_values_too() -> None:
    outer = say("it failed ({})", Gone(say("there is no integration {}", "7")))
    assert isinstance(outer, Message)
    assert isinstance(outer.values[0], Message)


def test_a_copy_and_json_lose_nothing_of_the_sentence() -> None:
    said = listed(["one", say("two of {}", 3)])
    assert copy.deepcopy(said) is said
    assert json.loads(json.dumps([said])) == ["one; two of 3"]


def test_one_thing_and_many_have_words_of_their_own_with_the_number_first() -> None:
    words = ("{} booking of {}", "{} bookings of {}")
    said = [counted(n, *words, "Zaal A") for n in (0, 1, 2)]
    assert said == ["0 bookings of Zaal A", "1 booking of Zaal A", "2 bookings of Zaal A"]
