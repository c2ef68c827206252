"""What infra/ says, parsed: the tests ask this and not the text."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import hcl2

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra"


class Block(NamedTuple):
    """A resource or a data source; `body` has literals as themselves and expressions as `${...}`."""

    file: str
    kind: str
    type: str
    name: str
    body: dict[str, Any]


def plain(value: Any) -> Any:
    """The parser keeps the quotes of a literal, marks blocks and keeps comments; none of it is of interest here."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"')
    return value


@cache
def files() -> dict[str, dict[str, Any]]:
    parsed = {}
    for path in sorted(INFRA.glob("*.tf")):
        with path.open(encoding="utf-8") as file:
            parsed[path.name] = plain(hcl2.load(file))
    return parsed


def blocks(kind: str, type_: str = "") -> Iterator[Block]:
    """Every resource (or data source), of one type if it is named."""
    for file, content in files().items():
        for group in content.get(kind, []):
            for found, named in group.items():
                for name, body in named.items():
                    if type_ in ("", found):
                        yield Block(file, kind, found, name, body)


def resource(type_: str, name: str) -> dict[str, Any]:
    (body,) = (block.body for block in blocks("resource", type_) if block.name == name)
    return body


def named(kind: str) -> dict[str, dict[str, Any]]:
    """Variables or outputs, by name."""
    return {
        name: body for content in files().values() for group in content.get(kind, []) for name, body in group.items()
    }


def local(name: str) -> Any:
    (value,) = (group[name] for content in files().values() for group in content.get("locals", []) if name in group)
    return value


def functions() -> dict[str, dict[str, Any]]:
    """The one map that drives everything."""
    found: dict[str, dict[str, Any]] = local("functions")
    return found


def text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(INFRA.glob("*.tf")))
