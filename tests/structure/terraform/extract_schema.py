"""Make the excerpts of the providers' schemas that the Terraform tests check against.

The prebuilt bindings of CDK Terrain are generated from the schema that each provider publishes, so the names, the
nesting and the types in them are the provider's own. This script takes the packages below with `pip download`, keeps
only what `infra/` uses, and writes one JSON file per provider and version beside itself. Run it again when `infra/`
uses another resource type, or to look at another version of a provider:

    python tests/structure/terraform/extract_schema.py
"""

import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import hcl2

HERE = Path(__file__).parent
INFRA = HERE.parents[2] / "infra"

# Both ends of the range that infra/versions.tf allows: the last release of 7 and the newest of 8 at the time of writing.
PACKAGES = (
    ("cdktn-provider-google", "20.3.1"),
    ("cdktn-provider-google", "21.1.0"),
    ("cdktn-provider-google-beta", "20.3.1"),
    ("cdktn-provider-google-beta", "21.1.0"),
    ("cdktn-provider-archive", "14.0.1"),
)

BETA_ONLY = {"google_project_service_identity"}

# How the bindings read an attribute -> its type as Terraform's plugin protocol writes it.
GETTERS = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "getStringMapAttribute": ["map", "string"],
}
FLAGS = r"// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n"
GETTER = re.compile(r"return (cdktn\.Fn\.tolist\()?this\.(get\w+Attribute)\('")
NESTED = re.compile(r"= new (\w+?)(List|OutputReference)\(this, ")


def used_types(infra: Path = INFRA) -> dict[str, set[str]]:
    """Resource and data source types in the parsed HCL, as `{"resource": {...}, "data": {...}}`."""
    found: dict[str, set[str]] = {"resource": set(), "data": set()}
    for path in sorted(infra.glob("*.tf")):
        with path.open(encoding="utf-8") as file:
            parsed = hcl2.load(file)
        for kind, names in found.items():
            names.update(name.strip('"') for block in parsed.get(kind, []) for name in block)
    return found


def fetch(package: str, version: str) -> dict[str, str]:
    """The generated sources of one package, by path inside it."""
    with tempfile.TemporaryDirectory() as directory:
        command = ["pip", "download", "-qq", "--no-deps", "--only-binary", ":all:", "--dest", directory]
        subprocess.run(
            [sys.executable, "-m", *command, f"{package}=={version}"], check=True
        )  # both are constants above
        (wheel,) = Path(directory).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            inner = next(name for name in archive.namelist() if name.endswith(".jsii.tgz"))
            content = archive.read(inner)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        wanted = re.compile(r"package/(package\.json|lib/[^/]+/index\.js)$")
        members = [member for member in archive.getmembers() if wanted.match(member.name)]
        return {m.name.removeprefix("package/"): read(archive, m) for m in members}


def read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode() if file else ""


class Bindings:
    """The generated source of one resource, asked for the schema behind it."""

    def __init__(self, script: str) -> None:
        self.script = script

    def resource(self) -> dict[str, Any]:
        start = re.search(r"^class \w+ extends cdktn\.Terraform(Resource|DataSource) \{", self.script, re.MULTILINE)
        if start is None:
            raise ValueError("no resource class: the bindings are generated in another way now")
        source = self.script[start.start() :]
        return self.block(source, source[source.index("synthesizeHclAttributes() {") :])

    def block(self, source: str, mapper: str) -> dict[str, Any]:
        """One block: `source` is the class that reads it, `mapper` writes it as HCL and knows blocks from attributes."""
        block: dict[str, Any] = {"attributes": {}, "blocks": {}}
        parts = re.split(FLAGS, source)[1:]
        for name, computed, optional, required, code in zip(*(parts[i::5] for i in range(5)), strict=True):
            given = {"computed": computed, "optional": optional, "required": required}
            flags: dict[str, Any] = {flag: True for flag, value in given.items() if value == "true"}
            nested, getter = NESTED.search(code.split("\n    get ", 1)[0]), GETTER.search(code)
            is_block = re.search(rf"^\s+{name}: \{{\n.*\n\s+isBlock: true,\n\s+type: \"(\w+)\"", mapper, re.MULTILINE)
            if nested and is_block:
                single = {"max_items": 1} if nested.group(2) == "OutputReference" else {}
                nesting = {"struct": "single"}.get(is_block.group(1), is_block.group(1))
                block["blocks"][name] = {
                    "nesting": nesting,
                    **({"required": True} if "required" in flags else {}),
                    **(single if nesting != "single" else {}),
                    "block": self.struct(nested.group(1)),
                }
            elif nested:
                block["attributes"][name] = flags | {"type": self.output(nested.group(1))}
            elif getter:
                kind = GETTERS.get(getter.group(2), "dynamic")
                if getter.group(1) and isinstance(kind, list):
                    kind = ["set", kind[1]]
                block["attributes"][name] = flags | {"type": kind}
        return block

    def struct(self, name: str) -> dict[str, Any]:
        mapper = self.between(f"function {name[0].lower()}{name[1:]}ToHclTerraform(struct)")
        return self.block(self.between(f"class {name}OutputReference "), mapper)

    def output(self, name: str) -> Any:
        """The type of a list of objects that can only be read."""
        attributes = self.struct(name)["attributes"]
        return ["list", ["object", {key: value["type"] for key, value in attributes.items()}]]

    def between(self, head: str) -> str:
        start = self.script.find(head)
        if start < 0:
            raise ValueError(f"no {head!r}: the bindings are generated in another way now")
        return self.script[start : self.script.index("\n}\n", start)]


def excerpt(package: str, version: str, used: dict[str, set[str]]) -> dict[str, Any]:
    files = fetch(package, version)
    provider = json.loads(files["package.json"])["cdktn"]["provider"]
    name = provider["name"].rsplit("/", 1)[-1]
    prefix = name.replace("-", "_") + "_"  # the bindings leave the provider's name out of a folder's, where it leads
    result: dict[str, Any] = {"provider": name, "version": provider["version"], "package": f"{package}=={version}"}
    folders = {"resource": "", "data": f"data-{name}-"}
    for section, folder in folders.items():
        result[section] = {}
        for kind_name in sorted(used[section]):
            base = f"lib/{folder}{kind_name.removeprefix(prefix).replace('_', '-')}/index"
            if f"{base}.js" in files:
                result[section][kind_name] = Bindings(files[f"{base}.js"]).resource()
    return result


def main() -> None:
    used = used_types()
    for package, version in PACKAGES:
        schema = excerpt(package, version, used)
        if schema["provider"] == "google-beta":  # only what the other provider does not have
            schema["resource"] = {k: v for k, v in schema["resource"].items() if k in BETA_ONLY}
            schema["data"] = {}
        path = HERE / f"{schema['provider']}-{schema['version']}.json"
        path.write_text(json.dumps(schema, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{path.name}: {len(schema['resource'])} resources, {len(schema['data'])} data sources")


if __name__ == "__main__":
    main()
