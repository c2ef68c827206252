"""The probe: finds out, with one test booking and one test object, what i-Reserve does not document.

It is a chain of parts, each a task. A part that is cut off, or fails for a reason that may pass, is put back and
retried a few times; then it is skipped, like a part that fails for any other reason. At the end the test booking is
where it was, and the booking that the probe made is cancelled. The findings become the integration's dialect.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.application.intake.hints import Hint, Kind, look_again
from functions.application.ports import Body, Documents, Ports, Transaction
from functions.application.probing import reading, record, second_booking, writing
from functions.application.probing.record import Left, Trial
from functions.application.probing.workbench import Bench
from functions.application.store import integrations
from functions.application.store.integrations import path_of
from functions.application.store.once import change_once
from functions.application.store.records import stored
from functions.application.sync.session import mark_revoked, open_session
from functions.domain.model.addresses import rest_base
from functions.domain.model.errors import AccessRevoked, Conflict, Gone, Stale, SyncError, Transient
from functions.domain.model.messages import say
from functions.domain.settings.integration import Integration

LEASE = timedelta(seconds=90)
WATCH = timedelta(minutes=3)  # after which the queue takes over a probe that nobody continues
MOST_ATTEMPTS = 4
BACK_OFF = (2, 5, 15, 60)  # seconds


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name, its work, and how many seconds it starts after the previous part."""

    name: str
    do: Callable[[Bench], None]
    wait: float = 0.0


PARTS = (
    Part("listen", second_booking.listen),
    Part("search", reading.search),
    Part("second_booking", second_booking.make),
    Part("update", second_booking.carries),
    Part("move", writing.move),
    Part("refused_move", writing.refused_move),
    Part("others", second_booking.somebody_writes, wait=8.0),
    Part("rows", reading.rows),
    Part("write_back", writing.write_back),
    Part("status", writing.status),
    Part("webhooks", writing.webhooks, wait=6.0),
    Part("built_in", writing.built_in),
    Part("put_back", second_booking.put_back),
)
LAST = len(PARTS) - 1


def queue(ports: Ports, int_id: str, trial: Trial) -> None:
    """Have the queue run the part that is due."""
    due = max(filter(None, (trial.due, trial.leased_until, ports.clock())))  # leased: a part is still running
    hint = Hint(Kind.PROBE, int_id, (trial.name, str(trial.part)), "probe", ports.clock())
    look_again(ports.tasks, hint, due, f"part-{trial.part}-{trial.attempt}")


def watch(ports: Ports, int_id: str, trial: Trial) -> None:
    """Have the queue check after some minutes whether the probe is still being continued."""
    due = ports.clock() + WATCH
    hint = Hint(Kind.PROBE, int_id, (trial.name, "watch"), "probe", ports.clock())
    look_again(ports.tasks, hint, due, "watch")


def run(ports: Ports, hint: Hint) -> None:
    """Run a probe's task: one part, then queue the next."""
    trial = record.current(ports.documents, hint.int_id)
    if trial is None or trial.finished_at is not None or trial.name != hint.subject[0]:
        return
    watching = hint.subject[1] == "watch"
    if watching:
        watch(ports, hint.int_id, trial)
    elif int(hint.subject[1]) < trial.part:
        return
    after = advance(ports, hint.int_id)
    if after is not None and after.finished_at is None and (not watching or after != trial):
        queue(ports, hint.int_id, after)


def advance(ports: Ports, int_id: str) -> Trial | None:
    """Run the part that is due, unless another instance is running it; returns the progress (None: there is no probe).

    An error in a part is recorded and does not stop the others; a refused login does.
    """
    trial, mine = _lease(ports, int_id)
    if trial is None or not mine:
        return trial
    try:
        return _run_part(ports, int_id, trial)
    except record.Overtaken:
        ports.log("overtaken", {"int_id": int_id, "kind": Kind.PROBE.value})
        return record.current(ports.documents, int_id)


def _run_part(ports: Ports, int_id: str, trial: Trial) -> Trial:
    """Run the part that is due; raises `Overtaken` if it took longer than its lease, and another worker went on."""
    session = open_session(ports, integrations.get(ports.documents, int_id))
    bench = Bench(session, trial)
    part = PARTS[trial.part]
    trouble: SyncError | None = None
    try:
        if trial.attempt > 1:  # an earlier attempt was cut off or failed
            bench.put_back()
        part.do(bench)
        bench.put_back()
    except AccessRevoked as error:
        with suppress(Stale):  # a probe started with a former login still ends
            mark_revoked(ports, session.integration, error)
        return _stopped(bench, error.reason)
    except record.Overtaken:
        raise
    except SyncError as error:
        trouble = error
    except Exception as error:  # noqa: BLE001 -- a bug of ours must not leave the bookings changed
        ports.log("error", {"severity": "ERROR", "int_id": int_id, "reason": type(error).__name__, "part": part.name})
        trouble = Transient(type(error).__name__, reason=f"fault_{type(error).__name__}")
    passing = isinstance(trouble, Transient) or (trouble is not None and trial.part == LAST)  # put back in any case
    if passing and trial.attempt < MOST_ATTEMPTS:
        asked = trouble.retry_after if isinstance(trouble, Transient) else None
        wait = max(asked or 0.0, BACK_OFF[trial.attempt - 1])
        bench.note(due=session.now() + timedelta(seconds=wait), leased_until=None)
        return bench.trial
    if trouble is not None:
        bench.trial = replace(bench.trial, trouble={**bench.trial.trouble, part.name: trouble.reason})
        with suppress(SyncError):
            bench.put_back()
    return _next(bench)


def _lease(ports: Ports, int_id: str) -> tuple[Trial | None, bool]:
    """Take the lease of the next part; False if the part is not due, another instance has it or the probe has ended."""
    now = ports.clock()

    def take(body: Body | None) -> tuple[Body | None, tuple[Trial | None, bool]]:
        trial = record.trial_of(body)
        if trial is None:
            return None, (None, False)
        leased = trial.leased_until is not None and now < trial.leased_until
        if trial.finished_at is not None or leased or (trial.due is not None and now < trial.due):
            return None, (trial, False)
        if trial.stop and trial.part < LAST:
            trial = replace(trial, part=LAST, attempt=0)
        taken = replace(trial, leased_until=now + LEASE, attempt=trial.attempt + 1)
        return stored(taken), (taken, True)

    return change_once(ports.documents, path_of(int_id, "progress", "probe"), take)


def _next(bench: Bench) -> Trial:
    """Go on to the next part, or end."""
    trial, now = bench.trial, bench.session.now()
    if trial.part == LAST:
        return second_booking.finish(bench)
    wait = PARTS[trial.part + 1].wait
    bench.note(part=trial.part + 1, attempt=0, leased_until=None, due=now + timedelta(seconds=wait) if wait else None)
    return bench.trial


def _stopped(bench: Bench, reason: str) -> Trial:
    """End without putting back, because i-Reserve refuses the login; the next probe begins by putting back."""
    part = PARTS[bench.trial.part].name
    bench.trial = replace(bench.trial, trouble={**bench.trial.trouble, part: reason})
    left = Left("login", bench.session.id, reason)
    bench.note(finished_at=bench.session.now(), leased_until=None, left=(left,))
    return bench.trial


def stop(ports: Ports, int_id: str) -> Trial:
    """Make a probe end with its last part, which puts everything back; a finished one too if it left something behind.

    The caller continues it, as after `starting.begin`. Raises `Gone` if there is nothing to stop or put back, `Conflict` if
    that is in another i-Reserve.
    """
    integration, now = integrations.get(ports.documents, int_id), ports.clock()

    def stopped(trial: Trial | None) -> Trial:
        if trial is None or not trial.unfinished:
            raise Gone("there is no probe to stop", reason="no_probe")
        if is_elsewhere(trial, integration):
            raise Conflict(
                say("what the last probe left is in another i-Reserve, {}: put it back there by hand", trial.ireserve),
                reason="probe_elsewhere",
            )
        if trial.leased_until is not None and now < trial.leased_until:  # a part is running: the probe stops after it
            return replace(trial, stop=True)
        trouble = {part: reason for part, reason in trial.trouble.items() if part != PARTS[LAST].name}
        ended = replace(trial, stop=True, part=LAST, attempt=0, due=None, leased_until=None, finished_at=None)
        return replace(ended, trouble=trouble, left=())

    return record.change(ports, int_id, stopped)


def is_elsewhere(trial: Trial, integration: Integration) -> bool:
    """Whether a probe was in another i-Reserve than the present one."""
    return trial.ireserve not in ("", rest_base(integration.settings.ireserve.base_url))


def is_under_way(documents: Documents | Transaction, integration: Integration) -> bool:
    """Whether a probe is working on this integration's bookings now."""
    if not integration.probing:
        return False
    trial = record.current(documents, integration.id)
    return trial is not None and trial.finished_at is None


def alive(trial: Trial, now: datetime) -> bool:
    """Whether an unfinished probe is still being continued."""
    last = max(filter(None, (trial.started_at, trial.due, trial.leased_until)))
    return trial.finished_at is None and now - last < WATCH
