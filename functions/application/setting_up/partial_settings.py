"""Saves settings one screen at a time; activation checks the integration as a whole.

A screen reports faults in its own fields and those it causes elsewhere. What is missing on other screens stays on the
list of things to do.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from functions.application.ports import Ports
from functions.application.setting_up import changes
from functions.application.setting_up.settings_input import raw_of, settings_from, typed
from functions.application.setting_up.setup import save_settings, secret_faults, store_secrets
from functions.application.store import integrations
from functions.domain.model.errors import Conflict, Fault, Invalid
from functions.domain.model.messages import say
from functions.domain.settings.facts import facts
from functions.domain.settings.faults import faults_between, settings_faults
from functions.domain.settings.integration import ACTIVATED, Integration
from functions.domain.settings.schema import Settings

Raw = dict[str, Any]


def create(ports: Ports, part: Mapping[str, Any], actor: str) -> Integration:
    """Start an integration with only its id and name; raises `Invalid`, or `Conflict` if the id is taken."""
    settings = _typed(merged(raw_of(Settings(id="")), part), ("id", "name", "language", "timezone"), ())
    if integrations.find(ports.documents, settings.id) is not None:
        raise Conflict(say("there is an integration {} already; choose another id", settings.id), reason="id_taken")
    saved = save_settings(ports, settings, actor, revision=0)
    return store_secrets(ports, saved, {})


def merged_part(
    ports: Ports, integration: Integration, part: Mapping[str, Any], names: Collection[str], seen: str = ""
) -> Raw:
    """Return the whole settings with a screen's fields merged in.

    `names` are the screen's fields (dotted); `seen` is their `mark` when the screen was shown. Raises `Invalid` with
    their faults and those they cause elsewhere, `Conflict` if somebody has changed them since.
    """
    if seen and seen != mark(integration.settings, names):
        raise Conflict(integrations.MEANWHILE, reason="revision")
    others = [each.settings for each in integrations.every(ports.documents)]
    had = {*settings_faults(integration.settings), *faults_between(integration.settings, others)}
    settings = _typed(merged(raw_of(integration.settings), part), names, had)
    _refuse([fault for fault in faults_between(settings, others) if _own(fault, names) or fault not in had])
    return raw_of(settings)


def save_part(
    ports: Ports,
    int_id: str,
    part: Mapping[str, Any],
    names: Collection[str],
    actor: str,
    *,
    secrets: Mapping[str, str] | None = None,
    seen: str = "",
    apply: str = "",
) -> Integration:
    """Save a screen's fields and secrets; raises like `merged_part`, and while running like `changes.save`."""
    before = integrations.get(ports.documents, int_id)
    raw = merged_part(ports, before, part, names, seen)
    if before.phase in ACTIVATED:
        return changes.save(
            ports, raw, actor, int_id=int_id, secrets=secrets or None, revision=before.revision, apply=apply
        )
    settings = typed(raw)
    _refuse(secret_faults(secrets or None))
    saved = save_settings(ports, settings, actor, revision=before.revision)
    return store_secrets(ports, saved, secrets or {})


def open_faults(ports: Ports, settings: Settings) -> tuple[Fault, ...]:
    """Return what must still be set before the integration can be activated."""
    others = [each.settings for each in integrations.every(ports.documents)]
    return (*settings_faults(settings), *faults_between(settings, others))


def mark(settings: Settings, names: Collection[str]) -> str:
    """Return a hash of these fields' values, to detect changes since somebody saw them."""
    raw = raw_of(settings)
    values = [(name, _value(raw, name)) for name in sorted(names)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _typed(raw: Raw, names: Collection[str], had: Collection[Fault]) -> Settings:
    try:
        return settings_from(raw)
    except Invalid as invalid:
        _refuse([fault for fault in invalid.faults if _own(fault, names) or (had != () and fault not in had)])
    return typed(raw)


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid(tuple(dict.fromkeys(faults)))


def _own(fault: Fault, names: Collection[str]) -> bool:
    return any(fault.field == name or fault.field.startswith(f"{name}.") for name in names)


def merged(raw: Raw, part: Mapping[str, Any], within: str = "") -> Raw:
    """Return raw settings with a part of them replaced, level by level, and each setting as a whole."""
    laid = dict(raw)
    for name, value in part.items():
        whole = f"{within}{name}" in facts(Settings)  # `colours` has names of its own: one that is left out is gone
        nested = not whole and isinstance(value, Mapping) and isinstance(laid.get(name), dict)
        laid[name] = merged(laid[name], value, f"{within}{name}.") if nested else value
    return laid


def _value(raw: Any, name: str) -> Any:
    for step in name.split("."):
        raw = raw[int(step)] if isinstance(raw, list) else raw.get(step)
    return raw
