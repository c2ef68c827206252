"""The first and the last part of a probe: webhooks of its own, everything put back, and the dialect stored."""

from contextlib import suppress
from dataclasses import replace

from functions.application.intake.hints import Hint, Kind, enqueue
from functions.application.intake.webhooks import webhook_url
from functions.application.ports import Transaction
from functions.application.probing import probe_second
from functions.application.probing.probe_bench import Bench
from functions.application.probing.probe_record import Left, Trial
from functions.application.store.integrations import HISTORY_DAYS, path_of
from functions.application.store.records import body_of, record_of
from functions.domain.model.errors import AccessRevoked, Gone, SyncError, Transient
from functions.domain.settings.integration import Hook, Integration, Phase


def listen(b: Bench) -> None:
    """Have the webhooks of the bookings noted; register some for the probe where none are."""
    b.hold()
    if b.session.integration.hooks:
        b.note(listening=True)
        return
    address = webhook_url(b.session.ports, b.session.integration)
    have = {hook.event for hook in b.trial.hooks}
    for event in b.dialect.hook_events:
        if event not in have:
            made = Hook(event, b.asking().subscribe(event, address))
            b.note(hooks=(*b.trial.hooks, made), listening=True)


def put_back(b: Bench) -> None:
    """Put the test booking back, cancel the second one, take the probe's webhooks away; say what could not be done.

    Each is tried, and what failed is tried again (`Transient`) before it stays so.
    """
    left: list[Left] = []
    reason = ""
    for what, act in (("moved", _test_booking), ("second", _second), ("hooks", _hooks)):
        try:
            act(b)
        except AccessRevoked:
            raise
        except SyncError as error:
            reason = error.reason
            left.append(_left(b, what, reason))
    b.note(left=tuple(left))
    if reason:
        raise Transient("not everything could be put back yet", reason=reason)


def _left(b: Bench, what: str, reason: str) -> Left:
    if what == "hooks":
        return Left(what, ", ".join(hook.id for hook in b.trial.hooks), reason)
    if what == "second" and not b.trial.second:
        return Left("unknown", b.trial.marker, reason)
    return Left(what, b.trial.second if what == "second" else b.trial.booking, reason)


def _test_booking(b: Bench) -> None:
    with suppress(Gone):  # somebody removed it: there is nothing to put back
        b.put_back()


def _second(b: Bench) -> None:
    with suppress(Gone):
        probe_second.cancel(b)


def _hooks(b: Bench) -> None:
    for hook in b.trial.hooks:
        b.asking().unsubscribe(hook.id)
        b.note(hooks=tuple(each for each in b.trial.hooks if each.id != hook.id))


def finish(b: Bench) -> Trial:
    """Store what was found, keep it in the history, and let the bookings be looked at again."""
    ports, trial, int_id = b.session.ports, b.trial, b.session.id
    held = trial.second_held if trial.left else ""
    trial = replace(trial, finished_at=b.session.now(), leased_until=None, due=None, second_held=held)
    entry = ports.token(12)

    def work(tx: Transaction) -> Integration:
        body = tx.get(path_of(int_id)) or {}
        before = record_of(Integration, body, f"integration {int_id}")
        kept = {name: value for name, value in before.dialect.items() if name not in trial.dropped}
        after = replace(before, probing=(), dialect={**kept, **body_of(trial)["found"]}, revision=before.revision + 1)
        tx.put(path_of(int_id), body_of(after))
        tx.put(path_of(int_id, "progress", "probe"), body_of(trial))
        history = {
            "at": b.session.now().isoformat(),
            "actor": trial.actor,
            "before": {"dialect": dict(before.dialect)},
            "after": {"dialect": dict(after.dialect)},
        }
        tx.put(path_of(int_id, "history", entry), history, expires=b.session.now() + HISTORY_DAYS)
        return after

    after = ports.documents.transact(work)
    ports.log("probed", {"int_id": int_id, "found": len(trial.found), "trouble": sorted(trial.trouble)})
    if after.phase in (Phase.ACTIVE, Phase.SHADOW):
        for number in trial.bookings:
            enqueue(ports.tasks, Hint(Kind.BOOKING, int_id, (number,), "probe", ports.clock()), ports.clock())
    return trial
