# Secrets, all without a version: no value passes through Terraform, so none is in its state.
# The console stores the values of an integration (and makes its digest key); `webhook-keys` is filled once by hand (README, "Deploy"),
# `smtp-url` only where the console's own alerts are mailed (README, "Mail").
locals {
  integration_secret_names = ["digest-key", "google-client-secret", "google-refresh-token", "ireserve-password"]

  integration_secrets = {
    for pair in setproduct(var.integrations, local.integration_secret_names) :
    "ireserve-${pair[0]}-${pair[1]}" => { int_id = pair[0], name = pair[1] }
  }
}

resource "google_secret_manager_secret" "integration" {
  for_each = local.integration_secrets

  project   = var.project_id
  secret_id = each.key

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.this]
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
