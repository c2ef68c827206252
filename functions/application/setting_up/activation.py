"""Activation: checks everything, registers the webhooks, opens the channels, backfills. Also pauses and deactivates."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.application.intake.hints import SETTINGS
from functions.application.ports import Ports
from functions.application.probing import probe
from functions.application.scanning import scan, sweep
from functions.application.scanning.progress import Scan
from functions.application.setting_up import consent, partial_settings, setup
from functions.application.store import integrations
from functions.application.store.stopped import google_stopped, lacks_consent, stopped
from functions.application.sync.session import SyncSession, note_withdrawn, open_session, within_reach
from functions.application.watching import channels, key_rotation
from functions.domain.model.errors import Conflict, SyncError
from functions.domain.model.messages import listed, say
from functions.domain.settings.integration import ACTIVATED, AT_ONCE, RUNNING, Integration, Phase

BUILT_IN = (
    "i-Reserve's own Google Calendar integration still writes event ids into bookings: switch it off in i-Reserve under"
    " Administration > Integrations > Google Calendar and run the probe again, or activate anyway"
)
CUT_SHORT = timedelta(minutes=2)  # longer than a request or a task may take


@dataclass(frozen=True, slots=True)
class Activated:
    """The activated integration, its calendars without a channel (they are polled), and sentences about what failed."""

    integration: Integration
    without_channel: tuple[str, ...]
    warnings: tuple[str, ...]


def activate(ports: Ports, int_id: str, actor: str, *, shadow: bool = False, anyway: bool = False) -> Activated:
    """Activate an integration (or resume a paused one); raises `Conflict` with what is missing.

    `shadow`: plan and journal, but write nothing; `anyway`: even if i-Reserve's built-in integration was found active.
    """
    integration = integrations.get(ports.documents, int_id)
    if shadow and (
        integration.phase is Phase.ACTIVE or (integration.phase is Phase.PAUSED and not integration.paused_in_shadow)
    ):
        raise Conflict(
            "this integration is past its shadow: deactivate it first, then activate it in shadow", reason="past_shadow"
        )
    if integration.phase is Phase.PAUSED:
        return _resume(ports, integration, actor)
    if integration.phase is Phase.ACTIVE:
        return finish(ports, integration, actor)
    named = consent.named(ports, integration)
    # a person may have mended the login: it is tried
    session = open_session(ports, replace(named, ireserve_refused=""))
    ready(session, anyway=anyway)
    if integration.phase is Phase.SHADOW and not shadow and _backfilled(ports, int_id):
        # the backfill has recorded which bookings to leave out, so a resync may look at everything
        return _resume(ports, session.integration, actor)
    now, key, home = ports.clock(), key_rotation.name_of(ports.webhook_keys[0]), key_rotation.home_of(ports)
    phase = Phase.SHADOW if shadow else Phase.ACTIVE

    def activated(before: Integration) -> Integration:
        if before.phase is not named.phase:  # somebody else was faster, or this is stored and the answer was lost
            return before
        if before.connection is None or before.settings != named.settings:
            raise Conflict(integrations.MEANWHILE, reason="revision")
        return replace(
            before,
            phase=phase,
            activated_at=before.activated_at or now,
            swept_at=None,
            near_at=now,
            webhook_key=before.webhook_key or key,  # of the channels, even if no webhook can be registered
            webhook_home=before.webhook_home or home,
            ireserve_refused="",  # both have just answered
            connection=before.connection.answered(),
        ).owing("activation", now)

    return finish(ports, integrations.change(ports.documents, int_id, activated), actor)


def finish(ports: Ports, integration: Integration, actor: str = "") -> Activated:
    """Do what an activation, a resumption or a change of settings still owes, also if an earlier try was cut short."""
    owed = integration.unfinished_change
    if owed == "activation":
        return _arrange(ports, integration, actor)
    warnings: list[str] = []
    if owed:
        integration, warnings = _registered(ports, integration)
        session = open_session(ports, integration)
        channels.follow_mapping(session)
        if owed == "new":
            sweep.pull_all(session, SETTINGS)
        else:
            scope = "future" if owed == "future" else "all"
            _look_again(session, actor, "resume", scope, new_settings=owed in ("future", "all"))
        integration = integrations.finished(ports.documents, integration.id, owed)
    return Activated(integration, (), tuple(warnings))


def cut_short(ports: Ports, integration: Integration) -> bool:
    """Whether a change is unfinished and can no longer be under way."""
    return bool(integration.unfinished_change) and ports.clock() >= cut_short_at(integration)


def cut_short_at(integration: Integration) -> datetime:
    """Return when an unfinished change counts as cut short."""
    return (integration.unfinished_since or AT_ONCE) + CUT_SHORT


def _arrange(ports: Ports, integration: Integration, actor: str) -> Activated:
    """Register the webhooks, open the channels, and look at both sides."""
    integration, warnings = _registered(ports, integration)
    session = open_session(ports, integration)
    without: tuple[str, ...] = ()
    if integration.settings.inbound.enabled:
        try:
            without = channels.open_all(session)
        except SyncError as error:
            warnings.append(say("the channels could not be opened ({}); calendars are polled until they can", error))
        sweep.pull_all(session, "activation", anew=True)
    scan.begin(ports, integration, "backfill", actor, integration.settings.sync.backfill)
    ports.log("activated", {"int_id": integration.id, "phase": integration.phase.value})
    return Activated(integrations.finished(ports.documents, integration.id, "activation"), without, tuple(warnings))


def _registered(ports: Ports, integration: Integration) -> tuple[Integration, list[str]]:
    try:
        return register(ports, open_session(ports, integration)), []
    except SyncError as error:
        ports.log("hooks_failed", {"severity": "WARNING", "int_id": integration.id, "reason": error.reason})
        said = say("webhooks could not be registered in i-Reserve ({}); copy their address there by hand", error)
        return integration, [said]


def ready(session: SyncSession, *, anyway: bool = False) -> None:
    """Check that the settings have no faults, both sides answer and every mapped calendar is writable.

    Raises `Conflict` with everything that is wrong.
    """
    integration = session.integration
    missing = [
        say("{}: {}", fault.field, fault.message)
        for fault in partial_settings.open_faults(session.ports, session.settings)
    ]
    if lacks_consent(integration):
        missing.append(google_stopped(integration))
    else:
        missing += _calendars(session)
    try:
        session.objects()
    except SyncError as error:
        missing.append(str(error))
    if probe.is_under_way(session.ports.documents, integration):
        missing.append(setup.PROBING)
    if session.dialect.built_in_active and not anyway:
        missing.append(BUILT_IN)
    if missing:
        raise Conflict(listed(missing), reason="not_ready")


def _calendars(session: SyncSession) -> list[str]:
    try:
        entries = {each.id: each for each in within_reach(session.calendars, session.settings.calendars)}
    except SyncError as error:
        note_withdrawn(session, error)
        return [str(error)]
    faults = []
    for calendar in session.settings.calendars:
        entry = entries.get(calendar)
        if entry is None:
            faults.append(say("calendar {} cannot be reached by the connected account", calendar))
        elif not entry.writable:
            faults.append(say("calendar {} cannot be written by the connected account", calendar))
    return faults


def register(ports: Ports, session: SyncSession) -> Integration:
    """Register the missing webhooks in i-Reserve.

    They are removed again if the integration was deactivated meanwhile: that made their tokens invalid.
    """
    have = {hook.event for hook in session.integration.hooks}
    made = key_rotation.subscribed(session, [event for event in session.dialect.hook_events if event not in have])
    key, home = key_rotation.name_of(ports.webhook_keys[0]), key_rotation.home_of(ports)
    generation = session.integration.webhook_generation

    def registered(before: Integration) -> Integration:
        if before.webhook_generation != generation:
            return before
        known = {hook.event for hook in before.hooks}  # of another worker
        return replace(
            before,
            hooks=(*before.hooks, *(hook for hook in made if hook.event not in known)),
            webhook_key=before.webhook_key or key,
            webhook_home=before.webhook_home or home,
        )

    return key_rotation.change(session, registered, made)[0]


def pause(ports: Ports, int_id: str) -> Integration:
    """Stop all writes at once. Hints are dropped until the integration is resumed, which looks at both sides again."""

    def paused(before: Integration) -> Integration:
        if before.phase not in ACTIVATED:
            raise Conflict("only an active integration can be paused", reason="not_active")
        in_shadow = before.phase is Phase.SHADOW or before.paused_in_shadow
        return replace(before, phase=Phase.PAUSED, paused_in_shadow=in_shadow)

    return integrations.change(ports.documents, int_id, paused)


def resume(ports: Ports, int_id: str, actor: str) -> Activated:
    """Resume a paused integration; one that runs goes on as it is. Raises `Conflict` for one that is not activated."""
    integration = integrations.get(ports.documents, int_id)
    if integration.phase is Phase.DRAFT:
        raise Conflict("only a paused integration can be resumed; activate it first", reason="not_paused")
    return _resume(ports, integration, actor) if integration.phase is Phase.PAUSED else Activated(integration, (), ())


def _resume(ports: Ports, integration: Integration, actor: str) -> Activated:
    """Resume what is paused, or let what is in shadow write; not if it is neither any more, as after a double click."""

    def resumed(before: Integration) -> Integration:
        if before.phase is not integration.phase:
            return before
        phase = Phase.SHADOW if before.paused_in_shadow else Phase.ACTIVE
        google = before.connection
        if google is not None and google.mended_at_google:
            google = google.answered()  # or it is marked again: a person may have mended it, as with i-Reserve's login
        after = replace(before, phase=phase, paused_in_shadow=False, ireserve_refused="", connection=google)
        return after.owing("resume", ports.clock())

    return finish(ports, integrations.change(ports.documents, integration.id, resumed), actor)


def _backfilled(ports: Ports, int_id: str) -> bool:
    backfill = scan.current(ports.documents, int_id, "backfill")
    return backfill is not None and backfill.finished_at is not None


def resync(ports: Ports, int_id: str, actor: str, *, scope: str = "all", later: bool = False) -> Scan:
    """Read both sides of everything in the window again, in the backfill lane; raises `Conflict` if that cannot be.

    With `later` it waits for what is to be mended while a side refuses every call.
    """
    integration = integrations.get(ports.documents, int_id)
    if integration.phase not in RUNNING:
        raise Conflict("only an active integration can be resynced; activate it first", reason="not_active")
    if not later and (why := stopped(integration)):
        raise Conflict(why, reason="stopped")
    return _look_again(open_session(ports, integration), actor, "resync", scope)


def _look_again(session: SyncSession, actor: str, source: str, scope: str, *, new_settings: bool = False) -> Scan:
    if session.settings.inbound.enabled:
        sweep.pull_all(session, source, anew=True)
    return scan.begin(session.ports, session.integration, "resync", actor, scope, new_settings=new_settings)


def deactivate(ports: Ports, int_id: str) -> tuple[Integration, tuple[str, ...]]:
    """Unregister the webhooks and stop the channels; bookings and events stay. Also returns what failed."""
    if integrations.get(ports.documents, int_id).phase is Phase.DRAFT:
        raise Conflict("the integration is not active", reason="not_active")
    integration = pause(ports, int_id)
    session = open_session(ports, integration)
    left: list[str] = []
    for each in integration.hooks:  # one by one: what is not reached, if this is cut short and resumed, stands

        def forgotten(before: Integration, gone: str = each.id) -> Integration:
            return replace(before, hooks=tuple(hook for hook in before.hooks if hook.id != gone))

        for hook, error in key_rotation.change(session, forgotten, [each])[1]:
            left.append(say("webhook {} in i-Reserve is still there ({}); remove it there", hook.id, error))
    left += channels.stop_all(session)
    done = integrations.change(
        ports.documents,
        int_id,
        lambda before: replace(
            before,
            phase=Phase.DRAFT,
            hooks=(),
            webhook_generation=before.webhook_generation + 1,
            webhook_key="",
            webhook_home="",
            unfinished_change="",
            paused_in_shadow=False,
        ),
    )
    return done, tuple(left)
