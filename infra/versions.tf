# Which Terraform and which providers. The range of `google` is the one that the tests look at: both ends of it.
terraform {
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 7.46.1, < 9.0.0"
    }
    # Only for google_project_service_identity, which the provider above does not have (console_iap.tf).
    google-beta = {
      source  = "hashicorp/google-beta"
      version = ">= 7.46.1, < 9.0.0"
    }
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.8"
    }
  }
}

# Signed in as a person, some APIs want to be told whose quota a call uses. It is this project's, whatever gcloud is set to.
# https://cloud.google.com/docs/quotas/set-quota-project
provider "google" {
  project               = var.project_id
  region                = var.region
  billing_project       = var.project_id
  user_project_override = true
}

provider "google-beta" {
  project               = var.project_id
  region                = var.region
  billing_project       = var.project_id
  user_project_override = true
}

data "google_project" "this" {
  project_id = var.project_id
}
