"""The page at `/`: the calendars side by side, and forms that also work without JavaScript."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request

from sandbox.google.errors import ApiError
from sandbox.google.events import meet, people, views
from sandbox.google.page import agenda, page_forms

if TYPE_CHECKING:
    from sandbox.google.world.world import World

VIEWS = {"week": 7, "day": 1}


def register(app: Flask, world: World) -> None:
    """Put the page, its state and its forms in place."""

    def board() -> Response:
        view, first = _range(world)
        with world.turn():
            state = agenda.state(world, first, VIEWS[view])
        step = timedelta(days=VIEWS[view])
        return make_response(
            render_template("board.html", state=state, view=view, first=first, before=first - step, after=first + step)
        )

    def state() -> Response:
        view, first = _range(world)
        with world.turn():
            meet.settle(world)
            if request.args.get("seen") == str(world.numbers):
                return jsonify(agenda.unchanged(world))
            return jsonify(agenda.state(world, first, VIEWS[view]))

    def event() -> Response:
        calendar_id, event_id = request.args.get("calendar", ""), request.args.get("id")
        with world.turn():
            shown = None
            if event_id:
                shown = views.event(people.found(world, people.calendar(world, calendar_id), event_id))
            writable = [c for c in agenda.state(world, date.min, 0)["calendars"] if c["writable"]]
            fields = page_forms.fields(world, calendar_id, shown, request.args)
        return make_response(
            render_template("event.html", event=shown, calendars=writable, fields=fields, back=_back())
        )

    def save() -> Response:
        try:
            with world.turn():
                page_forms.apply(world, request.form)
        except ApiError as error:
            return make_response(render_template("failed.html", error=error, back=_back()), error.code)
        return make_response(redirect(_back()))

    app.add_url_rule("/", "board", board)
    app.add_url_rule("/page/state", "page_state", state)
    app.add_url_rule("/page/event", "page_event", event)
    app.add_url_rule("/page/event", "page_save", save, methods=["POST"])


def _range(world: World) -> tuple[str, date]:
    """Return the view and its first day; a week begins on Monday."""
    view = request.args.get("view", "week")
    view = view if view in VIEWS else "week"
    try:
        day = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        day = agenda.today(world)
    return view, day - timedelta(days=day.weekday()) if view == "week" else day


def _back() -> str:
    """Return the address of the view the person came from, never another site's."""
    back = request.values.get("back", "/")
    return back if back.startswith("/?") else "/"
