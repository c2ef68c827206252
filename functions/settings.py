"""The process's environment: read once at the start, every fault listed at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from functions.domain.model.addresses import web_address
from functions.domain.model.bounds import whole_number
from functions.domain.settings.strength import MADE, can_be_guessed
from functions.serving import Serving, serving

_QUEUES = ("TASKS_QUEUE", "TASKS_BACKFILL_QUEUE", "TASKS_TARGET", "TASKS_SERVICE_ACCOUNT")
HOT = ("booking_webhook", "calendar_notification")  # public and called for every change: they only verify and queue
_TO_QUEUE = ("WEBHOOK_KEYS", "TASKS_QUEUE", "TASKS_TARGET", "TASKS_SERVICE_ACCOUNT")
# What each function cannot do without in the cloud, besides GOOGLE_CLOUD_PROJECT and BASE_URL; infra/functions.tf gives it
NEEDS: Mapping[str, tuple[str, ...]] = {
    "oauth_redirect": (),
    **dict.fromkeys(HOT, _TO_QUEUE),
    "sync_task": ("WEBHOOK_KEYS", *_QUEUES),
    "renew_watches": (*_QUEUES, "SCHEDULER_SERVICE_ACCOUNT"),
    "sweep": (*_QUEUES, "SCHEDULER_SERVICE_ACCOUNT"),
    "console": ("WEBHOOK_KEYS", *_QUEUES),
}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class EnvironmentFaults(Exception):
    """The environment cannot be started with; the message lists every fault, one a line."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says; see the table in `docs/operations.md`."""

    backend: str
    base_url: str
    redirect_base_url: str
    webhook_base_url: str
    notification_base_url: str
    console_base_url: str
    webhook_keys: tuple[str, ...]
    google_auth_uri: str
    google_token_uri: str
    google_revoke_uri: str
    calendar_api_endpoint: str
    allow_private_addresses: bool
    log_level: str
    state_dir: Path
    port: int
    console_key: str
    console_reader_key: str  # opens the console to look only
    console_administrators: tuple[str, ...]  # addresses; in the cloud everybody else reads. None: everybody acts
    project: str
    firestore_database: str
    consent_database: str  # where consents under way are kept: all that `oauth_redirect` may write
    tasks_queue: str
    tasks_overflow_queue: str  # for what is over an integration's share of the live queue; "": it stays in that one
    tasks_backfill_queue: str
    tasks_target: str
    tasks_service_account: str
    scheduler_service_account: str
    iap_audience: str
    platform_url: str  # the address at which the platform itself answers for this function
    tasks_endpoint: str
    secrets_endpoint: str
    secrets_location: str  # where the secrets of an integration are made; "": wherever Google likes
    smtp_url: str
    smtp_from: str
    firestore_emulator: str
    serving: Serving  # how much this function takes on at once
    on_cloud_run: bool  # the platform stands in front: it has proven who calls a function that is not public


def read_environment(env: Mapping[str, str] | None = None, *, function: str = "console") -> Environment:
    """Read the environment for one of the functions; raises `EnvironmentFaults` with every fault."""
    env = os.environ if env is None else env
    faults: list[str] = []
    backend = env.get("BACKEND") or ("cloud" if env.get("K_SERVICE") else "standalone")
    if backend not in ("cloud", "standalone"):
        faults.append(f"BACKEND is {backend}; use cloud or standalone")
    port = _port(env, faults)
    base = _address(env, "BASE_URL", f"http://127.0.0.1:{port}" if backend == "standalone" else "", faults)
    keys = tuple(key.strip() for key in env.get("WEBHOOK_KEYS", "").split(",") if key.strip())
    if any(can_be_guessed(key) for key in keys):
        faults.append(f"WEBHOOK_KEYS has a key that can be guessed; make keys with `{MADE}`")
    level = env.get("LOG_LEVEL", "INFO").upper()
    if level not in LEVELS:
        faults.append(f"LOG_LEVEL is {level}; use one of {', '.join(LEVELS)}")
    if backend == "cloud":
        needed = ("GOOGLE_CLOUD_PROJECT", "BASE_URL", *NEEDS[function])
        faults += [f"{name} is missing; {function} needs it" for name in needed if not env.get(name)]
    for name in ("CONSOLE_KEY", "CONSOLE_READER_KEY"):
        if env.get(name) is not None and can_be_guessed(env[name]):
            faults.append(f"{name} can be guessed; make one with `{MADE}`, or leave it out")
    if env.get("CONSOLE_KEY") and env.get("CONSOLE_READER_KEY") == env["CONSOLE_KEY"]:
        faults.append("CONSOLE_READER_KEY is CONSOLE_KEY; make another one, or readers are administrators")
    administrators = tuple(each.strip() for each in env.get("CONSOLE_ADMINISTRATORS", "").split(",") if each.strip())
    faults += [f"CONSOLE_ADMINISTRATORS has {each}; give addresses" for each in administrators if "@" not in each]
    environment = Environment(
        backend=backend,
        base_url=base,
        redirect_base_url=_address(env, "REDIRECT_BASE_URL", base, faults),
        webhook_base_url=_address(env, "WEBHOOK_BASE_URL", base, faults),
        notification_base_url=_address(env, "NOTIFICATION_BASE_URL", base, faults),
        console_base_url=_address(env, "CONSOLE_BASE_URL", base, faults),
        webhook_keys=keys,
        google_auth_uri=_address(env, "GOOGLE_AUTH_URI", "https://accounts.google.com/o/oauth2/v2/auth", faults),
        google_token_uri=_address(env, "GOOGLE_TOKEN_URI", "https://oauth2.googleapis.com/token", faults),
        google_revoke_uri=_address(env, "GOOGLE_REVOKE_URI", "https://oauth2.googleapis.com/revoke", faults),
        calendar_api_endpoint=_address(env, "CALENDAR_API_ENDPOINT", "https://www.googleapis.com/calendar/v3", faults)
        + "/",
        allow_private_addresses=_flag(env, "ALLOW_PRIVATE_ADDRESSES", faults),
        log_level=level,
        state_dir=Path(env.get("STATE_DIR", ".local")),
        port=port,
        console_key=env.get("CONSOLE_KEY", ""),
        console_reader_key=env.get("CONSOLE_READER_KEY", ""),
        console_administrators=administrators,
        project=env.get("GOOGLE_CLOUD_PROJECT", ""),
        firestore_database=env.get("FIRESTORE_DATABASE", "(default)"),
        consent_database=env.get("CONSENT_DATABASE") or env.get("FIRESTORE_DATABASE", "(default)"),
        tasks_queue=env.get("TASKS_QUEUE", ""),
        tasks_overflow_queue=env.get("TASKS_OVERFLOW_QUEUE", ""),
        tasks_backfill_queue=env.get("TASKS_BACKFILL_QUEUE", ""),
        tasks_target=_address(env, "TASKS_TARGET", "", faults),
        tasks_service_account=env.get("TASKS_SERVICE_ACCOUNT", ""),
        scheduler_service_account=env.get("SCHEDULER_SERVICE_ACCOUNT", ""),
        iap_audience=env.get("IAP_AUDIENCE", ""),
        platform_url=_address(env, "PLATFORM_URL", base, faults),
        tasks_endpoint=_address(env, "TASKS_ENDPOINT", "", faults),
        secrets_endpoint=_address(env, "SECRETS_ENDPOINT", "", faults),
        secrets_location=env.get("SECRETS_LOCATION", ""),
        smtp_url=_mail_server(env, faults),
        smtp_from=env.get("SMTP_FROM", ""),
        firestore_emulator=env.get("FIRESTORE_EMULATOR_HOST", ""),
        serving=serving(function if backend == "cloud" else "serve"),
        on_cloud_run=bool(env.get("K_SERVICE")),
    )
    if faults:
        raise EnvironmentFaults("\n".join(faults))
    return environment


def _address(env: Mapping[str, str], name: str, default: str, faults: list[str]) -> str:
    value = (env.get(name) or default).rstrip("/")
    if env.get(name) and web_address(value) is None:
        faults.append(f"{name} is {value}; give a whole address such as https://sync.example.org")
    return value


def _mail_server(env: Mapping[str, str], faults: list[str]) -> str:
    value = env.get("SMTP_URL", "")
    if value and not _is_mail_server(value):  # it has a password, so it is not quoted
        faults.append(
            "SMTP_URL is not the address of a mail server; give smtp://user:password@host:587 or smtps://user:password@host:465, in plain ASCII"
        )
    return value


def _is_mail_server(text: str) -> bool:
    try:
        parts = urlsplit(text)
        login, usable = f"{parts.username}{parts.password}", parts.port != 0
    except ValueError:
        return False
    return usable and parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and unquote(login).isascii()


def _port(env: Mapping[str, str], faults: list[str]) -> int:
    text = env.get("PORT", "8080")
    port = whole_number(text)
    if port is not None and 0 < port < 65536:  # noqa: PLR2004 -- what ports there are
        return port
    faults.append(f"PORT is {text}; use a number from 1 to 65535")
    return 8080


def _flag(env: Mapping[str, str], name: str, faults: list[str]) -> bool:
    text = env.get(name, "").lower()
    if text in ("1", "true", "yes"):
        return True
    if text not in ("", "0", "false", "no"):
        faults.append(f"{name} is {text}; use true or false")
    return False
