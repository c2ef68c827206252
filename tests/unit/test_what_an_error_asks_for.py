"""An error asks for the same from everywhere: stop a side, try again, or park; and there is one way to look again."""

import ast
from pathlib import Path

import pytest

from functions.application.sync.failures import Reaction, reaction_to
from functions.domain.model.errors import (
    AccessRevoked,
    Cause,
    Conflict,
    Gone,
    Malformed,
    Refused,
    Stale,
    SyncError,
    System,
    Taken,
    TokenExpired,
    Transient,
)

APPLICATION = Path(__file__).parents[2] / "functions" / "application"


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (AccessRevoked("no", reason="invalid_grant", side=System.GOOGLE), Reaction.STOP),
        (AccessRevoked("no", reason="ireserve_login", side=System.IRESERVE), Reaction.STOP),
        (AccessRevoked("no", reason="no_digest_key", side=System.SERVICE), Reaction.RETRY),
        (Transient("later"), Reaction.RETRY),
        (Stale("changed"), Reaction.RETRY),
        (Conflict("another pair"), Reaction.RETRY),
        (Refused("no"), Reaction.PARK),
        (Malformed("what"), Reaction.PARK),
        (Gone("gone"), Reaction.PARK),
        (Taken("there"), Reaction.PARK),
        (TokenExpired("old"), Reaction.PARK),
    ],
    ids=lambda each: f"{type(each).__name__}-{each.side}" if isinstance(each, SyncError) else "",
)
def test_each_kind_of_error_has_one_reaction(error: SyncError, asked: Reaction) -> None:
    assert reaction_to(error) is asked


def test_a_reason_that_reads_like_a_cause_is_none() -> None:
    assert Refused("no", reason="no_right").cause is Cause.OTHER
    assert Refused("no", reason=Cause.NO_RIGHT).cause is Cause.NO_RIGHT
    assert Refused("no", reason=Cause.NO_RIGHT).reason == "no_right"
    assert Refused("no").reason == "refused"


def test_there_is_one_way_to_queue_a_look() -> None:
    queue = [
        str(path.relative_to(APPLICATION))
        for path in sorted(APPLICATION.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("tasks.put")
    ]
    assert set(queue) == {"intake/hints.py"}
