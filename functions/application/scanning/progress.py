"""The progress of a scan: each task saves it, and the next one continues from it."""

from dataclasses import dataclass
from datetime import date, datetime

from functions.application.intake.hints import SETTINGS
from functions.application.scanning.listing import NEW, Position
from functions.application.scanning.overlaps import NOTHING, Overlaps
from functions.domain.model.stretch import WEEK

SINGLE_READS = 400  # of bookings in one sweep; beyond that, rows that say too little, and texts, are left
SWEEPS = ("near", "full")
TURN = 320  # bookings whose texts are read in one night, if there are too many to read all


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan's progress. `week` is the first of the `days` being scanned, `position` the place in their list, or in the news'."""

    kind: str  # backfill | resync | near | full
    first: date
    last: date
    started_at: datetime
    week: date
    position: Position = NEW
    days: int = WEEK
    looked: int = 0
    changed: int = 0
    failed: int = 0
    unread: int = 0  # bookings whose texts, which rows do not show, were left for another night
    unseen: int = 0  # bookings whose row says too little, and that the sweep's reads did not reach
    reads: int = 0  # single reads so far
    refused: int = 0  # pairs whose event id or Meet link i-Reserve refused again
    touched_at: datetime | None = None  # when its next task is due
    finished_at: datetime | None = None
    actor: str = ""
    turn: int = 0  # this sweep reads the texts of the bookings with this turn
    turns: int = 1
    since: datetime | None = None  # changes since then are read first, in the whole window; None: done, or unsearchable
    new_settings: bool = False  # started because of changed settings
    overlaps: Overlaps = NOTHING  # of a full scan: bookings that overlap
    statuses: tuple[int, ...] = ()  # statuses that no list names, of coming bookings on mapped objects
    leaves_out: date | None = None  # of a backfill and scans beside it: earlier bookings get no event until they change

    @property
    def name(self) -> str:
        """Distinguishes this scan from earlier ones of its kind."""
        return self.started_at.isoformat()

    @property
    def source(self) -> str:
        """The source of its hints."""
        return SETTINGS if self.new_settings else self.kind

    @property
    def lane(self) -> str:
        """The near sweep runs beside live changes; other scans wait for them."""
        return "live" if self.kind == "near" else "backfill"

    def next_turn(self) -> tuple[int, int]:
        """Return the next turn and the number of turns, so that all texts are read within some nights."""
        asked = self.reads + self.unread
        turns = 1 + asked // TURN if asked > SINGLE_READS else 1
        return (self.turn + 1) % turns, turns
