"""The switches for what i-Reserve does not document; README.md lists them."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any
from zoneinfo import available_timezones

from sandbox.ireserve.tenant.model import Json


def says(what: str, *choices: str) -> dict[str, Any]:
    """Return a switch's explanation and, for one with fixed answers, those."""
    return {"says": what, "choices": choices}


@dataclass
class Dialect:
    """One guess at each undocumented behaviour; the defaults are what the documents make likely."""

    language: str = field(default="dutch", metadata=says("language without `lang`", "dutch", "english"))
    legacy_booking: bool = field(default=False, metadata=says("GET booking/{id} answers in the shape of 2011"))
    put_booking: bool = field(default=False, metadata=says("PUT booking/{id} updates, else 405"))
    unknown_booking: str = field(
        default="404", metadata=says("GET of a booking that is not there", "404", "null", "empty")
    )
    no_right: str = field(default="401", metadata=says("GET of a booking without the right", "401", "403", "404"))
    absent: str = field(default="empty", metadata=says("how a field without a value looks", "empty", "null", "missing"))
    time_format: str = field(default="24h", metadata=says("formatted times: 02:30 pm or 14:30", "12h", "24h"))
    timezone: str = field(default="Europe/Amsterdam", metadata=says("the tenant's time zone"))
    keeps_repeated_hour: bool = field(
        default=False,
        metadata=says("of a time that happens twice in autumn it is kept which was meant, else the first"),
    )
    naive_dates: bool = field(default=True, metadata=says("dates without an offset are taken as local, else refused"))
    day_end: str = field(
        default="exclusive",
        metadata=says("whether the last day of a day-mode booking is free", "exclusive", "inclusive"),
    )
    refusal: str = field(
        default="status_false",
        metadata=says("what a refused hook/booking answers", "status_false", "error_409", "error_412", "old_values"),
    )
    validates: bool = field(default=True, metadata=says("hook/booking checks availability"))
    check_knows_rights: bool = field(
        default=False, metadata=says("booking/check passes what its user may override, else tells everybody the same")
    )
    override_in: str = field(
        default="none", metadata=says("where the override of that check goes", "none", "body", "query")
    )
    override_name: str = field(default="override", metadata=says("its name"))
    unknown_id: str = field(
        default="404", metadata=says("hook/booking with an id that is not there", "404", "refused", "creates")
    )
    unknown_email: str = field(
        default="ignored",
        metadata=says("hook/booking with an unknown email", "ignored", "creates", "refused"),
    )
    missing_number_on_update: str = field(
        default="keep", metadata=says("hook/booking update without number", "keep", "one", "refused")
    )
    missing_number_on_create: str = field(
        default="one", metadata=says("hook/booking creation without number", "refused", "one")
    )
    new_status: int = field(
        default=10, metadata=says("status of every new booking that names none, from the site and the panel alike")
    )
    changed_status: int = field(default=40, metadata=says("status of a booking that its customer changed; 0: it stays"))
    booking_envelope: str = field(
        default="none",
        metadata=says("what a booking is wrapped in when it is answered", "none", "data", "booking", "list"),
    )
    hook_booking_answer: str = field(default="fields", metadata=says("what hook/booking answers", "fields", "id"))
    hook_booking_fires_hooks: bool = field(
        default=True, metadata=says("API writes are notified as well, their author included")
    )
    hook_booking_mails: bool = field(
        default=True, metadata=says("a creation or status change through hook/booking mails the customer")
    )
    api_status_delayed: bool = field(
        default=False, metadata=says("hook/booking answers before its status change shows")
    )
    external_id_returned: bool = field(default=True, metadata=says("booking fields and rows contain external_id"))
    external_id_searchable: bool = field(default=True, metadata=says("the filter finds it"))
    search_external_id: str = field(default="external_id", metadata=says("its search name"))
    external_id_max_length: int = field(default=0, metadata=says("longest external_id; 0 is no limit"))
    external_id_too_long: str = field(
        default="refused", metadata=says("what happens to a longer one", "refused", "cut")
    )
    remarks_max_length: int = field(default=0, metadata=says("longest remarks, the rest is cut off; 0 is no limit"))
    external_id_unique: bool = field(default=False, metadata=says("a second use of one is refused"))
    external_id_updatable: bool = field(
        default=True, metadata=says("it can be changed on an existing booking, else silently kept")
    )
    external_id_clearable: bool = field(default=True, metadata=says("it can be emptied, else silently kept"))
    custom_in_filter: bool = field(default=True, metadata=says("RES_CUSTOMnn can be asked and searched"))
    column_tilldate: str = field(default="RES_TILDATE", metadata=says("column name; empty: no such column"))
    search_tilldate: str = field(
        default="column", metadata=says("a search by the end date", "column", "error", "ignored")
    )
    column_status: str = field(default="RES_STATUS", metadata=says("column name; empty: none"))
    column_number: str = field(default="RES_NUMBER", metadata=says("column name; empty: none"))
    column_remarks: str = field(default="RES_REMARKS", metadata=says("column name; empty: none"))
    column_object_id: str = field(default="RES_OBJ_ID", metadata=says("column name; empty: none"))
    search_product: str = field(default="product", metadata=says("search name of the object; empty: none"))
    column_updated: str = field(default="RES_UPDATED", metadata=says("column name; empty: none"))
    search_updated: str = field(default="bijgewerkt", metadata=says("its search name, beside the column; empty: none"))
    column_internal_remarks: str = field(default="RES_INTERNAL_REMARKS", metadata=says("column name; empty: none"))
    column_created: str = field(default="RES_CREATED", metadata=says("column name; empty: none"))
    column_external_id: str = field(default="RES_EXTERNAL_ID", metadata=says("column name; empty: none"))
    status_raw: str = field(
        default="code", metadata=says("what the status column's _raw holds", "code", "text", "panel")
    )
    unknown_column: str = field(default="error", metadata=says("a column that is not there", "error", "ignored"))
    duplicate_rows: bool = field(default=False, metadata=says("the filter lists every booking twice"))
    filter_max_length: int = field(default=0, metadata=says("most rows of one answer; 0 is no limit"))
    filter_order: str = field(default="id", metadata=says("order of the rows", "id", "start"))
    groups_show_main: bool = field(default=False, metadata=says("group/search shows the main object of each object"))
    sorts: bool = field(
        default=False, metadata=says("the filter sorts by orderfields and ordertype, else ignores them")
    )
    hook_body: str = field(
        default="fields",
        metadata=says("body of an outgoing hook", "fields", "id", "nested", "res_id", "empty"),
    )
    hook_delay: float = field(
        default=0.3, metadata=says("seconds between the early hook of a status change and the change")
    )
    hook_attempts: int = field(default=5, metadata=says("tries before a delivery fails for good"))
    hook_on_delete: str = field(
        default="none",
        metadata=says("hook when the panel deletes a booking", "none", "booking_updated", "booking_deleted"),
    )
    repeated_subscribe: str = field(
        default="duplicate", metadata=says("the same hook registered again", "duplicate", "same")
    )
    hook_delete_answer: str = field(
        default="status", metadata=says("what DELETE hook/{id} answers", "status", "id", "empty")
    )
    cors_origins: str = field(default="*", metadata=says("allowed browser origins, space separated; * is any"))

    def patch(self, wanted: Json) -> list[str]:
        """Set the switches if all are known and fit; return every fault in a sentence."""
        known = {each.name: each for each in fields(self)}
        faults = []
        for name, value in wanted.items():
            if name not in known:
                faults.append(f"there is no switch {name}")
                continue
            default, choices = known[name].default, known[name].metadata["choices"]
            fits = isinstance(value, float | int) if isinstance(default, float) else True
            if not isinstance(default, float):
                fits = type(value) is type(default)
            if name == "timezone" and value not in available_timezones():
                faults.append(f"there is no time zone {value}")
            elif not fits or (choices and value not in choices):
                allowed = ", ".join(choices) if choices else type(default).__name__
                faults.append(f"{name} takes {allowed}")
        if not faults:
            for name, value in wanted.items():
                setattr(self, name, value)
        return faults

    def as_dict(self) -> Json:
        """Return every switch with its value."""
        return asdict(self)
