#!/bin/sh
# Checks infra/ as far as this machine allows, and says how far that was:
# format; then init, validate and test with the real providers if they can be had, else with stand-ins that know only
# the published schemas. Nothing is made in Google Cloud either way, and no credentials are used.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-$root/.venv/bin/python}

if ! command -v terraform >/dev/null; then
  echo "terraform is not installed: nothing of infra/ was checked here but what pytest reads of it" >&2
  exit 1
fi

terraform fmt -check -recursive "$here"
echo "format: checked"

# A copy, so that no lock file, provider or archive is left behind in the tree.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here" "$root/functions" "$root/requirements.txt" "$root/main.py" "$work/"
rm -rf "$work/infra/.terraform" "$work/infra/.terraform.lock.hcl" "$work/infra/.build"
cd "$work/infra"

if terraform init -backend=false -input=false -no-color >"$work/init.log" 2>&1; then
  terraform validate -no-color
  terraform test -no-color
  echo "checked with the real providers, mocked in the tests:"
  terraform version | sed -n 's/^+ provider/  /p'
  exit 0
fi

echo "the real providers cannot be had here:"
sed -n 's/^.*Error: /  /p' "$work/init.log" | sort -u
for major in 7 8; do
  stand_in() { "$python" "$root/tests/structure/terraform/stand_in_provider.py" "$major" terraform "$@" -no-color; }
  stand_in init -backend=false -input=false >/dev/null
  stand_in validate
  stand_in test
  rm -rf .terraform .terraform.lock.hcl
done
echo "checked with stand-ins that know the published schemas of provider google 7 and 8."
echo "NOT checked: what the providers' own code would say, and anything that only Google Cloud can answer."
