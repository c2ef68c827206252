"""The part of a probe about the external id, tried on the second booking: kept, shown, searched, emptied, how long."""

from dataclasses import dataclass

from functions.application.probing import probe_lists
from functions.application.probing.guesses import NOBODYS_ID
from functions.application.probing.probe_bench import Bench
from functions.domain.model.errors import Malformed, Refused
from functions.domain.model.identity import event_id
from functions.domain.planning.step import BookingChange

USUAL = 32  # characters of the ids that this service makes; Google's own are shorter
LONGEST = 128  # characters; longer is not tried
CUSTOM = "custom01"


@dataclass(slots=True)
class Ids:
    """Ids of the form that this service writes, of any length, all different."""

    b: Bench
    count: int = 0

    def next(self, length: int) -> str:
        """Return an id of this length that was not used before."""
        self.count += 1
        seed = f"probe {self.b.trial.name} {self.count}"
        return (event_id(self.b.session.digest, self.b.session.id, seed, 0) * (length // USUAL + 1))[:length]


def write_back(b: Bench) -> None:
    """Find out everything about the external id, then about searching custom fields."""
    ids = Ids(b)
    written = ids.next(USUAL)
    kept = _kept(b, written)
    if kept is None:
        _shorter(b, ids)
    elif kept == written:
        b.find(external_id_returned=True)
        probe_lists.external_id_column(b, written)
        _longer(b, ids)
    elif kept and written.startswith(kept):
        b.find(external_id_returned=True, external_id_max_length=len(kept))
        probe_lists.external_id_column(b, kept)
    elif not kept:
        b.find(external_id_returned=False)
        probe_lists.external_id_column(b, written)
    value = ids.next(min(b.trial.found.get("external_id_max_length") or USUAL, USUAL))
    held = _kept(b, value)
    if held is not None:
        _searched(b, "external_id", "search_external_id", held or value)
        _cleared(b, held or value)
    _custom(b, ids)


def _kept(b: Bench, value: str) -> str | None:
    """Write an external id and return what is shown afterwards; None where i-Reserve refuses it."""
    try:
        b.attempt(b.second(), BookingChange(external_id=value))
    except Refused:
        return None
    return b.second().external_id


def _longer(b: Bench, ids: Ids) -> None:
    wanted = ids.next(LONGEST)
    kept = _kept(b, wanted)
    if kept == wanted:
        b.find(external_id_max_length=None)
    elif kept and wanted.startswith(kept):
        b.find(external_id_max_length=len(kept))
    elif kept is None:
        b.find(external_id_max_length=_bisect(b, ids, USUAL, LONGEST))


def _shorter(b: Bench, ids: Ids) -> None:
    """Look for a length that is taken, where 32 characters are refused; none: it cannot be written at all."""
    if longest := _bisect(b, ids, 0, USUAL):
        written = ids.next(longest)
        b.find(external_id_max_length=longest, external_id_returned=bool(_kept(b, written)))
        probe_lists.external_id_column(b, written)


def _bisect(b: Bench, ids: Ids, taken: int, refused: int) -> int:
    """Return the longest length that is taken; `taken` is one that is, `refused` one that is not."""
    while refused - taken > 1:
        middle = (taken + refused) // 2
        if _kept(b, ids.next(middle)) is None:
            refused = middle
        else:
            taken = middle
    return taken


def _searched(b: Bench, field: str, point: str, value: str) -> None:
    """Settle the name that finds the second booking by a value, and nothing by another value."""
    for name in b.guesses(point):
        try:
            ireserve = b.asking(**{point: name})
            found = ireserve.find(field, value)
            if found is not None and found.id == b.trial.second and ireserve.find(field, NOBODYS_ID) is None:
                b.find(**{point: name})
                return
        except (Refused, Malformed):
            continue
    b.find(**{point: None})


def _cleared(b: Bench, value: str) -> None:
    """Empty it, and see that it is empty: where it is shown, else where it can be searched."""
    after = _kept(b, "")
    if after is None:
        b.find(external_id_clearable=False)
    elif b.dialect.external_id_returned or b.trial.found.get("column_external_id"):
        b.find(external_id_clearable=not after)
    elif b.trial.found.get("search_external_id"):
        b.find(external_id_clearable=b.asking().find("external_id", value) is None)


def _custom(b: Bench, ids: Ids) -> None:
    """See whether a custom field can be searched; the one of the settings, else the first."""
    settings = b.session.settings
    named = (settings.outbound.external_id_field, settings.outbound.meet_link_field, settings.inbound.remarks_field)
    field = next((name for name in named if name.startswith("custom")), CUSTOM)
    value = ids.next(USUAL)
    try:
        b.attempt(b.second(), BookingChange(fields=((field, value),)))
    except Refused:
        return
    if b.second().value_of(field) == value:
        _searched(b, field, "search_custom", value)
        b.attempt(b.second(), BookingChange(fields=((field, ""),)))
