"""What a probe tries out, in this order: names and ways that i-Reserve may have and documents nowhere.

The first of each is the default that is assumed. A name that is missing here can be typed by hand; the probe then tries
that one first.
"""

from typing import Any

SURE_COLUMN = "RES_FROMDATE"  # printed by i-Reserve, so every tenant has it
NOBODYS_ID = "000probe000nobody000"  # an external id that no booking has

GUESSES: dict[str, tuple[Any, ...]] = {
    "search_id": ("BOOKING_ID", "RES_ID", "reserveringsnummer", "reservering", "boekingsnummer", "id"),
    "search_start": ("startdatum", "RES_FROMDATE", "fromdate", "date_from", "begindatum", "datum"),
    "search_dates": ("relative", "absolute"),
    "search_external_id": (
        "external_id",
        "RES_EXTERNAL_ID",
        "externalid",
        "extern_id",
        "externid",
        "externe_id",
        "RES_EXT_ID",
    ),
    "search_custom": ("RES_CUSTOM", "custom", "vrijveld", "RES_FREE"),
    "column_till_date": ("RES_TILDATE", "RES_TILLDATE", "RES_ENDDATE", "RES_TODATE", "RES_DATE_TILL"),
    "column_status": ("RES_STATUS", "RES_STATUS_CODE", "RES_STATUSCODE", "RES_STA_ID", "STATUS"),
    "column_object": ("RES_OBJ_ID", "OBJ_ID", "RES_OBJECT_ID", "OBJECT_ID", "RES_PRODUCT_ID"),
    "column_external_id": ("RES_EXTERNAL_ID", "RES_EXTERNALID", "EXTERNAL_ID", "RES_EXT_ID"),
    "column_changed": ("RES_UPDATED", "UPDATED", "RES_CHANGED", "RES_MODIFIED", "RES_LAST_UPDATE", "bijgewerkt"),
    "search_changed": (
        "bijgewerkt",
        "RES_UPDATED",
        "UPDATED",
        "laatstbijgewerkt",
        "gewijzigd",
        "RES_CHANGED",
        "RES_MODIFIED",
    ),
    "update_carries": ((), ("number",), ("number", "date"), ("number", "date", "object_id")),
    "status_lag_seconds": (0.0, 0.5, 2.0, 5.0),
    "override": tuple(
        (place, name, 1)
        for name in (
            "override",
            "override_conflict",
            "ignore_validation",
            "skip_validation",
            "force",
            "ignore_conflicts",
        )
        for place in ("body", "query")
    ),
}


def guesses(point: str, stored: object = None) -> tuple[Any, ...]:
    """Return what to try for a point of the dialect, what is stored for it first."""
    listed = GUESSES[point]
    return listed if stored is None or stored in listed else (stored, *listed)
