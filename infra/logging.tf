# Cloud Run logs every request with its whole address. Of the functions that get a secret in it (i-Reserve's webhook
# token, Google's authorisation code) that log is not kept. What the functions themselves write is, and requests are
# still counted. A sink of the organisation above the project has exclusions of its own.
resource "google_logging_project_exclusion" "secret_in_url" {
  for_each = toset([for name, function in local.functions : name if function.secret_in_url])

  project     = var.project_id
  name        = "${local.services_by_function[each.key]}-requests"
  description = "The address of a request to ${each.key} carries a secret"
  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${local.services_by_function[each.key]}\"",
    "logName=\"projects/${var.project_id}/logs/run.googleapis.com%2Frequests\"",
  ])

  depends_on = [google_project_service.this]
}
