"""A front for Firestore's emulator, which has no access control, that checks grants.

It knows a caller by the port of the call, because a client of the emulator sends no token. Calls are passed on
unchanged. https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.cloud.firestore_v1.types import BatchGetDocumentsRequest, CommitRequest, RunQueryRequest

from sandbox.gcp.grants import Denied, Grants

_STREAMED = ("BatchGetDocuments", "RunQuery", "RunAggregationQuery")
_PLAIN = ("Commit", "BeginTransaction", "Rollback", "GetDocument", "ListDocuments")
_SERVICE = "/google.firestore.v1.Firestore/"
_CALLERS = 200  # at the same time
_Method = grpc.RpcMethodHandler


class _Front(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    def __init__(self, channel: Any, grants: Grants, account: str) -> None:
        self._channel, self._grants, self._account = channel, grants, account

    def service(self, details: Any) -> Any:
        """Return the handler of a call; None for an unknown method."""
        name = str(details.method).removeprefix(_SERVICE)
        if name in _STREAMED:
            onward = self._channel.unary_stream(details.method)
            return grpc.unary_stream_rpc_method_handler(lambda body, context: self._pass(name, onward, body, context))
        if name in _PLAIN:
            onward = self._channel.unary_unary(details.method)
            return grpc.unary_unary_rpc_method_handler(lambda body, context: self._pass(name, onward, body, context))
        return None

    def _pass(self, name: str, onward: Any, body: bytes, context: Any) -> Any:
        database = "/".join(_first_text(body).split("/")[:4]) + "/"  # a condition is for one whole name, not a prefix
        try:
            for permission in _asked(name, body):
                self._grants.check_account(self._account, permission, database)
        except Denied as denied:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, str(denied))
        try:
            answer = onward(body, timeout=context.time_remaining(), metadata=_metadata(context))
            return iter(list(answer)) if name in _STREAMED else answer
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())


def _metadata(context: Any) -> list[tuple[str, str]]:
    return [
        each for each in context.invocation_metadata() if each[0] in {"google-cloud-resource-prefix", "authorization"}
    ]


def _asked(name: str, body: bytes) -> list[str]:
    """Return the permissions that a call needs."""
    if name != "Commit":
        return ["datastore.entities.get"]
    asked = set()
    for write in CommitRequest.pb(CommitRequest()).FromString(body).writes:
        if write.WhichOneof("operation") == "delete":
            asked.add("delete")
        elif write.current_document.WhichOneof("condition_type") == "exists" and not write.current_document.exists:
            asked.add("create")
        elif write.current_document.WhichOneof("condition_type"):
            asked.add("update")
        else:
            asked |= {"create", "update"}
    return [f"datastore.entities.{verb}" for verb in sorted(asked)]


def _first_text(body: bytes) -> str:
    """Return field 1 of a message: of each call the database, or the parent below it."""
    length = shift = 0
    position = 1
    while True:
        byte = body[position]
        length |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:  # the last byte of a varint
            return body[position : position + length].decode()


def warm(emulator: str, database: str, seconds: float = 90) -> None:
    """Write, read and query something, because the emulator's first calls take seconds."""
    name = f"{database}/documents/warm/up"
    write = CommitRequest(database=database, writes=[{"update": {"name": name}}])
    read = BatchGetDocumentsRequest(database=database, documents=[name])
    query = RunQueryRequest(parent=f"{database}/documents", structured_query={"from": [{"collection_id": "warm"}]})
    with grpc.insecure_channel(emulator) as channel:
        for _ in range(2):
            channel.unary_unary(f"{_SERVICE}Commit")(_bytes(write), timeout=seconds, wait_for_ready=True)
            for method, asked in (("BatchGetDocuments", read), ("RunQuery", query)):
                list(channel.unary_stream(f"{_SERVICE}{method}")(_bytes(asked), timeout=seconds))


def _bytes(message: Any) -> bytes:
    return bytes(type(message).serialize(message))


@contextmanager
def fronts(emulator: str, grants: Grants, ports: dict[str, int]) -> Iterator[None]:
    """Open a front for each account, on its port of this machine."""
    channel = grpc.insecure_channel(emulator)
    servers = []
    for account, port in ports.items():
        server = grpc.server(ThreadPoolExecutor(_CALLERS))
        server.add_generic_rpc_handlers((_Front(channel, grants, account),))
        if not server.add_insecure_port(f"127.0.0.1:{port}"):
            raise OSError(f"port {port} is taken")
        server.start()
        servers.append(server)
    try:
        yield
    finally:
        ended: list[threading.Event] = [server.stop(1) for server in servers]
        for each in ended:
            each.wait(2)
        channel.close()
