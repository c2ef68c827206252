"""The Calendar API: one route for all published methods, checked against the discovery document."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request

from sandbox.google.api import discovery, gate, masks, watching
from sandbox.google.errors import ApiError, Resource, invalid, not_found
from sandbox.google.events import busy, listing, views, writing
from sandbox.google.world import instances

if TYPE_CHECKING:
    from sandbox.google.world.calls import Call
    from sandbox.google.world.tokens import Access
    from sandbox.google.world.world import World

ROLES = ("none", "freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
MINUTE = timedelta(seconds=60)


class Api:
    """The implemented methods, by the last two parts of their id; one object per request."""

    def __init__(self, world: World, access: Access, path: dict[str, str], query: Resource, body: Any) -> None:
        self.world = world
        self.access = access
        self.path = path
        self.query = query
        self.body: Resource = body or {}
        self.write = writing.Write(
            by=access.account,
            send_updates=query.get("sendUpdates", "all" if query.get("sendNotifications") else "none"),
            conference=query.get("conferenceDataVersion") == 1,
            if_match=request.headers.get("If-Match"),
        )

    def calendar(self, *, write: bool = False) -> Any:
        """Return the calendar of the path."""
        return views.visible(self.world, self.access.account, self.path["calendarId"], write=write)

    def calendar_list_list(self) -> Response:
        """List the calendars that the account subscribed to; others it may see answer by their id only."""
        account = self.world.accounts[self.access.account]
        least = ROLES.index(self.query.get("minAccessRole", "none"))
        entries = [
            views.calendar_list_entry(self.world, account.email, self.world.calendars[calendar_id])
            for calendar_id, role in account.roles.items()
            if ROLES.index(role) >= max(least, 1)
            and calendar_id in account.subscribed
            and not self.world.calendars[calendar_id].gone
        ]
        start, size = int(self.query.get("pageToken", 0)), self.query.get("maxResults", 100)
        answer: Resource = {
            "kind": "calendar#calendarList",
            "etag": f'"p{self.world.numbers}"',
            "items": entries[start : start + size],
        }
        more = start + size < len(entries)
        answer |= {"nextPageToken": str(start + size)} if more else {"nextSyncToken": f"cl{self.world.numbers}"}
        return jsonify(answer)

    def calendar_list_get(self) -> Response:
        """Show one calendar as on the account's list."""
        calendar = self.calendar()
        if calendar.id not in self.world.accounts[self.access.account].subscribed:
            raise not_found()
        return jsonify(views.calendar_list_entry(self.world, self.access.account, calendar))

    def calendars_get(self) -> Response:
        """Show one calendar."""
        return jsonify(views.calendar_resource(self.calendar()))

    def colors_get(self) -> Response:
        """Show the colours by number."""
        return jsonify(views.colors())

    def freebusy_query(self) -> Response:
        """Show when calendars are taken."""
        return jsonify(busy.query(self.world, self.access.account, self.body))

    def events_list(self) -> Response:
        """List events."""
        calendar = self.calendar()
        role = views.role_of(self.world, self.access.account, calendar)
        return jsonify(listing.events(self.world, calendar, self.query, role, self.access.account))

    def events_instances(self) -> Response:
        """List the instances of one series."""
        found = self.found()
        if found.record is None or not found.record.series:
            raise not_found()
        role = views.role_of(self.world, self.access.account, found.calendar)
        return jsonify(
            listing.instances(self.world, found.calendar, found.record, self.query, role, self.access.account)
        )

    def events_get(self) -> Response:
        """Show one event; what is in the bin is shown as cancelled."""
        if self.path["eventId"] in self.calendar().recorded:
            return jsonify(self.calendar().recorded[self.path["eventId"]])
        found = self.found()
        role = views.role_of(self.world, self.access.account, found.calendar)
        if found.record is not None and (found.record.purged or found.record.ghost):
            return jsonify(views.tombstone(found, "usual"))
        hidden = views.hides(found, role, self.access.account)
        return _event(views.event(found, zone_name=self.query.get("timeZone"), busy=hidden))

    def found(self) -> instances.Found:
        """Return the event of the path, 404 if the calendar does not know it."""
        found = instances.find(self.calendar(), self.path["eventId"], self.world.now())
        if found is None:
            raise not_found()
        return found

    def events_insert(self) -> Response:
        """Make an event."""
        calendar = self.calendar(write=True)
        return _event(views.event(writing.insert(self.world, calendar, self._labelled(calendar), self.write)))

    def _labelled(self, calendar: Any) -> Resource:
        """Return the body as the version of labels that the client speaks has it."""
        speaks = self.query.get("eventLabelVersion", 0) == 1
        body = {name: value for name, value in self.body.items() if name != ("colorId" if speaks else "eventLabelId")}
        label = body.get("eventLabelId") if speaks else None
        if label and label not in {each["id"] for each in calendar.labels}:
            raise invalid("Invalid event label.")
        return body if not speaks else {**body, "eventLabelId": label or None}

    def events_patch(self) -> Response:
        """Change the fields that are sent."""
        calendar = self.calendar(write=True)
        body = self._labelled(calendar)
        return _event(views.event(writing.patch(self.world, calendar, self.path["eventId"], body, self.write)))

    def events_update(self) -> Response:
        """Replace an event."""
        calendar = self.calendar(write=True)
        return _event(views.event(writing.update(self.world, calendar, self.path["eventId"], self.body, self.write)))

    def events_delete(self) -> Response:
        """Put an event into the bin."""
        writing.delete(self.world, self.calendar(write=True), self.path["eventId"], self.write)
        return Response(status=204)

    def events_move(self) -> Response:
        """Take an event to another calendar."""
        source = self.calendar(write=True)
        destination = views.visible(self.world, self.access.account, self.query["destination"], write=True)
        return _event(views.event(writing.move(self.world, source, self.path["eventId"], destination, self.write)))

    def events_watch(self) -> Response:
        """Open a channel."""
        return jsonify(watching.watch(self.world, self.calendar(), self.body, self.access))

    def channels_stop(self) -> Response:
        """Close a channel."""
        watching.stop(self.world, self.body, self.access)
        return Response(status=204)


METHODS = {
    "calendar.calendarList.list": Api.calendar_list_list,
    "calendar.calendarList.get": Api.calendar_list_get,
    "calendar.calendars.get": Api.calendars_get,
    "calendar.colors.get": Api.colors_get,
    "calendar.freebusy.query": Api.freebusy_query,
    "calendar.events.list": Api.events_list,
    "calendar.events.get": Api.events_get,
    "calendar.events.instances": Api.events_instances,
    "calendar.events.insert": Api.events_insert,
    "calendar.events.patch": Api.events_patch,
    "calendar.events.update": Api.events_update,
    "calendar.events.delete": Api.events_delete,
    "calendar.events.move": Api.events_move,
    "calendar.events.watch": Api.events_watch,
    "calendar.channels.stop": Api.channels_stop,
}


def _event(resource: Resource) -> Response:
    """Answer with an event and its etag; 304 if the reader has that version."""
    etag = resource["etag"]
    if request.method == "GET" and request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers={"ETag": etag})
    response = jsonify(resource)
    response.headers["ETag"] = etag
    return response


def register(app: Flask, world: World) -> None:
    """Put the Calendar API under /calendar/v3/."""

    def calendar_api(rest: str) -> Response:
        response = gate.through(world, lambda call: _answer(world, call, rest))
        if world.switches.sync_before_answer and call_is_watch(rest):
            world.channels.pump()
        return response

    app.add_url_rule(
        "/calendar/v3/<path:rest>", view_func=calendar_api, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
    )


def call_is_watch(rest: str) -> bool:
    """Whether a path opens a channel."""
    return rest.endswith("/watch")


def _answer(world: World, call: Call, rest: str) -> Response:
    known = discovery.match(call.method, rest)
    if known is None:
        call.violations.append(f"no published method: {call.method} {rest}")
        raise not_found(f"No method {call.method} {rest} in the discovery document.")
    method, path = known
    call.api = method.id
    access = _authorise(world, method)
    call.account = access.account
    _count(world, access.account)
    try:
        query = discovery.read_query(method, _given())
        body = _read_body(method)
        call.violations.extend(discovery.check_body(method, body))
    except ApiError as error:
        call.violations.append(error.message)
        raise
    handler = METHODS.get(method.id)
    if handler is None:
        raise ApiError(501, "notImplemented", f"{method.id} is not simulated.")
    return _in_part(world, query, handler(Api(world, access, path, query, body)))


def _in_part(world: World, query: Resource, response: Response) -> Response:
    """Return an answer without the guests that are left out of long lists, and only the part of it that was asked for."""
    most = min((n for n in (query.get("maxAttendees"), world.switches.most_guests) if n is not None), default=None)
    if not response.is_json or (most is None and "fields" not in query):
        return response
    answer = response.get_json()
    if most is not None:
        views.few_guests(answer, most)
    shown = jsonify(masks.partial(answer, query["fields"]) if "fields" in query else answer)
    shown.status_code = response.status_code
    shown.headers.update({name: value for name, value in response.headers if name == "ETag"})
    return shown


def _given() -> dict[str, list[str]]:
    """Return the query parameters; a long GET may carry them in a POST's form."""
    form = request.form.lists() if "X-HTTP-Method-Override" in request.headers else ()
    return {**dict(request.args.lists()), **dict(form)}


def _read_body(method: discovery.Method) -> Any:
    if method.body is None:
        return None
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict):
        raise ApiError(400, "parseError", "This API does not support parsing the request body: JSON expected.")
    return body


def _authorise(world: World, method: discovery.Method) -> Access:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    access = world.tokens.who(token) if scheme.lower() == "bearer" else None
    if access is None:
        reason = "authError" if token else "required"
        raise ApiError(401, reason, "Invalid Credentials" if token else "Login Required.")
    if not method.scopes & set(access.scopes):
        raise ApiError(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    return access


def _count(world: World, account: str) -> None:
    """Refuse what exceeds the calls of a sliding minute, when switched on."""
    most = world.switches.per_minute
    if most is None:
        return
    recent, now = world.recent.setdefault(account, deque()), world.now()
    while recent and recent[0] <= now - MINUTE:
        recent.popleft()
    if len(recent) >= most:
        reason = world.switches.quota_reason
        raise ApiError(403, reason, "Rate Limit Exceeded", domain="usageLimits")
    recent.append(now)
