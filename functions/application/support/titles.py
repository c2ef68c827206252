"""What bookings are called in the calendar, read live for a page and kept nowhere."""

from collections.abc import Iterable
from functools import partial
from itertools import islice

from functions.application.ports import Ports
from functions.application.store import integrations
from functions.application.sync.session import open_session
from functions.domain.planning.projection import appointment_of

MOST = 40


def titles(ports: Ports, int_id: str, booking_ids: Iterable[str]) -> dict[str, str]:
    """Return the titles that the template gives these bookings, as far as they can be read; of the first ones only."""
    session = open_session(ports, integrations.get(ports.documents, int_id))
    wanted = islice(dict.fromkeys(each for each in booking_ids if each), MOST)
    pieces = [partial(session.again().read_booking, each) for each in wanted]
    found = (read.value for read in ports.in_parallel(pieces))
    return {each.id: appointment_of(each, session.settings, "").title for each in found if each is not None}
