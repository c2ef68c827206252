"""Look each lock up in the database of known vulnerabilities, with pip-audit, and say how far that came.

    python -m tests.locks.audit PATH_TO_PIP_AUDIT

Exits with 1 for a known vulnerability, and with 2 where a package could not be looked up: pip-audit alone calls that a
success, as it does where an index that stands in for PyPI has no such database.
"""

import json
import subprocess
import sys

from tests.locks.lock import LOCKS, ROOT, pins


def main(pip_audit: str) -> int:
    """Return the exit code."""
    options = ["--format", "json", "--progress-spinner", "off", "--disable-pip", "--require-hashes"]
    found: set[str] = set()
    known: dict[str, bool] = {}  # was this package looked up?
    for lock in LOCKS:
        done = subprocess.run([pip_audit, *options, "-r", lock], cwd=ROOT, capture_output=True, text=True, check=False)
        try:
            packages = json.loads(done.stdout)["dependencies"]
        except ValueError:  # it gave up before the first package
            packages = [{"name": pin.name, "skip_reason": "given up"} for pin in pins((ROOT / lock).read_text())]
            print(f"{lock}: {(done.stderr.strip().splitlines() or ['pip-audit said nothing'])[-1]}")
        known |= {package["name"]: "skip_reason" not in package for package in packages}
        found |= {
            f"{package['name']} {package['version']}: {fault['id']}, "
            f"mended in {', '.join(fault['fix_versions']) or 'no release yet'}"
            for package in packages
            for fault in package.get("vulns", [])
        }
    for sentence in sorted(found):
        print(sentence)
    unknown = sorted(name for name, looked_up in known.items() if not looked_up)
    if unknown:
        print(
            f"{len(unknown)} of {len(known)} packages were not looked up: the database of known vulnerabilities could "
            f"not be reached, or does not know them ({', '.join(unknown[:5])}{', …' if unknown[5:] else ''})."
        )
    elif not found:
        print(f"No known vulnerability in {', '.join(LOCKS)}.")
    return 1 if found else 2 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
