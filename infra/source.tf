# What is deployed: an archive by allow-list. Whatever is not named here stays at home.
locals {
  source_root = abspath("${path.module}/..")

  # Text only: file() takes nothing else. A test tells when functions/ holds a kind of file that is not listed.
  source_files = setunion(
    toset(["main.py", "requirements.txt"]),
    fileset(local.source_root, "functions/**/*.{css,html,js,json,py,svg,txt,yaml}"),
  )
}

data "archive_file" "source" {
  type             = "zip"
  output_path      = "${path.module}/.build/source.zip"
  output_file_mode = "0644"

  dynamic "source" {
    for_each = local.source_files
    content {
      filename = source.value
      content  = file("${local.source_root}/${source.value}")
    }
  }
}

resource "google_storage_bucket" "source" {
  project                     = var.project_id
  name                        = "${var.project_id}-ireserve-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # it holds copies of what is in version control

  depends_on = [google_project_service.this]
}

resource "google_storage_bucket_object" "source" {
  # A new content is a new name, so that functions are built again exactly when the source changed.
  name   = "source-${data.archive_file.source.output_sha256}.zip"
  bucket = google_storage_bucket.source.name
  source = data.archive_file.source.output_path
}

resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = var.region
  repository_id = "ireserve-images"
  description   = "The images that are built from the source archive"
  format        = "DOCKER"

  # A revision that runs has its own copy, so old images are only of use for looking back.
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  depends_on = [google_project_service.this]
}
