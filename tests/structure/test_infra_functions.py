"""The map of functions in infra/functions.tf is what the product is, calls what it has and gives it what it needs."""

import ast
import inspect
import json
import re
from dataclasses import asdict
from typing import Any

import pytest
from functions_framework._http import gunicorn
from infra_configuration import ROOT, functions, local, resource

from functions.settings import read_environment

SERVING: dict[str, dict[str, int]] = json.loads((ROOT / "functions/serving.json").read_text(encoding="utf-8"))

# Which function needs what at run time, and who calls it
NEEDS: dict[str, dict[str, Any]] = {
    "oauth_redirect": {"caller": "public", "consents": True},
    "booking_webhook": {"caller": "public", "queues": ["live", "overflow"], "webhook_keys": True},
    "calendar_notification": {"caller": "public", "queues": ["live", "overflow"], "webhook_keys": True},
    "sync_task": {
        "caller": "tasks",
        "firestore": "write",
        "queues": ["live", "overflow", "backfill"],
        "integration_secrets": "tend",
        "webhook_keys": True,
        "mails": True,
    },
    "renew_watches": {"caller": "scheduler", "firestore": "read", "queues": ["live", "overflow", "backfill"]},
    "sweep": {"caller": "scheduler", "firestore": "read", "queues": ["live", "overflow", "backfill"]},
    "console": {
        "caller": "people",
        "firestore": "write",
        "consents": True,
        "queues": ["live", "overflow", "backfill"],
        "integration_secrets": "manage",
        "webhook_keys": True,
    },
}
NOTHING: dict[str, Any] = {
    "firestore": "none",
    "consents": False,
    "queues": [],
    "integration_secrets": "none",
    "webhook_keys": False,
    "mails": False,
}

EVERY_FUNCTION = {
    "BACKEND",
    "THREADS",
    "GOOGLE_CLOUD_PROJECT",
    "LOG_LEVEL",
    "BASE_URL",
    "PLATFORM_URL",
    "REDIRECT_BASE_URL",
    "WEBHOOK_BASE_URL",
    "NOTIFICATION_BASE_URL",
    "CONSOLE_BASE_URL",
}
BY_NEED = {
    "FIRESTORE_DATABASE",
    "CONSENT_DATABASE",
    "TASKS_TARGET",
    "TASKS_SERVICE_ACCOUNT",
    "TASKS_QUEUE",
    "TASKS_OVERFLOW_QUEUE",
    "TASKS_BACKFILL_QUEUE",
    "SCHEDULER_SERVICE_ACCOUNT",
    "SECRETS_LOCATION",
    "SMTP_FROM",
    "CONSOLE_ADMINISTRATORS",
}


def test_the_functions_that_are_deployed_are_the_public_plain_functions_of_main() -> None:
    tree = ast.parse((ROOT / "main.py").read_text(encoding="utf-8"))
    public = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}
    assert set(functions()) == public


def test_the_functions_that_are_deployed_are_the_seven_that_the_product_promises() -> None:
    assert set(functions()) == set(NEEDS)


@pytest.mark.parametrize("name", NEEDS)
def test_a_function_is_given_what_it_needs_and_no_more(name: str) -> None:
    asked = {key: functions()[name][key] for key in ("caller", *NOTHING)}
    assert asked == NOTHING | NEEDS[name]


def test_the_environment_has_the_names_of_the_contract_and_no_others() -> None:
    names = set(re.findall(r"\b([A-Z][A-Z_]+)\b *[:=]", local("environment")))
    assert names == EVERY_FUNCTION | BY_NEED


def test_every_name_in_the_environment_is_one_that_the_product_reads() -> None:
    settings = (ROOT / "functions" / "settings.py").read_text(encoding="utf-8")
    extra = {"WEBHOOK_KEYS", "SMTP_URL", "IAP_AUDIENCE"}
    unread = {
        name
        for name in (EVERY_FUNCTION | BY_NEED | extra) - {"THREADS"}
        if not re.search(rf"\b{name}\b", settings, re.IGNORECASE)
    }
    assert not unread


def test_what_is_secret_in_the_environment_comes_from_its_secret_as_a_numbered_version() -> None:
    (dynamic,) = resource("google_cloudfunctions2_function", "this")["service_config"][0]["dynamic"]
    assert dynamic["secret_environment_variables"]["for_each"] == "${local.secret_environment[each.key]}"
    given = local("secret_environment")
    assert re.findall(r"\b([A-Z][A-Z_]+)\b *[:=]", given) == ["WEBHOOK_KEYS", "SMTP_URL"]
    assert "var.webhook_keys_version" in given
    assert "var.smtp_url_version" in given


def test_the_frame_under_the_functions_reads_the_number_of_their_threads() -> None:
    assert '"THREADS"' in inspect.getsource(gunicorn)


def test_a_task_ends_before_the_lease_of_its_intent() -> None:
    assert SERVING["sync_task"]["timeout_seconds"] <= 60


@pytest.mark.parametrize("name", NEEDS)
def test_an_instance_is_sent_what_it_can_answer_at_once_and_keeps_a_connection_for_each(name: str) -> None:
    row = SERVING[name]
    assert row["threads"] == row["concurrency"]
    assert row["connections"] >= row["threads"] + row["at_once"] or row["concurrency"] == 1
    assert row["connections"] >= max(row["threads"], row["at_once"])


def test_the_table_is_of_the_functions_and_of_serve() -> None:
    assert set(SERVING) == set(NEEDS) | {"serve"}
    assert len({tuple(row) for row in SERVING.values()}) == 1, "each row has every column"


def test_the_code_reads_the_row_of_the_function_that_it_runs_as() -> None:
    given = {"BACKEND": "cloud", "GOOGLE_CLOUD_PROJECT": "demo", "BASE_URL": "https://hot.example.org"}
    assert asdict(read_environment(given, function="oauth_redirect").serving) == SERVING["oauth_redirect"]
    assert asdict(read_environment({}).serving) == SERVING["serve"]


def test_the_instances_of_sync_task_take_what_all_queues_send_at_once() -> None:
    sent = sum(queue["concurrent_dispatches"] for queue in local("queues").values())
    assert sent <= SERVING["sync_task"]["instances"] * SERVING["sync_task"]["concurrency"]


def test_the_schedules_call_routes_of_functions_that_the_scheduler_may_call() -> None:
    paths = {name: schedule["path"] for name, schedule in local("schedules").items()}
    assert paths == {"renew_watches": "/watches/renew", "sweep": "/sweep"}
    assert all(functions()[name]["caller"] == "scheduler" for name in paths)


def test_the_scheduler_says_for_whom_its_token_is() -> None:
    (target,) = resource("google_cloud_scheduler_job", "this")["http_target"]
    (token,) = target["oidc_token"]
    assert token["audience"] == "${local.run_addresses[each.key]}"
    assert target["uri"].startswith(token["audience"])


def test_every_file_of_the_product_is_of_a_kind_that_is_deployed() -> None:
    (pattern,) = re.findall(r"functions/\*\*/\*\.\{([a-z,]+)\}", local("source_files"))
    files = [p for p in (ROOT / "functions").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    strange = [str(path.relative_to(ROOT)) for path in files if path.suffix.removeprefix(".") not in pattern.split(",")]
    assert not strange, "infra/source.tf names the kinds of files that are deployed"
    for path in files:
        path.read_text(encoding="utf-8")  # the archive takes text only
