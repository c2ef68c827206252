"""The story of `make demo`: what the product does for a venue, step by step, on any stage."""

from collections.abc import Callable, Iterator

from sandbox.stage import Stage
from sandbox.story import inbound, mishaps, moving_in, outbound, showing
from sandbox.story.tale import Tale

Step = Callable[[Tale], Iterator[str]]
CHAPTERS: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("Setting up", moving_in.STEPS),
    ("Bookings become events", outbound.STEPS),
    ("What others see of a booking", showing.STEPS),
    ("What people do in the calendar reaches i-Reserve", inbound.STEPS),
    ("When something goes wrong", mishaps.STEPS),
)


def story(stage: Stage, tell: Callable[[str, tuple[Step, ...], Tale], None]) -> None:
    """Play every chapter on the stage; `tell` runs the steps of one and reports them."""
    tale = Tale(stage)
    for title, steps in CHAPTERS:
        tell(title, steps, tale)
