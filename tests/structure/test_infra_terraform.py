"""Terraform itself reads infra/: its format, its validation, and its tests with mocked providers.

The providers are stand-ins that know the published schemas (terraform/stand_in_provider.py), so nothing is downloaded.
infra/check.sh does the same with the real ones where they can be had.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from infra_configuration import INFRA, ROOT

STAND_IN = Path(__file__).parent / "terraform" / "stand_in_provider.py"

pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None and not os.environ.get("CI"), reason="terraform is not installed"
)


def terraform(directory: Path, *arguments: str, major: str = "") -> str:
    command = [sys.executable, str(STAND_IN), major, "terraform"] if major else ["terraform"]
    done = subprocess.run([*command, *arguments], cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """infra/ beside the start of the product, where Terraform may leave its files.

    The product has hundreds of files, and a mocked archive holds them as a set of blocks, which Terraform compares each
    with each in every run: that alone took ten times as long as all the rest. Which files are archived: test_infra_functions.py.
    """
    without = shutil.ignore_patterns("__pycache__", ".terraform*", ".build", "*.tfstate*", "*.tfvars")
    shutil.copytree(ROOT / "infra", tmp_path / "infra", ignore=without)
    (tmp_path / "functions").mkdir()
    for each in (ROOT / "functions").glob("*.*"):
        shutil.copy(each, tmp_path / "functions")
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    main = ROOT / "main.py"
    (tmp_path / "main.py").write_text(main.read_text(encoding="utf-8") if main.exists() else "", encoding="utf-8")
    return tmp_path / "infra"


def test_the_format_is_terraforms() -> None:
    assert terraform(INFRA, "fmt", "-check", "-recursive", "-list=true") == ""


@pytest.mark.parametrize("major", ["7", "8"])
def test_the_configuration_is_valid(copy: Path, major: str) -> None:
    terraform(copy, "init", "-backend=false", "-input=false", "-no-color", major=major)
    assert "The configuration is valid" in terraform(copy, "validate", "-no-color", major=major)


def test_the_configurations_own_tests_pass(copy: Path) -> None:
    terraform(copy, "init", "-backend=false", "-input=false", "-no-color", major="8")
    assert " 0 failed" in terraform(copy, "test", "-no-color", major="8")


def test_terraform_refuses_what_the_published_schema_does_not_have(copy: Path) -> None:
    with (copy / "tasks.tf").open("a", encoding="utf-8") as file:
        file.write('resource "google_cloud_tasks_queue" "wrong" {\n  location = var.region\n  made_up  = true\n}\n')
    terraform(copy, "init", "-backend=false", "-input=false", "-no-color", major="8")
    with pytest.raises(AssertionError, match="made_up"):
        terraform(copy, "validate", "-no-color", major="8")
