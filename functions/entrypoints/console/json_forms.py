"""Our values as JSON, for the API and for a command's `--json`."""

from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from functions.application.intake import webhooks
from functions.application.ports import Body, Ports
from functions.application.probing import probe
from functions.application.probing.record import Trial
from functions.application.scanning import scan
from functions.application.setting_up import consent
from functions.application.setting_up.settings_input import raw_of
from functions.domain.settings.integration import Integration

# fields that are not settings; a client may send back everything it read
BESIDE = {
    "state", "revision", "connection", "pending", "return_url", "webhook_url", "activated_at", "secrets_set",
    "ireserve_refused", "backfill", "without_channel", "warnings", "secrets",
}  # fmt: skip


def shown(ports: Ports, integration: Integration) -> dict[str, Any]:
    """Return an integration without secrets: settings, progress, addresses."""
    settings = raw_of(integration.settings)
    backfill = scan.current(ports.documents, integration.id, "backfill")
    stuck = scan.parked_as(ports, integration.id, backfill) if backfill is not None else None
    return {
        **settings,
        "state": integration.phase.value,
        "revision": integration.revision,
        "connection": plain(integration.connection),
        "pending": plain(integration.pending),
        "return_url": consent.return_url(ports, integration.id),
        "webhook_url": webhooks.webhook_url(ports, integration).split("?")[0] + "?token=…",
        "activated_at": plain(integration.activated_at),
        "secrets_set": sorted(integration.secret_versions),
        "ireserve_refused": integration.ireserve_refused,
        "backfill": plain(backfill) | {"stuck": reason_of(stuck)} if backfill is not None else None,
    }


def reason_of(stuck: tuple[str, Body] | None) -> str | None:
    """Return the reason of what cannot go on, as a code, or None."""
    return str(stuck[1]["reason"]) if stuck is not None else None


def plain(value: Any) -> Any:
    """Return one of our values as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(each) for name, each in asdict(value).items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime | date) else value


def progress(trial: Trial) -> dict[str, Any]:
    """Return a probe's progress and results as JSON."""
    done = trial.finished_at is not None
    return {
        "state": "done" if done else "running",
        "part": "" if done else probe.PARTS[trial.part].name,
        "done": len(probe.PARTS) if done else trial.part,
        "of": len(probe.PARTS),
        "started_at": trial.started_at.isoformat(),
        "finished_at": trial.finished_at.isoformat() if trial.finished_at else None,
        "booking": trial.booking,
        "object": trial.object,
        "second_booking": trial.second,
        "found": dict(trial.found),
        "notes": dict(trial.notes),
        "trouble": dict(trial.trouble),
        "left": [str(each) for each in trial.left],
    }
