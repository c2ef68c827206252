"""Every resource and argument in infra/ exists in the schemas that the providers publish.

The excerpts are made by terraform/extract_schema.py from both ends of the range of versions that infra/ allows.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from infra_configuration import blocks, files

SCHEMAS = sorted((Path(__file__).parent / "terraform").glob("*.json"))
META = {"for_each", "count", "depends_on", "provider", "lifecycle", "dynamic"}


def schema(major: str) -> dict[str, dict[str, Any]]:
    """Everything published for one major version of google, with what has only one version here."""
    found: dict[str, dict[str, Any]] = {"resource": {}, "data": {}}
    for path in SCHEMAS:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["provider"] == "archive" or content["version"].split(".")[0] == major:
            for kind, types in found.items():
                types.update(content[kind])
    return found


def faults(body: dict[str, Any], spec: dict[str, Any], path: str) -> Iterator[str]:
    """What the schema has no room for, what may only be read, and what is missing."""
    dynamic = {name: block["content"] for group in body.get("dynamic", []) for name, block in group.items()}
    given = {name: value for name, value in body.items() if name not in META} | dynamic
    for name, value in given.items():
        here = f"{path}.{name}"
        if name in spec["blocks"]:
            nested = spec["blocks"][name]
            if not isinstance(value, list):
                yield f"{here} is a block"
                continue
            if nested.get("max_items") == 1 and len(value) > 1:
                yield f"{here} may be given once"
            for item in value:
                yield from faults(item, nested["block"], here)
        elif name not in spec["attributes"]:
            yield f"{here} does not exist"
        elif spec["attributes"][name].keys().isdisjoint({"optional", "required"}):
            yield f"{here} can only be read"
    wanted = {**spec["attributes"], **spec["blocks"]}
    yield from (f"{path}.{name} is missing" for name, of in wanted.items() if of.get("required") and name not in given)


@pytest.mark.parametrize("major", ["7", "8"])
def test_every_resource_and_every_argument_is_published(major: str) -> None:
    published = schema(major)
    found: list[str] = []
    for kind in ("resource", "data"):
        for block in blocks(kind):
            path = f"{block.file}: {block.type}.{block.name}"
            spec = published[kind].get(block.type)
            found += [f"{path} does not exist"] if spec is None else faults(block.body, spec, path)
    assert not found


def test_a_made_up_argument_is_noticed() -> None:
    spec = schema("7")["resource"]["google_cloudfunctions2_function"]
    body = {"name": "x", "iap_enabled": True, "state": "ACTIVE", "build_config": [{"entrypoint": "x"}]}
    assert sorted(faults(body, spec, "x")) == [
        "x.build_config.entrypoint does not exist",
        "x.iap_enabled does not exist",
        "x.location is missing",
        "x.state can only be read",
    ]


def test_the_excerpts_are_of_versions_that_are_allowed() -> None:
    (terraform,) = files()["versions.tf"]["terraform"]
    (allowed,) = terraform["required_providers"]
    bounds = re.findall(r"\d+\.\d+\.\d+", str(allowed["google"]))
    versions = sorted(
        tuple(map(int, json.loads(path.read_text(encoding="utf-8"))["version"].split(".")))
        for path in SCHEMAS
        if path.name.startswith("google-") and "beta" not in path.name
    )
    low, high = (tuple(map(int, bound.split("."))) for bound in bounds[:2])
    assert versions[0] == low
    assert all(low <= version < high for version in versions)
    assert allowed["google"] | {"source": ""} == allowed["google-beta"] | {"source": ""}
