"""The calls to Firestore, with one time limit and with the errors of the domain.

This uses the generated client inside google-cloud-firestore instead of its usual one, whose transactions have no time
limit and cost one more call: https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1
"""

import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from functions.application.ports import Path
from functions.domain.model.errors import SyncError, Transient
from functions.domain.model.messages import say

if TYPE_CHECKING:
    from google.cloud.firestore_v1.services.firestore import FirestoreClient

# gRPC reports lost connections in lines that no log can parse; they are normal while an instance has no processor
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

T = TypeVar("T")
_HOST = "firestore.googleapis.com"
_CALL_SECONDS = 4.5  # per call, so that an operation has time for another try
_ROLLBACK_SECONDS = 1.0  # nobody waits for it: without it the server ends a transaction after a minute


@dataclass(slots=True)
class Usage:
    """How many documents were read and written, as Firestore bills them."""

    reads: int = 0
    writes: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A document as read: its fields as protobuf values, and the time of its last change, for preconditions."""

    id: str
    fields: Mapping[str, Any]
    updated: Any


class Raced(Exception):  # named for the reaction, as the errors of the domain are
    """Another writer was faster: read and decide again."""


class FirestoreConnection:
    """A database of a project, connected when first used; `emulator` is host:port. `seconds` bounds each operation."""

    def __init__(self, project: str, database: str = "(default)", *, emulator: str = "", seconds: float = 10.0) -> None:
        self.database = f"projects/{project}/databases/{database}"
        self.usage = Usage()
        self._mine = threading.local()
        self._emulator = emulator
        self._seconds = seconds
        self._made: FirestoreClient | None = None
        self._making = threading.Lock()
        self._metadata = [("google-cloud-resource-prefix", self.database)]
        if emulator:
            self._metadata.append(("authorization", "Bearer owner"))

    def name(self, path: Path) -> str:
        """Return the full name of a document or of a collection's parent."""
        return "/".join((self.database, "documents", *path))

    def spent(self) -> dict[str, int]:
        """Return what this thread read and wrote since it last asked."""
        mine: Usage = getattr(self._mine, "usage", Usage())
        self._mine.usage = Usage()
        return {"documents_read": mine.reads, "documents_written": mine.writes}

    def _count(self, *, reads: int = 0, writes: int = 0) -> None:
        if not hasattr(self._mine, "usage"):
            self._mine.usage = Usage()
        for usage in (self.usage, self._mine.usage):
            usage.reads += reads
            usage.writes += writes

    def read(self, path: Path, at: Any = None) -> tuple[Found | None, Any]:
        """Read one document, now or as it was `at` an earlier moment; return the moment of the read too."""
        request = {"database": self.database, "documents": [self.name(path)]} | ({"read_time": at} if at else {})
        found: Found | None = None
        for answer in self._client().batch_get_documents(request=request, **self._limits()):
            raw = type(answer).pb(answer)
            at = raw.read_time
            if raw.HasField("found"):
                found = _found(raw.found)
        self._count(reads=1)
        return found, at

    def read_several(self, paths: Sequence[Path]) -> dict[str, Found]:
        """Read documents in one call; return those that exist, by full name."""
        request = {"database": self.database, "documents": [self.name(path) for path in paths]}
        answers = [
            type(answer).pb(answer) for answer in self._client().batch_get_documents(request=request, **self._limits())
        ]
        self._count(reads=len(paths))
        return {raw.found.name: _found(raw.found) for raw in answers if raw.HasField("found")}

    def hold(self, paths: Sequence[Path]) -> tuple[bytes, dict[str, Any]]:
        """Begin a transaction that locks these documents; return it and the times of their last changes."""
        request = {
            "database": self.database,
            "documents": [self.name(path) for path in paths],
            "new_transaction": {"read_write": {}},
            "mask": {"field_paths": ["__name__"]},
        }
        transaction, changed = b"", dict[str, Any]()
        for answer in self._client().batch_get_documents(request=request, **self._limits()):
            raw = type(answer).pb(answer)
            transaction = raw.transaction or transaction
            if raw.HasField("found"):
                changed[raw.found.name] = raw.found.update_time
        self._count(reads=len(paths))
        return transaction, changed

    def commit(self, writes: Sequence[Any], transaction: bytes) -> None:
        """Write everything or nothing."""
        request: dict[str, Any] = {"database": self.database, "writes": list(writes)}
        if transaction:
            request["transaction"] = transaction
        self._client().commit(request=request, **self._limits())
        self._count(writes=len(writes))

    def roll_back(self, transaction: bytes) -> None:
        """Release the locks of a transaction; one that has already ended is no error."""
        from google.api_core.exceptions import GoogleAPICallError

        limits = {**self._limits(), "timeout": _ROLLBACK_SECONDS}
        try:
            self._client().rollback(request={"database": self.database, "transaction": transaction}, **limits)
        except GoogleAPICallError:
            return  # the server ends it by itself

    def query(self, parent: Path, query: Mapping[str, Any]) -> list[Found]:
        """Run a structured query over the collections below `parent`."""
        request = {"parent": self.name(parent), "structured_query": query}
        answers = [type(answer).pb(answer) for answer in self._client().run_query(request=request, **self._limits())]
        found = [_found(answer.document) for answer in answers if answer.HasField("document")]
        self._count(reads=max(1, len(found)))
        return found

    def count(self, parent: Path, query: Mapping[str, Any]) -> int:
        """Count the results of a structured query; billed as one read per thousand."""
        counting = {"structured_query": query, "aggregations": [{"alias": "n", "count": {}}]}
        request = {"parent": self.name(parent), "structured_aggregation_query": counting}
        answers = self._client().run_aggregation_query(request=request, **self._limits())
        number = sum(answer.result.aggregate_fields["n"].integer_value for answer in answers)
        self._count(reads=1 + number // 1000)
        return number

    def attempt(self, work: Callable[[], T]) -> T:
        """Call `work`, and again after a lost race or a temporary error, until the time is up.

        If an answer was lost, the commit may have landed; then `work` must decide anew on what is stored.
        """
        from google.api_core.exceptions import GoogleAPICallError

        passing = _passing()
        deadline = time.monotonic() + self._seconds
        pause = 0.02
        while True:
            try:
                return work()
            except passing as error:
                if time.monotonic() + pause > deadline:
                    raise _named(error) from error
            except GoogleAPICallError as error:
                raise _named(error) from error
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # spreads rivals, guards nothing
            pause = min(pause * 2, 1.0)

    def close(self) -> None:
        """Close the connection; it opens again when used."""
        with self._making:
            if self._made:
                self._made.transport.close()  # type: ignore[no-untyped-call]
            self._made = None

    def _limits(self) -> dict[str, Any]:
        return {"timeout": min(self._seconds, _CALL_SECONDS), "retry": None, "metadata": self._metadata}

    def _client(self) -> "FirestoreClient":
        if self._made is None:
            with self._making:
                if self._made is None:
                    self._made = _client(self._emulator)
        return self._made


def _client(emulator: str) -> "FirestoreClient":
    """Connect with google-cloud-firestore's options, but reconnect within seconds after an outage, not two minutes."""
    from google.cloud.firestore_v1.services.firestore import FirestoreClient
    from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

    options = [
        ("grpc.max_send_message_length", -1),
        ("grpc.max_receive_message_length", -1),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
    ]
    if emulator:
        import grpc  # type: ignore[import-untyped]

        channel = grpc.insecure_channel(emulator, options=options)
    else:
        channel = FirestoreGrpcTransport.create_channel(options=options)
    return FirestoreClient(transport=FirestoreGrpcTransport(host=emulator or _HOST, channel=channel))


def _passing() -> tuple[type[Exception], ...]:
    """Return the errors that may pass: https://firebase.google.com/docs/firestore/understand-error-codes.

    `Unknown` is a closed connection ("Stream removed"), `Cancelled` and `InternalServerError` a server that went away.
    `ResourceExhausted` passes within seconds after a burst, or not at all.
    """
    from google.api_core import exceptions

    return (
        Raced,
        exceptions.Aborted,
        exceptions.ServiceUnavailable,
        exceptions.DeadlineExceeded,
        exceptions.Unknown,
        exceptions.Cancelled,
        exceptions.InternalServerError,
        exceptions.ResourceExhausted,
    )


def _found(document: Any) -> Found:
    return Found(document.name.rsplit("/", 1)[1], document.fields, document.update_time)


def _named(error: Exception) -> SyncError | Exception:
    """Return the error for the caller: `Transient` if it may pass, unchanged if the request is wrong."""
    from google.api_core import exceptions

    if isinstance(error, Raced | exceptions.Aborted):
        return Transient("Firestore is busy with the same documents; try again.", reason="store_busy")
    if isinstance(error, exceptions.InvalidArgument | exceptions.FailedPrecondition):
        return error
    if isinstance(error, exceptions.Forbidden | exceptions.Unauthorized):
        return Transient(
            "Firestore denies access: grant this function's service account roles/datastore.user.",
            reason="store_denied",
        )
    if isinstance(error, exceptions.ResourceExhausted):
        return Transient("Firestore's quota is used up for now; it is tried again later.", reason="store_quota")
    return Transient(say("Firestore did not answer ({}); try again.", type(error).__name__), reason="store_away")
