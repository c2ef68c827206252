# Settings, mapping, links and journal. In the EU unless told otherwise.
resource "google_firestore_database" "this" {
  project                           = var.project_id
  name                              = var.firestore_database
  location_id                       = var.firestore_location
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"

  # `terraform destroy` stops here until somebody takes this off on purpose.
  delete_protection_state = "DELETE_PROTECTION_ENABLED"

  depends_on = [google_project_service.this]
}

# Firestore deletes these some time after their date, often within a day; the code checks the date as well.
resource "google_firestore_field" "expires_at" {
  for_each = toset(["oauth_states", "journal", "history"])

  project    = var.project_id
  database   = google_firestore_database.this.name
  collection = each.value
  field      = "expires_at"

  ttl_config {}

  # Nobody asks by this date, and an index over rising dates is a hot spot.
  index_config {}
}
