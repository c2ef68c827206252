# Secrets of the installation, without a version: no value passes through Terraform, so none is in its state.
# `webhook-keys` is filled once by hand (README, "Deploy"), `smtp-url` only where the console's own alerts are mailed (README,
# "Mail"). The secrets of integrations are made by the console (iam.tf).

# Until then each integration was listed here. What that made stays, with its values; only Terraform forgets it.
removed {
  from = google_secret_manager_secret.integration

  lifecycle {
    destroy = false
  }
}

resource "google_secret_manager_secret" "webhook_keys" {
  project   = var.project_id
  secret_id = "webhook-keys"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret" "smtp_url" {
  project   = var.project_id
  secret_id = "smtp-url"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.this]
}
