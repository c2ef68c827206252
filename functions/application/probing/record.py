"""The probe's record: its progress, the state before it, its findings. Stored as `progress/probe`.

Webhooks that name its bookings are recorded beside it (`progress/probe_heard`) and not followed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from functions.application.intake.hints import WEBHOOK, Hint, Kind, look_again
from functions.application.ports import Body, Documents, Ports, Transaction
from functions.application.store.integrations import path_of
from functions.application.store.once import change_once
from functions.application.store.records import body_of, record_of, stored
from functions.domain.model.appointment import When
from functions.domain.model.errors import Stale
from functions.domain.model.messages import say
from functions.domain.settings.integration import Hook, Integration

KEPT_HEARD = 200
WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a booking is: its object and its time."""

    object_id: str
    when: When


@dataclass(frozen=True, slots=True)
class Written:
    """A write of the probe: when it was sent, and when its effect could be read (aware UTC)."""

    booking: str
    at: datetime
    shown_at: datetime | None = None
    status: bool = False


LEFT = {
    "moved": "booking {} is not where it was; move it back in i-Reserve (i-Reserve: {})",
    "second": "booking {} was made by the probe and could not be cancelled; cancel it in i-Reserve (i-Reserve: {})",
    "unknown": 'the booking with the remarks "{}" was made by the probe and could not be cancelled; cancel it in i-Reserve (i-Reserve: {})',
    "hooks": "webhook {} of the probe is still in i-Reserve; remove it under Configuration > System > Webhooks (i-Reserve: {})",
    "login": "put back with `probe {} --stop` once the right password is saved; i-Reserve refuses the login ({})",
}


@dataclass(frozen=True, slots=True)
class Left:
    """Something that could not be put back: `what` is a key of LEFT, `subject` the id concerned, `reason` a code."""

    what: str
    subject: str
    reason: str

    def __str__(self) -> str:
        """Return what is left, and what to do about it."""
        return say(LEFT[self.what], self.subject, self.reason)


@dataclass(frozen=True, slots=True)
class Trial:
    """One probe.

    `before` is where the test booking was and returns to; `touched` are the spots that the probe moved it to. `second`
    is the booking that the probe made; `making` is set while it is being made, to its spot. `left` says what could not
    be put back.
    """

    started_at: datetime
    booking: str
    object: str
    before: Spot
    number: int  # of places that the test booking takes
    actor: str = ""
    ireserve: str = ""  # its address: elsewhere the same numbers are other bookings
    marker: str = ""
    part: int = 0  # of PARTS in `probe.py`
    attempt: int = 0
    due: datetime | None = None
    leased_until: datetime | None = None
    stop: bool = False
    finished_at: datetime | None = None
    touched: tuple[Spot, ...] = ()
    second: str = ""
    second_spot: Spot | None = None
    second_held: str = ""  # what somebody else wrote into its id field
    making: Spot | None = None
    taken: bool = False  # i-Reserve says that the second booking's spot is not free
    hooks: tuple[Hook, ...] = ()  # registered for the probe only
    listening: bool = False  # a webhook is registered
    writes: tuple[Written, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()  # stored points that proved wrong
    trouble: Mapping[str, str] = field(default_factory=dict)  # part -> reason code
    notes: Mapping[str, Any] = field(default_factory=dict)
    left: tuple[Left, ...] = ()

    @property
    def name(self) -> str:
        """Distinguishes this probe from earlier ones."""
        return self.started_at.isoformat()

    @property
    def unfinished(self) -> bool:
        """Whether it has not ended, or left something behind."""
        return self.finished_at is None or bool(self.left)

    @property
    def bookings(self) -> tuple[str, ...]:
        """The bookings it works on."""
        return (self.booking, self.second) if self.second else (self.booking,)


def current(documents: Documents | Transaction, int_id: str) -> Trial | None:
    """Return the last probe, under way or not, or None."""
    return trial_of(documents.get(path_of(int_id, "progress", "probe")))


def trial_of(body: Body | None) -> Trial | None:
    """Return the stored progress, or None if there is none."""
    return record_of(Trial, body, "the probe") if body is not None else None


class Overtaken(Stale):
    """Another worker went on with this probe, or another probe began: nothing more is to be done for this one here."""


def save(ports: Ports, int_id: str, trial: Trial, over: Trial | None) -> Trial:
    """Save the progress in place of `over`; a `stop` that a person asked for meanwhile stays.

    Raises `Overtaken` if anything else is stored by now.
    """

    def put(tx: Transaction) -> Trial:
        saved = standing(tx, int_id, trial, over)
        tx.put(path_of(int_id, "progress", "probe"), stored(saved))
        return saved

    return ports.documents.transact(put)


def standing(tx: Transaction, int_id: str, trial: Trial, over: Trial | None) -> Trial:
    """Return the progress as it is to be saved in place of `over`; raises `Overtaken`."""
    there = trial_of(tx.get(path_of(int_id, "progress", "probe")))
    if _but_for_stop(there) not in (_but_for_stop(over), _but_for_stop(trial)):  # the latter: an answer was lost
        raise Overtaken("another worker went on with this probe, or another one began", reason="overtaken")
    stop = trial.stop or (there is not None and there.stop and there.name == trial.name)
    return replace(trial, stop=stop)


def _but_for_stop(trial: Trial | None) -> Body | None:
    return body_of(replace(trial, stop=False)) if trial is not None else None


def change(ports: Ports, int_id: str, by: Callable[[Trial | None], Trial]) -> Trial:
    """Change the progress in one transaction; `by` may run several times, but not on what it made."""

    def apply(body: Body | None) -> tuple[Body, Trial]:
        after = by(trial_of(body))
        return stored(after), after

    return change_once(ports.documents, path_of(int_id, "progress", "probe"), apply)


def note_webhook(ports: Ports, integration: Integration, hint: Hint) -> bool:
    """Record a webhook of a booking that the probe works on; returns True if nothing else is to follow it.

    A webhook that names no booking is recorded and followed as well. While the probe is making a booking, a webhook of
    an unknown booking waits: it may be that one.
    """
    if not integration.probing or hint.source != WEBHOOK or hint.detail != str(integration.webhook_generation):
        return False
    trial = current(ports.documents, integration.id)
    if trial is None or trial.finished_at is not None:
        return False
    at = (hint.at or ports.clock()).isoformat()
    if hint.kind is Kind.BOOKING and hint.subject[0] not in trial.bookings:
        if trial.making is None:
            return False
        due = ports.clock() + WAIT
        look_again(ports.tasks, hint, due, "after-probe")
        return True
    named = hint.kind is Kind.BOOKING
    path = path_of(integration.id, "progress", "probe_heard")

    def add(tx: Transaction) -> None:
        body: Body = tx.get(path) or {}
        heard = {*body.get("named" if named else "unnamed", ()), at}
        tx.put(path, {**body, "named" if named else "unnamed": sorted(heard)[-KEPT_HEARD:]})

    ports.documents.transact(add)
    return named


def heard(documents: Documents, int_id: str, since: datetime) -> list[datetime]:
    """Return when webhooks arrived since a moment; those that name no booking count only if no webhook named one."""
    body = documents.get(path_of(int_id, "progress", "probe_heard")) or {}
    times = body.get("named") or body.get("unnamed") or ()
    return [moment for text in times if (moment := datetime.fromisoformat(text)) >= since]


def forget_webhooks(ports: Ports, int_id: str) -> None:
    """Forget the webhooks recorded before."""
    ports.documents.transact(lambda tx: tx.put(path_of(int_id, "progress", "probe_heard"), {}))
