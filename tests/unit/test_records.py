"""A document that is read again unchanged is parsed once; what differs, or is invalid, is seen each time."""

from dataclasses import replace

import pytest

from functions.application.store.records import record_of, stored
from functions.domain.model.errors import Malformed
from functions.domain.pairing.link import Link
from functions.domain.settings.integration import Integration
from functions.domain.settings.schema import Settings

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
    for name in ("link of 1001", "link of 1001", "link of 1002"):
        with pytest.raises(Malformed, match=f"{name} in the store cannot be read at version"):
            record_of(Link, invalid, name)
