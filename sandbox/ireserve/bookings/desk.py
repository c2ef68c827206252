"""Making, changing and removing bookings, with the hooks and mails that come with it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sandbox.ireserve.bookings.fields import hook_body
from sandbox.ireserve.bookings.rules import Refused, assigned, conflicts, faults_of, may_follow, moved, shaped
from sandbox.ireserve.tenant.model import Booking, Patch
from sandbox.ireserve.tenant.tenant import Effect, Tenant


@dataclass(frozen=True)
class Manner:
    """How a change is made: with which checks, and who is notified."""

    checked: bool = True
    transitions: bool = True
    fires: bool = True
    mails: bool = True
    delayed: bool = False
    overrides: frozenset[str] = frozenset()  # rights to save a booking that conflicts


def create(tenant: Tenant, patch: Patch, manner: Manner) -> Booking:
    """Make a booking (object, start and end are in the patch); raises Refused if a check says no."""
    world, now = tenant.world, tenant.now()
    base = Booking(
        id=world.last_booking + 1,
        object_id=patch["object_id"],
        start=patch["start"],
        end=patch["end"],
        status_code=tenant.dialect.new_status,
        created=now,
        updated=now,
    )
    booking = _with(tenant, base, patch)
    _check(tenant, booking, manner)
    world.last_booking = booking.id
    world.bookings[booking.id] = booking
    if manner.fires:
        _fire(tenant, booking, "booking_created")
    if manner.mails:
        _mail(tenant, booking)
    return booking


def change(tenant: Tenant, before: Booking, patch: Patch, manner: Manner) -> Booking:
    """Change a booking and return it as it now is; raises Refused if a check says no.

    Hooks follow i-Reserve's order: after a change of content, but before a change of status.
    """
    now = tenant.now()
    code = patch.get("status_code", before.status_code)
    after = _with(tenant, before, patch)
    if before.event_id and after.event_id == before.event_id and moved(before, replace(before, **_when(patch))):
        raise Refused("event_booking")
    reopened = _counts(tenant, code) and not _counts(tenant, before.status_code)
    _check(tenant, after, replace(manner, checked=manner.checked and (moved(before, after) or reopened)))
    if manner.transitions and not may_follow(tenant.world, before.status_code, code):
        raise Refused("status_change")
    current = before
    if set(patch) - {"status_code"} or not patch:
        current = replace(after, status_code=before.status_code, updated=now)
        tenant.world.bookings[current.id] = current
        if manner.fires:
            _fire(tenant, current, "booking_updated")
    coming = [each.status_code for each in tenant.effects if each.booking_id == before.id]
    if "status_code" in patch and code != (coming[-1] if coming and manner.delayed else before.status_code):
        current = _change_status(tenant, current, code, manner)
    return current


def _change_status(tenant: Tenant, before: Booking, code: int, manner: Manner) -> Booking:
    """Notify first and change afterwards, as i-Reserve does; return the booking as it now shows."""
    now = tenant.now()
    after = replace(before, status_code=code, updated=now)
    if manner.fires:
        _fire(tenant, before, "booking_updated")
    if manner.mails:
        _mail(tenant, after)
    if manner.delayed:
        due = tenant.instant() + timedelta(seconds=tenant.dialect.hook_delay)
        tenant.effects.append(Effect(due, before.id, code))
        return before
    tenant.world.bookings[after.id] = after
    return after


def remove(tenant: Tenant, booking: Booking, *, quiet: bool = False) -> None:
    """Really remove a booking, as the panel's separate delete does."""
    del tenant.world.bookings[booking.id]
    if tenant.dialect.hook_on_delete != "none" and not quiet:
        _fire(tenant, booking, tenant.dialect.hook_on_delete)


def apply_race(tenant: Tenant, booking: Booking) -> Booking:
    """Apply a person's edit that was planned to fall just before an API write to this booking."""
    planned = next((race for race in tenant.races if race[0] == booking.id), None)
    if planned is None:
        return booking
    tenant.races.remove(planned)
    person = Manner(checked=False, transitions=False, fires=not planned[2])
    return change(tenant, booking, planned[1], person)


def _when(patch: Patch) -> Patch:
    when = Patch()
    if "object_id" in patch:
        when["object_id"] = patch["object_id"]
    if "start" in patch:
        when["start"] = patch["start"]
    if "end" in patch:
        when["end"] = patch["end"]
    return when


def _with(tenant: Tenant, booking: Booking, patch: Patch) -> Booking:
    given = patch.get("custom", {})
    known = {number: text for number, text in given.items() if number in tenant.world.custom_fields}
    wanted = replace(booking, **patch)
    shown = shaped(tenant.world, replace(wanted, custom={**booking.custom, **known}))
    return assigned(tenant.world, tenant.dialect, shown) if "object_id" in patch else shown


def _check(tenant: Tenant, wanted: Booking, manner: Manner) -> None:
    faults = faults_of(tenant.world, tenant.dialect, wanted)
    if not faults and manner.checked:
        faults = conflicts(tenant.world, tenant.dialect, wanted, manner.overrides)
    if faults:
        raise Refused(*faults)


def _counts(tenant: Tenant, code: int) -> bool:
    status = tenant.world.statuses.get(code)
    return status is not None and status.counts


def _fire(tenant: Tenant, booking: Booking, event: str) -> None:
    body = hook_body(tenant.world, tenant.dialect, booking)
    tenant.outbox.fire(tenant.world.hooks.values(), event, body, tenant.instant())


def _mail(tenant: Tenant, booking: Booking) -> None:
    customer = tenant.world.customers.get(booking.customer_id or 0)
    if customer is not None and customer.email:
        tenant.world.mails.append(
            {
                "to": customer.email,
                "booking_id": booking.id,
                "status_code": booking.status_code,
                "at": tenant.now().isoformat(),
            }
        )
