"""Whoever deploys this reads variables, outputs and names: each explains itself."""

import re

from infra_configuration import INFRA, blocks, local, named


def test_every_variable_is_described_and_typed() -> None:
    assert [name for name, body in named("variable").items() if not body.get("description") or "type" not in body] == []


def test_every_variable_that_can_be_wrong_is_validated() -> None:
    free = {name for name, body in named("variable").items() if "validation" not in body}
    assert free == {"public_functions", "console_iap", "region_builds"}, "a bool is checked by its type"


def test_every_output_is_described() -> None:
    assert [name for name, body in named("output").items() if not body.get("description")] == []


def test_the_outputs_tell_what_the_set_up_asks_for() -> None:
    assert {"return_url", "console_url", "webhook_base_url", "notification_base_url", "service_accounts"} <= set(
        named("output")
    )


def test_the_readme_names_every_variable_without_a_default() -> None:
    readme = (INFRA / "README.md").read_text(encoding="utf-8")
    assert [name for name, body in named("variable").items() if "default" not in body and name not in readme] == []


def test_names_in_google_cloud_are_hyphenated() -> None:
    for block in blocks("resource"):
        for argument in ("account_id", "secret_id", "repository_id", "name"):
            value = re.sub(r"\$\{[^}]*\}", "", str(block.body.get(argument, "")))
            assert "_" not in value, f"{block.file}: {block.type}.{block.name}.{argument}"


def test_the_files_are_by_concern() -> None:
    expected = ["services", "functions", "iam", "secrets", "firestore", "tasks", "scheduler", "monitoring", "source"]
    assert {f"{name}.tf" for name in expected} <= {path.name for path in INFRA.glob("*.tf")}


def test_somebody_is_told_of_everything_that_needs_a_person() -> None:
    policies = {block.name for block in blocks("resource", "google_monitoring_alert_policy")}
    assert set(local("told_at_once")) | policies >= {
        "token_dead",
        "channel_expiring",
        "parked",
        "held",
        "paused_links",
        "no_sync",
        "sweep_not_run",
        "errors",
        "lag",
    }
    for block in blocks("resource", "google_monitoring_alert_policy"):
        assert block.body["notification_channels"] == ["${google_monitoring_notification_channel.email.id}"]
        assert block.body["documentation"][0]["content"]


def test_an_alert_on_a_line_of_the_log_has_that_one_condition_and_a_limit_on_mails() -> None:
    """Google Cloud refuses such a condition beside another one, and the limit without it."""
    for block in blocks("resource", "google_monitoring_alert_policy"):
        conditions = block.body["conditions"]
        on_a_line = [condition for condition in conditions if "condition_matched_log" in condition]
        limited = "notification_rate_limit" in block.body["alert_strategy"][0]
        assert (len(conditions) == 1 if on_a_line else True, limited) == (True, bool(on_a_line)), block.name
