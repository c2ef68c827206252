"""A page that cannot read a calendar leads to where that is mended: to the login exactly where a new consent mends it."""

import json

import pytest

from functions.adapters.google.errors import REASONS, error_of
from functions.adapters.google.oauth import SENTENCES
from functions.application.store.stopped import Trouble, google_stopped, lacks_consent, wants_consent
from functions.domain.model.errors import AccessRevoked, System
from functions.domain.settings.integration import Connection, Integration
from functions.entrypoints.console.unread import page_of
from tests.unit.sketch import NOW, settings


@pytest.mark.parametrize("reason", REASONS)
def test_an_error_of_google_leads_to_the_login_exactly_where_its_sentence_asks_for_a_consent(reason: str) -> None:
    error = error_of(403, {}, json.dumps({"error": {"errors": [{"reason": reason}]}}).encode())
    assert page_of(Trouble.of("", error).consent) == ("authentication" if "Step 1" in str(error) else "diagnostics")


@pytest.mark.parametrize("sentence", SENTENCES.values())
def test_a_refused_token_leads_to_the_login_and_its_sentence_says_so(sentence: str) -> None:
    error = AccessRevoked(sentence, reason="invalid_grant", side=System.GOOGLE)
    assert (page_of(wants_consent(error)), "Step 1" in sentence) == ("authentication", True)


def test_a_login_that_i_reserve_refuses_wants_no_consent_of_google() -> None:
    assert not wants_consent(AccessRevoked("no", reason="ireserve_login", side=System.IRESERVE))


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
    integration = Integration(settings(), connection=connection)
    assert page_of(lacks_consent(integration)) == page
    assert ("Step 1" in google_stopped(integration)) == (page == "authentication")
