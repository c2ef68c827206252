"""What a page could not read, shown once per reason: an outage of Google is one sentence, not one per calendar."""

from collections.abc import Iterable
from dataclasses import dataclass

from functions.application.finding.day import PAIRS
from functions.application.finding.names import Names
from functions.application.store.stopped import Trouble
from functions.entrypoints.console.texts import Texts

IRESERVE = "ireserve"  # as `day` and `search` name that side
PAGES = {IRESERVE: IRESERVE, PAIRS: "waiting"}


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read (the sentence `who`), why (another sentence), and the page that helps."""

    who: str
    why: str
    page: str


def unread(troubles: Iterable[Trouble], names: Names, t: Texts) -> list[Unread]:
    """Group what could not be read by reason; what no new consent mends, diagnostics say more of."""
    by: dict[tuple[str, str], list[str]] = {}
    for each in troubles:
        by.setdefault((PAGES.get(each.place) or page_of(each.consent), each.why), []).append(each.place)
    return [Unread(_who(places, names, t), t.sentence(why), page) for (page, why), places in by.items()]


def _who(places: list[str], names: Names, t: Texts) -> str:
    if places == [IRESERVE]:
        return t("day.unread", who="i-Reserve")
    if places == [PAIRS]:
        return t("day.unread_pairs")
    if len(places) == 1:
        return t("day.unread", who=names.calendar(places[0]))
    return t("day.unread_calendars", n=len(places))


def page_of(consent: bool) -> str:  # noqa: FBT001 -- a page's only question
    """Return the page that helps where Google's calendars cannot be read, by whether a new consent mends that."""
    return "authentication" if consent else "diagnostics"
