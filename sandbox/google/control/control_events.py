"""The control API's part that acts as a person: JSON routes under /control/calendars/{id}/events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, request

from sandbox.google.errors import ApiError, bad_request
from sandbox.google.events import meet, people, views, writing

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.google.errors import Resource
    from sandbox.google.world.instances import Found
    from sandbox.google.world.store import Calendar
    from sandbox.google.world.world import World

BASE = "/control/calendars/<path:calendar_id>/events"


def shown(found: Found) -> Resource:
    """Return an event with everything, also from the bin."""
    if found.record is not None and found.record.purged:
        return {**views.tombstone(found, "usual"), "purged": True}
    return views.event(found)


def register(app: Flask, world: World) -> None:
    """Put the routes in place."""

    def on_calendar(work: Callable[[Calendar], Response]) -> Callable[[str], Response]:
        def view(calendar_id: str) -> Response:
            with world.turn():
                meet.settle(world)
                return work(people.calendar(world, calendar_id))

        return view

    def on_event(work: Callable[[Calendar, str], Response]) -> Callable[[str, str], Response]:
        def view(calendar_id: str, event_id: str) -> Response:
            with world.turn():
                meet.settle(world)
                return work(people.calendar(world, calendar_id), event_id)

        return view

    def listed(where: Calendar) -> Response:
        deleted, expand = (request.args.get(name) in {"1", "true"} for name in ("deleted", "expand"))
        return jsonify([shown(f) for f in people.every(world, where, deleted=deleted, expand=expand)])

    def made(where: Calendar) -> Response:
        return jsonify(shown(writing.insert(world, where, body(), acting(where))))

    def got(where: Calendar, event_id: str) -> Response:
        return jsonify(shown(people.found(world, where, event_id)))

    def patched(where: Calendar, event_id: str) -> Response:
        return jsonify(shown(writing.patch(world, where, event_id, body(), acting(where))))

    def deleted(where: Calendar, event_id: str) -> Response:
        writing.delete(world, where, event_id, acting(where))
        return Response(status=204)

    def done(where: Calendar, event_id: str, deed: str) -> Response:
        result = _do(world, where, event_id, deed)
        return Response(status=204) if result is None else jsonify(shown(result))

    def deed_view(calendar_id: str, event_id: str, deed: str) -> Response:
        with world.turn():
            return done(people.calendar(world, calendar_id), event_id, deed)

    app.add_url_rule(BASE, "control_list", on_calendar(listed), methods=["GET"])
    app.add_url_rule(BASE, "control_make", on_calendar(made), methods=["POST"])
    app.add_url_rule(f"{BASE}/<event_id>", "control_get", on_event(got), methods=["GET"])
    app.add_url_rule(f"{BASE}/<event_id>", "control_patch", on_event(patched), methods=["PATCH"])
    app.add_url_rule(f"{BASE}/<event_id>", "control_delete", on_event(deleted), methods=["DELETE"])
    app.add_url_rule(f"{BASE}/<event_id>/<deed>", "control_deed", deed_view, methods=["POST"])

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> tuple[Response, int]:
        return jsonify(error.body()), error.code


def body() -> Resource:
    """Return the request's JSON object; 400 if it is none."""
    content = request.get_json(silent=True, force=True) if request.content_length else {}
    if not isinstance(content, dict):
        raise bad_request("A JSON object is expected.")
    return content


def acting(where: Calendar) -> writing.Write:
    """Return a person's way of writing; `?sendUpdates=all` mails the guests, `?imported=1` is an imported file."""
    return people.act(where, request.args.get("sendUpdates", "none"), imported=request.args.get("imported") == "1")


def _do(world: World, where: Calendar, event_id: str, deed: str) -> Found | None:
    """Do one of the named actions: move, restore, duplicate, split, purge, respond."""
    content = body()
    try:
        if deed == "move":
            destination = people.calendar(world, content["destination"])
            return writing.move(world, where, event_id, destination, acting(where))
        if deed == "split":
            return people.split(world, where, event_id, content["at"], content.get("patch") or {})
        if deed == "respond":
            return people.respond(world, where, event_id, content["email"], content["responseStatus"])
    except KeyError as error:
        raise bad_request(f"{deed} needs {error}.") from error
    if deed == "restore":
        return people.restore(world, where, event_id)
    if deed == "duplicate":
        return people.duplicate(world, where, event_id)
    if deed == "purge":
        people.purge(world, where, event_id)
        return None
    raise bad_request(f"A person cannot {deed} an event here.")
