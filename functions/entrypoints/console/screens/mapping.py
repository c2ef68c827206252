"""The mapping screen: a row per object, with calendars to choose from; both lists are read live."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Literal

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from functions.application.setting_up import available, combined_spaces, consent, partial_settings, removal
from functions.application.setting_up.available import Available
from functions.application.store import integrations
from functions.domain.model.bounds import whole_number
from functions.domain.model.errors import Invalid, SyncError
from functions.domain.settings.integration import Phase
from functions.domain.settings.schema import MappingRow, Settings
from functions.entrypoints.console.forms.fields import Field
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.texts import Texts
from functions.entrypoints.console.unread import page_of

FIELDS = (Field("mapping"),)
SHOWS: tuple[Literal["full", "private", "booked"], ...] = ("full", "private", "booked")
SPARE = 1
MOST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """A row as shown. `listed`: i-Reserve's list has the object, so the form asks for its calendar only."""

    setting: MappingRow
    object_name: str = ""
    group: str = ""
    calendar_name: str = ""
    listed: bool = False
    shares: bool = False
    marks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The row's name, for screen readers."""
        return self.object_name or self.setting.object


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""

    @routes.get("/integrations/<int_id>/mapping")
    def mapping(int_id: str) -> Response:
        return _mapping_page(pages, int_id)

    @routes.post("/integrations/<int_id>/mapping")
    def save_mapping(int_id: str) -> Response:
        found = available.read(pages.ports, int_id)
        rows = _typed(request.form, found, integrations.get(pages.ports.documents, int_id).settings)
        if request.form.get("do") == "more":
            return _mapping_page(pages, int_id, rows=rows, spare=10)
        if request.form.get("do") == "combine":
            return _combined(pages, int_id, rows)
        then = "outbound" if request.form.get("do") == "next" else "mapping"
        faulty = partial(_mapping_page, pages, int_id, rows=rows)
        part = {"mapping": [{**asdict(row), "also": list(row.also)} for row in rows]}
        return pages.save(int_id, FIELDS, "mapping", faulty, part=part, then=then)

    @routes.post("/integrations/<int_id>/unmapped")
    def go_on(int_id: str) -> Response:
        if left := removal.take_unmapped(pages.ports, int_id):
            return pages.page("unmapped.html", int_id, here="mapping", left=left)
        return pages.done(f"/console/integrations/{int_id}/mapping", "saved")


def _combined(pages: Pages, int_id: str, rows: list[MappingRow]) -> Response:
    """Show the rows with what i-Reserve's resources propose; nothing is saved before a person does."""
    try:
        found = combined_spaces.proposed(pages.ports, int_id, rows)
    except SyncError as error:
        return _mapping_page(pages, int_id, error, rows=rows)
    more = {after.object: len(after.also) - len(before.also) for before, after in zip(rows, found, strict=True)}
    return _mapping_page(pages, int_id, rows=found, proposed={each: n for each, n in more.items() if n})


def _typed(form: MultiDict[str, str], found: Available, settings: Settings) -> list[MappingRow]:
    """Return the rows with a calendar, and those typed by hand; the name of just one object or calendar becomes its id.

    `@2` is a calendar by its place in the form's list; a number alone may be a calendar's title, typed or stored. Values
    that the form does not ask for stay as they were.
    """
    former = {row.object: row for row in settings.mapping}
    objects = _ids((each.id, each.name) for each in found.objects or ())
    calendars = _ids((each.id, each.title) for each in found.calendars or ())
    calendars |= {f"@{n}": each for n, each in enumerate(form.getlist("calendars"))}
    count = min(whole_number(form.get("rows", "")) or 0, MOST)
    listed = {each.id for each in found.objects or ()} | {"*"}
    rows = []
    for i in range(count):
        name, calendar = (form.get(f"mapping.{i}.{part}", "").strip() for part in ("object", "calendar"))
        name, calendar = objects.get(name.casefold(), name), calendars.get(calendar.casefold(), calendar)
        removed = form.get(f"mapping.{i}.remove") == "on" or (name in listed and not calendar)
        if (name or calendar) and not removed:
            before = former.get(name, MappingRow(name, calendar))
            shows = form.get(f"mapping.{i}.shows", before.shows)
            text = form.get(f"mapping.{i}.booked_text", before.booked_text).strip()
            wanted = next((each for each in SHOWS if each == shows), before.shows)
            also, new_events = before.also, before.new_events
            if f"mapping.{i}.asks_also" in form:
                named = (each.strip() for line in form.getlist(f"mapping.{i}.also") for each in line.split(","))
                also = tuple(calendars.get(each.casefold(), each) for each in named if each)
            if f"mapping.{i}.asks_new" in form:
                new_events = form.get(f"mapping.{i}.new_events") == "on"
            typed = MappingRow(name, calendar, wanted, text, also, new_events=new_events)
            rows.append(_with_around(form, i, typed, before))
    return rows


def _with_around(form: MultiDict[str, str], i: int, row: MappingRow, before: MappingRow) -> MappingRow:
    """Return a row with its minutes of preparation and clearing; -1, which is a fault, for what is not a number."""
    minutes = []
    for part in ("before_minutes", "after_minutes"):
        said = form.get(f"mapping.{i}.{part}", "").strip() or "0"
        asked = f"mapping.{i}.{part}" in form
        minutes.append((whole_number(said) if said.isdecimal() else -1) if asked else getattr(before, part))
    around = form.get(f"mapping.{i}.around", before.around)
    first, last = (each if each is not None else -1 for each in minutes)
    chosen: Literal["text", "events"] = "events" if around == "events" else "text"
    return replace(row, before_minutes=first, after_minutes=last, around=chosen)


def _ids(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return ids by lower-case name, for names that are unique and are not an id themselves."""
    pairs = list(named)
    often = Counter(name.strip().casefold() for _, name in pairs)
    taken = {identity for identity, _ in pairs}
    names = ((name.strip().casefold(), identity) for identity, name in pairs)
    return {name: identity for name, identity in names if often[name] == 1 and name not in taken}


def _mapping_page(
    pages: Pages,
    int_id: str,
    error: SyncError | None = None,
    rows: list[MappingRow] | None = None,
    spare: int = SPARE,
    proposed: Mapping[str, int] | None = None,
) -> Response:
    integration = consent.named(pages.ports, integrations.get(pages.ports.documents, int_id))
    settings, t = integration.settings, pages.texts(integration)
    kept = list(settings.mapping) if rows is None else rows
    found = available.read(pages.ports, int_id, also=list(dict.fromkeys(row.calendar for row in kept if row.calendar)))
    fresh = rows is None and not kept and integration.phase is Phase.DRAFT
    shown = _rows(kept, found, settings, suggest=fresh)
    if proposed:
        marked = {row.setting.object: ("suggested", *row.marks) for row in shown if row.setting.object in proposed}
        shown = [replace(row, marks=marked.get(row.setting.object, row.marks)) for row in shown]
    lost, cut = available.without_calendar(pages.ports, int_id) if found.objects else ([], False)
    return pages.page(
        "mapping.html",
        int_id,
        422 if error is not None else 200,
        here="mapping",
        rows=[*shown, *[Row(MappingRow("", ""))] * (spare if pages.may_act() else 0)],
        has_star=any(row.object == "*" for row in kept),
        known={each.id for each in found.calendars or ()},
        found=found,
        mended_at=page_of(found.consent),
        shows=SHOWS,
        suggested=sum("suggested" in row.marks for row in shown) if fresh else 0,
        proposed=sum(proposed.values()) if proposed is not None else None,
        lost=lost,
        cut=cut,
        row_faults=_row_faults(error, t, kept, shown),
        faults=pages.faults(error, FIELDS, t) if error is not None and not isinstance(error, Invalid) else {},
        seen=request.form.get("seen", "") if error is not None else partial_settings.mark(settings, ["mapping"]),
    )


def _rows(kept: list[MappingRow], found: Available, settings: Settings, *, suggest: bool) -> list[Row]:
    """Return the given rows, and one per object without; with `suggest` it gets a calendar of the same name, if any."""
    titles = _ids((each.id, each.title) for each in found.calendars or () if each.writable)
    rows = [_row(row, kept, found, settings) for row in kept]
    have = {row.object for row in kept}
    for each in found.objects or ():
        if each.id not in have:
            calendar = titles.get(each.name.strip().casefold(), "") if suggest else ""
            marks = ("suggested",) if calendar else () if "*" in have else ("no_calendar",)
            rows.append(Row(MappingRow(each.id, calendar), each.name, each.group, listed=True, marks=marks))
    if "*" not in have and found.objects is not None:
        rows.append(Row(MappingRow("*", ""), listed=True))
    return sorted(rows, key=lambda row: row.setting.object == "*")  # the others keep their order: the first one counts


def _row_faults(error: SyncError | None, t: Texts, kept: list[MappingRow], shown: list[Row]) -> dict[str, list[str]]:
    """Return the faults by the row as shown; the settings number only the rows that were sent."""
    faults: dict[str, list[str]] = {}
    for fault in error.faults if isinstance(error, Invalid) else ():
        faults.setdefault(_place(fault.field, kept, shown), []).append(t.sentence(fault.message))
    return faults


def _place(field: str, kept: list[MappingRow], shown: list[Row]) -> str:
    name, _, rest = field.partition(".")
    number, _, part = rest.partition(".")
    part = part.partition(".")[0]  # a fault in a list is shown at the whole list
    if name != "mapping" or not number.isdigit() or int(number) >= len(kept):
        return field
    row = kept[int(number)]
    at = next((n for n, each in enumerate(shown) if each.setting == row), None)
    return field if at is None else f"mapping.{at}.{part or 'object'}"


def _row(row: MappingRow, rows: list[MappingRow], found: Available, settings: Settings) -> Row:
    objects = {each.id: each for each in found.objects or ()}
    calendars = {each.id: each for each in found.calendars or ()}
    entry = calendars.get(row.calendar) or next(
        (c for c in calendars.values() if c.primary and row.calendar == "primary"), None
    )
    marks = []
    if Counter(each.object for each in rows)[row.object] > 1:
        marks.append("duplicate")
    if found.objects is not None and row.object not in ("*", "") and row.object not in objects:
        marks.append("unknown_object")
    if found.calendars is not None and row.calendar and entry is None:
        marks.append("unreachable")
    if entry is not None and not entry.listed:
        marks.append("not_listed")
    if entry is not None and not entry.writable:
        marks.append("read_only")
    if settings.inbound.enabled and row.calendar and settings.object_for_new_event(row.calendar) == row.object:
        marks.append("inbound")
    known = objects.get(row.object)
    return Row(
        row,
        known.name if known is not None else "",
        known.group if known is not None else "",
        entry.title if entry is not None else "",
        listed=known is not None or row.object == "*",
        shares=settings.shares(row.calendar),
        marks=tuple(marks),
    )
