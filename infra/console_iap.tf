# The console behind Identity-Aware Proxy, when console_iap is true.
# IAP is switched on per Cloud Run service, and google_cloudfunctions2_function has no argument for it. So the function
# `console` is built as always and called by nobody, and a Cloud Run service runs the image that was built for it.
locals {
  console_iap_service  = "ireserve-console-iap"
  console_iap_address  = "https://${local.console_iap_service}-${data.google_project.this.number}.${var.region}.run.app"
  console_iap_audience = "/projects/${data.google_project.this.number}/locations/${var.region}/services/${local.console_iap_service}"
  console_iap          = var.console_iap ? { console = local.functions.console } : {}
}

# Read after the function is deployed: the image of its newest revision.
data "google_cloud_run_v2_service" "console" {
  for_each = local.console_iap

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this[each.key].name

  depends_on = [google_cloudfunctions2_function.this]
}

resource "google_cloud_run_v2_service" "console_iap" {
  for_each = local.console_iap

  project             = var.project_id
  location            = var.region
  name                = local.console_iap_service
  description         = "The console, behind Identity-Aware Proxy"
  ingress             = "INGRESS_TRAFFIC_ALL"
  iap_enabled         = true
  deletion_protection = false # it holds nothing

  template {
    service_account                  = google_service_account.function[each.key].email
    timeout                          = "${local.serving[each.key].timeout_seconds}s"
    max_instance_request_concurrency = local.serving[each.key].concurrency

    # The image below is named by a tag that stays the same when the function is built anew, and Cloud Run looks a tag up
    # only when it makes a revision. Another source is another label, and so another revision.
    labels = { source = substr(data.archive_file.source.output_sha256, 0, 40) }

    scaling {
      min_instance_count = each.value.warm ? min(var.min_instances, local.max_instances[each.key]) : 0
      max_instance_count = local.max_instances[each.key]
    }

    containers {
      image = data.google_cloud_run_v2_service.console[each.key].template[0].containers[0].image

      # Set only if the platform put the function on a base image of its own.
      base_image_uri = try(coalesce(data.google_cloud_run_v2_service.console[each.key].template[0].containers[0].base_image_uri), null)

      resources {
        limits            = { cpu = "1", memory = "${local.serving[each.key].memory_mib}Mi" }
        cpu_idle          = true # as the function itself: its processor is paid for while it answers
        startup_cpu_boost = true
      }

      # What Cloud Functions sets for the function, what the function's row asks for, and whose assertion to accept.
      dynamic "env" {
        for_each = merge(local.environment[each.key], {
          FUNCTION_TARGET         = each.key
          FUNCTION_SIGNATURE_TYPE = "http"
          IAP_AUDIENCE            = local.console_iap_audience
        })
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = local.secret_environment[each.key]
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value.secret
              version = env.value.version
            }
          }
        }
      }
    }
  }

  depends_on = [google_project_service.this, google_secret_manager_secret_iam_member.webhook_keys]
}

# IAP's own account, which passes on what it let through.
resource "google_project_service_identity" "iap" {
  provider = google-beta
  for_each = local.console_iap

  project = var.project_id
  service = google_project_service.this["iap.googleapis.com"].service
}

resource "google_cloud_run_v2_service_iam_member" "iap" {
  for_each = local.console_iap

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_service.console_iap[each.key].name
  role     = "roles/run.invoker"
  member   = google_project_service_identity.iap[each.key].member
}

resource "google_iap_web_cloud_run_service_iam_member" "console" {
  for_each = var.console_iap ? var.console_members : toset([])

  project                = var.project_id
  location               = var.region
  cloud_run_service_name = google_cloud_run_v2_service.console_iap["console"].name
  role                   = "roles/iap.httpsResourceAccessor"
  member                 = each.value
}
