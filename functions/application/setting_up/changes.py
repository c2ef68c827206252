"""Changes the settings of an active integration: first shows the plan, then asks for its scope (all, future or new)."""

from collections.abc import Mapping
from dataclasses import replace

from functions.application.intake.hints import SETTINGS
from functions.application.ports import Documents, Ports, Transaction
from functions.application.scanning import scan, sweep
from functions.application.scanning.progress import Scan
from functions.application.setting_up import consent, preview, removal, setup
from functions.application.setting_up.settings_input import id_in, raw_of
from functions.application.store import calendars, integrations
from functions.application.sync.session import SyncSession, open_session
from functions.application.watching import channels
from functions.domain.model.addresses import rest_base
from functions.domain.model.errors import Conflict, Fault, Invalid, SyncError
from functions.domain.model.messages import say
from functions.domain.model.zones import day_of
from functions.domain.settings.integration import ACTIVATED, UNFINISHED, Integration, Phase
from functions.domain.settings.schema import Settings

SCOPES = ("all", "future", "new")
LEAVING_OUT = ("future", "new")


class PlanFirst(Conflict):
    """The change affects existing events: carries the plan; the caller must choose all, future or new."""

    def __init__(self, plan: preview.Plan) -> None:
        super().__init__(
            "this changes existing events or bookings; look at the plan and choose all, future or new only",
            reason="plan_first",
        )
        self.plan = plan


def save(
    ports: Ports,
    raw: object,
    actor: str,
    *,
    int_id: str = "",
    secrets: object = None,
    revision: int | None = None,
    apply: str = "",
) -> Integration:
    """Create or change an integration; raises `Invalid`, `Conflict`, or `PlanFirst` if existing events are affected."""
    if apply and apply not in SCOPES:
        raise Invalid((Fault("apply", "use all, future or new"),))
    given = setup.with_id(raw, int_id)
    before = integrations.find(ports.documents, id_in(given))
    wanted = setup.checked(ports, given, int_id, secrets)
    if before is None or before.phase not in ACTIVATED:
        saved = setup.save_settings(ports, wanted, actor, revision=revision, check=_of_a_draft)
        return _with_secrets(ports, before, saved, secrets)
    after = _resolved(before, wanted)
    if after != wanted:  # the account's own calendar may be another integration's
        setup.checked(ports, raw_of(after))
    _refuse_other_sides(before.settings, after)
    if touches(before.settings, after) and not apply:
        plan = preview.with_settings(ports, before, after)
        plan = replace(plan, left=removal.unmapped_by(ports, before.settings, after))
        if plan.counts or plan.left or not plan.complete:  # a large window takes longer than one look
            raise PlanFirst(plan)
    owed = (apply or "all") if touches(before.settings, after) else ""

    def as_seen(tx: Transaction, there: Integration | None) -> None:
        if there is None or (there.phase, there.settings) != (before.phase, before.settings):
            raise Conflict(integrations.MEANWHILE, reason="revision")
        if owed in LEAVING_OUT and owed not in choices(tx, there):
            raise Conflict(why_so_few(there), reason="still_looking")

    saved = setup.save_settings(ports, after, actor, revision=revision, owed=owed, check=as_seen)
    saved = _with_secrets(ports, before, saved, secrets)
    if not owed:
        return saved
    follow_up(ports, before, saved, actor, owed)
    return saved if before.unfinished_change else integrations.finished(ports.documents, saved.id, owed)


def _with_secrets(ports: Ports, before: Integration | None, saved: Integration, secrets: object) -> Integration:
    """Store the secrets that came with settings; `before` is what those replaced."""
    given = secrets if isinstance(secrets, Mapping) else {}
    now = setup.store_secrets(ports, saved, given)
    return consent.imported(ports, before, now) if before is not None and consent.TOKEN in given else now


def _of_a_draft(_: Transaction, there: Integration | None) -> None:
    """Refuse settings that were not compared with those that run: the integration was activated since they were read."""
    if there is not None and there.phase in ACTIVATED:
        raise Conflict(integrations.MEANWHILE, reason="revision")


def choices(documents: Documents | Transaction, integration: Integration) -> tuple[str, ...]:
    """Return how far a change may go now: as far as each look at existing events that has not ended, which takes the present settings."""
    if integration.phase is Phase.PAUSED:
        return ("all",)
    looks = [scan.current(documents, integration.id, kind) for kind in ("resync", "backfill")]
    reaches = [integration.unfinished_change, *(_reach(each, integration) for each in looks if each is not None)]
    farthest = max(map(UNFINISHED.index, reaches))
    return tuple(each for each in SCOPES if each == "all" or UNFINISHED.index(each) >= farthest)


def why_so_few(integration: Integration, everything: str = "all") -> str:
    """Return why a change may not leave existing events out now; `everything` is what the choice of all is called there."""
    if integration.phase is Phase.PAUSED:
        return say(
            "the end of a pause brings everything in line: resume the integration first, or choose {}", everything
        )
    return say(
        "existing events are still being looked at, and would get this change as well: wait until that is done, or choose {}",
        everything,
    )


def _reach(look: Scan, integration: Integration) -> str:
    """Return how far a look at existing events goes on: all, future, or "" if it has ended."""
    if look.finished_at is not None:
        return ""
    return "all" if look.first < day_of(look.started_at, integration.settings.timezone) else "future"


def touches(before: Settings, after: Settings) -> bool:
    """Whether a change of settings can change existing events or bookings."""

    def shape(s: Settings) -> object:
        rows = (s.outbound, s.mapping, s.timezone, s.language, s.sync.day_end, s.sync.window_days)
        return rows, _followed(s)

    return shape(before) != shape(after)


def _followed(s: Settings) -> object:
    """Return the settings that decide which events that people made become bookings."""
    i = s.inbound
    return (i.enabled, i.object, i.follow, i.import_existing, i.free_events, i.invitations)


def _takes_others(before: Settings, after: Settings) -> bool:
    """Whether people's events in calendars that were followed already become bookings that they were not before."""
    if (_followed(before), before.sync.window_days) != (_followed(after), after.sync.window_days):
        return True
    return any(_booked(before, each) != _booked(after, each) for each in before.calendars if each in after.calendars)


def _booked(s: Settings, calendar: str) -> object:
    """Return what new events of a calendar book, and what they can name."""
    return s.object_for_new_event(calendar), s.objects_of(calendar) if s.shares(calendar) else ()


def follow_up(ports: Ports, before: Integration, saved: Integration, actor: str, scope: str) -> None:
    """Adjust the channels to the mapping, and look at existing bookings again if `scope` says so."""
    session = open_session(ports, saved)
    _channels(session, before.settings, saved.settings)
    if touches(before.settings, saved.settings) and scope != "new" and saved.phase is not Phase.PAUSED:
        if _takes_others(before.settings, saved.settings):
            sweep.pull_all(session, SETTINGS, anew=True)
        scan.begin(ports, saved, "resync", actor, scope, new_settings=True)


def _channels(session: SyncSession, before: Settings, after: Settings) -> None:
    had = set(before.calendars) if before.inbound.enabled else set()
    wanted = set(after.calendars) if after.inbound.enabled else set()
    for calendar in sorted(had - wanted):
        if channels.stop_of(session, calendar):
            session.ports.log("channel_left", {"severity": "WARNING", "int_id": session.id})
    for calendar in sorted(wanted - had):
        calendars.note(session.ports.documents, session.id, calendar, calendars.anew)
        try:
            channels.ensure(session, calendar)
        except SyncError as error:
            session.ports.log("channel_expiring", {"severity": "WARNING", "int_id": session.id, "reason": error.reason})
    if wanted - had:
        sweep.pull_all(session, SETTINGS)


def _resolved(before: Integration, after: Settings) -> Settings:
    account = before.connection.account if before.connection else ""
    return after.with_primary(account) if account else after


def _refuse_other_sides(before: Settings, after: Settings) -> None:
    """Refuse another i-Reserve or account for a running integration: its pairs belong to the present ones."""
    faults = []
    if rest_base(before.ireserve.base_url) != rest_base(after.ireserve.base_url):
        faults.append(Fault("ireserve.base_url", "deactivate the integration before giving it another i-Reserve"))
    if before.google.client_id != after.google.client_id:
        faults.append(Fault("google.client_id", "deactivate the integration before giving it another OAuth client"))
    if faults:
        raise Invalid(tuple(faults))


def revert(
    ports: Ports, int_id: str, entry: str, actor: str, apply: str = "", *, seen: int | None = None
) -> Integration:
    """Restore the settings from before a change in the history.

    `seen` is the revision of the settings that the person saw: raises `Conflict` if they are others by now, or going back
    would take along what nobody was shown.
    """
    present = integrations.get(ports.documents, int_id)
    if seen is not None and seen != present.settings_revision:
        raise Conflict(integrations.MEANWHILE, reason="revision")
    body = ports.documents.get(integrations.path_of(int_id, "history", entry))
    if body is None or not isinstance(body.get("before"), Mapping):
        raise Conflict("there is nothing before this change to go back to", reason="no_history")
    return save(ports, dict(body["before"]), actor, int_id=int_id, apply=apply, revision=present.revision)
