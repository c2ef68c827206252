"""What people do with bookings beyond the roster: a customer's own change, weekly repetition, sub-bookings."""

from dataclasses import replace
from datetime import timedelta

from sandbox.ireserve.bookings.desk import Manner, change, create
from sandbox.ireserve.bookings.rules import Refused
from sandbox.ireserve.tenant.model import Booking, Patch
from sandbox.ireserve.tenant.tenant import Tenant

CANCELLED, CLOSED = 70, 90
WEEK = timedelta(days=7)


def customer_changes(tenant: Tenant, booking: Booking, patch: Patch) -> Booking:
    """Change a booking as its customer does on the site: it gets the tenant's status for that, 40 CHANGED."""
    if booking.status_code >= CLOSED:
        raise Refused("status_change")
    wanted = tenant.dialect.changed_status
    status = Patch(status_code=wanted) if wanted else Patch()
    return change(tenant, booking, patch | status, Manner(transitions=False, delayed=True))


def customer_cancels(tenant: Tenant, booking: Booking) -> Booking:
    """Cancel a booking as its customer, which i-Reserve allows below 70."""
    if booking.status_code >= CANCELLED:
        raise Refused("status_change")
    return change(tenant, booking, Patch(status_code=CANCELLED), Manner(transitions=False, delayed=True))


def repeat_weekly(tenant: Tenant, booking: Booking, weeks: int) -> list[Booking]:
    """Make additional bookings in the weeks after a booking, attached to it."""
    made = []
    for n in range(1, weeks + 1):
        patch = _copied(booking) | Patch(start=booking.start + n * WEEK, end=booking.end + n * WEEK)
        made.append(create(tenant, patch | Patch(attached_to=booking.id), Manner(checked=False)))
    return made


def attached_to(tenant: Tenant, number: int) -> list[Booking]:
    """Return the additional bookings that are attached to a booking."""
    return [each for each in tenant.world.bookings.values() if each.attached_to == number]


def move_with_attached(tenant: Tenant, before: Booking, patch: Patch, manner: Manner) -> Booking:
    """Change a booking; what is attached to it moves by as much on the wall clock."""
    after = change(tenant, before, patch, manner)
    by = after.start.replace(tzinfo=None) - before.start.replace(tzinfo=None)
    longer = after.end.replace(tzinfo=None) - before.end.replace(tzinfo=None)
    if by or longer:
        for each in attached_to(tenant, before.id):
            change(tenant, each, Patch(start=each.start + by, end=each.end + longer), manner)
    return after


def detach(tenant: Tenant, number: int) -> int:
    """Detach the additional bookings of a booking: they stay as bookings of their own. Returns how many."""
    found = attached_to(tenant, number)
    for each in found:
        tenant.world.bookings[each.id] = replace(each, attached_to=None)
    return len(found)


def add_subs(tenant: Tenant, booking: Booking, objects: list[int]) -> list[Booking]:
    """Turn a booking into a main-sub booking, with a sub-booking at the same time for each object."""
    return [
        create(tenant, _copied(booking) | Patch(object_id=thing, parent=booking.id), Manner(checked=False))
        for thing in objects
    ]


def _copied(booking: Booking) -> Patch:
    return Patch(
        object_id=booking.object_id,
        start=booking.start,
        end=booking.end,
        status_code=booking.status_code,
        number=booking.number,
        remarks=booking.remarks,
        customer_id=booking.customer_id,
    )
