"""How much each function does at once: `serving.json`, which Terraform reads too (infra/functions.tf)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Serving:
    """A function's row. An instance is sent no more requests at once than it has threads to answer them."""

    memory_mib: int
    timeout_seconds: int  # an answer that takes longer is broken off
    concurrency: int  # requests that one instance is sent at the same time; `serve`: any number
    threads: int  # that answer them; of `serve`: that do tasks
    at_once: int  # threads beside those, for what waits for the outside most of the time
    connections: int  # of one client to one address that are kept open
    instances: int  # at most


def serving(function: str) -> Serving:
    """Return the row of a deployed function, or of `serve`."""
    return _table()[function]


@cache
def _table() -> dict[str, Serving]:
    text = Path(__file__).with_name("serving.json").read_text(encoding="utf-8")
    return {name: Serving(**row) for name, row in json.loads(text).items()}
