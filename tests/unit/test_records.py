"""A document that is read again unchanged is parsed once; what differs, or is invalid, is seen each time."""

from dataclasses import replace

import pytest

from functions.application.ports import Body
from functions.application.store.records import record_of, stored
from functions.domain.model.errors import Malformed
from functions.domain.pairing.link import Link
from functions.domain.settings.integration import Integration
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.texts import LANGUAGES, Texts

LINK = Link(id="l1", booking_id="1001", version=3)
SEVEN = Integration(settings=Settings("7"), revision=3)


def test_an_unchanged_integration_is_the_same_value_and_a_changed_one_another() -> None:
    body = stored(SEVEN)
    first, again = record_of(Integration, body, "seven"), record_of(Integration, stored(SEVEN), "seven")
    body["revision"] = 4
    assert first is again
    assert first == SEVEN
    assert record_of(Integration, body, "seven").revision == 4


def test_what_is_read_in_passing_or_long_is_not_remembered() -> None:
    assert record_of(Link, stored(LINK), "link") is not record_of(Link, stored(LINK), "link")
    long = replace(SEVEN, settings=replace(SEVEN.settings, name="x" * 10_000))
    assert record_of(Integration, stored(long), "seven") is not record_of(Integration, stored(long), "seven")


def test_an_invalid_document_is_named_each_time() -> None:
    invalid = {**stored(LINK), "version": "many"}
    for identity in ("1001", "1001", "1002"):
        with pytest.raises(Malformed) as raised:
            record_of(Link, invalid, "link {}", identity)
        assert str(raised.value) == f"link {identity} in the store is damaged at version: restore it from a backup"


WRONG: dict[str, tuple[object, Body, str]] = {
    "a state that there is not": (LINK, {"life": "odd"}, "life"),
    "a state of no known kind": (LINK, {"life": {"kind": "odd"}}, "life"),
    "a state that lacks its end": (LINK, {"life": {"kind": "grace"}}, "life"),
    "a list for a text": (LINK, {"booking_id": ["1001"]}, "booking_id"),
    "a part of no known kind": (
        SEVEN,
        {"settings": {"id": "7", "mapping": [{"object": "10", "calendar": ["a"]}]}},
        "settings.mapping.0.calendar",
    ),
    "a part that lacks what it needs": (SEVEN, {"settings": {"name": "Noord"}}, "settings"),
    "a part of another kind": (SEVEN, {"settings": "none"}, "settings"),
    "nothing of what it needs": (SEVEN, {"settings": None}, "settings"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_damaged_is_said_in_words_and_by_its_place_alone(wrong: str, language: str) -> None:
    """Not in those of the library that reads documents, nor with the names of its types."""
    value, changes, place = WRONG[wrong]
    with pytest.raises(Malformed) as raised:
        record_of(type(value), {**stored(value), **changes}, "link {}", "ab12")
    said = {
        "en": f"Link ab12 in the store is damaged at {place}: restore it from a backup",
        "nl": f"Koppeling ab12 in de opslag is beschadigd bij {place}: zet dit terug uit een back-up",
    }
    assert Texts(language).sentence(str(raised.value)) == said[language]
