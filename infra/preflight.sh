#!/bin/sh
# Before the first apply: can this project take it? One line per check, one sentence per fault, exit 1 if there is one.
# Nothing is changed but that one build of nothing runs in the region, since some projects may not build everywhere and
# the database's location is for good by the time an apply finds out.
#
#     infra/preflight.sh PROJECT [REGION [QUEUE_REGION]]
set -u

. "$(dirname "$0")/ask.sh"
on() { grep -q "\"$1.googleapis.com\"" "$work/enabled"; }

# --- the project ------------------------------------------------------------------------------------------------------

ask cloudresourcemanager "v1/projects/$project" "" || {
  fault "Project $project cannot be seen ($(said)): check its id with gcloud projects list, and who you are with gcloud auth list."
  end
}
[ "$(value lifecycleState)" = ACTIVE ] || { fault "Project $project is not active but $(value lifecycleState): gcloud projects undelete $project."; end; }
good "project $project"

if ! ask cloudbilling "v1/projects/$project/billingInfo" ""; then
  fault "Whether $project has billing could not be read ($(said)): gcloud services enable cloudbilling.googleapis.com --project=$project, or ask who manages billing."
elif [ "$(value billingEnabled)" = true ]; then
  good "billing"
else
  fault "Project $project has no billing: gcloud billing projects link $project --billing-account=ACCOUNT."
fi

# --- APIs -------------------------------------------------------------------------------------------------------------

if ask serviceusage "v1/projects/$project/services?filter=state:ENABLED&pageSize=200&fields=services.config.name" ""; then
  cp "$work/answer" "$work/enabled"
else
  : >"$work/enabled"
fi
for api in cloudresourcemanager serviceusage; do
  if on "$api"; then good "API $api"; else
    fault "$api.googleapis.com is off in $project, and Terraform needs it to look at the project: gcloud services enable $api.googleapis.com --project=$project."
  fi
done
if on cloudtrace; then
  mind "cloudtrace.googleapis.com is on in $project: Cloud Run then keeps a trace of about one request in ten seconds with its whole address, and that of i-Reserve's webhook has its token in it. If nothing else there needs traces: gcloud services disable cloudtrace.googleapis.com --project=$project."
fi

# --- what you may do --------------------------------------------------------------------------------------------------

# One permission for each thing that Terraform makes, with the role that has it.
needed="
resourcemanager.projects.setIamPolicy roles/resourcemanager.projectIamAdmin
serviceusage.services.enable roles/serviceusage.serviceUsageAdmin
iam.serviceAccounts.create roles/iam.serviceAccountAdmin
iam.serviceAccounts.actAs roles/iam.serviceAccountUser
iam.roles.create roles/iam.roleAdmin
cloudfunctions.functions.create roles/cloudfunctions.admin
cloudbuild.builds.create roles/cloudbuild.builds.editor
run.services.setIamPolicy roles/run.admin
datastore.databases.create roles/datastore.owner
secretmanager.secrets.create roles/secretmanager.admin
cloudtasks.queues.setIamPolicy roles/cloudtasks.queueAdmin
cloudscheduler.jobs.create roles/cloudscheduler.admin
storage.buckets.create roles/storage.admin
artifactregistry.repositories.create roles/artifactregistry.admin
logging.exclusions.create roles/logging.configWriter
logging.logMetrics.create roles/logging.configWriter
monitoring.alertPolicies.create roles/monitoring.editor
monitoring.dashboards.create roles/monitoring.editor
"
wanted=$(printf '%s\n' "$needed" | sed -n 's/^\([^ ]*\) .*/"\1"/p' | paste -sd, -)
if ask cloudresourcemanager "v1/projects/$project:testIamPermissions" "{\"permissions\":[$wanted]}"; then
  printf '%s\n' "$needed" >"$work/needed"
  before=$faults
  while read -r permission role; do
    [ -z "$permission" ] || grep -qF "\"$permission\"" "$work/answer" ||
      fault "You lack $permission on $project: ask for $role, or for roles/owner."
  done <"$work/needed"
  [ "$before" != "$faults" ] || good "your roles on $project"
else
  fault "What you may do in $project could not be read ($(said)): gcloud services enable cloudresourcemanager.googleapis.com --project=$project."
fi

# --- what an organisation forbids -------------------------------------------------------------------------------------

policy() { ask cloudresourcemanager "v1/projects/$project:getEffectiveOrgPolicy" "{\"constraint\":\"constraints/$1\"}"; }

if ! policy iam.allowedPolicyMemberDomains; then
  mind "iam.allowedPolicyMemberDomains could not be read ($(said)): ask whether the organisation lets allUsers be granted."
elif [ -n "$(values allowedValues)" ]; then
  fault "The organisation allows grants to its own members only (iam.allowedPolicyMemberDomains), so nobody could call the three public functions: ask for an exception for $project, or set public_functions = false and read \"Where public functions are forbidden\" in infra/README.md."
else
  good "iam.allowedPolicyMemberDomains lets functions be public"
fi

if ! policy gcp.resourceLocations; then
  mind "gcp.resourceLocations could not be read ($(said)): ask whether the organisation limits places."
else
  places=$(values allowedValues)
  if [ -n "$places" ] && ! printf '%s' "$places" | grep -qE "(^|,)($region|in:($region|${region%%-*}|eu)-locations)(,|$)"; then
    fault "The organisation allows other places only (gcp.resourceLocations: $places), and not $region: take one of them as region and firestore_location."
  else
    good "gcp.resourceLocations lets $region be used"
  fi
fi

for constraint in iam.managed.allowedPolicyMembers run.managed.requireInvokerIam; do
  if ! on orgpolicy; then
    mind "$constraint was not looked at, which takes orgpolicy.googleapis.com: where an organisation enforces it, functions cannot be public."
  elif ask orgpolicy "v2/projects/$project/policies/$constraint:getEffectivePolicy" "" && [ "$(value enforce)" != true ]; then
    good "$constraint is not enforced"
  else
    fault "The organisation enforces $constraint, so functions cannot be public: ask for an exception for $project, or read \"Where public functions are forbidden\" in infra/README.md."
  fi
done

# --- whether the regions do -------------------------------------------------------------------------------------------

nothing='{"steps":[{"name":"gcr.io/cloud-builders/gcloud","entrypoint":"true"}],"options":{"logging":"CLOUD_LOGGING_ONLY"},"timeout":"120s"}'
if ! on cloudbuild; then
  fault "cloudbuild.googleapis.com is off in $project, so that no build could be tried in $region: gcloud services enable cloudbuild.googleapis.com --project=$project."
elif ask cloudbuild "v1/projects/$project/locations/$region/builds" "$nothing"; then
  build=$(value id)
  tries=0
  while [ $tries -lt 60 ] && ask cloudbuild "v1/projects/$project/locations/$region/builds/$build" ""; do
    case $(value status) in QUEUED | PENDING | WORKING) ;; *) break ;; esac
    sleep 3
    tries=$((tries + 1))
  done
  case $(value status) in
    SUCCESS) good "a build in $region" ;;
    *) mind "a build may begin in $region, but the one that was tried came to $(value status): gcloud builds log $build --region=$region --project=$project tells why. The functions are built with an account of their own." ;;
  esac
elif grep -qiE "cannot run builds in this region|quota restrictions" "$work/answer"; then
  fault "$project may not build in $region: take europe-west1 as region and firestore_location before the first apply, since the database's location is for good."
else
  fault "A build in $region could not be begun ($(said))."
fi

if ! on cloudtasks; then
  mind "whether Cloud Tasks is in $queue_region was not looked at, which takes cloudtasks.googleapis.com."
elif ask cloudtasks "v2/projects/$project/locations?pageSize=200" "" && grep -q "\"$queue_region\"" "$work/answer"; then
  good "Cloud Tasks in $queue_region"
else
  fault "Cloud Tasks is not in $queue_region: set queue_region to one that gcloud tasks locations list --project=$project names."
fi

end "Nothing stands in the way of terraform apply."
