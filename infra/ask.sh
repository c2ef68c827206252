# For preflight.sh and smoke.sh: what they are called with, how they ask Google's APIs and say what they found.
# shellcheck shell=sh disable=SC2034,SC2154

project=${1:-}
region=${2:-europe-west1}
queue_region=${3:-europe-west1}
[ -n "$project" ] || { echo "usage: $0 PROJECT [REGION [QUEUE_REGION]]" >&2; exit 2; }

faults=0
good() { echo "ok    $1"; }
fault() { echo "FAULT $1"; faults=$((faults + 1)); }
mind() { echo "mind  $1"; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# end SENTENCE: the last line, SENTENCE where nothing is wrong; ends the script
end() { [ "$faults" = 0 ] && echo "$1" || echo "$faults to mend, then run this again."; exit $((faults > 0)); }

# ask API PATH [BODY]: the answer of https://API.googleapis.com/PATH is in $work/answer; false where it is an error, which
# `said` tells. gcloud's own variables lead to another address.
ask() {
  override=$(printf 'CLOUDSDK_API_ENDPOINT_OVERRIDES_%s' "$1" | tr '[:lower:]' '[:upper:]')
  address=$(eval "printf '%s' \"\${$override:-https://$1.googleapis.com/}\"")$2
  set -- "$3" "$address"
  status=$(curl -sS --max-time 60 -o "$work/answer" -w '%{http_code}' -H "@$work/headers" \
    ${1:+-H "Content-Type: application/json" -d "$1"} "$2" 2>"$work/error")
  [ "$status" = 200 ]
}
value() { tr -d '\n' <"$work/answer" | grep -oE "\"$1\": *(\"[^\"]*\"|true|false)" | head -n 1 | sed 's/^[^:]*: *//; s/"//g'; }
values() { tr -d '\n' <"$work/answer" | grep -oE "\"$1\": *\[[^]]*\]" | head -n 1 | sed 's/^[^[]*\[//; s/[]" ]//g'; }
said() { { value message; cat "$work/error"; } 2>/dev/null | head -n 1 | cut -c 1-300; }

command -v curl >/dev/null || { fault "curl is not installed (Debian, Ubuntu: apt-get install curl)."; end; }
command -v gcloud >/dev/null || { fault "gcloud is not installed: https://cloud.google.com/sdk/docs/install"; end; }
token=$(gcloud auth print-access-token 2>/dev/null) || {
  fault "gcloud is not signed in: run gcloud auth login, and gcloud auth application-default login for Terraform."
  end
}
# In a file of one's own: what stands on a command line, every user of the machine can read.
printf 'Authorization: Bearer %s\nX-Goog-User-Project: %s\n' "$token" "$project" >"$work/headers"
good "gcloud is signed in"
