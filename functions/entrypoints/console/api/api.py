"""The JSON API of the console, for scripts in its pages and for operators' programs."""

from collections.abc import Callable

from flask import Blueprint, Request, Response, request

from functions.application.auditing import audit, stored_audit
from functions.application.deciding import held, keep_or_resume, undo
from functions.application.diagnosing import alerts, diagnose, round_trip, statuses
from functions.application.finding import day
from functions.application.ports import Body, Ports
from functions.application.scanning import overlaps
from functions.application.setting_up import activation, changes, consent, preview, removal
from functions.application.store import integrations, journal_read, parked
from functions.application.store.integrations import path_of
from functions.application.sync.reconciled import Reconciled
from functions.application.sync.session import open_session, within_reach
from functions.domain.model import zones
from functions.domain.model.errors import Fault, Invalid
from functions.entrypoints.console.api.probe import probe_routes
from functions.entrypoints.console.forms.audit_forms import audit_json
from functions.entrypoints.console.json_forms import BESIDE, plain, shown
from functions.entrypoints.console.roles import Role, seen_by
from functions.entrypoints.console.screens.day import asked
from functions.entrypoints.console.search_now import search_now
from functions.entrypoints.console.state_cookie import state_of
from functions.entrypoints.http.handlers import answer
from functions.entrypoints.http.incoming import json_of, limit_of, says_yes, status_code_of

Who = Callable[[Request], str]
May = Callable[[Request], Role]


def api(ports: Ports, who: Who, role: May, *, secure: bool) -> Blueprint:
    """Return the routes below `/console/api`; `who` returns the verified caller, `role` what they may do.

    `secure` as in `console_app`.
    """
    routes = Blueprint("api", __name__, url_prefix="/console/api/integrations")

    @routes.errorhandler(changes.PlanFirst)
    def plan_first(first: changes.PlanFirst) -> Response:
        return answer(409, {"error": str(first), "reason": first.reason, "plan": plain(first.plan)})

    @routes.get("")
    def listed() -> Response:
        every = integrations.every(ports.documents)
        return answer(200, [seen_by(role(request), shown(ports, each)) for each in every])

    @routes.get("/<int_id>")
    def one(int_id: str) -> Response:
        return answer(200, seen_by(role(request), shown(ports, integrations.get(ports.documents, int_id))))

    @routes.put("/<int_id>")
    def put(int_id: str) -> Response:
        body = json_of(request)
        revision = body.get("revision")
        if revision is not None and type(revision) is not int:
            raise Invalid((Fault("revision", "give a whole number"),))
        known = integrations.find(ports.documents, int_id)
        raw = body.get("settings", {name: value for name, value in body.items() if name not in BESIDE})
        saved = changes.save(
            ports,
            raw,
            who(request),
            int_id=int_id,
            secrets=body.get("secrets"),
            revision=revision,
            apply=request.args.get("apply", ""),
        )
        return answer(200 if known else 201, shown(ports, saved))

    @routes.delete("/<int_id>")
    def delete(int_id: str) -> Response:
        left = removal.delete(ports, int_id, request.args.get("events", ""))
        return answer(202, {"left": left}) if left else answer(204)

    @routes.post("/<int_id>/connect")
    def connect(int_id: str) -> Response:
        body = json_of(request)
        state = body.get("state") or state_of(request, int_id, secure=secure)
        account = body.get("confirm") or request.args.get("confirm", "")
        confirm = account if "@" in str(account) else says_yes(request, "confirm")
        found = consent.connect(ports, int_id, str(state), confirm=confirm)
        return answer(200, plain(found))

    @routes.post("/<int_id>/disconnect")
    def disconnect(int_id: str) -> Response:
        consent.disconnect(ports, int_id)
        return answer(200, shown(ports, integrations.get(ports.documents, int_id)))

    @routes.post("/<int_id>/activate")
    def activate(int_id: str) -> Response:
        shadow, anyway = says_yes(request, "shadow"), says_yes(request, "anyway")
        done = activation.activate(ports, int_id, who(request), shadow=shadow, anyway=anyway)
        more = {"without_channel": list(done.without_channel), "warnings": list(done.warnings)}
        return answer(200, {**shown(ports, done.integration), **more})

    @routes.post("/<int_id>/pause")
    def pause(int_id: str) -> Response:
        return answer(200, shown(ports, activation.pause(ports, int_id)))

    @routes.post("/<int_id>/deactivate")
    def deactivate(int_id: str) -> Response:
        done, left = activation.deactivate(ports, int_id)
        return answer(200, {**shown(ports, done), "warnings": list(left)})

    @routes.post("/<int_id>/resync")
    def resync(int_id: str) -> Response:
        return answer(202, plain(activation.resync(ports, int_id, who(request))))

    @routes.post("/<int_id>/unmapped")
    def take_unmapped(int_id: str) -> Response:
        return answer(200, {"left": removal.take_unmapped(ports, int_id)})

    @routes.post("/<int_id>/sweep")
    def sweep(int_id: str) -> Response:
        search_now(ports, int_id, who(request))
        return answer(202, {"queued": True})

    _reading(routes, ports, role)
    _people(routes, ports, who)
    probe_routes(routes, ports, who)
    return routes


def _past(role: Role, body: Body) -> Body:
    """Return an entry of the history of the settings as a role sees it."""
    return body | {name: seen_by(role, body[name]) for name in ("before", "after") if body.get(name)}


def _reading(routes: Blueprint, ports: Ports, role: May) -> None:
    @routes.get("/<int_id>/calendars")
    def calendars(int_id: str) -> Response:
        session = open_session(ports, integrations.get(ports.documents, int_id))
        return answer(200, plain(within_reach(session.calendars, session.settings.calendars)))

    @routes.get("/<int_id>/objects")
    def objects(int_id: str) -> Response:
        return answer(200, plain(open_session(ports, integrations.get(ports.documents, int_id)).objects()))

    @routes.get("/<int_id>/statuses")
    def codes(int_id: str) -> Response:
        return answer(200, plain(statuses.statuses(ports, int_id)))

    @routes.get("/<int_id>/overlaps")
    def last_overlaps(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        listed = overlaps.last(ports.documents, int_id)
        return answer(200, plain(listed) if listed is not None else {"at": None, "found": [], "more": 0})

    @routes.get("/<int_id>/day")
    def one_day(int_id: str) -> Response:
        zone = integrations.get(ports.documents, int_id).settings.timezone
        first, count, object_id = asked(request.args, zones.day_of(ports.clock(), zone))
        found = day.read(ports, int_id, first, count, object_id)
        return answer(200, {**plain(found), "troubles": [(each.place, each.why) for each in found.troubles]})

    @routes.get("/<int_id>/diagnostics")
    def diagnostics(int_id: str) -> Response:
        found = diagnose.diagnose(ports, int_id)
        return answer(200, {**plain(found), "level": found.level})

    @routes.get("/<int_id>/plan")
    def plan(int_id: str) -> Response:
        go_on = request.args.get("refresh") == "more"
        if go_on or says_yes(request, "refresh"):
            return answer(200, plain(preview.refresh(ports, int_id, go_on=go_on)))
        found = preview.current(ports, int_id)
        return answer(200, plain(found) if found is not None else {"complete": False, "at": None})

    @routes.get("/<int_id>/links")
    def found_links(int_id: str) -> Response:
        return answer(200, journal_read.links_of(ports, int_id, request.args.get("booking", "")))

    @routes.get("/<int_id>/journal")
    def journal(int_id: str) -> Response:
        booking, before = request.args.get("booking", ""), request.args.get("before", "")
        return answer(200, journal_read.entries(ports, int_id, booking, before, limit_of(request)))

    @routes.get("/<int_id>/parked")
    def parked_items(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        return answer(200, [{"id": item, **body} for item, body in parked.every(ports, int_id, limit_of(request))])

    @routes.get("/<int_id>/alerts")
    def open_alerts(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        return answer(200, plain(alerts.opened(ports, int_id)))

    @routes.get("/<int_id>/audit")
    def audited(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        return answer(200, audit_json(ports, int_id, stored_audit.last(ports.documents, int_id)))

    @routes.get("/<int_id>/held")
    def held_items(int_id: str) -> Response:
        return answer(200, plain(held.every(ports, int_id)))

    @routes.get("/<int_id>/history")
    def history(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        rows = ports.documents.find(path_of(int_id, "history"), order="at", descending=True, limit=limit_of(request))
        return answer(200, [{"id": entry, **_past(role(request), body)} for entry, body in rows])


def _people(routes: Blueprint, ports: Ports, who: Who) -> None:
    @routes.post("/<int_id>/parked/<item>/retry")
    def retry(int_id: str, item: str) -> Response:
        parked.retry(ports, int_id, item, who(request))
        return answer(202, {"queued": True})

    @routes.post("/<int_id>/audit")
    def make_audit(int_id: str) -> Response:
        begun = audit.begin(ports, int_id, who(request))
        audit.queue(ports, int_id, begun)
        return answer(202, audit_json(ports, int_id, begun))

    @routes.post("/<int_id>/statuses/<code>/leave")
    def leave_status(int_id: str, code: str) -> Response:
        statuses.leave(ports, int_id, status_code_of(code))
        return answer(200, plain(statuses.statuses(ports, int_id)))

    @routes.post("/<int_id>/alerts/test")
    def try_alerts(int_id: str) -> Response:
        alerts.try_out(ports, int_id, integrations.get(ports.documents, int_id).settings.alerts)
        return answer(200, {"sent": True})

    @routes.post("/<int_id>/round-trip")
    def there_and_back(int_id: str) -> Response:
        body = json_of(request)
        legs = round_trip.round_trip(ports, int_id, str(body.get("calendar", "")), str(body.get("object", "")))
        return answer(200, plain(legs))

    @routes.post("/<int_id>/journal/<entry>/undo")
    def undone(int_id: str, entry: str) -> Response:
        if says_yes(request, "preview"):
            return answer(200, plain(undo.preview(ports, int_id, entry)))
        return answer(200, plain(undo.undo(ports, int_id, entry, who(request))))

    @routes.post("/<int_id>/history/<entry>/revert")
    def revert(int_id: str, entry: str) -> Response:
        return answer(
            200, shown(ports, changes.revert(ports, int_id, entry, who(request), request.args.get("apply", "")))
        )

    @routes.post("/<int_id>/held/<item>/approve")
    def approve(int_id: str, item: str) -> Response:
        return answer(200, {"decided": len(held.approve(ports, int_id, item, who(request)))})

    @routes.post("/<int_id>/held/<item>/restore")
    def restore(int_id: str, item: str) -> Response:
        return answer(200, {"decided": len(held.restore(ports, int_id, item, who(request)))})

    @routes.post("/<int_id>/links/<link>/keep")
    def keep(int_id: str, link: str) -> Response:
        return _outcome(keep_or_resume.keep(ports, int_id, link, who(request)))

    @routes.post("/<int_id>/links/<link>/resume")
    def resume(int_id: str, link: str) -> Response:
        return _outcome(keep_or_resume.resume(ports, int_id, link, who(request)))


def _outcome(outcome: Reconciled) -> Response:
    return answer(200, {"state": outcome.link.state.value, "rest": outcome.rest.why.value})
