"""Reading the body of POST hook/booking into a patch, numbers as text included."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.ireserve.bookings.rules import Refused
from sandbox.ireserve.tenant.model import Booking, Customer, Json, Patch
from sandbox.ireserve.tenant.tenant import Tenant

MANDATORY = ("object_id", "date_from", "date_till")


def find(tenant: Tenant, body: Json) -> Booking | None:
    """Return the booking that the body means: by id, else by external id; raises KeyError if the id is unknown."""
    bookings = tenant.world.bookings
    if given(body, "id"):
        return bookings[number(body["id"])]
    wanted = str(body.get("external_id") or "")
    return next((each for each in bookings.values() if wanted and each.external_id == wanted), None)


def read(tenant: Tenant, body: Json, before: Booking | None) -> Patch:
    """Return what the body asks to have changed; raises Refused if a value cannot be read or is missing."""
    patch = Patch()
    if given(body, "object_id"):
        patch["object_id"] = number(body["object_id"])
    if given(body, "date_from"):
        patch["start"] = moment(tenant, body["date_from"])
    if given(body, "date_till"):
        patch["end"] = moment(tenant, body["date_till"])
    if given(body, "status_code"):
        patch["status_code"] = number(body["status_code"])
    if body.get("remarks") is not None:
        patch["remarks"] = str(body["remarks"])[: tenant.dialect.remarks_max_length or None]
    if given(body, "subchannel"):
        patch["subchannel"] = str(body["subchannel"])
    _read_number(tenant, body, patch, before)
    _read_customer(tenant, body, patch)
    _read_external_id(tenant, body, patch, before)
    custom = read_custom(body)
    if custom:
        patch["custom"] = custom
    if before is None and not all(given(body, name) for name in MANDATORY):
        raise Refused("mandatory")
    return patch


def given(body: Json, name: str) -> bool:
    """Whether the body holds a value for the field."""
    return body.get(name) not in (None, "")


def number(value: Any) -> int:
    """Read a number that may come as text."""
    try:
        return int(str(value))
    except ValueError:
        raise Refused("bad_value") from None


def moment(tenant: Tenant, value: Any) -> datetime:
    """Read a date and time."""
    try:
        return tenant.wall.parse(str(value), naive_ok=tenant.dialect.naive_dates)
    except (ValueError, OverflowError):
        raise Refused("bad_date") from None


def read_custom(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the custom fields of the body by their two digits."""
    found = ((re.fullmatch(r"custom(\d{2})", str(key)), value) for key, value in body.items())
    return {match[1]: "" if value is None else str(value) for match, value in found if match}


def _read_number(tenant: Tenant, body: Json, patch: Patch, before: Booking | None) -> None:
    dialect = tenant.dialect
    rule = dialect.missing_number_on_update if before else dialect.missing_number_on_create
    if given(body, "number"):
        patch["number"] = number(body["number"])
    elif rule == "refused":
        raise Refused("mandatory")
    elif rule == "one":
        patch["number"] = 1


def _read_customer(tenant: Tenant, body: Json, patch: Patch) -> None:
    if given(body, "cust_id"):
        patch["customer_id"] = number(body["cust_id"])
    elif given(body, "email"):
        email = str(body["email"])
        known = customer_by_email(tenant, email)
        if known is None and tenant.dialect.unknown_email == "creates":
            known = new_customer(tenant, {"lastname": email, "email": email})
        if known is None and tenant.dialect.unknown_email == "refused":
            raise Refused("unknown_customer")
        if known is not None:
            patch["customer_id"] = known.id


def customer_by_email(tenant: Tenant, email: str) -> Customer | None:
    """Return the customer with the address."""
    customers = tenant.world.customers.values()
    return next((each for each in customers if email and each.email.lower() == email.lower()), None)


def new_customer(tenant: Tenant, form: Json) -> Customer:
    """Keep a new customer made from a form's fields."""
    names = ("lastname", "email", "initials", "salutation", "postal", "tel_mob")
    number_ = max(tenant.world.customers, default=0) + 1
    customer = Customer(number_, **{name: str(form.get(name) or "") for name in names})
    tenant.world.customers[customer.id] = customer
    return customer


def _read_external_id(tenant: Tenant, body: Json, patch: Patch, before: Booking | None) -> None:
    dialect, value = tenant.dialect, str(body.get("external_id") or "")
    old = before.external_id if before else ""
    silent = (old and not dialect.external_id_updatable) or (not value and not dialect.external_id_clearable)
    if "external_id" not in body or silent:
        return
    limit = dialect.external_id_max_length
    if limit and len(value) > limit:
        if dialect.external_id_too_long == "refused":
            raise Refused("external_id_long")
        value = value[:limit]
    if dialect.external_id_unique and value and value != old:
        own = before.id if before else 0
        if any(each.external_id == value and each.id != own for each in tenant.world.bookings.values()):
            raise Refused("external_id_taken")
    patch["external_id"] = value
