"""The front before Firestore's emulator: an account does what infra/ grants it, on the one database, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest

from functions.adapters.firestore.connection import FirestoreConnection
from functions.adapters.firestore.documents import FirestoreDocuments
from functions.domain.model.errors import Transient
from sandbox.gcp.firestore_front import fronts
from sandbox.gcp.grants import DATABASE, grants
from sandbox.stage import free_port
from tests.harness.place import START

if TYPE_CHECKING:
    from tests.conftest import FirestoreEmulator

PROJECT = "demo-fronts"
PATH = ("integrations", "front")
Store = Callable[..., FirestoreDocuments]


@pytest.fixture
def store(firestore_emulator: "FirestoreEmulator") -> Iterator[Store]:
    """Give the store as the account of a function sees it."""
    ports = {f"ireserve-{name}": free_port() for name in ("sync-task", "sweep", "booking-webhook", "oauth-redirect")}
    with ExitStack() as stack:
        stack.enter_context(fronts(firestore_emulator.host, grants(PROJECT), ports))

        def store(function: str, database: str = DATABASE) -> FirestoreDocuments:
            host = f"127.0.0.1:{ports[f'ireserve-{function}']}"
            connection = FirestoreConnection(PROJECT, database, emulator=host, seconds=30)
            stack.callback(connection.close)
            return FirestoreDocuments(connection, lambda: START)

        yield store


def test_who_may_write_writes_and_who_may_read_reads(store: Store) -> None:
    store("sync-task").transact(lambda tx: tx.put(PATH, {"a": 1}))
    store("sync-task").transact(lambda tx: tx.put(PATH, {"a": (tx.get(PATH) or {})["a"] + 1}))
    assert store("sweep").get(PATH) == {"a": 2}
    assert [name for name, _ in store("sweep").find(("integrations",))] == ["front"]
    store("sync-task").transact(lambda tx: tx.delete(PATH))
    assert store("sweep").get(PATH) is None


def test_the_public_redirect_writes_consents_and_reaches_nothing_else(store: Store) -> None:
    consents = store("oauth-redirect", f"{DATABASE}-consents")
    consents.transact(lambda tx: tx.put(("oauth_states", "s"), {"code": "c"}))
    assert consents.get(("oauth_states", "s")) == {"code": "c"}
    with pytest.raises(Transient, match="denies access"):
        store("oauth-redirect").get(PATH)


@pytest.mark.parametrize(
    ("function", "database", "writes"),
    [("sweep", DATABASE, True), ("booking-webhook", DATABASE, False), ("sync-task", "(default)", False)],
)
def test_without_a_grant_nothing_is_done(store: Store, function: str, database: str, writes: bool) -> None:  # noqa: FBT001
    documents = store(function, database)
    act: Callable[[], object] = (
        partial(documents.transact, lambda tx: tx.put(PATH, {"a": 1})) if writes else partial(documents.get, PATH)
    )
    with pytest.raises(Transient) as refused:
        act()
    assert refused.value.reason == "store_denied"
