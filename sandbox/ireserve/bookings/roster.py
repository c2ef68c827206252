"""The roster of one day: where each booking stands in its object's column."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sandbox.ireserve.bookings.rules import occupied
from sandbox.ireserve.tenant.model import Booking, Object, Status, World
from sandbox.ireserve.tenant.tenant import Tenant
from sandbox.ireserve.tenant.times import utc

FIRST_HOUR, LAST_HOUR = 7, 23
LEAST = timedelta(minutes=20)


@dataclass
class Block:
    """A booking on the roster; places in per cent of the column."""

    booking: Booking
    status: Status
    who: str
    top: float
    height: float
    movable: bool
    lane: int = 0
    lanes: int = 1


@dataclass
class Column:
    """An object and its bookings of the day."""

    thing: Object
    blocks: list[Block]


def columns(tenant: Tenant, day: date) -> list[Column]:
    """Return the columns of the day, objects by id."""
    world = tenant.world
    begins = tenant.wall.at(day.isoformat())
    opens, closes = (utc(begins.replace(hour=hour)) for hour in (FIRST_HOUR, LAST_HOUR))
    found = []
    for thing in sorted(world.objects.values(), key=lambda each: each.id):
        if not thing.active:
            continue
        blocks = []
        for booking in world.bookings.values():
            start, end = occupied(world, tenant.dialect, booking)
            if booking.object_id == thing.id and start < closes and opens < end:
                blocks.append(
                    _block(world, thing, booking, (max(start, opens), min(end, closes), opens, closes - opens))
                )
        _lay(blocks)
        found.append(Column(thing, blocks))
    return found


def status_of(world: World, booking: Booking) -> Status:
    """Return the booking's status, also one that is no longer configured."""
    unknown = Status(booking.status_code, "UNKNOWN", counts=True, colour="#666666")
    return world.statuses.get(booking.status_code, unknown)


def who(world: World, booking: Booking) -> str:
    """Return what the roster writes on a booking."""
    customer = world.customers.get(booking.customer_id or 0)
    return (customer.name if customer else "") or booking.remarks.split("\n")[0] or "no customer"


def _block(
    world: World, thing: Object, booking: Booking, span: tuple[datetime, datetime, datetime, timedelta]
) -> Block:
    start, end, opens, whole = span
    offset = (start - opens) / whole
    height = max(end - start, LEAST) / whole
    movable = thing.mode == "time" and not booking.event_id and booking.start.date() == booking.end.date()
    offset = min(offset, 1 - height)
    return Block(
        booking,
        status_of(world, booking),
        who(world, booking),
        round(offset * 100, 3),
        round(height * 100, 3),
        movable,
    )


def _lay(blocks: list[Block]) -> None:
    """Put overlapping blocks side by side."""
    blocks.sort(key=lambda each: (each.top, -each.height, each.booking.id))
    cluster: list[Block] = []
    bottom = 0.0
    for block in blocks:
        if cluster and block.top >= bottom:
            cluster = []
        cluster.append(block)
        taken = {each.lane for each in cluster[:-1] if each.top + each.height > block.top}
        block.lane = next(lane for lane in range(len(cluster)) if lane not in taken)
        bottom = max(each.top + each.height for each in cluster)
        lanes = max(each.lane for each in cluster) + 1
        for each in cluster:
            each.lanes = lanes
