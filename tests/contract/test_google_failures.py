"""Whatever Google answers, the caller learns what to do next, and nothing personal."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httplib2
import pytest
from connected_google import ROOM_A, ConnectedGoogle
from werkzeug.serving import make_server

from functions.adapters.google.calendar import GoogleCalendars
from functions.adapters.google.errors import REASONS, as_domain_errors, error_of
from functions.adapters.google.http import checked
from functions.adapters.google.oauth import credentials
from functions.domain.model.errors import AccessRevoked, Gone, Refused, Stale, SyncError, Taken, TokenExpired, Transient
from functions.domain.model.event import EventKey, Mark
from functions.domain.pairing.writes import EventChange
from sandbox.google.world.world import CLIENT_ID, CLIENT_SECRET

KEY = EventKey(ROOM_A, "booking00001")
SECRET = "Mrs Jansen <jansen@example.org>"


@pytest.fixture
def google() -> ConnectedGoogle:
    return ConnectedGoogle()


def said(reason: str, message: str = SECRET) -> bytes:
    return json.dumps({"error": {"errors": [{"reason": reason, "message": message}], "message": message}}).encode()


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "invalid", Refused),
        (400, "pushNotSupportedForRequestedResource", Refused),
        (400, "push.webhookUrlNotHttps", Refused),
        (401, "push.webhookUrlUnauthorized", Refused),
        (400, "channelIdNotUnique", Refused),
        (401, "authError", AccessRevoked),
        (401, "required", AccessRevoked),
        (403, "rateLimitExceeded", Transient),
        (403, "userRateLimitExceeded", Transient),
        (403, "quotaExceeded", Transient),
        (403, "insufficientPermissions", AccessRevoked),
        (403, "accessNotConfigured", AccessRevoked),
        (403, "forbidden", Refused),
        (403, "forbiddenForNonOrganizer", Refused),
        (403, "cannotChangeOrganizer", Refused),
        (404, "notFound", Gone),
        (409, "duplicate", Taken),
        (409, "conflict", Transient),
        (410, "deleted", Gone),
        (410, "fullSyncRequired", TokenExpired),
        (410, "updatedMinTooLongAgo", TokenExpired),
        (412, "conditionNotMet", Stale),
        (413, "uploadTooLarge", Refused),
        (429, "rateLimitExceeded", Transient),
        (500, "backendError", Transient),
        (503, "anything", Transient),
    ],
)
def test_every_reason_of_google_has_its_reaction(status: int, reason: str, kind: type[SyncError]) -> None:
    error = error_of(status, {}, said(reason))
    assert type(error) is kind
    assert error.reason == reason.removeprefix("push.")


@pytest.mark.parametrize("reason", [*REASONS, "unheard of"])
def test_no_sentence_repeats_what_google_said(reason: str) -> None:
    error = error_of(403, {}, said(reason))
    assert SECRET not in str(error)
    assert str(error).endswith(".")


def test_the_new_form_of_errors_is_understood_too() -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
    content = json.dumps({"error": {"status": "PERMISSION_DENIED", "details": [{"@type": "help"}, detail]}}).encode()
    assert isinstance(error_of(403, {}, content), AccessRevoked)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 500, 502])
@pytest.mark.parametrize("content", [b"<html>Not Found</html>", b"", b"[]", b'"no"', b'{"error": "no"}', b"\xff"])
def test_an_answer_of_something_else_than_google_is_never_taken_for_googles_word(status: int, content: bytes) -> None:
    assert isinstance(error_of(status, {}, content), Transient)


def test_a_spent_quota_waits_long_and_other_errors_as_long_as_google_asks() -> None:
    waits = [
        error_of(403, {"retry-after": "5"}, said("quotaExceeded")),
        error_of(429, {"retry-after": "5"}, said("rateLimitExceeded")),
        error_of(503, {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, b""),
        error_of(503, {"retry-after": "soon"}, b""),
        error_of(503, {}, b""),
    ]
    assert [error.retry_after for error in waits if isinstance(error, Transient)] == [3600.0, 5.0, 0.0, None, None]


@pytest.mark.parametrize(
    "asked", ["Mon, 30 Nov 99999999999999999999 08:00:00 GMT", f"Mon, 30 Nov 2026 08:00:00 +{10**15}"]
)
def test_a_wait_until_a_date_that_is_none_is_no_wait(asked: str) -> None:
    error = error_of(503, {"retry-after": asked}, b"")
    assert isinstance(error, Transient)
    assert error.retry_after is None


def test_a_410_to_a_list_is_never_taken_for_a_calendar_that_is_gone() -> None:
    assert isinstance(error_of(410, {}, said("something new"), calendar=True), TokenExpired)


def broken(error: Exception) -> Callable[[], Any]:
    class Broken:
        def request(self, *_args: Any, **_options: Any) -> Any:
            raise error

    return Broken


@pytest.mark.parametrize(
    "error",
    [TimeoutError(), ConnectionResetError(), OSError(), httplib2.ServerNotFoundError(), Transient("away")],
)
def test_a_connection_that_fails_is_tried_again_later(error: Exception) -> None:
    calendars = GoogleCalendars(broken(error), credentials(CLIENT_ID, CLIENT_SECRET, "token"))
    with pytest.raises(Transient):
        calendars.read(KEY)


def test_a_write_that_fails_is_not_sent_twice(google: ConnectedGoogle) -> None:
    google.fault(method="PATCH", status=503, times=1)
    with pytest.raises(Transient):
        google.calendars.patch(KEY, "", EventChange(title="x"), Mark(), notify=False)
    assert google.calls == []
    assert [call.status for call in google.world.calls.log if call.method == "PATCH"] == [503]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"action": "reset"}, Transient),
        ({"action": "html", "status": 404}, Transient),
        ({"action": "html", "status": 200}, Transient),
        ({"action": "retry_after", "status": 429, "reason": "rateLimitExceeded", "seconds": 7}, Transient),
        ({"status": 403, "reason": "quotaExceeded"}, Transient),
        ({"status": 403, "reason": "forbidden"}, Refused),
        ({"status": 410, "reason": "fullSyncRequired"}, TokenExpired),
    ],
)
def test_a_planted_fault_reaches_the_caller_as_its_reaction(
    google: ConnectedGoogle, fault: dict[str, Any], kind: type[SyncError]
) -> None:
    google.fault(path="/calendar/", **fault)
    with pytest.raises(kind):
        google.calendars.changes(ROOM_A)
    assert google.calendars.changes(ROOM_A).sync_token


def test_a_portal_that_answers_with_a_page_has_not_deleted_anything(google: ConnectedGoogle) -> None:
    google.fault(method="DELETE", action="html", status=200)
    with pytest.raises(Transient):
        google.calendars.delete(KEY, "", notify=False)


def test_an_access_token_that_ended_early_is_renewed_within_the_call(google: ConnectedGoogle) -> None:
    google.calendars.changes(ROOM_A)
    google.control("POST", "tokens/expire-access")
    google.forget()
    assert google.calendars.changes(ROOM_A).sync_token
    tokens = [call for call in google.world.calls.log if call.api == "oauth.token"]
    assert len(tokens) == 1


def test_a_401_that_stays_is_tried_once_more_and_then_revoked(google: ConnectedGoogle) -> None:
    google.calendars.changes(ROOM_A)
    google.forget()
    google.fault(path="/calendar/", status=401, reason="authError", times=9)
    with pytest.raises(AccessRevoked):
        google.calendars.changes(ROOM_A)
    assert len([call for call in google.world.calls.log if "/calendar/" in call.path]) == 2


def test_missing_permissions_are_a_matter_of_the_connection() -> None:
    google = ConnectedGoogle(scopes=("https://www.googleapis.com/auth/calendar.readonly",))
    with pytest.raises(AccessRevoked) as caught:
        google.calendars.patch(KEY, "", EventChange(title="x"), Mark(), notify=False)
    assert caught.value.reason == "insufficientPermissions"


def test_errors_show_no_address_even_in_their_causes(google: ConnectedGoogle) -> None:
    with pytest.raises(Gone) as caught:
        google.calendars.read(KEY)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_mistake_of_our_own_is_not_taken_for_a_failure_of_google() -> None:
    with pytest.raises(KeyError), as_domain_errors():
        raise KeyError


@pytest.fixture
def served(google: ConnectedGoogle) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, google.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_adapter_works_over_a_real_connection_and_from_several_threads(
    google: ConnectedGoogle, served: str
) -> None:
    login = credentials(CLIENT_ID, CLIENT_SECRET, google.grant.refresh_token, f"{served}/token")
    calendars = GoogleCalendars(checked(allow_private=True), login, endpoint=f"{served}/calendar/v3/")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(calendars.changes(ROOM_A).sync_token)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4


def test_a_private_address_is_refused_unless_that_is_allowed(google: ConnectedGoogle, served: str) -> None:
    login = credentials(CLIENT_ID, CLIENT_SECRET, google.grant.refresh_token, f"{served}/token")
    with pytest.raises(Refused) as caught:
        GoogleCalendars(checked(), login, endpoint=f"{served}/calendar/v3/").changes(ROOM_A)
    assert caught.value.reason == "address_not_allowed"


def test_an_endpoint_without_a_slash_at_its_end_is_the_same(google: ConnectedGoogle) -> None:
    login = credentials(CLIENT_ID, CLIENT_SECRET, google.grant.refresh_token, "https://google.test/token")
    calendars = GoogleCalendars(google.http, login, endpoint="https://google.test/calendar/v3")
    assert calendars.changes(ROOM_A).sync_token
