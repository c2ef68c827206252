"""Google Calendar as the port `Calendars` describes it: one call per method, one call per page."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.adapters.google.errors import as_domain_errors
from functions.adapters.google.event import Json, insert_body, item_of, page_of, patch_body, utc
from functions.adapters.google.http import Http
from functions.application.ports import CalendarEntry, Channel, EventPage, Tombstone
from functions.domain.model import bounds
from functions.domain.model.appointment import LABEL, Appointment, Style
from functions.domain.model.errors import Gone, Malformed, Refused, Stale, SyncError, TokenExpired, Transient
from functions.domain.model.event import Event, EventKey, Mark, family_of_id, first_occurrence, is_occurrence
from functions.domain.pairing.writes import EventChange
from functions.domain.settings.schema import is_room

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from googleapiclient._apis.calendar.v3 import CalendarResource

ENDPOINT = "https://www.googleapis.com/calendar/v3/"
MOVES_BACK = 3
PAGE_SIZE = 2500  # the most that Google gives
WRITERS = ("owner", "writer", "writerWithoutPrivateAccess")
BLIND = ("none", "freeBusyReader")  # roles that see of a calendar only when it is taken
SEERS = ("owner", "writer")  # roles that see the details of other people's private events
_NO_HTTP: Any = object()  # every request has its own


class GoogleCalendars:
    """The port `Calendars` for one connected account; may be shared by threads.

    `http` returns this thread's transport (see `google/http.py`). `endpoint` is the whole base address, `zone` the IANA name of
    new events' time zone.
    """

    def __init__(
        self,
        http: Callable[[], Http],
        credentials: "Credentials",
        *,
        endpoint: str = ENDPOINT,
        zone: str = "",
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._http, self._credentials, self._endpoint, self._page_size = http, credentials, endpoint, page_size
        self._zone = zone
        self._own = threading.local()
        self._known_labels: dict[str, dict[str, str]] = {}

    def calendars(self) -> list[CalendarEntry]:
        """List every calendar on the account's list, hidden ones too; see `reach` for others."""
        found: list[CalendarEntry] = []
        options: Json = {"maxResults": 250, "showHidden": True}
        while True:
            answer = self._run(_service(self._endpoint).calendarList().list(**options), calendar=True)
            found += [_entry(raw) for raw in answer.get("items") or ()]
            if not answer.get("nextPageToken"):
                return found
            options["pageToken"] = answer["nextPageToken"]

    def reach(self, calendar: str) -> CalendarEntry:
        """Try a calendar that is not on the list: the list has only those that the account subscribed to."""
        request = self._events.list(calendarId=calendar, maxResults=1, fields="accessRole,summary,timeZone")
        raw = self._run(request, calendar=True)
        if raw.get("accessRole") in BLIND:
            raise Refused(
                "The connected Google account sees of this calendar only when it is taken; share it for changes.",
                reason="calendar_forbidden",
            )
        return replace(_entry({**raw, "id": calendar}), listed=False)

    def read(self, key: EventKey) -> Event | Tombstone:
        """Read one event, live or cancelled.

        Of one that became a series the first occurrence is read, and of a first occurrence whose series became a single
        event that event: so no write for one of them reaches all occurrences, and none counts as deleted.
        """
        try:
            item = self._shown(key.calendar, self._get(key))
        except Gone:
            if (single := self._single_again(key)) is None:
                raise
            return single
        return item if isinstance(item, Event) else self._single_again(key) or item

    def _get(self, key: EventKey) -> Json:
        return self._run(self._events.get(calendarId=key.calendar, eventId=key.id))

    def _shown(self, calendar: str, raw: Json) -> Event | Tombstone:
        """Return what an answer shows; of a live series its first occurrence, which is read.

        One that Google does not know, such as an excluded date, is deleted, unless the series was shifted meanwhile.
        """
        item = item_of(calendar, raw)
        if isinstance(item, Event) and raw.get("recurrence"):
            first = first_occurrence(item.key, item.when)
            try:
                item = item_of(calendar, self._get(first))
            except Gone:
                if self._get(item.key).get("etag") != raw.get("etag"):
                    raise Transient("This series is being changed; it is read again.", reason="series") from None
                item = Tombstone(first, item.key.id)
        if isinstance(item, Event | Tombstone):
            return item
        raise Malformed("Google shows an event without a usable time.", reason=item.reason)

    def _single_again(self, key: EventKey) -> Event | None:
        """Return the single event that the series of a gone occurrence became, if it is in that occurrence's place."""
        if not is_occurrence(key.id):
            return None
        try:
            raw = self._get(EventKey(key.calendar, family_of_id(key.id)))
        except Gone:
            return None
        item = item_of(key.calendar, raw)
        alone = isinstance(item, Event) and not raw.get("recurrence") and first_occurrence(item.key, item.when) == key
        return item if isinstance(item, Event) and alone else None

    def insert(self, key: EventKey, content: Appointment, description: str, mark: Mark, *, notify: bool) -> Event:
        """Make an event under a chosen id, so that making it twice is `Taken`."""
        body: Any = insert_body(key, content, description, mark, self._zone)
        labelled = self._labelled(key.calendar, content.style, body)
        request = self._events.insert(
            calendarId=key.calendar, body=body, sendUpdates=_mails(notify), conferenceDataVersion=1, **labelled
        )
        return self._live(key.calendar, self._run(request, calendar=True))

    def patch(
        self, event: Event | EventKey, etag: str, change: EventChange, mark: Mark, *, notify: bool, revive: bool = False
    ) -> Event:
        """Change an event if it still has this etag ("" = whatever it has)."""
        key = event.key if isinstance(event, Event) else event
        body: Any = patch_body(event, change, mark, self._zone, revive=revive)
        if revive and not is_occurrence(key.id):
            raw = self._get(key)
            item = item_of(key.calendar, raw)
            if isinstance(item, Event) and raw.get("recurrence"):
                key = first_occurrence(key, item.when)  # which a person deleted, and not the others
            else:
                body["recurrence"] = None  # one event comes back, not the series that a person had made of it
        style = change.style if "colour" in change.restyled else None
        more = self._labelled(key.calendar, style, body) | {"conferenceDataVersion": 1}
        request = self._events.patch(
            calendarId=key.calendar, eventId=key.id, body=body, sendUpdates=_mails(notify), **more
        )
        return self._live(key.calendar, self._run(request, etag=etag))

    def labels(self, calendar: str) -> Mapping[str, str]:
        """Return the ids of a calendar's own labels by name; read once.

        https://developers.google.com/workspace/calendar/api/guides/labels
        """
        if calendar not in self._known_labels:
            request = _service(self._endpoint).calendars().get(calendarId=calendar)
            found = (self._run(request, calendar=True).get("labelProperties") or {}).get("eventLabels") or ()
            self._known_labels[calendar] = {str(each["name"]): str(each["id"]) for each in found if each.get("name")}
        return self._known_labels[calendar]

    def _labelled(self, calendar: str, style: Style | None, body: Json) -> Json:
        """Put the label of a style into a body; return the request's extra parameters. An unknown label is left out.

        The version parameter is sent only with a label: with it, Google removes a label that the body does not name.
        """
        if style is None or not style.colour.startswith(LABEL):
            return {}
        label = self.labels(calendar).get(style.colour.removeprefix(LABEL))
        if label is None:
            return {}
        body["eventLabelId"] = label
        return {"eventLabelVersion": 1}

    def move(self, key: EventKey, etag: str, destination: str, *, notify: bool) -> Event:
        """Move an event to another calendar if it still has this etag; return it as it is there.

        No page of Google's says that a move heeds the etag: a series that went along goes back. Raises `Refused`
        (`series_moved`) if it cannot: then a person has to move it.
        """
        raw = self._run(self._move(key, destination, notify=notify), etag=etag)
        if raw.get("recurrence"):
            self._move_back(EventKey(destination, key.id), key.calendar, notify=notify)
            raise Stale("The event became a series meanwhile; it is read again.", reason="series")
        return self._live(destination, raw)

    def _move_back(self, key: EventKey, calendar: str, *, notify: bool) -> None:
        """Move a series back where it came from; at once, because later nobody could tell it from one that is meant."""
        for left in reversed(range(MOVES_BACK)):
            try:
                self._run(self._move(key, calendar, notify=notify))
            except Gone:
                return  # it went back after all, or somebody else took it away
            except SyncError as error:
                if left and isinstance(error, Transient):
                    continue
                raise Refused(
                    "The event became a series meanwhile, which went along and cannot be moved back: move it in Google Calendar.",
                    reason="series_moved",
                ) from error
            return

    def _move(self, key: EventKey, destination: str, *, notify: bool) -> Any:
        return self._events.move(
            calendarId=key.calendar, eventId=key.id, destination=destination, sendUpdates=_mails(notify)
        )

    def _live(self, calendar: str, raw: Json) -> Event:
        """Return the event that the answer to a write shows."""
        item = self._shown(calendar, raw)
        if isinstance(item, Tombstone):
            raise Gone("The event was deleted.", reason="deleted")
        return item

    def delete(self, key: EventKey, etag: str, *, notify: bool) -> None:
        """Remove an event if it still has this etag; raises `Gone` if it does not exist."""
        request = self._events.delete(calendarId=key.calendar, eventId=key.id, sendUpdates=_mails(notify))
        self._run(request, etag=etag, empty=True)

    def changes(self, calendar: str, *, sync_token: str = "", page: str = "") -> EventPage:
        """Return a page of changes since the token, or of all events without one."""
        return self._list(calendar, page, {"syncToken": sync_token} if sync_token else {})

    def between(self, calendar: str, start: datetime, end: datetime, *, page: str = "") -> EventPage:
        """Return a page of the events that overlap a period."""
        return self._list(calendar, page, {"timeMin": utc(start), "timeMax": utc(end)})

    def matching(self, calendar: str, text: str, start: datetime, end: datetime) -> EventPage:
        """Return the first page of a period's events that mention a text."""
        return self._list(calendar, "", {"q": text, "timeMin": utc(start), "timeMax": utc(end)})

    def watch(self, calendar: str, channel_id: str, token: str, address: str, seconds: int) -> Channel:
        """Open a channel. Its expiry is the one in Google's answer, or if that has none the one asked for."""
        body: Any = {
            "id": channel_id,
            "type": "web_hook",
            "address": address,
            "token": token,
            "params": {"ttl": str(seconds)},
        }
        answer = self._run(self._events.watch(calendarId=calendar, body=body), calendar=True)
        try:
            expires = _expiry(answer, seconds)
            return Channel(answer["id"], answer["resourceId"], expires)
        except (KeyError, ValueError, OverflowError):
            raise Malformed("Google's answer about a channel makes no sense.", reason="channel") from None

    def stop(self, channel_id: str, resource_id: str) -> None:
        """Stop a channel."""
        try:
            self._run(
                _service(self._endpoint).channels().stop(body={"id": channel_id, "resourceId": resource_id}), empty=True
            )
        except Gone:
            return

    def _list(self, calendar: str, page: str, options: Json) -> EventPage:
        """List with the same parameters on every page and in every sync, as Google requires.

        `showDeleted` is left out: with a sync token deletions come anyway, and the first list must not differ.
        https://developers.google.com/workspace/calendar/api/guides/sync
        """
        if page:
            options["pageToken"] = page
        request = self._events.list(calendarId=calendar, singleEvents=True, maxResults=self._page_size, **options)
        try:
            return page_of(calendar, self._run(request, calendar=True))
        except Refused as error:
            # A token that Google cannot even read is answered with 400 instead of 410.
            if error.reason in ("invalid", "invalidParameter") and ("syncToken" in options or page):
                raise TokenExpired(str(error), reason="token_invalid") from None
            raise

    @property
    def _events(self) -> "CalendarResource.EventsResource":
        return _events(self._endpoint)

    def _run(self, request: Any, *, etag: str = "", calendar: bool = False, empty: bool = False) -> Json:
        """Send one request; with `empty` its answer has no content.

        Only a 401 is retried here, after a token refresh; the queue retries everything else.
        """
        if etag:
            request.headers["If-Match"] = etag
        with as_domain_errors(calendar=calendar, asked=str(getattr(request, "methodId", ""))):
            answer = request.execute(http=self._authorized(), num_retries=0)
        if empty and not answer:
            return {}
        if isinstance(answer, dict):
            return answer
        # With a status of 200 the library returns anything that is not JSON as text.
        raise Transient("Something other than Google Calendar answered.", reason="not_json")

    def _authorized(self) -> Any:
        if not hasattr(self._own, "http"):
            from google_auth_httplib2 import AuthorizedHttp

            self._own.http = AuthorizedHttp(self._credentials, http=self._http(), max_refresh_attempts=1)
        return self._own.http


@cache
def _service(endpoint: str) -> "CalendarResource":
    """Build the client once per process; every request has its own http, so threads may share it."""
    from googleapiclient.discovery import build

    from functions.adapters.google.json_model import QuickJson

    return build(
        "calendar",
        "v3",
        model=QuickJson(),
        http=_NO_HTTP,
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": endpoint},
    )


@cache
def _events(endpoint: str) -> "CalendarResource.EventsResource":
    """Return the resource, cached too: the library builds its methods anew each time, which costs milliseconds."""
    return _service(endpoint).events()


def _mails(notify: bool) -> Any:  # noqa: FBT001 - translates the flag to Google's word
    return "all" if notify else "none"


def _entry(raw: Json) -> CalendarEntry:
    meets = (raw.get("conferenceProperties") or {}).get("allowedConferenceSolutionTypes")
    return CalendarEntry(
        id=raw["id"],
        title=bounds.cut(raw.get("summaryOverride") or raw.get("summary"), bounds.LINE),
        writable=raw.get("accessRole") in WRITERS,
        sees_private=raw.get("accessRole") in SEERS,
        data_owner=raw.get("dataOwner") or "",
        answers=bool(raw.get("autoAcceptInvitations")) if is_room(raw["id"]) else None,
        primary=bool(raw.get("primary")),
        timezone=raw.get("timeZone") or "",
        meet=meets is None or "hangoutsMeet" in meets,
    )


def _expiry(answer: Json, seconds: int) -> datetime:
    if answer.get("expiration"):
        return datetime.fromtimestamp(int(answer["expiration"]) / 1000, UTC)
    return datetime.now(UTC) + timedelta(seconds=seconds)
