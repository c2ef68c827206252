# The deployed functions. This one map drives them all: accounts, grants, environment, schedules, addresses and logs
# follow from it. A key is the name of a plain function in main.py. How much each takes on at once is in
# functions/serving.json, which the code reads too.
locals {
  # By function: memory, the seconds after which an answer is broken off, the requests that one instance is sent at the
  # same time (concurrency), the threads that answer them, and the most instances. What else stands there is the code's.
  serving = jsondecode(file("${path.module}/../functions/serving.json"))

  functions = {
    oauth_redirect = {
      caller              = "public" # public | tasks | scheduler | people: who may call it
      firestore           = "none"   # none | read | write
      consents            = true     # whether it may write the database of consents under way, which holds nothing else
      queues              = []       # the queues that it adds tasks to: live, overflow, backfill
      integration_secrets = "none"   # none | tend (read, and destroy a replaced version) | manage (make, and add versions too)
      webhook_keys        = false    # whether WEBHOOK_KEYS is in its environment
      mails               = false    # whether it mails alerts: SMTP_URL is in its environment once there is one
      secret_in_url       = true     # Google's code is in the query: its request log is not kept
      warm                = false    # whether min_instances applies
    }
    booking_webhook = {
      caller              = "public"
      firestore           = "none"
      consents            = false
      queues              = ["live", "overflow"]
      integration_secrets = "none"
      webhook_keys        = true
      mails               = false
      secret_in_url       = true # the webhook's token is in the query
      warm                = true
    }
    calendar_notification = {
      caller              = "public"
      firestore           = "none"
      consents            = false
      queues              = ["live", "overflow"]
      integration_secrets = "none"
      webhook_keys        = true
      mails               = false
      secret_in_url       = false # the channel's token is a header
      warm                = true
    }
    sync_task = {
      caller              = "tasks"
      firestore           = "write"
      consents            = false
      queues              = ["live", "overflow", "backfill"]
      integration_secrets = "tend"
      webhook_keys        = true # it opens channels
      mails               = true # the minute's round tells
      secret_in_url       = false
      warm                = true
    }
    renew_watches = {
      caller              = "scheduler"
      firestore           = "read"
      consents            = false
      queues              = ["live", "overflow", "backfill"]
      integration_secrets = "none"
      webhook_keys        = false
      mails               = false
      secret_in_url       = false
      warm                = false
    }
    sweep = {
      caller              = "scheduler"
      firestore           = "read"
      consents            = false
      queues              = ["live", "overflow", "backfill"]
      integration_secrets = "none"
      webhook_keys        = false
      mails               = false
      secret_in_url       = false
      warm                = false
    }
    console = {
      caller              = "people"
      firestore           = "write"
      consents            = true
      queues              = ["live", "overflow", "backfill"]
      integration_secrets = "manage"
      webhook_keys        = true # it registers webhooks
      mails               = false
      secret_in_url       = false
      warm                = false
    }
  }

  # What a flood can cost: as many instances as the function's row says, and never more than the variable.
  max_instances = { for name, _ in local.functions : name => min(local.serving[name].instances, var.max_instances) }

  # Google names hyphenate, Python underscores.
  services_by_function = { for name, _ in local.functions : name => "ireserve-${replace(name, "_", "-")}" }

  # Cloud Run's address of a service can be told before it exists, so that functions can know their own and each
  # other's: https://cloud.google.com/run/docs/triggering/https-request#deterministic
  run_addresses = {
    for name, service in local.services_by_function :
    name => "https://${service}-${data.google_project.this.number}.${var.region}.run.app"
  }

  # A function's address for whoever calls it. A private console is opened through a proxy on the caller's machine: its
  # Cloud Run address would only say 403 to a browser.
  addresses = merge(
    local.run_addresses,
    { console = var.console_iap ? local.console_iap_address : var.console_proxy_address },
    var.custom_domains,
  )

  # What every function needs to know, and what its row asks for. The names are those that functions/settings.py reads.
  environment = {
    for name, function in local.functions : name => merge(
      {
        BACKEND               = "cloud"
        GOOGLE_CLOUD_PROJECT  = var.project_id
        LOG_LEVEL             = var.log_level
        THREADS               = tostring(local.serving[name].threads) # functions-framework's own are four, whatever it is sent
        BASE_URL              = local.addresses[name]
        PLATFORM_URL          = local.run_addresses[name]
        REDIRECT_BASE_URL     = local.addresses["oauth_redirect"]
        WEBHOOK_BASE_URL      = local.addresses["booking_webhook"]
        NOTIFICATION_BASE_URL = local.addresses["calendar_notification"]
        CONSOLE_BASE_URL      = local.addresses["console"]
      },
      function.firestore == "none" ? {} : { FIRESTORE_DATABASE = google_firestore_database.this.name },
      function.consents ? { CONSENT_DATABASE = google_firestore_database.consents.name } : {},
      length(function.queues) == 0 ? {} : {
        TASKS_TARGET          = "${local.run_addresses["sync_task"]}/tasks/sync"
        TASKS_SERVICE_ACCOUNT = google_service_account.tasks.email
      },
      contains(function.queues, "live") ? { TASKS_QUEUE = google_cloud_tasks_queue.this["live"].id } : {},
      contains(function.queues, "overflow") ? { TASKS_OVERFLOW_QUEUE = google_cloud_tasks_queue.this["overflow"].id } : {},
      contains(function.queues, "backfill") ? { TASKS_BACKFILL_QUEUE = google_cloud_tasks_queue.this["backfill"].id } : {},
      function.integration_secrets == "manage" ? { SECRETS_LOCATION = var.region } : {},
      function.caller == "scheduler" ? { SCHEDULER_SERVICE_ACCOUNT = google_service_account.scheduler.email } : {},
      name == "console" && length(var.console_administrators) > 0 ? { CONSOLE_ADMINISTRATORS = join(",", sort(var.console_administrators)) } : {},
      function.mails && var.smtp_url_version != "" ? { SMTP_FROM = var.smtp_from } : {},
    )
  }

  # Likewise, but from a secret. A version is named only once somebody added it: Cloud Run starts nothing without.
  secret_environment = {
    for name, function in local.functions : name => merge(
      function.webhook_keys ? {
        WEBHOOK_KEYS = { secret = google_secret_manager_secret.webhook_keys.secret_id, version = var.webhook_keys_version }
      } : {},
      function.mails && var.smtp_url_version != "" ? {
        SMTP_URL = { secret = google_secret_manager_secret.smtp_url.secret_id, version = var.smtp_url_version }
      } : {},
    )
  }
}

resource "google_cloudfunctions2_function" "this" {
  for_each = local.functions

  project     = var.project_id
  location    = var.region
  name        = local.services_by_function[each.key]
  description = "${each.key} of the i-Reserve and Google Calendar sync"

  build_config {
    runtime           = var.runtime
    entry_point       = each.key
    service_account   = google_service_account.build.name
    docker_repository = google_artifact_registry_repository.images.id

    # A whole image, renewed with each deployment, rather than one whose base the platform swaps underneath.
    on_deploy_update_policy {}

    source {
      storage_source {
        bucket = google_storage_bucket.source.name
        object = google_storage_bucket_object.source.name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function[each.key].email
    available_cpu                    = "1" # concurrency above 1 asks for a whole one
    available_memory                 = "${local.serving[each.key].memory_mib}Mi"
    timeout_seconds                  = local.serving[each.key].timeout_seconds
    max_instance_request_concurrency = local.serving[each.key].concurrency
    min_instance_count               = each.value.warm ? min(var.min_instances, local.max_instances[each.key]) : 0
    max_instance_count               = local.max_instances[each.key]
    all_traffic_on_latest_revision   = true
    environment_variables            = local.environment[each.key]

    # Cloud Tasks and Cloud Scheduler of this project count as internal, and nobody else calls these.
    ingress_settings = contains(["tasks", "scheduler"], each.value.caller) ? "ALLOW_INTERNAL_ONLY" : "ALLOW_ALL"

    dynamic "secret_environment_variables" {
      for_each = local.secret_environment[each.key]
      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  depends_on = [
    google_project_service.this,
    google_project_iam_member.build,
    google_artifact_registry_repository_iam_member.build,
    google_secret_manager_secret_iam_member.webhook_keys,
    google_secret_manager_secret_iam_member.smtp_url,
    google_logging_project_exclusion.secret_in_url, # before the first request, not after
  ]
}
