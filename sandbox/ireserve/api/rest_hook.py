"""REST: registering outgoing hooks, and the incoming hook that makes and changes bookings."""

from dataclasses import replace

from flask import Blueprint, Response, request, url_for

from sandbox.ireserve.api.answers import ApiError, answer, body, error, sentences
from sandbox.ireserve.api.rights import need, tenant
from sandbox.ireserve.bookings.desk import Manner, apply_race, change, create
from sandbox.ireserve.bookings.fields import booking_fields, enveloped
from sandbox.ireserve.bookings.incoming import find, read
from sandbox.ireserve.bookings.rules import Refused
from sandbox.ireserve.tenant.model import Booking, Hook, Json

TRUE = ("1", "true", "True", "yes")


def routes(api: Blueprint) -> None:
    """Add the methods to the blueprint."""
    api.post("/hook")(add_hook)
    api.post("/hook/subscribe/<event>")(subscribe)
    api.delete("/hook/<int:number>")(delete_hook)
    api.post("/hook/booking")(hook_booking)


def add_hook() -> Response:
    """POST hook: target_url and event in the body."""
    need("hooks")
    return answer({"id": str(_register(str(body().get("event") or ""), body()).id)})


def subscribe(event: str) -> Response:
    """POST hook/subscribe/{event}: target_url in the body."""
    need("hooks")
    hook = _register(event, body())
    place = url_for(".delete_hook", number=hook.id, _external=True)
    return answer({"id": str(hook.id), "Location": place})


def _register(event: str, form: Json) -> Hook:
    world, target = tenant().world, str(form.get("target_url") or "")
    if not event or not target.startswith(("http://", "https://")):
        raise ApiError(412, "target_url and event are required")
    if tenant().dialect.repeated_subscribe == "same":
        for hook in world.hooks.values():
            if (hook.event, hook.target_url) == (event, target):
                return hook
    world.last_hook += 1
    world.hooks[world.last_hook] = Hook(world.last_hook, event, target)
    return world.hooks[world.last_hook]


def delete_hook(number: int) -> Response:
    """DELETE hook/{id}."""
    need("hooks")
    if tenant().world.hooks.pop(number, None) is None:
        return error(404, "hook not found")
    kind = tenant().dialect.hook_delete_answer
    if kind == "empty":
        return Response(status=204)
    return answer({"status": True} if kind == "status" else {"id": str(number)})


def hook_booking() -> Response:
    """POST hook/booking: update by id, else by external_id, else a new booking."""
    return write_booking({})


def write_booking(fixed: Json) -> Response:
    """Make or change the booking that the body means; `fixed` values override the body."""
    user = need("write")
    if not user.bookings:
        raise ApiError(401)
    form = {**body(), **fixed}
    dialect, before = tenant().dialect, None
    try:
        try:
            before = find(tenant(), form)
        except KeyError:
            if dialect.unknown_id == "404":
                return error(404, "booking not found")
            if dialect.unknown_id == "refused":
                raise Refused("unknown_booking") from None
        if before is not None:
            before = apply_race(tenant(), before)
        patch = read(tenant(), form, before)
        manner = replace(_manner(form), overrides=frozenset(user.overrides))
        booking = change(tenant(), before, patch, manner) if before else create(tenant(), patch, manner)
    except Refused as refused:
        return _refuse(refused, before)
    shown = booking_fields(tenant().world, dialect, booking)
    return answer(enveloped({"id": shown["id"]} if dialect.hook_booking_answer == "id" else shown, dialect))


def _manner(form: Json) -> Manner:
    dialect = tenant().dialect
    places: dict[str, Json] = {"none": {}, "body": form, "query": request.args.to_dict()}
    overridden = str(places[dialect.override_in].get(dialect.override_name)) in TRUE
    manner = Manner(fires=dialect.hook_booking_fires_hooks, mails=dialect.hook_booking_mails)
    return replace(manner, checked=dialect.validates and not overridden, delayed=dialect.api_status_delayed)


def _refuse(refused: Refused, before: Booking | None) -> Response:
    dialect, messages = tenant().dialect, sentences(refused.keys)
    if dialect.refusal == "status_false":
        return answer({"status": False, "messages": messages})
    if dialect.refusal == "old_values":
        if before is None:
            return answer({"id": ""})
        return answer(enveloped(booking_fields(tenant().world, dialect, before), dialect))
    return error(409 if dialect.refusal == "error_409" else 412, "; ".join(messages))
