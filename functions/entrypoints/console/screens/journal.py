"""The journal in sentences, with filters, export and undo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from functions.application.deciding import undo
from functions.application.ports import Body
from functions.application.store import integrations, journal_read
from functions.application.store.journal import find as entry_of
from functions.application.store.journal_read import KINDS, OUTCOMES, Selection
from functions.domain.model import zones
from functions.domain.model.errors import Malformed, Refused, SyncError
from functions.domain.model.messages import say
from functions.domain.settings.integration import Integration
from functions.entrypoints.console.csv_tables import as_csv
from functions.entrypoints.console.journal_sentences import Told, tell, would
from functions.entrypoints.console.pages import Pages
from functions.entrypoints.console.texts import Texts

PAGE, MOST_EXPORTED = 50, 5000
LONGEST = timedelta(minutes=2)  # of a search for a file: a request is cut off after five
ASKED = ("booking", "room", "from", "to", "kind", "outcome", "person")
COLUMNS = ("at", "booking", "room", "direction", "what", "by", "outcome", "seconds", "kind", "id")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they were typed."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def query(self) -> str:
        """The filters as a query string."""
        given = {name: value for name, value in self.values.items() if value}
        return f"?{urlencode(given)}" if given else ""


def add(routes: Blueprint, pages: Pages) -> None:
    """Add the routes of this screen."""
    ports = pages.ports

    @routes.get("/integrations/<int_id>/journal")
    def journal(int_id: str) -> Response:
        return _journal_page(pages, int_id)

    @routes.get("/integrations/<int_id>/journal.csv")
    def as_table(int_id: str) -> Response:
        t = pages.texts(integrations.get(ports.documents, int_id))
        said = [_cells(each, t) for each in _told(pages, int_id, _chosen(pages, int_id))]
        return _file(as_csv([t(f"csv.{name}") for name in COLUMNS], said), "text/csv", f"journal-{int_id}.csv")

    @routes.get("/integrations/<int_id>/journal.json")
    def as_json(int_id: str) -> Response:
        text = json.dumps(_chosen(pages, int_id), ensure_ascii=False, indent=1)
        return _file(text, "application/json", f"journal-{int_id}.json")

    @routes.get("/integrations/<int_id>/journal/<entry>/undo")
    def ask_undo(int_id: str, entry: str) -> Response:
        return _undo(pages, int_id, entry)

    @routes.post("/integrations/<int_id>/journal/<entry>/undo")
    def do_undo(int_id: str, entry: str) -> Response:
        try:
            done = undo.undo(ports, int_id, entry, pages.actor())
        except SyncError as error:
            return _undo(pages, int_id, entry, error)
        return pages.done(f"/console/integrations/{int_id}/journal", "undone" if done.done else "undoing")


def _journal_page(pages: Pages, int_id: str) -> Response:
    integration = integrations.get(pages.ports.documents, int_id)
    t, names = pages.texts(integration), pages.catalogue.of(int_id)
    asked, before = _asked(), request.args.get("before", "")
    rows: list[Body] = []
    more = wrong = ""
    try:
        choice = selection(asked, integration, t)
        rows, more = journal_read.selected(pages.ports, int_id, choice, before, PAGE)
    except Malformed as error:
        wrong = t.sentence(str(error))
    objects = [row.object for row in integration.settings.mapping if row.object != "*"]
    return pages.page(
        "journal.html",
        int_id,
        422 if wrong else 200,
        here="journal",
        asked=asked,
        query=asked.query,
        filtered=bool(asked.query),
        rows=[tell(row, names, integration.settings, t) for row in rows],
        rooms=[(each, names.object(each)) for each in dict.fromkeys(objects)],
        kinds=KINDS,
        outcomes=OUTCOMES,
        more=more,
        back_to=more.partition("|")[0],
        wrong=wrong,
        live=not before and not wrong,
    )


def _asked() -> Asked:
    return Asked({name: request.args.get(name, "").strip() for name in ASKED})


def selection(asked: Asked, integration: Integration, t: Texts) -> Selection:
    """Return the requested entries; raises `Malformed` for a wrong date, kind or outcome, with the choices as the page names them."""
    settings, room = integration.settings, asked["room"]
    zone = settings.timezone
    kind, outcome = asked["kind"], asked["outcome"]
    for value, known, group in ((kind, KINDS, "journal.kinds"), (outcome, OUTCOMES, "outcome")):
        if value and value not in known:
            raise Malformed(
                say("choose one of {}", ", ".join(f"“{t(f'{group}.{each}')}”" for each in known)), reason="kind"
            )
    calendar = settings.calendar_of(room) if room else None
    alone = calendar is not None and settings.objects_of(calendar) == (room,)
    return Selection(
        booking=asked["booking"],
        objects=(room,) if room else (),
        calendars=(calendar,) if calendar is not None and alone else (),
        kind=kind,
        outcome=outcome,
        actor=asked["person"],
        since=_midnight(asked["from"], zone, 0),
        until=_midnight(asked["to"], zone, 1),
    )


def _midnight(text: str, zone: str, more: int) -> datetime | None:
    if not text:
        return None
    try:
        return zones.midnight(date.fromisoformat(text) + timedelta(days=more), zone)
    except (ValueError, OverflowError):
        raise Malformed("give dates as 2026-11-24", reason="date") from None


def _chosen(pages: Pages, int_id: str) -> list[Body]:
    """Return every entry that matches the filters, up to the limit of a file; raises `Refused` if that takes too long."""
    until = pages.ports.clock() + LONGEST
    integration = integrations.get(pages.ports.documents, int_id)
    choice = selection(_asked(), integration, pages.texts(integration))
    found, more = journal_read.selected(pages.ports, int_id, choice, "", MOST_EXPORTED)
    while more and len(found) < MOST_EXPORTED:
        if pages.ports.clock() >= until:
            raise Refused("this takes too long; choose a booking or some days first", reason="takes_long")
        rows, more = journal_read.selected(pages.ports, int_id, choice, more, MOST_EXPORTED - len(found))
        found += rows
    return found


def _told(pages: Pages, int_id: str, rows: list[Body]) -> list[Told]:
    integration = integrations.get(pages.ports.documents, int_id)
    t, names = pages.texts(integration), pages.catalogue.of(int_id)
    return [tell(row, names, integration.settings, t) for row in rows]


def _cells(row: Told, t: Texts) -> list[str]:
    """Return an entry in the words of the page; `journal.json` has it as it is stored."""
    at, way = f"{t.local(row.at):%Y-%m-%d %H:%M:%S}", t(f"journal.{row.direction}").removesuffix(":")
    outcome, kind = t.name("outcome", row.ended, t("outcome.other")), t(f"journal.kinds.{row.kind}")
    seconds = "" if row.seconds is None else t.tenths(row.seconds)
    return [at, row.booking_id, row.room, way, row.says, row.by, outcome, seconds, kind, row.id]


def _file(text: str, kind: str, name: str) -> Response:
    return Response(text, headers={"Content-Disposition": f'attachment; filename="{name}"'}, mimetype=kind)


def _undo(pages: Pages, int_id: str, entry: str, error: SyncError | None = None) -> Response:
    integration = integrations.get(pages.ports.documents, int_id)
    t, names = pages.texts(integration), pages.catalogue.of(int_id)
    found, trouble = None, error
    if error is None:
        try:
            found = undo.preview(pages.ports, int_id, entry)
        except SyncError as refused:
            trouble = refused
    body = entry_of(pages.ports.documents, int_id, entry)
    return pages.page(
        "undo.html",
        int_id,
        409 if trouble is not None else 200,
        here="journal",
        found=found,
        trouble=t.sentence(str(trouble)) if trouble is not None else "",
        entry=entry,
        steps=[would(step, body or {}, names, t) for step in found.steps] if found is not None else [],
        row=tell({"id": entry, **body}, names, integration.settings, t) if body is not None else None,
    )
