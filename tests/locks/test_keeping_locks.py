"""What `make lock` and `make audit` tell whoever keeps the locks."""

import json
from pathlib import Path

import pytest

from tests.locks import audit
from tests.locks.finish import changes, with_plain_pins


def test_what_changed_is_told_for_each_package_once() -> None:
    before = "a==1.0 \\\n    --hash=sha256:1\nb==2.0 \\\n    --hash=sha256:2\n"
    after = "a==1.1 \\\n    --hash=sha256:3\na[x]==1.1 \\\n    --hash=sha256:3\nc==3.0 ; python_version < '3.12' \\\n    --hash=sha256:4\n"

    assert changes(before, after) == ["a 1.0 -> 1.1", "b 2.0 -> (gone)", "c (new) -> 3.0"]


def test_a_package_that_is_pinned_with_an_extra_is_pinned_without_it_too() -> None:
    lock = "a[x]==1.0 ; sys_platform == 'linux' \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\n    # via b\n"

    assert with_plain_pins(lock) == lock.replace("[x]", "").replace("    # via b\n", "") + lock


def pip_audit_that_says(tmp_path: Path, packages: list[dict[str, object]] | None) -> str:
    tool = tmp_path / "pip-audit"
    said = json.dumps({"dependencies": packages}) if packages is not None else ""
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\necho 'it cannot be reached' >&2\nexit 1\n")
    tool.chmod(0o755)
    return str(tool)


@pytest.mark.parametrize(
    ("packages", "code", "sentence"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0, "No known vulnerability in requirements.txt, "),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}],
            1,
            "a 1: PYSEC-1, mended in 2",
        ),
        ([{"name": "a", "skip_reason": "not found"}], 2, "1 of 1 packages were not looked up"),
        (None, 2, "requirements.txt: it cannot be reached"),
    ],
)
def test_an_audit_says_what_is_known_and_what_was_not_looked_up(
    packages: list[dict[str, object]] | None,
    code: int,
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert audit.main(pip_audit_that_says(tmp_path, packages)) == code
    assert sentence in capsys.readouterr().out
