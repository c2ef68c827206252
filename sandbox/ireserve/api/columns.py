"""The columns and search names of bookings; undocumented names come from the dialect."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from sandbox.ireserve.api.rows import Column, Table
from sandbox.ireserve.tenant.dialect import Dialect
from sandbox.ireserve.tenant.model import Booking, Customer, Object, World
from sandbox.ireserve.tenant.times import seconds_of

DEFAULT = "RES_ID,RES_FROMDATE,RES_FROMTIME,RES_TILTIME,OBJ_DESC"


_latest: list[tuple[World, Dialect, tuple[str, ...], Table]] = []


def booking_table(world: World, dialect: Dialect) -> Table:
    """Return the table of bookings in this dialect; the latest is kept, because most searches in turn have the same."""
    for its_world, its_dialect, custom_fields, table in _latest:
        if its_world is world and its_dialect == dialect and custom_fields == world.custom_fields:
            return table
    table = _table(world, dialect)
    _latest[:] = [(world, replace(dialect), world.custom_fields, table)]
    return table


def _table(world: World, dialect: Dialect) -> Table:
    table = Table()
    table.add("RES_ID", Column("id", lambda b: b.id), "BOOKING_ID")
    table.add("RES_FROMDATE", Column("date", lambda b: b.start.date()), "startdatum")
    table.add("RES_FROMTIME", Column("time", lambda b: seconds_of(b.start)), "starttijd")
    table.add("RES_TILTIME", Column("time", lambda b: seconds_of(b.end)), "eindtijd")
    table.add("RES_CUST_ID", Column("int", lambda b: b.customer_id), "klantid")
    table.add(dialect.column_tilldate, Column("date", lambda b: b.end.date()), "einddatum")
    if dialect.search_tilldate != "column":
        table.search.pop(dialect.column_tilldate.upper(), None)
    if dialect.search_tilldate == "ignored":  # as if all lasted for ever
        table.search[dialect.column_tilldate.upper()] = Column("date", lambda _: date.max)
    table.add(dialect.column_number, Column("int", lambda b: b.number), "aantal")
    table.add(dialect.column_remarks, Column("text", lambda b: b.remarks), "opmerkingen")
    table.add(dialect.column_object_id, Column("id", lambda b: b.object_id), "object")
    if dialect.search_product:
        table.search[dialect.search_product.upper()] = Column("id", lambda b: b.object_id)
    table.add(dialect.column_created, Column("moment", lambda b: b.created), "aangemaakt")
    if dialect.column_updated:
        table.add(dialect.column_updated, Column("moment", lambda b: b.updated), dialect.search_updated)
    table.add(dialect.column_internal_remarks, Column("text", lambda b: b.internal_remarks), "interne_opmerkingen")
    _add_linked(table, world, dialect)
    external = Column("text", lambda b: b.external_id)
    if dialect.external_id_returned:
        table.add(dialect.column_external_id, external)
    table.search.pop(dialect.column_external_id.upper(), None)
    if dialect.external_id_searchable:
        for name in (dialect.column_external_id, dialect.search_external_id):
            if name:
                table.search[name.upper()] = external
    if dialect.custom_in_filter:
        for number in world.custom_fields:
            table.add(f"RES_CUSTOM{number}", Column("text", _custom(number)))
    return table


def _custom(number: str) -> Callable[[Any], str]:
    def value(row: Booking | Object) -> str:
        return row.custom.get(number, "")

    return value


def _add_linked(table: Table, world: World, dialect: Dialect) -> None:
    def status_name(booking: Booking) -> str:
        status = world.statuses.get(booking.status_code)
        return status.name if status else ""

    def of_object(get: Callable[[Object], Any]) -> Callable[[Booking], Any]:
        return lambda b: get(world.objects[b.object_id]) if b.object_id in world.objects else ""

    def of_customer(get: Callable[[Customer], Any]) -> Callable[[Booking], Any]:
        return lambda b: get(world.customers[b.customer_id]) if b.customer_id in world.customers else ""

    raw = {"text": status_name, "panel": lambda b: f"{b.status_code}-{status_name(b)}"}
    status_raw = raw.get(dialect.status_raw, lambda b: str(b.status_code))
    status = Column("id", lambda b: b.status_code, status_name, status_raw)
    table.add(dialect.column_status, status, "status")
    table.add("OBJ_NAME", Column("text", of_object(lambda o: o.name or o.desc)))
    table.add("OBJ_DESC", Column("text", of_object(lambda o: o.desc)))
    for number in world.custom_fields:
        name = f"OBJ_TXT_CUSTOM{number}"
        table.add(name, Column("text", of_object(_custom(number))))
    table.add("CUST_EMAIL", Column("text", of_customer(lambda c: c.email)), "email")
    table.add("CUST_LASTNAME", Column("text", of_customer(lambda c: c.lastname)), "achternaam")
    table.add("RES_EVENT_ID", Column("text", lambda b: b.event_id or ""))
