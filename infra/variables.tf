# Everything that differs between one organisation and the next. Only the first three have no default.

variable "project_id" {
  description = "The Google Cloud project that everything is made in. It must exist and have billing."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project id has 6 to 30 lower-case letters, digits and hyphens and starts with a letter. The number or the display name of a project does not work here."
  }
}

variable "alert_email" {
  description = "Who is told when Google or i-Reserve refuses the connection, a channel is about to expire, something is parked, held or paused, nothing was synchronised for an hour, the sweep has not run, errors repeat or changes are late."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alert_email))
    error_message = "An e-mail address is needed, for example beheer@example.org."
  }
}

variable "console_members" {
  description = "Who may open the console, as IAM writes it: user:…, group:… or domain:…. They get it through IAP when console_iap is true, else through `gcloud run services proxy`."
  type        = set(string)

  validation {
    condition     = alltrue([for member in var.console_members : can(regex("^(user|group|domain|serviceAccount):.+$", member))])
    error_message = "Each member starts with user:, group:, domain: or serviceAccount:. The console is never public, so allUsers and allAuthenticatedUsers are refused."
  }
}

variable "runtime" {
  description = "Python of the functions: the newest that Google offers generally (https://docs.cloud.google.com/run/docs/runtimes/python) and the locked libraries run on."
  type        = string
  default     = "python314"

  validation {
    condition     = can(regex("^python31[1-5]$", var.runtime))
    error_message = "A runtime reads like python314; 3.11 to 3.15 are supported."
  }
}

variable "region" {
  description = "Where functions, secrets, images and the source archive live. Best the database's, or near it."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region reads like europe-west1."
  }

  # https://cloud.google.com/build/docs/locations#restricted_regions_for_some_projects
  validation {
    condition     = var.region_builds || contains(["us-central1", "us-west2", "europe-west1", "asia-east1", "australia-southeast1", "southamerica-east1"], var.region)
    error_message = "Some projects may build in europe-west1, us-central1, us-west2, asia-east1, australia-southeast1 and southamerica-east1 only, and the database's location is for good by the time that shows. Run `infra/preflight.sh PROJECT REGION`, which tries a build there; if it builds, set region_builds = true."
  }
}

variable "region_builds" {
  description = "Whether a build was tried in region and went well (`infra/preflight.sh` tries one). Only asked for where some projects may not build."
  type        = bool
  default     = false
}

variable "queue_region" {
  description = "Where the queues and the schedules live. Apart from region, because Cloud Tasks is not in every region: not in europe-west4, at the time of writing (`gcloud tasks locations list` tells)."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.queue_region))
    error_message = "A region reads like europe-west1."
  }
}

variable "firestore_location" {
  description = "Where the database lives. It cannot be changed afterwards."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^([a-z]+-[a-z]+[0-9]+|eur3|nam5|nam7)$", var.firestore_location))
    error_message = "A Firestore location is a region such as europe-west1, or eur3."
  }
}

variable "firestore_database" {
  description = "The name of the database. A named one keeps this product apart from whatever else the project stores, and grants can be limited to it."
  type        = string
  default     = "ireserve"

  validation {
    condition     = var.firestore_database == "(default)" || can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.firestore_database))
    error_message = "A database is (default), or 4 to 63 lower-case letters, digits and hyphens starting with a letter."
  }
}

variable "consent_database" {
  description = "The name of a second, small database for consents under way: all that the public function oauth_redirect may write."
  type        = string
  default     = "ireserve-consents"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,61}[a-z0-9]$", var.consent_database)) && var.consent_database != var.firestore_database
    error_message = "A database of its own: 4 to 63 lower-case letters, digits and hyphens starting with a letter, and another than firestore_database."
  }
}

variable "time_zone" {
  description = "The time zone of the two schedules."
  type        = string
  default     = "Europe/Amsterdam"

  validation {
    condition     = can(regex("^[A-Za-z_]+(/[A-Za-z_+0-9-]+)*$", var.time_zone))
    error_message = "A time zone of the IANA list reads like Europe/Amsterdam."
  }
}

variable "sweep_schedule" {
  description = "When each integration makes its round, as cron writes it: calendars without a channel are polled, sweeps start when they are due, alerts are told. Every minute, or poll_seconds means less."
  type        = string
  default     = "* * * * *"

  validation {
    condition     = length(split(" ", trimspace(var.sweep_schedule))) == 5
    error_message = "A schedule has five fields, for example */15 * * * *."
  }
}

variable "renew_schedule" {
  description = "When watch channels are looked at, as cron writes it. A channel is renewed within two days of its expiry, so hourly leaves many tries."
  type        = string
  default     = "23 * * * *"

  validation {
    condition     = length(split(" ", trimspace(var.renew_schedule))) == 5
    error_message = "A schedule has five fields, for example 23 * * * *."
  }
}

variable "webhook_keys_version" {
  description = "Which version of the secret webhook-keys the functions use. A number, so that a rotation is a deliberate step that rolls out at once: add a version, raise this, apply."
  type        = string
  default     = "1"

  validation {
    condition     = can(regex("^[1-9][0-9]*$", var.webhook_keys_version))
    error_message = "A version is a number. `latest` is refused: running instances would keep the old keys while new ones take the new."
  }
}

variable "smtp_url_version" {
  description = "Which version of the secret smtp-url the alerts of an integration are mailed with (its field alerts.email). Empty: they are not mailed; alert_email is told all the same."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([1-9][0-9]*)?$", var.smtp_url_version))
    error_message = "A version is a number, or empty. `latest` is refused: running instances would keep the old address while new ones take the new."
  }
}

variable "smtp_from" {
  description = "The sender of mailed alerts. Empty: the address that is told."
  type        = string
  default     = ""

  validation {
    condition     = var.smtp_from == "" || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.smtp_from))
    error_message = "An e-mail address is needed, for example sync@example.org, or nothing."
  }
}

variable "public_functions" {
  description = "Whether oauth_redirect, booking_webhook and calendar_notification may be called by anyone, which they must be to work. Set to false where an organisation's policy forbids allUsers, and read \"Where public functions are forbidden\" in the README."
  type        = bool
  default     = true
}

variable "custom_domains" {
  description = "Addresses under your own domain, by function (oauth_redirect, booking_webhook, calendar_notification, console), for example {oauth_redirect = \"https://sync.example.org\"}. A load balancer or a domain mapping made elsewhere must lead each to its function. Without one the address is that of Cloud Run."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.custom_domains) : contains(["oauth_redirect", "booking_webhook", "calendar_notification", "console"], name)])
    error_message = "Only oauth_redirect, booking_webhook, calendar_notification and console can have a domain: the others are called by Google Cloud itself, with a token for their Cloud Run address."
  }

  validation {
    condition     = alltrue([for address in values(var.custom_domains) : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", address))])
    error_message = "An address starts with https:// and has no path and no slash at the end: Google and i-Reserve take nothing else."
  }
}

variable "console_administrators" {
  description = "Addresses of who may change anything on the console. Every other member of console_members, such as a group, sees all screens and changes nothing. Empty: every member may."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.console_administrators : can(regex("^[^@,\\s]+@[^@,\\s]+$", each))])
    error_message = "An administrator is named by an address alone, such as beheer@example.org: no user: before it, no group."
  }
}

variable "console_iap" {
  description = "Puts the console behind Identity-Aware Proxy, so that its members open it in a browser without gcloud. The project must be part of an organisation, or have its own OAuth client for IAP."
  type        = bool
  default     = false
}

variable "console_proxy_address" {
  description = "Where the console is opened when it is not behind IAP: the address that `gcloud run services proxy` listens on."
  type        = string
  default     = "http://localhost:8080"

  validation {
    condition     = can(regex("^http://(localhost|127\\.0\\.0\\.1):[0-9]{2,5}$", var.console_proxy_address))
    error_message = "The proxy listens on this machine only, for example http://localhost:8080."
  }
}

variable "min_instances" {
  description = "Instances that are kept warm of each function that somebody waits for (booking_webhook, calendar_notification, sync_task). 0 costs nothing and adds a start of a second or two after a quiet time."
  type        = number
  default     = 0

  validation {
    condition     = var.min_instances >= 0 && var.min_instances <= 10 && floor(var.min_instances) == var.min_instances
    error_message = "A whole number from 0 to 10."
  }
}

variable "max_instances" {
  description = "The most instances of one function: a ceiling on cost, and on what a flood of false webhooks can do. functions/serving.json has a lower one for most; the lower of both counts."
  type        = number
  default     = 10

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100 && floor(var.max_instances) == var.max_instances
    error_message = "A whole number from 1 to 100."
  }

  validation {
    condition     = var.max_instances >= var.min_instances
    error_message = "max_instances cannot be less than min_instances."
  }
}

variable "log_level" {
  description = "The least severe line that the functions write. Not above INFO: those lines are what is counted, and a sweep that is not counted is told of as one that did not run."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO"], var.log_level)
    error_message = "DEBUG or INFO: the alerts count lines that are written at INFO."
  }
}

variable "lag_alert_seconds" {
  description = "How late the slowest 5 % of changes may be, for a quarter of an hour, before it is told."
  type        = number
  default     = 300

  validation {
    condition     = var.lag_alert_seconds >= 10
    error_message = "At least 10 seconds: each hint is deliberately looked at twice, some seconds apart."
  }
}

variable "billing_account" {
  description = "The billing account that pays, as in `gcloud billing projects describe PROJECT`, for a budget that alert_email is told of. Whoever applies needs roles/billing.costsManager on it. Empty: no budget."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6})?$", var.billing_account))
    error_message = "A billing account reads like 01AB23-CD45EF-678901."
  }
}

variable "budget_amount" {
  description = "What the project may cost in a month, in the billing account's currency, before alert_email is told (at half of it, at all of it, and when all of it is forecast). It stops nothing."
  type        = number
  default     = 50

  validation {
    condition     = var.budget_amount >= 1 && floor(var.budget_amount) == var.budget_amount
    error_message = "A whole amount of at least 1."
  }
}
