"""A page that cannot read a calendar leads to where that is mended: to the login exactly where a new consent mends it."""

import json

import pytest

from functions.adapters.google.errors import REASONS, error_of
from functions.adapters.google.oauth import SENTENCES
from functions.application.store.stopped import google_stopped
from functions.domain.model.errors import AccessRevoked, Cause
from functions.domain.settings.integration import Connection, Integration
from functions.entrypoints.console.unread import page_of
from tests.unit.sketch import NOW, settings


@pytest.mark.parametrize("reason", REASONS)
def test_an_error_of_google_leads_to_the_login_if_a_new_consent_mends_it(reason: str) -> None:
    """The page is chosen by the sentence: a sentence in other words must not lead elsewhere."""
    error = error_of(403, {}, json.dumps({"error": {"errors": [{"reason": reason}]}}).encode())
    consents = isinstance(error, AccessRevoked) and error.cause is not Cause.MENDED_AT_GOOGLE
    assert page_of(str(error)) == ("authentication" if consents else "diagnostics")


@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_a_refused_token_leads_to_the_login(sentence: str) -> None:
    assert page_of(sentence) == "authentication"


@pytest.mark.parametrize(
    ("connection", "page"),
    [
        (None, "authentication"),
        (Connection("someone@example.org", (), NOW, dead="invalid_grant"), "authentication"),
        (Connection("someone@example.org", (), NOW, dead="domainPolicy", mended_at_google=True), "diagnostics"),
    ],
)
def test_a_dead_connection_leads_to_the_login_unless_it_is_mended_at_google(
    connection: Connection | None, page: str
) -> None:
    assert page_of(google_stopped(Integration(settings(), connection=connection))) == page
