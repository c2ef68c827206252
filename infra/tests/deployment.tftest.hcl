# What a plan comes to, with every provider mocked: nothing is made and nothing is read. Run it with check.sh.

mock_provider "google" {
  mock_data "google_project" {
    defaults = {
      number = "123456789012"
    }
  }

  mock_resource "google_service_account" {
    defaults = {
      name   = "projects/venue-sync/serviceAccounts/mocked@venue-sync.iam.gserviceaccount.com"
      email  = "mocked@venue-sync.iam.gserviceaccount.com"
      member = "serviceAccount:mocked@venue-sync.iam.gserviceaccount.com"
    }
  }
}

mock_provider "google-beta" {}
mock_provider "archive" {}

variables {
  project_id      = "venue-sync"
  alert_email     = "beheer@example.org"
  console_members = ["group:beheer@example.org"]
}

# One run with all that is true without further variables: each run is a plan of its own, and takes its time.
run "what_is_deployed_where_nothing_else_is_said" {
  # seven functions are deployed each as its own account
  assert {
    condition = keys(google_cloudfunctions2_function.this) == [
      "booking_webhook", "calendar_notification", "console", "oauth_redirect", "renew_watches", "sweep", "sync_task",
    ]
    error_message = "The map of functions has changed."
  }

  assert {
    condition     = alltrue([for name, account in google_service_account.function : account.account_id == "ireserve-${replace(name, "_", "-")}" && length(account.account_id) <= 30])
    error_message = "An account is named after its function, within the 30 characters that Google allows."
  }

  assert {
    condition     = alltrue([for name, function in google_cloudfunctions2_function.this : function.build_config[0].entry_point == name && !strcontains(function.name, "_")])
    error_message = "A function is deployed under its hyphenated name, from the function of that name."
  }

  # a function finds in its environment what it needs and no more
  # Besides the names that every function has.
  assert {
    condition = {
      for name, environment in local.environment : name => setsubtract(keys(environment), [
        "BACKEND", "BASE_URL", "CONSOLE_BASE_URL", "GOOGLE_CLOUD_PROJECT", "LOG_LEVEL", "NOTIFICATION_BASE_URL", "PLATFORM_URL", "REDIRECT_BASE_URL", "THREADS", "WEBHOOK_BASE_URL",
      ])
      } == {
      oauth_redirect        = toset(["CONSENT_DATABASE"])
      booking_webhook       = toset(["TASKS_OVERFLOW_QUEUE", "TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET"])
      calendar_notification = toset(["TASKS_OVERFLOW_QUEUE", "TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET"])
      sync_task             = toset(["FIRESTORE_DATABASE", "TASKS_BACKFILL_QUEUE", "TASKS_OVERFLOW_QUEUE", "TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET"])
      renew_watches         = toset(["FIRESTORE_DATABASE", "SCHEDULER_SERVICE_ACCOUNT", "TASKS_BACKFILL_QUEUE", "TASKS_OVERFLOW_QUEUE", "TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET"])
      sweep                 = toset(["FIRESTORE_DATABASE", "SCHEDULER_SERVICE_ACCOUNT", "TASKS_BACKFILL_QUEUE", "TASKS_OVERFLOW_QUEUE", "TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET"])
      console               = toset(["CONSENT_DATABASE", "FIRESTORE_DATABASE", "SECRETS_LOCATION", "TASKS_BACKFILL_QUEUE", "TASKS_OVERFLOW_QUEUE", "TASKS_QUEUE", "TASKS_SERVICE_ACCOUNT", "TASKS_TARGET"])
    }
    error_message = "The environment follows from the function's row in the map."
  }

  assert {
    condition     = toset([for name, function in google_cloudfunctions2_function.this : name if length(function.service_config[0].secret_environment_variables) == 1]) == toset(["booking_webhook", "calendar_notification", "console", "sync_task"])
    error_message = "WEBHOOK_KEYS go to those who sign or check with them."
  }

  # anyone may call the three public functions and no other
  assert {
    condition     = keys(google_cloud_run_v2_service_iam_member.public) == ["booking_webhook", "calendar_notification", "oauth_redirect"]
    error_message = "Only these three prove their callers themselves."
  }

  assert {
    condition     = keys(google_cloud_run_v2_service_iam_member.console) == ["group:beheer@example.org"]
    error_message = "The console is for its members."
  }

  assert {
    condition     = keys(google_cloud_run_v2_service_iam_member.console_viewer) == ["group:beheer@example.org"]
    error_message = "Members need no role of their own to start the proxy."
  }

  # each function is sent as many requests at once as it has threads
  assert {
    condition = alltrue([
      for name, function in google_cloudfunctions2_function.this : function.service_config[0].environment_variables["THREADS"] == tostring(function.service_config[0].max_instance_request_concurrency)
    ])
    error_message = "What is sent to an instance beyond its threads waits behind what is slow."
  }

  assert {
    condition     = google_cloudfunctions2_function.this["booking_webhook"].service_config[0].max_instance_request_concurrency == 80 && google_cloudfunctions2_function.this["sync_task"].service_config[0].available_memory == "1024Mi"
    error_message = "functions/serving.json says how much."
  }

  assert {
    condition     = sum([for name in ["oauth_redirect", "booking_webhook", "calendar_notification"] : google_cloudfunctions2_function.this[name].service_config[0].max_instance_count]) == 10
    error_message = "A flood of the public functions costs ten instances at most."
  }

  # functions know the addresses that cloud run will give them
  assert {
    condition     = output.return_url == "https://ireserve-oauth-redirect-123456789012.europe-west1.run.app/integrations/redirect/"
    error_message = "The Return url is the address of oauth_redirect with the integration's id."
  }

  assert {
    condition     = local.environment["sync_task"]["NOTIFICATION_BASE_URL"] == "https://ireserve-calendar-notification-123456789012.europe-west1.run.app"
    error_message = "sync_task opens channels that lead to calendar_notification."
  }

  assert {
    condition     = local.environment["oauth_redirect"]["CONSOLE_BASE_URL"] == "http://localhost:8080"
    error_message = "A private console is opened through the proxy, so the browser is sent back there."
  }

  assert {
    condition     = output.console_command == "gcloud run services proxy ireserve-console --project=venue-sync --region=europe-west1 --port=8080"
    error_message = "The proxy listens where the console says it is."
  }

  # the schedules carry a token for exactly the function they call
  assert {
    condition     = alltrue([for name, job in google_cloud_scheduler_job.this : job.http_target[0].oidc_token[0].audience == local.run_addresses[name] && local.environment[name]["BASE_URL"] == local.run_addresses[name]])
    error_message = "The audience is the function's own address, which is what it accepts."
  }

  # queues are where cloud tasks exists
  assert {
    condition     = alltrue([for queue in google_cloud_tasks_queue.this : queue.location == "europe-west1"])
    error_message = "Cloud Tasks is not in every region."
  }

  # the secrets of integrations are granted by the beginning of their names
  assert {
    condition     = keys(google_project_iam_member.integration_secrets) == ["console ireserveSecretCreator", "console roles/secretmanager.secretAccessor", "console roles/secretmanager.secretVersionManager", "sync_task ireserveSecretDestroyer", "sync_task roles/secretmanager.secretAccessor"]
    error_message = "sync_task reads and destroys what was replaced, the console makes, reads, fills and destroys, and nobody else does anything."
  }

  assert {
    condition     = alltrue([for grant in google_project_iam_member.integration_secrets : one(grant.condition).expression == "resource.name.startsWith(\"projects/123456789012/secrets/ireserve-\")" if !endswith(grant.role, "ireserveSecretCreator")])
    error_message = "Only what is named after an integration, by the project's number, as Secret Manager names resources."
  }
}

run "what_the_variables_change" {
  variables {
    region           = "europe-west4" # with region_builds: a build was tried there
    region_builds    = true
    public_functions = false
    smtp_url_version = "1"
    smtp_from        = "sync@example.org"
    custom_domains   = { oauth_redirect = "https://sync.example.org", booking_webhook = "https://hooks.example.org" }
    min_instances    = 1
    max_instances    = 2
    billing_account  = "01AB23-CD45EF-678901"
    budget_amount    = 80
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public) == 0
    error_message = "public_functions = false takes every public grant away."
  }

  assert {
    condition = {
      for name, function in google_cloudfunctions2_function.this : name => [
        for secret in function.service_config[0].secret_environment_variables : "${secret.secret} ${secret.version}" if secret.key == "SMTP_URL"
      ] if contains([for secret in function.service_config[0].secret_environment_variables : secret.key], "SMTP_URL")
    } == { sync_task = ["smtp-url 1"] }
    error_message = "Only sync_task sends."
  }

  assert {
    condition     = local.environment["sync_task"]["SMTP_FROM"] == "sync@example.org" && keys(google_secret_manager_secret_iam_member.smtp_url) == ["sync_task"]
    error_message = "Only sync_task may read the mail server's password."
  }

  assert {
    condition     = output.return_url == "https://sync.example.org/integrations/redirect/" && output.webhook_base_url == "https://hooks.example.org"
    error_message = "The domain is used wherever the address is told."
  }

  assert {
    condition     = startswith(local.environment["console"]["TASKS_TARGET"], "https://ireserve-sync-task-123456789012.")
    error_message = "Cloud Tasks calls Cloud Run's own address, for which its token is made."
  }

  assert {
    condition     = toset([for name, function in google_cloudfunctions2_function.this : name if function.service_config[0].min_instance_count == 1]) == toset(["booking_webhook", "calendar_notification", "sync_task"])
    error_message = "Only these three."
  }

  assert {
    condition     = alltrue([for name, function in google_cloudfunctions2_function.this : function.service_config[0].max_instance_count <= 2])
    error_message = "The lower of both counts."
  }

  assert {
    condition     = google_billing_budget.this["01AB23-CD45EF-678901"].amount[0].specified_amount[0].units == "80" && contains(keys(google_project_service.this), "billingbudgets.googleapis.com")
    error_message = "The budget is the project's."
  }
}

run "the_console_moves_behind_iap_when_asked" {
  variables {
    console_iap = true
  }

  override_data {
    target = data.archive_file.source
    values = { output_sha256 = "1111111111222222222233333333334444444444555555555566666666667777" }
  }

  override_data {
    target = data.google_cloud_run_v2_service.console["console"]
    values = {
      template = [{ containers = [{ image = "europe-west1-docker.pkg.dev/venue-sync/ireserve-images/console:version_1", base_image_uri = "" }] }]
    }
  }

  assert {
    condition     = google_cloud_run_v2_service.console_iap["console"].iap_enabled && length(google_cloud_run_v2_service_iam_member.console) == 0 && length(google_cloud_run_v2_service_iam_member.console_viewer) == 0
    error_message = "Members come through IAP and not past it."
  }

  assert {
    condition     = google_cloud_run_v2_service.console_iap["console"].template[0].containers[0].image == "europe-west1-docker.pkg.dev/venue-sync/ireserve-images/console:version_1"
    error_message = "It runs the image that was built for the function."
  }

  assert {
    condition     = one([for env in google_cloud_run_v2_service.console_iap["console"].template[0].containers[0].env : env.value if env.name == "IAP_AUDIENCE"]) == "/projects/123456789012/locations/europe-west1/services/ireserve-console-iap"
    error_message = "It accepts assertions for itself only."
  }

  assert {
    condition     = output.console_url == "https://ireserve-console-iap-123456789012.europe-west1.run.app/console/" && output.console_command == ""
    error_message = "A browser is enough."
  }

  assert {
    condition     = google_cloud_run_v2_service.console_iap["console"].template[0].labels["source"] == "1111111111222222222233333333334444444444"
    error_message = "The tag of the image stays the same, so something else in the template must change with the source."
  }

  assert {
    condition     = google_cloud_run_v2_service.console_iap["console"].template[0].containers[0].resources[0].cpu_idle
    error_message = "Its processor is paid for while it answers, as the function's is."
  }
}

run "wrong_variables_are_refused_before_anything_is_made" {
  command = plan

  variables {
    project_id           = "Venue Sync"
    region               = "europe-west4" # where some projects may not build, and nobody tried
    alert_email          = "beheer"
    console_members      = ["allUsers"]
    webhook_keys_version = "latest"
    smtp_url_version     = "latest"
    smtp_from            = "sync"
    custom_domains       = { sync_task = "https://sync.example.org" }
    log_level            = "WARNING"
    min_instances        = 11
    billing_account      = "mine"
    budget_amount        = 0
  }

  expect_failures = [
    var.project_id,
    var.region,
    var.alert_email,
    var.console_members,
    var.webhook_keys_version,
    var.smtp_url_version,
    var.smtp_from,
    var.custom_domains,
    var.log_level,
    var.min_instances,
    var.billing_account,
    var.budget_amount,
  ]
}

run "fewer_instances_at_most_than_at_least_are_refused" {
  command = plan

  variables {
    min_instances = 2
    max_instances = 1
  }

  expect_failures = [var.max_instances]
}
