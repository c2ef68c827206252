"""What a parked item is about, in words: its subject has ids and hashes, which only support needs."""

from functions.application.finding.names import Names
from functions.application.intake.hints import Kind
from functions.application.ports import Body
from functions.domain.model.identity import calendar_hash
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.texts import Texts


def about(item: Body, names: Names, settings: Settings, t: Texts) -> str:
    """Return what an item is about: a booking by number, a calendar by name, what takes longer by when it began."""
    called = t(f"kind.{item['kind']}")
    match item["kind"], item["subject"]:
        case Kind.BOOKING, [booking]:
            return f"{called} {booking}"
        case Kind.EVENT, [calendar, _]:
            return t("parked.event", calendar=names.calendar(calendar))
        case Kind.CALENDAR, [hashed, *_]:
            known = {calendar_hash(each): each for each in settings.calendars}
            return f"{called} {names.calendar(known[hashed])}" if hashed in known else t("parked.unmapped")
        case Kind.SCAN, [scan, began]:
            return t("parked.begun", what=t(f"walk.{scan}"), at=t.moment(began))
        case Kind.AUDIT | Kind.PROBE, [began, *_]:
            return t("parked.begun", what=called, at=t.moment(began))
    return called


def ids(item: Body) -> tuple[str, ...]:
    """Return the ids by which support finds what an item is about: of an event, or of a link that cannot be read."""
    return tuple(item["subject"][1:]) if item["kind"] in (Kind.EVENT, Kind.CALENDAR) else ()
