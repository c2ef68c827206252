# Settings, mapping, links and journal. In the EU unless told otherwise.
resource "google_firestore_database" "this" {
  project                           = var.project_id
  name                              = var.firestore_database
  location_id                       = var.firestore_location
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"

  # `terraform destroy`, and another name in firestore_database, only forget the database: neither ends what it holds.
  # Said here rather than left to the provider, which may decide otherwise in another version.
  deletion_policy = "ABANDON"

  # Nor does a click or a command end it, until somebody takes this off on purpose (docs/operations.md, "Remove without a trace").
  delete_protection_state = "DELETE_PROTECTION_ENABLED"

  depends_on = [google_project_service.this]
}

# Consents under way, ten minutes each, and nothing else: grants know databases and no collections, and the public function
# oauth_redirect must be able to write these without reaching the rest. docs/threat-model.md
resource "google_firestore_database" "consents" {
  project                 = var.project_id
  name                    = var.consent_database
  location_id             = var.firestore_location
  type                    = "FIRESTORE_NATIVE"
  concurrency_mode        = "PESSIMISTIC"
  deletion_policy         = "DELETE"
  delete_protection_state = "DELETE_PROTECTION_DISABLED"

  depends_on = [google_project_service.this]
}

resource "google_firestore_field" "consents_expire" {
  project    = var.project_id
  database   = google_firestore_database.consents.name
  collection = "oauth_states"
  field      = "expires_at"

  ttl_config {}
  index_config {}
}

# Firestore deletes these some time after their date, often within a day; the code checks the date as well.
resource "google_firestore_field" "expires_at" {
  for_each = toset(["journal", "history", "removals", "listings"])

  project    = var.project_id
  database   = google_firestore_database.this.name
  collection = each.value
  field      = "expires_at"

  ttl_config {}

  # Nobody asks by this date, and an index over rising dates is a hot spot.
  index_config {}
}

# Firestore makes the indexes of single fields by itself. Those of several are listed in functions/application/store/indexes.py;
# it reads an index one way only, so that each is there for both.
locals {
  composite_indexes = {
    journal = ["booking_id", "at"]
  }

  index_directions = {
    for pair in setproduct(keys(local.composite_indexes), ["ASCENDING", "DESCENDING"]) :
    "${pair[0]} ${pair[1]}" => { collection = pair[0], fields = local.composite_indexes[pair[0]], direction = pair[1] }
  }
}

resource "google_firestore_index" "this" {
  for_each = local.index_directions

  project     = var.project_id
  database    = google_firestore_database.this.name
  collection  = each.value.collection
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = fields.value
      order      = fields.key == length(each.value.fields) - 1 ? each.value.direction : "ASCENDING"
    }
  }
}
