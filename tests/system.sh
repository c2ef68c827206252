#!/bin/sh
# What do some tests need beside Python? Chromium, npm (for axe-core), curl, Java and gcloud with the Firestore emulator,
# and Terraform. What is missing is installed where that is allowed: by apt-get, as root. Otherwise one sentence says so;
# the tests that need it are then skipped, or fail where CI is set.
set -u

say() { echo "$1 is missing: $2"; }
has() { command -v "$1" >/dev/null 2>&1; }

wanted=""
{ [ -n "${CHROMIUM:-}" ] || has chromium-headless-shell || has chromium || has google-chrome; } || wanted="$wanted chromium"
has npm || wanted="$wanted npm"
has java || wanted="$wanted default-jre-headless"
has curl || wanted="$wanted curl"

if [ -n "$wanted" ] && has apt-get && [ "$(id -u)" = 0 ]; then
  echo "Installing$wanted …"
  log=$(mktemp)
  # shellcheck disable=SC2086
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $wanted; } >"$log" 2>&1 </dev/null
  then
    tail -n 5 "$log"
  fi
  rm -f "$log"
fi

# Pages cost the browser without windows half of what they cost the whole one. It is taken where apt knows it (Debian 12 and
# later), and missed by nobody where it cannot be had.
if [ -z "${CHROMIUM:-}" ] && ! has chromium-headless-shell && has apt-get && [ "$(id -u)" = 0 ] && \
  apt-cache show chromium-headless-shell >/dev/null 2>&1; then
  echo "Installing chromium-headless-shell …"
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Acquire::Retries=0 -o Acquire::http::Timeout=20 \
    chromium-headless-shell >/dev/null 2>&1 </dev/null || echo "It could not be installed: the tests run with what is there"
fi

[ -n "${CHROMIUM:-}" ] || has chromium-headless-shell || has chromium || has google-chrome || say Chromium "apt-get install chromium, or name one with CHROMIUM"
has npm || say npm "apt-get install npm"
has java || say Java "apt-get install default-jre-headless"
has curl || say curl "apt-get install curl"
has terraform || say Terraform "https://developer.hashicorp.com/terraform/install"
if ! has gcloud; then
  say "gcloud" "https://cloud.google.com/sdk/docs/install, then: gcloud components install cloud-firestore-emulator"
elif ! [ -e "$(dirname "$(readlink -f "$(command -v gcloud)")")/../platform/cloud-firestore-emulator" ]; then
  gcloud components install cloud-firestore-emulator beta --quiet >/dev/null 2>&1 </dev/null || \
    say "the Firestore emulator" "gcloud components install cloud-firestore-emulator, or apt-get install google-cloud-cli-firestore-emulator"
fi
exit 0
