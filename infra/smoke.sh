#!/bin/sh
# After an apply: does it work? Every function is called the way it is called in earnest, one line per check, one sentence
# per fault, exit 1 if there is one. Run it in infra/, where Terraform's outputs are, as one of console_members who also
# may do what preflight.sh asks for. What it makes, an integration smoke-test and a task, it takes away again.
#
#     ./smoke.sh PROJECT [REGION [QUEUE_REGION]]
set -u

. "$(dirname "$0")/ask.sh"

proxy=
trap '[ -z "$proxy" ] || kill "$proxy" 2>/dev/null; rm -rf "$work"' EXIT
logs() { echo "gcloud run services logs read $1 --region=$region --project=$project"; }
output() { terraform output -raw "$1" 2>/dev/null; }
# call METHOD ADDRESS [BODY]: prints the status, 000 where nothing answers; the answer is in $work/answer
call() {
  curl -sS --max-time 60 -o "$work/answer" -w '%{http_code}' -X "$1" ${3:+-H "Content-Type: application/json" -d "$3"} \
    -H "X-Requested-With: smoke" "$2" 2>"$work/error"
}

console=$(output console_url) && redirect=$(output return_url) && webhook=$(output webhook_base_url) &&
  notification=$(output notification_base_url) || {
  fault "Terraform has no outputs here: run this in infra/, after terraform apply."
  end
}
proxied=$(output console_command)
addresses=$(terraform output -json addresses | tr -d '\n')
address() { printf '%s' "$addresses" | grep -oE "\"$1\": *\"[^\"]*\"" | sed 's/^[^:]*: *//; s/"//g'; }
sync=$(address sync_task)

# --- every function has started, and is open to nobody but its callers -------------------------------------------------

for function in oauth-redirect booking-webhook calendar-notification sync-task renew-watches sweep console; do
  service=ireserve-$function
  if ! ask run "v2/projects/$project/locations/$region/services/$service" ""; then
    fault "$service cannot be seen in $region ($(said)): run terraform apply, or name the region that it is in."
  elif tr -d '\n' <"$work/answer" | grep -qE '"terminalCondition": *\{[^}]*"CONDITION_SUCCEEDED"'; then
    good "$service has started"
  else
    fault "$service has not started ($(said)): $(logs "$service") tells why."
  fi
done

reached() { # NAME STATUS WANTED WHAT
  case $2 in
    "$3") good "$4" ;;
    403) fault "$1 is not public, so that its callers get 403: \"Where public functions are forbidden\" in infra/README.md." ;;
    000) fault "$1 does not answer ($(said)): is its address, or its custom domain, led to the function?" ;;
    *) fault "$1 answers $2 where $3 was due ($(said)): $(logs "$1") tells why." ;;
  esac
}
reached ireserve-oauth-redirect "$(call GET "${redirect}smoke-test?state=smoke&code=smoke")" 400 "the Return url answers, and reads the database"
reached ireserve-booking-webhook "$(call POST "$webhook/bookings/smoke-test?token=smoke" '{}')" 401 "the address of i-Reserve's webhooks answers"
reached ireserve-calendar-notification "$(call POST "$notification/notifications/google" '{}')" 401 "the address of Google's channels answers"

# what reaches the code of these is answered 401 by it; the platform itself says 403, or 404 to who comes from outside
for function in sync_task renew_watches sweep; do
  case $(call POST "$(address "$function")/" '{}') in
    403 | 404) good "$function is closed to strangers" ;;
    *) fault "$function is not closed to strangers ($(said)): take allUsers off its invokers, and apply again." ;;
  esac
done

# --- the schedules, and a task ------------------------------------------------------------------------------------------

for job in ireserve-sweep ireserve-renew-watches; do
  path=v1/projects/$project/locations/$queue_region/jobs/$job
  ask cloudscheduler "$path" "" && before=$(value lastAttemptTime) || before=
  if [ "$(value state)" = PAUSED ]; then
    fault "$job is paused: gcloud scheduler jobs resume $job --location=$queue_region --project=$project."
    continue
  elif ! ask cloudscheduler "$path:run" '{}'; then
    fault "$job could not be run ($(said)): it takes roles/cloudscheduler.admin, and an apply that came to its end."
    continue
  fi
  tries=0
  while [ $tries -lt 30 ] && ask cloudscheduler "$path" "" && [ "$(value lastAttemptTime)" = "$before" ]; do
    sleep 2
    tries=$((tries + 1))
  done
  if [ "$(value lastAttemptTime)" = "$before" ]; then
    fault "$job was run and nothing came of it in a minute: look at it under Cloud Scheduler."
  elif tr -d '\n' <"$work/answer" | grep -qE '"code": *[1-9]'; then
    fault "$job could not call its function (code $(grep -oE '"code": *[0-9]+' "$work/answer" | grep -oE '[0-9]+')): $(logs "$job") tells why."
  else
    good "$job called its function"
  fi
done

queue=projects/$project/locations/$queue_region/queues/ireserve-live
task=$queue/tasks/smoke-$(date +%s)
body=$(printf '{"kind":"tick","int_id":"smoke-test"}' | base64 | tr -d '\n')
http="{\"url\":\"$sync/tasks/sync\",\"body\":\"$body\",\"headers\":{\"Content-Type\":\"application/json\"},\"oidcToken\":{\"serviceAccountEmail\":\"ireserve-tasks@$project.iam.gserviceaccount.com\",\"audience\":\"$sync\"}}"
if ask cloudtasks "v2/$queue" "" && [ "$(value state)" != RUNNING ]; then
  fault "The queue ireserve-live is $(value state): gcloud tasks queues resume ireserve-live --location=$queue_region --project=$project."
elif ! ask cloudtasks "v2/$queue/tasks" "{\"task\":{\"name\":\"$task\",\"httpRequest\":$http}}"; then
  fault "No task could be added to ireserve-live ($(said)): it takes roles/cloudtasks.enqueuer, and acting as ireserve-tasks."
else
  tries=0
  while [ $tries -lt 30 ] && ask cloudtasks "v2/$task" ""; do
    sleep 2
    tries=$((tries + 1))
  done
  case $status in
    404) good "a task went round" ;;
    200) fault "A task still waits after a minute ($(said)): $(logs ireserve-sync-task) tells whether it came there; ireserve-tasks must be its invoker." ;;
    *) fault "Whether a task went round could not be read ($(said))." ;;
  esac
fi

# --- the console, and through it the database and the secrets ----------------------------------------------------------

if [ -z "$proxied" ]; then
  case $(call GET "$console") in
    302) good "the console asks who you are (IAP)" ;;
    *) fault "The console is not behind IAP ($(said)): is console_iap applied, and ireserve-console-iap there?" ;;
  esac
  mind "secrets and the database are not tried behind IAP: make an integration on the console."
  end "What was deployed works, as far as it was tried."
fi

sh -c "exec $proxied" >"$work/proxy" 2>&1 &
proxy=$!
tries=0
while [ $tries -lt 30 ] && [ "$(call GET "${console%console/}health")" != 200 ] && kill -0 "$proxy" 2>/dev/null; do
  sleep 1
  tries=$((tries + 1))
done
opened=$(call GET "$console")
if [ "$opened" = 200 ]; then
  good "the console opens through the proxy"
else
  fault "The console does not open through the proxy ($opened $(tail -n 1 "$work/proxy" | cut -c 1-200)): are you in console_members, and does $proxied run?"
  end
fi

one=${console}api/integrations/smoke-test
example='{"id":"smoke-test","name":"smoke test","ireserve":{"base_url":"https://smoke.invalid/api/rest","username":"smoke"},"google":{"client_id":"smoke.apps.googleusercontent.com"},"outbound":{"create_on_status":[20],"delete_on_status":[70]},"mapping":[{"object":"10","calendar":"smoke@group.calendar.google.com"}],"secrets":{"ireserve_password":"smoke"}}'
made=$(call PUT "$one" "$example")
[ "$made" != 200 ] && [ "$made" != 201 ] || made=$(call PUT "$one" "$example") # the second time reads a secret of the first
case $made in
  200 | 201) good "an integration was stored, and its secrets written and read" ;;
  *) fault "The console could not store an integration and its secrets ($made $(value error)): $(logs ireserve-console) tells why." ;;
esac
case $(call DELETE "$one") in
  2* | 404) good "and taken away" ;;
  *) fault "The integration smoke-test could not be taken away ($(value error)): delete it on the console." ;;
esac
mind "its secrets are empty now, and stay: gcloud secrets list --filter=name~ireserve-smoke-test --project=$project names them."

end "What was deployed works."
