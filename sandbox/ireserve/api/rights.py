"""Who is asking, and what that API user may do."""

from typing import Literal

from flask import g, request

from sandbox.ireserve.api.answers import ApiError
from sandbox.ireserve.tenant.model import Booking, User
from sandbox.ireserve.tenant.tenant import Tenant

Right = Literal["bookings", "write", "customers", "hooks"]


def tenant() -> Tenant:
    """Return the tenant that this request is about."""
    found: Tenant = g.tenant
    return found


def login() -> User | None:
    """Return the user of the Basic header, None without one; 401 for a wrong one."""
    given = request.authorization
    if given is None or given.type != "basic":
        return None
    user = tenant().world.users.get(given.username or "")
    if user is None or user.password != given.password:
        raise ApiError(401)
    return user


def need(right: Right | None = None) -> User:
    """Return the user; 401 without a login or without the right."""
    user = login()
    if user is None or (right is not None and not getattr(user, right)):
        raise ApiError(401)
    return user


def sees(user: User, booking: Booking) -> bool:
    """Whether the user's profile shows the booking."""
    return user.bookings and (user.objects is None or booking.object_id in user.objects)
