"""The fields of the settings screens, and how a form's answers become settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.datastructures import MultiDict

from functions.application.setting_up.settings_input import pairs_in
from functions.domain.settings.facts import facts
from functions.domain.settings.schema import Settings

CHOSEN = "status."
Kind = Literal["text", "area", "number", "switch", "choice", "codes", "days", "optional_number", "pairs"]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting on a screen. Its name is the key of its label and help among the texts; `unit` is a key too."""

    name: str
    kind: Kind = "text"
    unit: str = ""
    example: str = ""
    template: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """The declared choices."""
        return facts(Settings)[self.name].choices


GENERAL = (
    Field("name"),
    Field("language", "choice"),
    Field("timezone", example="Europe/Amsterdam"),
)
IRESERVE = (
    Field("ireserve.base_url", example="https://tenant.i-reserve.net/api/rest"),
    Field("ireserve.username", example="api_calendar"),
)
AUTHENTICATION = (Field("google.client_id", example="123.apps.googleusercontent.com"),)
OUTBOUND = {
    "id": (Field("outbound.external_id_field", example="external_id"),),
    "template": (
        Field("outbound.title_template", template=True),
        Field("outbound.description_template", "area", template=True),
        Field("outbound.location_template", template=True),
    ),
    "colour": (
        Field("outbound.colour_by", "choice"),
        Field("outbound.colours", "pairs", example="20: sage"),
        Field("outbound.use_labels", "switch"),
    ),
    "status": (
        Field("outbound.create_on_status", "codes", example="20, 30"),
        Field("outbound.delete_on_status", "codes", example="70, 80"),
        Field("outbound.tentative_on_status", "codes", example="10"),
        Field("outbound.tentative_is_free", "switch"),
        Field("outbound.activities", "choice"),
    ),
    "reminders": (
        Field("outbound.reminder_popup_minutes", "number", "minutes"),
        Field("outbound.reminder_email_minutes", "number", "minutes"),
    ),
    "guests": (
        Field("outbound.use_customer_data", "switch"),
        Field("outbound.notify_guests", "switch"),
    ),
    "meet": (
        Field("outbound.create_meet_link", "switch"),
        Field("outbound.meet_link_field", example="custom02"),
    ),
}
INBOUND = {
    "new": (
        Field("inbound.enabled", "switch"),
        Field("inbound.object"),
        Field("inbound.status", "number"),
        Field("inbound.number", "number", "places"),
        Field("inbound.remarks_field", example="remarks"),
        Field("inbound.follow", "choice"),
        Field("inbound.import_existing", "switch"),
        Field("inbound.free_events", "choice"),
        Field("inbound.invitations", "choice"),
        Field("inbound.tell_organizer", "switch"),
    ),
    "changes": (
        Field("inbound.allow_booking_update", "switch"),
        Field("inbound.ignore_validation_errors_on_update", "switch"),
        Field("inbound.allow_object_change", "switch"),
    ),
    "deleted": (
        Field("inbound.deleted_event", "choice"),
        Field("inbound.cancel_status", "optional_number"),
    ),
}
SYNC = {
    "window": (
        Field("sync.window_days", "days", "days"),
        Field("sync.backfill", "choice"),
        Field("sync.day_end", "choice"),
    ),
    "pace": (
        Field("sync.sweep_minutes", "number", "minutes"),
        Field("sync.poll_seconds", "number", "seconds"),
    ),
    "safety": (
        Field("sync.conflict_winner", "choice"),
        Field("sync.cancel_grace_seconds", "number", "seconds"),
        Field("sync.hold_over", "number", "removals"),
        Field("sync.overlap_guard", "choice"),
    ),
    "alerts": (
        Field("alerts.email", example="beheer@example.org"),
        Field("alerts.webhook_url", example="https://chat.example.org/hook"),
        Field("alerts.webhook_form", "choice"),
        Field("alerts.weekly_report", "switch"),
    ),
}


def of_screen(groups: Mapping[str, tuple[Field, ...]]) -> tuple[Field, ...]:
    """Return a screen's fields in order."""
    return tuple(field for group in groups.values() for field in group)


UNITS = {field.name: field.unit for groups in (OUTBOUND, INBOUND, SYNC) for field in of_screen(groups) if field.unit}


def part_from(form: MultiDict[str, str], fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return a form's answers as part of raw settings; a wrong answer stays as typed, for its fault to be shown."""
    part: dict[str, Any] = {}
    for field in fields:
        where = part
        *path, last = field.name.split(".")
        for step in path:
            where = where.setdefault(step, {})
        where[last] = _answer(form, field)
    return part


def _answer(form: MultiDict[str, str], field: Field) -> Any:
    text = form.get(field.name, "").replace("\r\n", "\n")
    match field.kind:
        case "switch":
            return text == "on"
        case "codes" if any(name.startswith(CHOSEN) for name in form):
            return _chosen(form, field)
        case "codes":
            return [part for part in text.replace(",", " ").replace(";", " ").split() if part]
        case "days":
            before = form.get(f"{field.name}.0", "").strip()
            return [f"-{before}" if before.isdecimal() else before, form.get(f"{field.name}.1", "").strip()]
        case "optional_number":
            return text.strip() or None
        case "area":
            return text
        case "pairs":
            return pairs_in(text)
        case _:
            return text.strip()


def _chosen(form: MultiDict[str, str], field: Field) -> list[str]:
    """Return the codes that were put in this list: the form's field `status.20` names the list for status 20."""
    name = field.name.removeprefix("outbound.").removesuffix("_on_status")
    codes = [key.removeprefix(CHOSEN) for key, value in form.items() if key.startswith(CHOSEN) and value == name]
    other = form.get("other.code", "").strip()
    return sorted(codes, key=lambda code: code.zfill(9)) + ([other] if other and form.get("other.list") == name else [])


def shown(raw: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """Return the values of the form's fields by name, from raw settings."""
    return {field.name: _shown(_at(raw, field.name), field) for field in fields}


def _shown(value: Any, field: Field) -> Any:
    if field.kind == "codes":
        return ", ".join(str(code) for code in value)
    if field.kind == "pairs" and isinstance(value, Mapping):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    if field.kind == "days":
        return [str(value[0]).removeprefix("-"), str(value[1])]
    return "" if value is None else value


def _at(raw: Any, name: str) -> Any:
    for step in name.split("."):
        raw = raw[step]
    return raw


def by_field(faults: Mapping[str, list[str]], fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    """Yield each fault with its field on the screen, "" if it has none."""
    names = sorted((field.name for field in fields), key=len, reverse=True)
    for at, messages in faults.items():
        place = next((name for name in names if at == name or at.startswith(f"{name}.")), "")
        for message in messages:
            yield place, message
