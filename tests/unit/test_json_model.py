"""Answers of the Google client library are read as JSON by a faster parser, and never worse than by its own."""

import pytest
from googleapiclient.model import JsonModel

from functions.adapters.google.json_model import QuickJson


@pytest.mark.parametrize(
    "content",
    [
        b'{"items": [{"id": "a", "n": 1.5, "none": null, "yes": true}], "text": "\xc3\xa9"}',
        b'"\\ud800"',  # an unpaired surrogate, which the faster parser refuses
        b"<html>not JSON</html>",
        b"",
    ],
)
def test_an_answer_is_read_as_the_library_itself_reads_it(content: bytes) -> None:
    assert QuickJson().deserialize(content) == JsonModel().deserialize(content)  # type: ignore[no-untyped-call]
