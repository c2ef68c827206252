# The two clocks: renewing channels, and the sweep. Each calls a function with a token for exactly that function.
locals {
  schedules = {
    renew_watches = { schedule = var.renew_schedule, path = "/watches/renew" }
    sweep         = { schedule = var.sweep_schedule, path = "/sweep" }
  }
}

resource "google_cloud_scheduler_job" "this" {
  for_each = local.schedules

  project          = var.project_id
  region           = var.queue_region
  name             = local.services_by_function[each.key]
  description      = "Calls ${each.key}, which queues one task per integration"
  schedule         = each.value.schedule
  time_zone        = var.time_zone
  attempt_deadline = "180s"

  retry_config {
    retry_count          = 3
    min_backoff_duration = "10s"
    max_backoff_duration = "120s"
    max_doublings        = 3
  }

  http_target {
    http_method = "POST"
    uri         = "${local.run_addresses[each.key]}${each.value.path}"

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = local.run_addresses[each.key]
    }
  }

  depends_on = [google_cloudfunctions2_function.this]
}
