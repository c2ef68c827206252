# Who may do what. An account per function, and each grant on the one thing it is for. The only grants on the project
# are those that Google Cloud does not offer any lower, and those for what Terraform does not know yet; they carry a
# condition where it knows one.
resource "google_service_account" "function" {
  for_each = local.functions

  project      = var.project_id
  account_id   = local.services_by_function[each.key]
  display_name = "i-Reserve sync: ${each.key}"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "tasks" {
  project      = var.project_id
  account_id   = "ireserve-tasks"
  display_name = "i-Reserve sync: Cloud Tasks calls sync_task as this account"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "scheduler" {
  project      = var.project_id
  account_id   = "ireserve-scheduler"
  display_name = "i-Reserve sync: Cloud Scheduler calls renew_watches and sweep as this account"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "ireserve-build"
  display_name = "i-Reserve sync: builds the functions' images"

  depends_on = [google_project_service.this]
}

# --- who may call which function -------------------------------------------------------------------------------------

resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = var.public_functions ? toset([for name, function in local.functions : name if function.caller == "public"]) : toset([])

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this[each.key].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "tasks" {
  for_each = toset([for name, function in local.functions : name if function.caller == "tasks"])

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.tasks.member
}

resource "google_cloud_run_v2_service_iam_member" "scheduler" {
  for_each = toset([for name, function in local.functions : name if function.caller == "scheduler"])

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

# Behind IAP nobody calls the function itself: console_iap.tf.
resource "google_cloud_run_v2_service_iam_member" "console" {
  for_each = var.console_iap ? toset([]) : var.console_members

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this["console"].name
  role     = "roles/run.invoker"
  member   = each.value
}

# `gcloud run services proxy` looks the service up before it calls it, which the role above does not include.
resource "google_cloud_run_v2_service_iam_member" "console_viewer" {
  for_each = var.console_iap ? toset([]) : var.console_members

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this["console"].name
  role     = "roles/run.viewer"
  member   = each.value
}

# --- Firestore -------------------------------------------------------------------------------------------------------

# Firestore's roles exist on the project only; the condition narrows them to one database.
# https://cloud.google.com/firestore/docs/manage-databases#iam
resource "google_project_iam_member" "firestore" {
  for_each = { for name, function in local.functions : name => function.firestore if function.firestore != "none" }

  project = var.project_id
  role    = { read = "roles/datastore.viewer", write = "roles/datastore.user" }[each.value]
  member  = google_service_account.function[each.key].member

  condition {
    title       = "only ${google_firestore_database.this.name}"
    description = "No other database of the project"
    expression  = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.this.name}\""
  }
}

# Who begins a consent or brings it back writes the database that holds nothing else.
resource "google_project_iam_member" "consents" {
  for_each = toset([for name, function in local.functions : name if function.consents])

  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.function[each.key].member

  condition {
    title       = "only ${google_firestore_database.consents.name}"
    description = "No other database of the project"
    expression  = "resource.name == \"projects/${var.project_id}/databases/${google_firestore_database.consents.name}\""
  }
}

# --- secrets ---------------------------------------------------------------------------------------------------------

# A version that was replaced is destroyed some minutes later, by a task: nothing may be about to read it any more.
resource "google_project_iam_custom_role" "secret_destroyer" {
  project     = var.project_id
  role_id     = "ireserveSecretDestroyer"
  title       = "i-Reserve sync: destroys replaced versions of secrets"
  description = "Destroys versions of secrets, and reads and fills none"
  permissions = ["secretmanager.versions.destroy"]

  depends_on = [google_project_service.this]
}

# An integration is data: the console makes its secrets, ireserve-ID-NAME, and Terraform knows none of them. So what may be
# done with them is granted for the names that begin so, and for no others: webhook-keys and smtp-url are not among them.
# Making a secret is a permission on the project, which knows no name yet; with it alone nothing can be read or filled.
# docs/decisions/0011-secrets-of-integrations.md
locals {
  secret_access = {
    none = []
    tend = [
      { role = "roles/secretmanager.secretAccessor", on = "secrets/ireserve-" },
      { role = "ireserveSecretDestroyer", on = "secrets/ireserve-" },
    ]
    manage = [
      { role = "roles/secretmanager.secretAccessor", on = "secrets/ireserve-" },
      { role = "roles/secretmanager.secretVersionManager", on = "secrets/ireserve-" },
      { role = "ireserveSecretCreator", on = "" },
    ]
  }

  secret_grants = {
    for grant in flatten([
      for name, function in local.functions : [
        for access in local.secret_access[function.integration_secrets] : { function = name, role = access.role, on = access.on }
      ]
    ]) : "${grant.function} ${grant.role}" => grant
  }
}

resource "google_project_iam_custom_role" "secret_creator" {
  project     = var.project_id
  role_id     = "ireserveSecretCreator"
  title       = "i-Reserve sync: makes secrets"
  description = "Makes secrets, and reads and fills none"
  permissions = ["secretmanager.secrets.create"]

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "integration_secrets" {
  for_each = local.secret_grants

  project = var.project_id
  role    = startswith(each.value.role, "roles/") ? each.value.role : "projects/${var.project_id}/roles/${each.value.role}"
  member  = google_service_account.function[each.value.function].member

  dynamic "condition" {
    for_each = each.value.on == "" ? [] : [each.value.on]
    content {
      title       = "only secrets of integrations"
      description = "Those whose name begins with ireserve-"
      expression  = "resource.name.startsWith(\"projects/${data.google_project.this.number}/${condition.value}\")"
    }
  }

  depends_on = [google_project_iam_custom_role.secret_creator, google_project_iam_custom_role.secret_destroyer]
}

# The platform reads these for the function's environment, as the function's account.
resource "google_secret_manager_secret_iam_member" "webhook_keys" {
  for_each = toset([for name, function in local.functions : name if function.webhook_keys])

  project   = var.project_id
  secret_id = google_secret_manager_secret.webhook_keys.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}

resource "google_secret_manager_secret_iam_member" "smtp_url" {
  for_each = toset([for name, function in local.functions : name if function.mails])

  project   = var.project_id
  secret_id = google_secret_manager_secret.smtp_url.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.key].member
}

# --- queues ----------------------------------------------------------------------------------------------------------

locals {
  queue_grants = {
    for grant in flatten([
      for name, function in local.functions : [for queue in function.queues : { function = name, queue = queue }]
    ]) : "${grant.function} ${grant.queue}" => grant
  }
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = local.queue_grants

  project  = var.project_id
  location = var.queue_region
  name     = google_cloud_tasks_queue.this[each.value.queue].name
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.function[each.value.function].member
}

# A task names the account that it runs as; whoever adds one must be allowed to act as it.
resource "google_service_account_iam_member" "enqueuer_acts_as_tasks" {
  for_each = toset([for name, function in local.functions : name if length(function.queues) > 0])

  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.function[each.key].member
}

# --- building the images ---------------------------------------------------------------------------------------------

resource "google_project_iam_member" "build" {
  for_each = {
    "roles/logging.logWriter" = null # build logs exist on the project only
    # Cloud Functions copies the archive to a bucket of its own making and builds from there.
    "roles/storage.objectViewer" = join(" || ", [
      for bucket in [google_storage_bucket.source.name, "gcf-v2-sources-${data.google_project.this.number}-${var.region}"] :
      "resource.name.startsWith(\"projects/_/buckets/${bucket}\")"
    ])
  }

  project = var.project_id
  role    = each.key
  member  = google_service_account.build.member

  dynamic "condition" {
    for_each = each.value == null ? [] : [each.value]
    content {
      title       = "only the source"
      description = "The buckets that hold the source archive"
      expression  = condition.value
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "build" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}
