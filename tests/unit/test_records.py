"""A document that is read again unchanged is parsed once; what differs, or is invalid, is seen each time."""

import pytest

from functions.application.store.records import record_of, stored
from functions.domain.model.errors import Malformed
from functions.domain.pairing.link import Link

LINK = Link(id="l1", booking_id="1001", version=3)


def test_an_unchanged_document_is_the_same_value_and_a_changed_one_another() -> None:
    body = stored(LINK)
    first, again = record_of(Link, body, "link"), record_of(Link, stored(LINK), "link")
    body["version"] = 4
    assert first is again
    assert first == LINK
    assert record_of(Link, body, "link").version == 4


def test_an_invalid_document_is_named_each_time() -> None:
    invalid = {**stored(LINK), "version": "many"}
    for name in ("link of 1001", "link of 1001", "link of 1002"):
        with pytest.raises(Malformed, match=f"{name} in the store cannot be read at version"):
            record_of(Link, invalid, name)
