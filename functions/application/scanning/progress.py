"""The progress of a scan: each of its tasks saves it, and the next one continues from it."""

from dataclasses import dataclass
from datetime import date, datetime

from functions.application.intake.hints import SETTINGS
from functions.application.scanning.listing import NEW, Position
from functions.application.scanning.overlaps import NOTHING, Overlaps
from functions.domain.model.stretch import WEEK

SINGLE_READS = 400  # of bookings whose row does not say enough, per sweep
SWEEPS = ("near", "full")
TURN = 320  # bookings whose texts are read in one night when there are too many to read all


@dataclass(frozen=True, slots=True)
class Scan:
    """The progress of a scan. `week` is the first of the `days` being scanned, `position` the place in their list."""

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
    unread: int = 0  # bookings whose texts, which no row shows, were left for another night
    unseen: int = 0  # bookings whose row says too little, and that a sweep had no budget left to read
    reads: int = 0  # single reads so far
    refused: int = 0  # pairs whose event's id or Meet link i-Reserve refused once more
    touched_at: datetime | None = None
    finished_at: datetime | None = None
    actor: str = ""
    turn: int = 0  # texts are read of the bookings that have this turn
    turns: int = 1
    since: datetime | None = None  # what changed since then is read first, wherever it is; None: that cannot be asked
    news_after: str = ""  # the last of those that was read
    new_settings: bool = False  # begun because settings were changed
    overlaps: Overlaps = NOTHING  # of a whole search: what stands on what
    leaves_out: date | None = None  # a backfill: bookings before this day get no event until they change

    @property
    def name(self) -> str:
        """Distinguishes this scan from earlier ones of its kind."""
        return self.started_at.isoformat()

    @property
    def source(self) -> str:
        """The source of its looks."""
        return SETTINGS if self.new_settings else self.kind

    @property
    def lane(self) -> str:
        """The near sweep runs alongside live changes; the other scans wait for them."""
        return "live" if self.kind == "near" else "backfill"

    def next_turn(self) -> tuple[int, int]:
        """Return the next turn and the number of turns, so that within some nights the texts of all bookings are read."""
        asked = self.reads + self.unread
        turns = 1 + asked // TURN if asked > SINGLE_READS else 1
        return (self.turn + 1) % turns, turns
