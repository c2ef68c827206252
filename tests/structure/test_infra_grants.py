"""Who may do what: an account per function, each grant on the one thing it is for, public only where meant."""

import re

import pytest
from infra_configuration import blocks, files, functions, local, named, resource, text

from functions.application.store.indexes import EXPIRING, INDEXES

# Grants on the whole project, each with its reason. Everything else is granted on the thing itself.
ON_THE_PROJECT = {
    "ireserveSecretDestroyer": "a task destroys replaced versions; its one permission is all it has",
    "roles/datastore.user": "Firestore's roles exist on the project only; a condition narrows it to one database",
    "roles/datastore.viewer": "as above",
    "roles/logging.logWriter": "the build account writes its build log, and logs exist on the project only",
    "roles/secretmanager.secretAccessor": "the console makes the secrets; a condition names how they begin",
    "roles/secretmanager.secretVersionManager": "as above",
    "roles/storage.objectViewer": "Cloud Functions builds from a bucket that it makes itself; a condition names it",
}


def test_each_function_runs_as_an_account_of_its_own() -> None:
    account = resource("google_service_account", "function")
    assert account["for_each"] == "${local.functions}"
    (service,) = resource("google_cloudfunctions2_function", "this")["service_config"]
    assert service["service_account_email"] == "${google_service_account.function[each.key].email}"


def test_a_role_on_the_whole_project_is_one_of_the_few_with_a_reason() -> None:
    granted = {
        role
        for block in blocks("resource", "google_project_iam_member")
        for role in re.findall(r"roles/[\w.]+", str(block.body))
    }
    granted |= {each["role"] for access in local("secret_access").values() for each in access if each["on"]}
    assert granted == set(ON_THE_PROJECT)


@pytest.mark.parametrize(("grant", "database"), [("firestore", "this"), ("consents", "consents")])
def test_a_grant_of_firestore_is_limited_to_the_one_database(grant: str, database: str) -> None:
    (condition,) = resource("google_project_iam_member", grant)["condition"]
    name = f"${{google_firestore_database.{database}.name}}"
    assert (
        condition["expression"].replace("\\", "") == f'resource.name == "projects/${{var.project_id}}/databases/{name}"'
    )


def test_no_public_function_reaches_the_database_of_the_integrations() -> None:
    reached = {function["firestore"] for function in functions().values() if function["caller"] == "public"}
    assert reached == {"none"}
    assert [name for name, function in functions().items() if function["consents"]] == ["oauth_redirect", "console"]


def test_no_grant_replaces_what_somebody_else_granted() -> None:
    types = {block.type for block in blocks("resource") if "_iam_" in block.type and "custom_role" not in block.type}
    assert all(type_.endswith("_iam_member") for type_ in types)


def test_nobody_gets_a_basic_role() -> None:
    assert not re.search(r"roles/(owner|editor|viewer)\b", text())


def test_a_secret_is_granted_by_its_name_or_by_how_its_name_begins() -> None:
    assert local("secret_access") == {
        "none": [],
        "tend": [
            {"role": "roles/secretmanager.secretAccessor", "on": "secrets/ireserve-"},
            {"role": "ireserveSecretDestroyer", "on": "secrets/ireserve-"},
        ],
        "manage": [
            {"role": "roles/secretmanager.secretAccessor", "on": "secrets/ireserve-"},
            {"role": "roles/secretmanager.secretVersionManager", "on": "secrets/ireserve-"},
            {"role": "ireserveSecretCreator", "on": ""},
        ],
    }
    (condition,) = resource("google_project_iam_member", "integration_secrets")["dynamic"]
    assert "resource.name.startsWith" in condition["condition"]["content"][0]["expression"]
    assert resource("google_project_iam_custom_role", "secret_creator")["permissions"] == [
        "secretmanager.secrets.create"
    ], "a secret that is not there yet has no name to limit the grant to; more than making it cannot be done"
    own = {resource("google_secret_manager_secret", name)["secret_id"] for name in ("webhook_keys", "smtp_url")}
    assert not [name for name in own if name.startswith("ireserve-")], "what the console may read is no key of ours"


def test_what_terraform_made_for_integrations_once_is_forgotten_and_not_destroyed() -> None:
    (removed,) = (each for content in files().values() for each in content.get("removed", []))
    assert removed["from"] == "${google_secret_manager_secret.integration}"
    assert removed["lifecycle"] == [{"destroy": False}]


def test_secrets_are_made_without_a_version_so_that_no_value_is_in_the_state() -> None:
    assert not list(blocks("resource", "google_secret_manager_secret_version"))
    assert not list(blocks("data", "google_secret_manager_secret_version"))
    assert not re.search(r"random_password|secret_data", text())


def test_anyone_may_call_the_three_functions_that_prove_their_callers_themselves_and_no_other() -> None:
    public = {name for name, function in functions().items() if function["caller"] == "public"}
    assert public == {"oauth_redirect", "booking_webhook", "calendar_notification"}
    (holder,) = (block for block in blocks("resource") if "allUsers" in str(block.body))
    assert (holder.type, holder.name) == ("google_cloud_run_v2_service_iam_member", "public")
    assert 'function.caller == "public"' in holder.body["for_each"]
    assert "allAuthenticatedUsers" not in str([content.get("resource") for content in files().values()])


def test_public_functions_can_be_turned_off() -> None:
    for_each = resource("google_cloud_run_v2_service_iam_member", "public")["for_each"]
    assert for_each.removeprefix("${").startswith("var.public_functions ?")
    assert named("variable")["public_functions"]["type"] in ("bool", "${bool}")


def test_an_account_that_adds_tasks_may_do_so_on_the_queue_and_act_as_the_tasks_account_only() -> None:
    assert resource("google_cloud_tasks_queue_iam_member", "enqueuer")["role"] == "roles/cloudtasks.enqueuer"
    acts = resource("google_service_account_iam_member", "enqueuer_acts_as_tasks")
    assert acts["service_account_id"] == "${google_service_account.tasks.name}"


def test_the_request_log_of_a_function_with_a_secret_in_its_address_is_not_kept() -> None:
    assert {name for name, function in functions().items() if function["secret_in_url"]} == {
        "booking_webhook",
        "oauth_redirect",
    }
    exclusion = resource("google_logging_project_exclusion", "secret_in_url")
    assert "function.secret_in_url" in exclusion["for_each"]
    assert "run.googleapis.com%2Frequests" in exclusion["filter"]
    assert "google_logging_project_exclusion.secret_in_url" in str(
        resource("google_cloudfunctions2_function", "this")["depends_on"]
    )


def test_the_console_is_never_public() -> None:
    assert functions()["console"]["caller"] == "people"
    assert resource("google_cloud_run_v2_service", "console_iap")["iap_enabled"] in (True, "${true}", "true")
    (validation,) = named("variable")["console_members"]["validation"]
    assert "allUsers" in validation["error_message"]


def test_the_database_is_in_the_eu_and_cannot_be_lost_by_accident() -> None:
    database = resource("google_firestore_database", "this")
    assert named("variable")["firestore_location"]["default"] == "europe-west1"
    assert database["point_in_time_recovery_enablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    assert database["delete_protection_state"] == "DELETE_PROTECTION_ENABLED"
    assert database["deletion_policy"] == "ABANDON"


def test_a_query_over_several_fields_has_its_index() -> None:
    several = [(index.collection, list(index.fields)) for index in INDEXES if len(index.fields) > 1]
    assert sorted(local("composite_indexes").items()) == sorted(several)


def test_what_expires_is_deleted_by_firestore() -> None:
    field, consents = (resource("google_firestore_field", name) for name in ("expires_at", "consents_expire"))
    assert field["field"] == consents["field"] == "expires_at"
    assert {*re.findall(r'"(\w+)"', field["for_each"]), consents["collection"]} == set(EXPIRING)
    assert field["ttl_config"] == [{}]
