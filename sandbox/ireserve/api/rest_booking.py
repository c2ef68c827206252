"""REST: reading bookings singly and by filter."""

from flask import Blueprint, Response, request

from sandbox.ireserve.api.answers import ApiError, answer, error, expansions, whole
from sandbox.ireserve.api.columns import DEFAULT, booking_table
from sandbox.ireserve.api.rest_hook import write_booking
from sandbox.ireserve.api.rights import need, sees, tenant
from sandbox.ireserve.api.rows import Kind, Table, page, pick_columns, row, sort_key
from sandbox.ireserve.api.search import BadSearchError, compile_search
from sandbox.ireserve.bookings.fields import booking_fields, enveloped, legacy_fields
from sandbox.ireserve.tenant.model import Booking
from sandbox.ireserve.tenant.times import utc

WITHOUT_SEARCH = 100
IDENTITY: list[tuple[str, Kind]] = [("RES_CUST_ID", "int"), ("res_id", "text"), ("res_cust_id", "text")]


def routes(api: Blueprint) -> None:
    """Add the methods to the blueprint."""
    api.get("/booking/<int:number>")(get_booking)
    api.put("/booking/<int:number>")(put_booking)
    api.get("/booking/filter")(filter_bookings)


def get_booking(number: int) -> Response:
    """GET booking/{id}."""
    user = need()
    expansions("booking")
    dialect, world = tenant().dialect, tenant().world
    booking = world.bookings.get(number)
    if not user.bookings or (booking is not None and not sees(user, booking)):
        return error(int(dialect.no_right))
    if booking is None:
        if dialect.unknown_booking == "404":
            return error(404, "booking not found")
        return answer(None if dialect.unknown_booking == "null" else {})
    if dialect.legacy_booking:
        return answer(legacy_fields(world, booking))
    return answer(enveloped(booking_fields(world, dialect, booking), dialect))


def put_booking(number: int) -> Response:
    """PUT booking/{id}: only in a dialect that has it; then like hook/booking with this id."""
    if not tenant().dialect.put_booking:
        return error(405)
    return write_booking({"id": number})


def filter_bookings() -> Response:
    """GET booking/filter: the rows that the search finds, every column formatted and raw."""
    user = need()
    dialect, world = tenant().dialect, tenant().world
    if request.args.get("filter_id"):
        raise ApiError(412, "filter_id is not a saved filter")
    table = booking_table(world, dialect)
    names = pick_columns(table, request.args.get("columns") or DEFAULT, strict=dialect.unknown_column == "error")
    search = request.args.get("search", "").strip()
    try:
        fits = compile_search(search, table, tenant().now(), tenant().wall)
    except BadSearchError as bad:
        raise ApiError(412, str(bad)) from bad
    found = [each for each in world.bookings.values() if sees(user, each) and fits(each)]
    found.sort(key=lambda each: (utc(each.start), each.id) if dialect.filter_order == "start" else (each.id,))
    if dialect.sorts and request.args.get("orderfields"):
        _sort(table, found)
    if dialect.duplicate_rows:
        found = [each for each in found for _ in range(2)]
    start = whole(request.args.get("start") or 0, "start")
    length = whole(request.args.get("length") or (0 if search else WITHOUT_SEARCH), "length")
    shown = page(found, start, length, dialect.filter_max_length)
    return answer(
        [row(table, each, names, n, IDENTITY, dialect.time_format) for n, each in enumerate(shown, start + 1)]
    )


def _sort(table: Table, found: list[Booking]) -> None:
    """Sort by the columns of `orderfields`, the first one first; `ordertype` is ASC or DESC."""
    names = [name.strip().upper() for name in request.args["orderfields"].split(",") if name.strip()]
    unknown = [name for name in names if name not in table.search]
    if unknown:
        raise ApiError(412, f"unknown column {unknown[0]}")
    for name in reversed(names):
        column = table.search[name]
        down = request.args.get("ordertype", "ASC").upper() == "DESC"
        found.sort(key=lambda each: sort_key(column.value(each)), reverse=down)
