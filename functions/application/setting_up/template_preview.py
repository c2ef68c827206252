"""How a booking would look with unsaved templates."""

from dataclasses import dataclass, replace

from functions.application.ports import Ports
from functions.application.store import integrations
from functions.application.sync.session import open_session
from functions.domain.comparing.event_content import appointment_of
from functions.domain.model.appointment import When
from functions.domain.model.errors import Fault, Invalid, SyncError
from functions.domain.model.identity import is_ireserve_id, must_be_booking
from functions.domain.settings.template import placeholders, template_faults, unfilled


@dataclass(frozen=True, slots=True)
class Shown:
    """A booking as its event would show it; never stored."""

    booking_id: str
    status: int
    object_id: str
    when: When
    title: str
    description: str
    unfilled: tuple[str, ...] = ()  # placeholders for which i-Reserve's answer has no field


def never_filled(ports: Ports, int_id: str, booking_id: str) -> tuple[str, ...]:
    """Return the placeholders, custom fields aside, for which this booking has no field; () if it cannot be read."""
    if not is_ireserve_id(booking_id):
        return ()
    session = open_session(ports, integrations.get(ports.documents, int_id))
    try:
        booking = session.reservations.read(booking_id)
    except SyncError:
        return ()
    named = " ".join(f"{{{name}}}" for name in placeholders() if not name.startswith("RES_CUSTOM"))
    return unfilled(named, booking)


def show(ports: Ports, int_id: str, booking_id: str, title: str, description: str) -> Shown:
    """Read a booking and fill both templates; raises `Invalid` with their fields, or what reading raises."""
    given = {"outbound.title_template": title, "outbound.description_template": description}
    faults = [Fault(name, says) for name, template in given.items() for says in template_faults(template)]
    if faults:
        raise Invalid(tuple(faults))
    must_be_booking(booking_id)
    integration = integrations.get(ports.documents, int_id)
    booking = open_session(ports, integration).reservations.read(booking_id)
    outbound = replace(integration.settings.outbound, title_template=title, description_template=description)
    settings = replace(integration.settings, outbound=outbound)
    made = appointment_of(booking, settings, settings.calendar_of(booking.object_id) or "")
    empty = unfilled(f"{title} {description}", booking)
    return Shown(booking.id, booking.status, booking.object_id, made.when, made.title, made.description, empty)
