"""The probe and the dialect in the JSON API."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Request, Response, request

from functions.application.ports import Ports
from functions.application.probing import probe, record, starting
from functions.application.setting_up import dialect_input
from functions.application.store import integrations
from functions.application.store.dialect_validation import dialect_of
from functions.domain.model.bounds import whole_number
from functions.domain.model.errors import Fault, Invalid
from functions.entrypoints.console.json_forms import progress
from functions.entrypoints.http.handlers import answer
from functions.entrypoints.http.incoming import json_of


def probe_routes(routes: Blueprint, ports: Ports, who: Callable[[Request], str]) -> None:
    """Add `…/{int_id}/probe` (POST begins, GET shows, DELETE stops) and `…/{int_id}/dialect` (GET, PUT)."""

    @routes.post("/<int_id>/probe")
    def begin_probe(int_id: str) -> Response:
        body = json_of(request)
        booking, thing = (_number(body, name) for name in ("booking", "object"))
        faults = [
            Fault(name, f"give the number of a test {name}")
            for name, value in (("booking", booking), ("object", thing))
            if not value
        ]
        if faults:
            raise Invalid(tuple(faults))
        trial = starting.begin(ports, int_id, booking, thing, who(request), really=body.get("really") is True)
        probe.queue(ports, int_id, trial)
        return answer(202, progress(trial))

    @routes.get("/<int_id>/probe")
    def shown_probe(int_id: str) -> Response:
        integrations.get(ports.documents, int_id)
        trial = record.current(ports.documents, int_id)
        return answer(200, progress(trial) if trial is not None else {"state": "none"})

    @routes.delete("/<int_id>/probe")
    def stop_probe(int_id: str) -> Response:
        trial = probe.stop(ports, int_id)
        probe.queue(ports, int_id, trial)
        return answer(202, progress(trial))

    @routes.get("/<int_id>/dialect")
    def dialect(int_id: str) -> Response:
        found = dialect_of(integrations.get(ports.documents, int_id).dialect)
        return answer(200, {"points": dialect_input.shown(found), "known": found.as_body()})

    @routes.put("/<int_id>/dialect")
    def put_dialect(int_id: str) -> Response:
        found = dialect_input.save(ports, int_id, json_of(request), who(request))
        return answer(200, {"points": dialect_input.shown(found), "known": found.as_body()})


def _number(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if whole_number(text, 18) is not None else ""  # a 64-bit number
