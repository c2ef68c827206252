# What an administrator or an operator needs after `terraform apply`.

output "return_url" {
  description = "The Return url, with the integration's id at its end: what goes into the OAuth client, exactly so. The console shows each integration's."
  value       = "${local.addresses["oauth_redirect"]}/integrations/redirect/"
}

output "console_url" {
  description = "Where the console is opened: directly when it is behind IAP, otherwise while console_command runs."
  value       = "${local.addresses["console"]}/console/"
}

output "console_command" {
  description = "The command that opens a private console on this machine. Empty behind IAP, where a browser is enough."
  value = var.console_iap ? "" : join(" ", [
    "gcloud run services proxy", local.services_by_function["console"],
    "--project=${var.project_id}", "--region=${var.region}", "--port=${try(regex("[0-9]+$", var.console_proxy_address), "8080")}",
  ])
}

output "consent_url" {
  description = "Step 1, with the integration's id at its end, for an administrator's browser: it leads to Google's consent screen."
  value       = "${local.addresses["console"]}/integrations/consent/"
}

output "webhook_base_url" {
  description = "What the addresses of i-Reserve's webhooks begin with. The console registers them, with their tokens."
  value       = local.addresses["booking_webhook"]
}

output "notification_base_url" {
  description = "What the address of Google's notifications begins with."
  value       = local.addresses["calendar_notification"]
}

output "addresses" {
  description = "Every function's Cloud Run address, for a load balancer or for `curl` with an identity token."
  value       = local.run_addresses
}

output "service_accounts" {
  description = "The account that each function runs as."
  value       = { for name, account in google_service_account.function : name => account.email }
}

output "secrets" {
  description = "The names of the secrets that are made here, without a version. The console makes and fills those of the integrations, ireserve-ID-NAME."
  value       = [google_secret_manager_secret.webhook_keys.secret_id, google_secret_manager_secret.smtp_url.secret_id]
}

output "firestore_database" {
  description = "The database, for exports and for restoring to a point in time."
  value       = google_firestore_database.this.name
}

output "queues" {
  description = "The full names of the queues, for pausing and for looking at what waits."
  value       = { for name, queue in google_cloud_tasks_queue.this : name => queue.id }
}
