# Three queues, so that neither a backfill nor a flood of another integration's hints stands in front of a live change:
# what an integration adds over its share (functions/adapters/platform/shares.py) goes to overflow.
# The code re-queues its own retries and answers 200. What the queue retries is what the code could not: a process that
# died, or a retry that could not be queued.
locals {
  queues = {
    live     = { dispatches_per_second = 50, concurrent_dispatches = 40, max_attempts = 20 }
    overflow = { dispatches_per_second = 10, concurrent_dispatches = 10, max_attempts = 20 }
    backfill = { dispatches_per_second = 10, concurrent_dispatches = 10, max_attempts = 50 }
  }
}

resource "google_cloud_tasks_queue" "this" {
  for_each = local.queues

  project  = var.project_id
  location = var.queue_region
  name     = "ireserve-${each.key}"

  rate_limits {
    max_dispatches_per_second = each.value.dispatches_per_second
    max_concurrent_dispatches = each.value.concurrent_dispatches
  }

  retry_config {
    max_attempts  = each.value.max_attempts
    min_backoff   = "5s"
    max_backoff   = "600s"
    max_doublings = 7
  }

  depends_on = [google_project_service.this]
}
