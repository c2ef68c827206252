"""Alerts: what needs a person is reported once, with what to do, and again when it is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.application.ports import Alert, Ports
from functions.application.store import calendars
from functions.application.store.integrations import path_of
from functions.domain.model.errors import Cause, SyncError
from functions.domain.model.link import State
from functions.domain.settings.integration import Integration, Phase

SILENT = timedelta(hours=1)
AGAIN = timedelta(minutes=1)  # before an alert that could not be sent is sent again
SAID = {
    "token_dead": {
        "nl": "De verbinding met Google werkt niet meer. Voer Stap 1 en Stap 2 opnieuw uit op het authenticatiescherm.",
        "en": "The connection with Google is dead. Run Step 1 and Step 2 again on the authentication screen.",
    },
    "ireserve_refused": {
        "nl": "i-Reserve weigert de aanmelding; er wordt niet meer aangeroepen. Sla het juiste wachtwoord op.",
        "en": "i-Reserve refuses the login; it is not called any more. Save the right password.",
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
        "nl": "Bij een reservering kwam dezelfde wijziging te vaak terug; zij blijft met rust tot er een uur niets verandert. Zoek uit wat haar wijzigt en kies Weer volgen op het scherm Wacht op u.",
        "en": "The same change of a booking kept coming back; it is left alone until nothing changes for an hour. Find out what changes it and choose Follow again on the screen Waiting for you.",
    },
    "audit": {
        "nl": "De controle vond verschillen tussen i-Reserve en Google Agenda. Op het scherm Controle staat welke.",
        "en": "The audit found differences between i-Reserve and Google Calendar. The screen Audit lists them.",
    },
    "no_sync": {
        "nl": "Er is al een uur niet gesynchroniseerd. Bekijk de diagnose.",
        "en": "Nothing was synchronised for an hour. Look at the diagnostics.",
    },
    "no_channel": {
        "nl": "Een agenda kan geen meldingen sturen en wordt nu gepolld. Bekijk de diagnose.",
        "en": "A calendar cannot notify and is polled instead. Look at the diagnostics.",
    },
}
OVER = {"nl": "Voorbij: ", "en": "Over: "}


@dataclass(frozen=True, slots=True)
class Open:
    """An alert that was told and is not over; `since` is aware UTC."""

    name: str
    since: datetime


def watch(ports: Ports, integration: Integration) -> list[datetime]:
    """Compare what needs a person with what was reported; report the difference. A failed alert is retried.

    Returns when to look again.
    """
    path = path_of(integration.id, "progress", "alerts")
    before: dict[str, str] = (ports.documents.get(path) or {}).get("open", {})
    told = dict(before)
    found, silent_at = _conditions(ports, integration)
    now = ports.clock().isoformat()
    for name in sorted(found - set(told)):
        if _send(ports, integration, name, SAID[name][integration.settings.language]):
            told[name] = now
    for name in sorted(set(told) - found):
        language = integration.settings.language
        if _send(ports, integration, f"{name}_over", OVER[language] + SAID.get(name, SAID["no_sync"])[language]):
            del told[name]

    if told != before:
        ports.documents.transact(lambda tx: tx.put(path, {"open": told}))
    return [*silent_at, *([ports.clock() + AGAIN] if set(told) != found else [])]


def opened(ports: Ports, int_id: str) -> tuple[Open, ...]:
    """Return the alerts that are open."""
    told = (ports.documents.get(path_of(int_id, "progress", "alerts")) or {}).get("open", {})
    return tuple(Open(name, datetime.fromisoformat(since)) for name, since in sorted(told.items()))


def _conditions(ports: Ports, integration: Integration) -> tuple[set[str], list[datetime]]:
    """Return what needs a person now, from the store alone; and when it will have been silent for too long."""
    found: set[str] = set()
    if integration.connection is not None and integration.connection.dead:
        found.add("token_dead")
    if integration.ireserve_refused:
        found.add("ireserve_refused")
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
    began = integration.activated_at or now
    patience = max(SILENT, timedelta(minutes=2 * integration.settings.sync.sweep_minutes))
    ends = [(moment or began) + patience for moment in moments]
    if any(now > end for end in ends):
        found.add("no_sync")
    return found, [end for end in ends if end >= now]


def _send(ports: Ports, integration: Integration, name: str, text: str) -> bool:
    ports.log("alert", {"severity": "WARNING", "int_id": integration.id, "alert": name})
    where = integration.settings.alerts
    if not where.email and not where.webhook_url:
        return True
    link = f"{ports.addresses.console}/console/integrations/{integration.id}/diagnostics"
    title = f"{integration.settings.name or integration.id}: {name.replace('_', ' ')}"
    try:
        ports.alarm.send(where.email, where.webhook_url, Alert(name, integration.id, title, text, link))
    except SyncError as error:
        unset = error.cause is Cause.NO_MAIL_SERVER  # the webhook, if there is one, took it; trying again mails nothing
        severity = "WARNING" if unset else "ERROR"
        fields = {"severity": severity, "int_id": integration.id, "reason": error.reason, "alert": name}
        ports.log("alert_not_sent", fields)
        return unset
    return True
