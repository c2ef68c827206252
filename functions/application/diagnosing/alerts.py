"""Alerts: reports once what needs a person, with what to do, and again when it is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from functions.application.ports import Alert, Body, Path, Ports, Transaction
from functions.application.store import calendars, integrations
from functions.application.store.integrations import path_of
from functions.application.store.once import change_once
from functions.domain.model.errors import Cause, Fault, Invalid, SyncError
from functions.domain.pairing.life import State
from functions.domain.settings.faults import alert_faults
from functions.domain.settings.integration import Integration, Phase
from functions.domain.settings.schema import AlertSettings

SILENT = timedelta(hours=1)
AGAIN = timedelta(minutes=1)  # before an alert that failed is sent again
SENDING = timedelta(minutes=2)  # longer than sending takes; after that its sender has died
HANGS = timedelta(seconds=3)  # a way that fails so late is not tried again in the same round
SAID = {
    "token_dead": {
        "nl": "De verbinding met Google werkt niet meer. Bekijk de diagnose.",
        "en": "The connection with Google is dead. Look at the diagnostics.",
    },
    "ireserve_refused": {
        "nl": "i-Reserve weigert de aanmelding en wordt niet meer aangeroepen. Sla op het scherm i-Reserve het juiste wachtwoord op.",
        "en": "i-Reserve refuses the login; calls to it have stopped. Save the right password on the screen i-Reserve.",
    },
    "held": {
        "nl": "Er wachten verwijderingen op een besluit. Kies Uitvoeren of Behouden op het scherm Wacht op u.",
        "en": "Removals wait for a decision. Choose Carry out or Keep on the screen Waiting for you.",
    },
    "parked": {
        "nl": "Niet alles kon worden verwerkt. Op het scherm Wacht op u staat waarom; kies daar Opnieuw proberen.",
        "en": "Some changes could not be carried out. The screen Waiting for you says why; choose Try again there.",
    },
    "paused_links": {
        "nl": "Bij een reservering kwam dezelfde wijziging te vaak terug; zij wordt met rust gelaten tot er een uur niets verandert. Zoek uit wat haar wijzigt en kies Weer volgen op het scherm Wacht op u.",
        "en": "The same change of a booking kept coming back; it is left alone until nothing changes for an hour. Find out what changes it and choose Follow again on the screen Waiting for you.",
    },
    "audit": {
        "nl": "De controle vond verschillen tussen i-Reserve en Google Agenda. Op het scherm Controle staat welke.",
        "en": "The audit found differences between i-Reserve and Google Calendar. The screen Audit lists them.",
    },
    "status": {
        "nl": "Reserveringen hebben een nieuwe status die in geen enkele lijst staat, en krijgen daarom geen afspraak. Beslis op het scherm Uitgaand.",
        "en": "Bookings have a new status that is in no list, so they get no event. Decide on the screen Outbound.",
    },
    "no_sync": {
        "nl": "Er is al een uur niet gesynchroniseerd. Bekijk de diagnose.",
        "en": "Nothing was synchronised for an hour. Look at the diagnostics.",
    },
    "no_channel": {
        "nl": "Een agenda kan geen meldingen sturen en wordt nu regelmatig opgevraagd. Bekijk de diagnose.",
        "en": "A calendar cannot notify and is polled instead. Look at the diagnostics.",
    },
}
TITLES = {
    "token_dead": {"nl": "Google is niet verbonden", "en": "Google is not connected"},
    "ireserve_refused": {"nl": "i-Reserve weigert de aanmelding", "en": "i-Reserve refuses the login"},
    "held": {"nl": "verwijderingen wachten op u", "en": "removals wait for you"},
    "parked": {"nl": "niet alles is verwerkt", "en": "some changes were not carried out"},
    "paused_links": {"nl": "een reservering wordt met rust gelaten", "en": "a booking is left alone"},
    "audit": {"nl": "de controle vond verschillen", "en": "the audit found differences"},
    "status": {"nl": "een nieuwe status wacht op een besluit", "en": "a new status waits for a decision"},
    "no_sync": {"nl": "al een uur niet gesynchroniseerd", "en": "nothing synchronised for an hour"},
    "no_channel": {"nl": "een agenda stuurt geen meldingen", "en": "a calendar cannot notify"},
}
SCREENS = {  # where a message leads; any other one to the diagnostics
    "ireserve_refused": "ireserve",
    "held": "waiting",
    "parked": "waiting",
    "paused_links": "waiting",
    "audit": "audit",
    "status": "outbound#g-status",
}
OVER = {
    "nl": ("voorbij: ", "Dit is voorbij; er wordt niets meer van u gevraagd."),
    "en": ("over: ", "This is over; there is nothing left to do."),
}
TEST = {
    "nl": ("testbericht", "Dit is een test. Op deze manier krijgt u bericht zodra de koppeling iemand nodig heeft."),
    "en": ("test message", "This is a test. You are told this way as soon as the sync needs a person."),
}


@dataclass(frozen=True, slots=True)
class Open:
    """An alert that was sent and is not over; `since` is aware UTC."""

    name: str
    since: datetime


def watch(ports: Ports, integration: Integration) -> list[datetime]:
    """Compare what needs a person with what was reported, and report the difference; a failed alert is retried.

    Returns when to look again.
    """
    told = {each.name for each in opened(ports, integration.id)}
    found, silent_at = _conditions(ports, integration)
    language, hanging = integration.settings.language, list[AlertSettings]()
    for name in sorted(found - told):
        if claim(ports, integration.id, name, new=True):
            sent = _send(ports, integration, name, *_said(name, language), hanging)
            settle(ports, integration.id, name, is_open=sent)
    for name in sorted(told - found):
        (title, _), (over, text) = _said(name, language), OVER[language]
        if claim(ports, integration.id, name, new=False):
            sent = _send(ports, integration, f"{name}_over", over + title, text, hanging)
            settle(ports, integration.id, name, is_open=not sent)
    if told == found or {each.name for each in opened(ports, integration.id)} == found:
        return silent_at
    return [*silent_at, ports.clock() + AGAIN]


def claim(ports: Ports, int_id: str, name: str, *, new: bool) -> bool:
    """Claim the sending of an alert, so that no other worker sends it; False if one does, or has done so meanwhile.

    `new`: it is not open yet. The caller calls `settle` afterwards; if it dies, the claim ends after some minutes.
    """
    now = ports.clock()

    def claimed(before: Body | None) -> tuple[Body | None, bool]:
        body = before or {}
        sending: dict[str, str] = body.get("sending", {})
        busy = name in sending and now < datetime.fromisoformat(sending[name])
        if busy or (name not in body.get("open", {})) is not new:
            return None, False
        return {**body, "sending": {**sending, name: (now + SENDING).isoformat()}}, True

    return change_once(ports.documents, _path(int_id), claimed)


def settle(ports: Ports, int_id: str, name: str, *, is_open: bool) -> None:
    """Record whether an alert is open, after an attempt to send it; leaves alone what other workers record."""
    path, now = _path(int_id), ports.clock().isoformat()

    def settled(tx: Transaction) -> None:
        body = tx.get(path) or {}
        others = {each: since for each, since in body.get("open", {}).items() if each != name}
        since = {name: body.get("open", {}).get(name, now)} if is_open else {}
        sending = {each: until for each, until in body.get("sending", {}).items() if each != name}
        tx.put(path, {"open": {**others, **since}, "sending": sending})

    ports.documents.transact(settled)


def _path(int_id: str) -> Path:
    return path_of(int_id, "progress", "alerts")


def opened(ports: Ports, int_id: str) -> tuple[Open, ...]:
    """Return the alerts that are open."""
    told = (ports.documents.get(_path(int_id)) or {}).get("open", {})
    return tuple(Open(name, datetime.fromisoformat(since)) for name, since in sorted(told.items()))


def _conditions(ports: Ports, integration: Integration) -> tuple[set[str], list[datetime]]:
    """Return what needs a person now, from the store alone, and when a side will have been silent too long."""
    found: set[str] = set()
    if integration.connection is not None and integration.connection.dead:
        found.add("token_dead")
    if integration.ireserve_refused:
        found.add("ireserve_refused")
    if integration.undecided:
        found.add("status")
    if integration.audit_found:
        found.add("audit")
    links = path_of(integration.id, "links")
    if ports.documents.count(links, {"state": State.HELD.value}):
        found.add("held")
    if ports.documents.count(links, {"state": State.PAUSED.value}):
        found.add("paused_links")
    if ports.documents.count(path_of(integration.id, "parked")):
        found.add("parked")
    if integration.phase is not Phase.ACTIVE:
        return found, []
    silence, silent_at = _silence(ports, integration)
    return found | silence, silent_at


def _silence(ports: Ports, integration: Integration) -> tuple[set[str], list[datetime]]:
    now, found = ports.clock(), set()
    moments = [integration.near_at]
    if integration.settings.inbound.enabled:
        for state in calendars.states_of(ports.documents, integration.id, integration.settings.calendars):
            moments.append(state.as_of)
            if state.polled_because:
                found.add("no_channel")
    patience = max(SILENT, timedelta(minutes=2 * integration.settings.sync.sweep_minutes))
    ends = [(integration.awaited_since(moment) or now) + patience for moment in moments]
    if any(now > end for end in ends):
        found.add("no_sync")
    return found, [end for end in ends if end >= now]


def _said(name: str, language: str) -> tuple[str, str]:
    """Return an alert's title and text; an older version may have stored another name."""
    known = name if name in SAID else "no_sync"
    return TITLES[known][language], SAID[known][language]


def _send(
    ports: Ports, integration: Integration, name: str, title: str, text: str, hanging: list[AlertSettings]
) -> bool:
    """Send an alert by each way that does not hang; returns whether one accepted it, or retrying is pointless."""
    ports.log("alert", {"severity": "WARNING", "int_id": integration.id, "alert": name})
    where = integration.settings.alerts
    if not where.ways:
        return True
    alert = _alert(ports, integration, name, title, text)
    taken = list[bool | None]()
    for way in where.ways:  # each, even after another failed
        began = ports.clock()
        taken.append(False if way in hanging else _taken(ports, way, alert))
        if taken[-1] is False and ports.clock() - began >= HANGS:
            hanging.append(way)
    return True in taken or False not in taken


def mail(ports: Ports, integration: Integration, name: str, title: str, text: str) -> bool:
    """Mail something other than an alert; returns False if it must be sent again."""
    only = replace(integration.settings.alerts, webhook_url="")
    return _taken(ports, only, _alert(ports, integration, name, title, text)) is not False


def _taken(ports: Ports, way: AlertSettings, alert: Alert) -> bool | None:
    """Send an alert one way; returns whether it was accepted, None if retrying is pointless."""
    try:
        ports.alarm.send(way, alert)
    except SyncError as error:
        unset = error.cause is Cause.NO_MAIL_SERVER
        fields = {"int_id": alert.int_id, "reason": error.reason, "alert": alert.name}
        ports.log("alert_not_sent", {"severity": "WARNING" if unset else "ERROR", **fields})
        return None if unset else False
    return True


def _alert(ports: Ports, integration: Integration, name: str, title: str, text: str) -> Alert:
    screen = SCREENS.get(name.removesuffix("_over"), "diagnostics")
    link = f"{ports.addresses.console}/console/integrations/{integration.id}/{screen}"
    return Alert(name, integration.id, f"{integration.settings.name or integration.id}: {title}", text, link)


def try_out(ports: Ports, int_id: str, where: AlertSettings, asked: str = "alerts") -> None:
    """Send a test to these addresses; raises `Invalid` for a wrong one, or for the field `asked` if there is none.

    Raises `Transient` or `Refused` if it was not accepted.
    """
    integration = integrations.get(ports.documents, int_id)
    faults = tuple(Fault(field, says) for field, says in alert_faults(where))
    if not where.ways:
        faults = (Fault(asked, "fill in the address to send the test to"),)
    if faults:
        raise Invalid(faults)
    said = TEST[integration.settings.language]
    ports.alarm.send(where, _alert(ports, integration, "test", *said))
    ports.log("alert", {"severity": "INFO", "int_id": int_id, "alert": "test"})
