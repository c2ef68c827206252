"""Parts of a probe about statuses, webhooks, and who else writes."""

from dataclasses import replace
from datetime import datetime

from functions.application.probing import probe_lists, probe_record
from functions.application.probing.probe_bench import Bench
from functions.application.probing.probe_record import Written
from functions.domain.model.booking import Booking
from functions.domain.model.errors import Refused
from functions.domain.planning.step import BookingChange


def status(b: Bench) -> None:
    """Cancel the second booking and open it again, where that is allowed; see how soon a status shows."""
    cancelled = b.session.settings.cancel_status
    if cancelled is None:
        raise Refused("there is no status to cancel with", reason="no_cancel_status")
    booking = b.second()
    opened = booking.status
    after = _changed(b, booking, cancelled)
    probe_lists.status_names(b, after)
    try:
        again = _changed(b, after, opened)
    except Refused as error:
        b.trial = replace(b.trial, notes={**b.trial.notes, "reopen": error.reason})
    else:
        b.trial = replace(b.trial, notes={**b.trial.notes, "reopen": "allowed"})
        probe_lists.status_names(b, again)


def _changed(b: Bench, booking: Booking, wanted: int) -> Booking:
    """Change the status and note how long it took to show; raises `Refused`."""
    waited, at = 0.0, b.session.now()
    last: Refused | None = None
    for patience in b.guesses("status_lag_seconds"):
        waited += patience
        try:
            after = b.asking(status_lag_seconds=patience).write(booking, BookingChange(status=wanted))
        except Refused as error:
            if error.reason != "not_applied":
                raise
            last = error
            continue
        b.find(status_lag_seconds=max(waited, b.trial.found.get("status_lag_seconds", 0.0)))
        done = Written(booking.id, at, b.session.now(), status=True)
        b.trial = replace(b.trial, writes=(*b.trial.writes, done))
        return after
    raise last or Refused("the status does not change", reason="not_applied")


def webhooks(b: Bench) -> None:
    """See whether webhooks of the probe's own writes came, how soon, and how long before a status showed."""
    if not b.trial.listening:
        raise Refused("no webhook could be registered", reason="no_webhook")
    heard = probe_record.heard(b.session.ports.documents, b.session.id, b.trial.started_at)
    b.find(write_fires_hooks=bool(heard))
    if not heard:
        return
    delay = min((min(heard) - each.at).total_seconds() for each in b.trial.writes if each.at <= min(heard))
    b.trial = replace(b.trial, notes={**b.trial.notes, "webhook_after_seconds": round(max(0.0, delay), 1)})
    leads = [lead for each in b.trial.writes if each.status for lead in _leads(each, heard)]
    if leads and max(leads) > 0 and b.trial.found.get("status_lag_seconds"):
        b.find(hook_lead_seconds=round(max(leads) + 0.05, 1))


def _leads(written: Written, heard: list[datetime]) -> list[float]:
    """Return how long before a status showed its webhook came."""
    if written.shown_at is None:
        return []
    return [(written.shown_at - at).total_seconds() for at in heard if written.at <= at <= written.shown_at][:1]


def built_in(b: Bench) -> None:
    """Settle whether somebody else writes event ids into bookings."""
    shown = b.dialect.external_id_returned or b.trial.found.get("column_external_id")
    own_field = b.session.settings.outbound.external_id_field != "external_id"
    if b.trial.second_held:
        b.find(built_in_active=True)
    elif b.trial.second and (shown or own_field) and "write_back" not in b.trial.trouble:
        b.find(built_in_active=False)
