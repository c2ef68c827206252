"""The tenant as it is after a reset: a small sports centre without bookings."""

from sandbox.ireserve.tenant.model import Customer, Group, Location, Object, Status, User, World

STATUSES = (
    Status(10, "NEW", counts=True, colour="#2f4b9c"),
    Status(11, "NEW", counts=True, colour="#7d4fb3"),
    Status(20, "OPEN", counts=True, colour="#4aa3df"),
    Status(30, "PAID", counts=True, colour="#3f9d55"),
    Status(40, "CHANGED", counts=True, colour="#e08a2c"),
    Status(70, "CANCELLED", counts=False, colour="#c9403a"),
    Status(80, "REJECTED", counts=False, colour="#a8322d"),
    Status(90, "CLOSED", counts=True, colour="#868e96"),
    Status(98, "LOCATION", counts=True, colour="#7cc38a"),
    Status(99, "DUMMY", counts=True, colour="#93c79d"),
)


def default_world() -> World:
    """Return a fresh world; codes and colours of statuses are i-Reserve's defaults."""
    objects = (
        Object(10, "Zaal A", "ZAALA", location_id=12),
        Object(11, "Zaal B", "ZAALB", location_id=12),
        Object(12, "Zaal C", "ZAALC", location_id=12),
        Object(20, "Bungalow", "BUNGALOW", mode="day", group_id=3, location_id=14, price="95.00"),
        Object(101, "Tennisbaan 1", "TENNIS1", group_id=2, location_id=13),
        Object(102, "Tennisbaan 2", "TENNIS2", group_id=2, location_id=13),
    )
    customers = (
        Customer(2, "Ester", "test@example.org", initials="T.", salutation="Dhr.", postal="1200AA"),
        Customer(3, "Gast", "guest@example.org", initials="G.", salutation="Mevr."),
    )
    locations = (Location(12, "ZAAL", "Grote zaal"), Location(13, "BAAN", "Buitenbanen"))
    users = (
        User("api_calendar", "sandbox"),
        User("display", "display", write=False, customers=False, hooks=False),
    )
    return World(
        statuses={s.code: Status(**vars(s)) for s in STATUSES},
        objects={o.id: o for o in objects},
        groups={g.id: g for g in (Group(1, "Zalen"), Group(2, "Tennis"), Group(3, "Verblijf"))},
        locations={p.id: p for p in (*locations, Location(14, "PARK", "Bungalowpark"))},
        customers={c.id: c for c in customers},
        users={u.name: u for u in users},
    )
