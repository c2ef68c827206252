# A budget of the project, where the billing account is named. It tells; it stops nothing (max_instances does that).
resource "google_billing_budget" "this" {
  for_each = var.billing_account == "" ? toset([]) : toset([var.billing_account])

  billing_account = each.value
  display_name    = "i-Reserve sync: ${var.project_id}"

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      units = tostring(var.budget_amount)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }

  threshold_rules {
    threshold_percent = 1.0
  }

  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.email.id]
  }

  depends_on = [google_project_service.this]
}
