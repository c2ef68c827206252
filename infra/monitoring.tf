# What is counted, when somebody is told, and one page to look at. The functions write JSON lines, each with an `event`
# (docs/operations.md, "Log events"); everything here reads those, and tests/structure holds it to what the code writes.
locals {
  # Any line of this product, whichever function wrote it.
  product_log = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^ireserve-\""

  counters = {
    token_dead       = "${local.product_log} AND (jsonPayload.event=\"token_dead\" OR (jsonPayload.event=\"alert\" AND jsonPayload.alert=\"ireserve_refused\"))"
    channel_expiring = "${local.product_log} AND jsonPayload.event=\"channel_expiring\""
    parked           = "${local.product_log} AND jsonPayload.event=\"parked\""
    held             = "${local.product_log} AND jsonPayload.event=\"alert\" AND jsonPayload.alert=\"held\""
    paused_links     = "${local.product_log} AND jsonPayload.event=\"alert\" AND jsonPayload.alert=\"paused_links\""
    no_sync          = "${local.product_log} AND jsonPayload.event=\"alert\" AND jsonPayload.alert=\"no_sync\""
    round            = "${local.product_log} AND jsonPayload.event=\"round\" AND jsonPayload.kind=\"tick\""
    sweep_done       = "${local.product_log} AND jsonPayload.event=\"sweep_done\""
    change_applied   = "${local.product_log} AND jsonPayload.event=\"change_applied\""
    error            = "${local.product_log} AND (jsonPayload.event=\"error\" OR severity>=ERROR)"
    schedule_failed  = "resource.type=\"cloud_scheduler_job\" AND resource.labels.job_id=~\"^ireserve-\" AND severity>=ERROR"
  }

  # How long a change took to reach the other side, how long a function took to answer, and how long the integration waited
  # that has waited longest for its round. No metric is labelled by integration: each would be a series of its own, a point a
  # minute, and the largest part of the bill. Which integration it is stands in the line, and in an alert on a line.
  distributions = {
    lag_seconds  = { unit = "s", filter = local.counters.change_applied, labels = [] }
    duration_ms  = { unit = "ms", filter = "${local.product_log} AND jsonPayload.event=\"answered\"", labels = ["function"] }
    late_seconds = { unit = "s", filter = local.counters.round, labels = [] }
  }

  # Once is enough to tell somebody.
  told_at_once = {
    token_dead = {
      title = "A connection to Google or i-Reserve is dead"
      text  = "The refresh token or the password of this integration is refused. Nothing is synchronised until it is mended: open the console, Diagnostics, and connect again or enter the password. After that everything catches up."
    }
    channel_expiring = {
      title = "A watch channel is about to expire"
      text  = "A channel could not be renewed within two days of its expiry. Changes in that calendar are still found, by polling, but later. Diagnostics names the calendar and the reason."
    }
    parked = {
      title = "A change is parked"
      text  = "A booking or an event could not be synchronised and waits with its reason on the console, Waiting for you. The rest goes on. Mend the reason and press Try again."
    }
    held = {
      title = "Removals are held"
      text  = "Unusually many bookings or events vanished within an hour, or a deleted event asks for a decision. Nothing is removed until somebody presses Carry out or Restore on the console, Waiting for you."
    }
    paused_links = {
      title = "A pair is paused"
      text  = "A booking and its event were put back or written too often in a short time, so they are left alone. Look at what changes them, then press Follow again on the console, Waiting for you."
    }
    no_sync = {
      title = "Nothing was synchronised for an hour"
      text  = "A calendar or the bookings of an integration could not be read for an hour, or for two sweeps where those are further apart. Open the console, Diagnostics: it names the side that does not answer, and why."
    }
  }

  counted = "resource.type = \"%s\" AND metric.type = \"logging.googleapis.com/user/%s\""
}

resource "google_logging_metric" "count" {
  for_each = local.counters

  project     = var.project_id
  name        = "ireserve-${replace(each.key, "_", "-")}"
  description = "How often: ${each.key}"
  filter      = each.value

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }

  depends_on = [google_project_service.this]
}

resource "google_logging_metric" "distribution" {
  for_each = local.distributions

  project         = var.project_id
  name            = "ireserve-${replace(each.key, "_", "-")}"
  description     = "The ${each.key} of a line"
  filter          = each.value.filter
  value_extractor = "EXTRACT(jsonPayload.${each.key})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key         = labels.value
        value_type  = "STRING"
        description = "The ${labels.value}"
      }
    }
  }

  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 40
      growth_factor      = 1.6
      scale              = 0.1
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_notification_channel" "email" {
  project      = var.project_id
  display_name = "i-Reserve sync"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "told_at_once" {
  for_each = local.told_at_once

  project               = var.project_id
  display_name          = "i-Reserve sync: ${each.value.title}"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = each.key
    condition_matched_log {
      filter           = local.counters[each.key]
      label_extractors = { int_id = "EXTRACT(jsonPayload.int_id)" }
    }
  }

  alert_strategy {
    auto_close = "86400s"
    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "i-Reserve sync: ${each.value.title}"
    content   = each.value.text
  }
}

resource "google_monitoring_alert_policy" "sweep_not_run" {
  project               = var.project_id
  display_name          = "i-Reserve sync: The sweep has not run"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  # The minute's call reached the function. How often an integration is swept is its own setting, and whether that happens is
  # told as no_sync.
  conditions {
    display_name = "no round for half an hour"
    condition_absent {
      filter   = format(local.counted, "cloud_run_revision", google_logging_metric.count["round"].name)
      duration = "1800s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  # Rounds are queued, and nobody does them.
  conditions {
    display_name = "an integration waits for its round for half an hour"
    condition_threshold {
      filter          = format(local.counted, "cloud_run_revision", google_logging_metric.distribution["late_seconds"].name)
      comparison      = "COMPARISON_GT"
      threshold_value = 1800
      duration        = "900s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
      }
    }
  }

  # Absence is only noticed of what was there before, so a sweep that never ran shows here. It must fail for half an hour on
  # end: a new account is refused for some minutes after the first apply.
  conditions {
    display_name = "a schedule cannot call its function"
    condition_threshold {
      filter          = format(local.counted, "cloud_scheduler_job", google_logging_metric.count["schedule_failed"].name)
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "1800s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "i-Reserve sync: The sweep has not run"
    content   = "Changes that no hint told about are not found. Look at the jobs ireserve-sweep and ireserve-renew-watches in Cloud Scheduler and at the queue ireserve-live in Cloud Tasks: is one paused, or does a call fail?"
  }
}

resource "google_monitoring_alert_policy" "errors" {
  project               = var.project_id
  display_name          = "i-Reserve sync: Errors repeat"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "more than five errors in ten minutes"
    condition_threshold {
      filter          = format(local.counted, "cloud_run_revision", google_logging_metric.count["error"].name)
      comparison      = "COMPARISON_GT"
      threshold_value = 5
      duration        = "0s"
      aggregations {
        alignment_period     = "600s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "i-Reserve sync: Errors repeat"
    content   = "Single errors are retried and need nobody. Many mean that something is down: look at the log of the services whose name starts with ireserve-, severity ERROR and up."
  }
}

resource "google_monitoring_alert_policy" "lag" {
  project               = var.project_id
  display_name          = "i-Reserve sync: Changes are late"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "the slowest 5 % for a quarter of an hour"
    condition_threshold {
      filter          = format(local.counted, "cloud_run_revision", google_logging_metric.distribution["lag_seconds"].name)
      comparison      = "COMPARISON_GT"
      threshold_value = var.lag_alert_seconds
      duration        = "900s"
      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
      }
    }
  }

  alert_strategy {
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    subject   = "i-Reserve sync: Changes are late"
    content   = "Changes arrive on the other side later than lag_alert_seconds. Look at the depth of the queue ireserve-live, at the quota of the Calendar API and at how fast i-Reserve answers."
  }
}

# --- one page to look at ---------------------------------------------------------------------------------------------

locals {
  # One chart each, three in a row.
  charts = concat(
    [
      for key in ["change_applied", "round", "sweep_done", "error", "parked", "held", "paused_links", "no_sync", "token_dead", "channel_expiring", "schedule_failed"] : {
        title   = replace(title(replace(key, "_", " ")), "_", " ")
        filter  = format(local.counted, key == "schedule_failed" ? "cloud_scheduler_job" : "cloud_run_revision", google_logging_metric.count[key].name)
        aligner = "ALIGN_DELTA"
        reducer = "REDUCE_SUM"
        fields  = []
      }
    ],
    [
      for key, distribution in local.distributions : {
        title   = "${title(replace(key, "_", " "))}, 95th percentile"
        filter  = format(local.counted, "cloud_run_revision", google_logging_metric.distribution[key].name)
        aligner = "ALIGN_DELTA"
        reducer = "REDUCE_PERCENTILE_95"
        fields  = [for label in distribution.labels : "metric.label.${label}"]
      }
    ],
    [
      {
        title   = "Tasks that wait"
        filter  = "resource.type=\"cloud_tasks_queue\" AND metric.type=\"cloudtasks.googleapis.com/queue/depth\" AND resource.labels.queue_id=monitoring.regex.full_match(\"ireserve-.*\")"
        aligner = "ALIGN_MEAN"
        reducer = "REDUCE_SUM"
        fields  = ["resource.label.queue_id"]
      },
      {
        title   = "Requests by function"
        filter  = "resource.type=\"cloud_run_revision\" AND metric.type=\"run.googleapis.com/request_count\" AND resource.labels.service_name=monitoring.regex.full_match(\"ireserve-.*\")"
        aligner = "ALIGN_DELTA"
        reducer = "REDUCE_SUM"
        fields  = ["resource.label.service_name"]
      },
    ],
  )
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = "i-Reserve and Google Calendar"
    mosaicLayout = {
      columns = 12
      tiles = [
        for index, chart in local.charts : {
          xPos   = 4 * (index % 3)
          yPos   = 4 * floor(index / 3)
          width  = 4
          height = 4
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = chart.filter
                    aggregation = {
                      alignmentPeriod    = "300s"
                      perSeriesAligner   = chart.aligner
                      crossSeriesReducer = chart.reducer
                      groupByFields      = chart.fields
                    }
                  }
                }
              }]
            }
          }
        }
      ]
    }
  })

  depends_on = [google_project_service.this]
}
