"""A file of settings: YAML whose texts are taken as they stand, because each setting knows what it is.

YAML 1.1 would read the user name `010` as 8, `12:30` as 750, a name such as `2026-02-03` as a date, and would keep only the
last of two settings of one name. https://yaml.org/type/
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from functions.domain.model.errors import Refused

READ = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
MADE = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", None)


class _AsItStands(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012 -- the library's name, which it only reads
        first: [(tag, form) for tag, form in known if tag in READ]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012 -- likewise
        tag: made for tag, made in yaml.SafeLoader.yaml_constructors.items() if tag in MADE
    }


def settings_in(file: Path) -> dict[str, Any]:
    """Return the names and values in a file; raises `Refused` with one sentence."""
    try:
        raw = _read(file, file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise Refused(f"{file} is not YAML{where}") from None
    if not isinstance(raw, dict):
        raise Refused(f"{file} has no settings; see docs/features.md for their names")
    return raw


def _read(file: Path, text: str) -> Any:
    loader = _AsItStands(text)
    node = loader.get_single_node()
    for key in _named_twice(node, set()):
        raise Refused(f"{file} names {key.value} twice, again at line {key.start_mark.line + 1}; keep one")
    found = loader.construct_document(node) if node is not None else None
    json.dumps(found, ensure_ascii=False).encode()  # ValueError for a list in itself, and for half a character
    return found


def _named_twice(node: yaml.Node | None, passed: set[int]) -> Iterator[yaml.ScalarNode]:
    """Yield each name that its mapping has already; a node with an alias is passed once."""
    if id(node) in passed:
        return
    passed.add(id(node))
    if isinstance(node, yaml.MappingNode):
        names = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in names:
                yield key
            names.add(key.value if isinstance(key, yaml.ScalarNode) else "")
            yield from _named_twice(value, passed)
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _named_twice(each, passed)
