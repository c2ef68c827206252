"""Providers for Terraform that know the published schemas and do nothing: for machines without the registry.

Terraform itself checks a configuration against the schemas that its providers tell it, and a mocked provider needs
nothing more. This program tells them from the excerpts beside it, so that `terraform validate` and `terraform test`
run with Terraform's own parser, evaluator and graph. It cannot check what a real provider's code checks (the pattern
of a name, the values of an enumeration); it makes nothing and it reads nothing.

    python stand_in_provider.py 7 terraform validate     # with the excerpts of provider google 7

The plugin protocol is version 5: https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol, and
Terraform is told of running providers by https://developer.hashicorp.com/terraform/plugin/debugging
"""

import json
import os
import subprocess
import sys
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]

HERE = Path(__file__).parent
NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}
# the only ones that infra/versions.tf gives
PROVIDER_ARGUMENTS = {
    "project": "string",
    "region": "string",
    "billing_project": "string",
    "user_project_override": "bool",
}


# --- protocol buffers, as far as the answer to GetSchema needs them ---------------------------------------------------


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:  # seven bits at a time
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: bytes | str | int) -> bytes:
    """One field of a message; a zero or an empty string is left out, as the format does."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value) if value else b""
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def attribute(name: str, spec: dict[str, Any]) -> bytes:
    flags = b"".join(field(n, int(spec.get(k, False))) for n, k in ((4, "required"), (5, "optional"), (6, "computed")))
    return field(1, name) + field(2, json.dumps(spec["type"])) + flags


def nested(name: str, spec: dict[str, Any]) -> bytes:
    minimum = 1 if spec.get("required") and spec["nesting"] != "single" else 0
    limits = field(4, minimum) + field(5, spec.get("max_items", 0))
    return field(1, name) + field(2, block(spec["block"])) + field(3, NESTING[spec["nesting"]]) + limits


def block(spec: dict[str, Any]) -> bytes:
    attributes = b"".join(field(2, attribute(name, value)) for name, value in sorted(spec["attributes"].items()))
    return attributes + b"".join(field(3, nested(name, value)) for name, value in sorted(spec["blocks"].items()))


def schema_answer(schema: dict[str, Any]) -> bytes:
    arguments = {name: {"type": kind, "optional": True} for name, kind in PROVIDER_ARGUMENTS.items()}
    answer = field(1, field(2, block({"attributes": arguments, "blocks": {}})))
    for number, section in ((2, "resource"), (3, "data")):
        for name, spec in sorted(schema[section].items()):
            answer += field(number, field(1, name) + field(2, field(2, block(spec))))
    return answer


# --- the servers ------------------------------------------------------------------------------------------------------


class Provider(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships without types
    """Answers the question for the schema with the schema, and every other question with an empty message: no fault."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.answer = schema_answer(schema)

    def service(self, call: Any) -> Any:
        service, method = call.method.rsplit("/", 1)
        if service != "/tfplugin5.Provider":
            return None
        reply = self.answer if method == "GetSchema" else b""
        return grpc.unary_unary_rpc_method_handler(lambda _request, _context: reply)


def start(schema: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A running server, and how Terraform reaches it."""
    server = grpc.server(futures.ThreadPoolExecutor(4), handlers=(Provider(schema),))
    address = {"Network": "tcp", "String": f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"}
    server.start()
    return server, {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.getpid(), "Test": True, "Addr": address}


def main(major: str, command: list[str]) -> int:
    """Run the command with a stand-in for every provider whose excerpt is of this major version, or of no other."""
    servers, reattach = [], {}
    for path in [*HERE.glob(f"google*-{major}.*.json"), *HERE.glob("archive-*.json")]:
        schema = json.loads(path.read_text(encoding="utf-8"))
        server, reattach[f"hashicorp/{schema['provider']}"] = start(schema)
        servers.append(server)
    environment = os.environ | {"TF_REATTACH_PROVIDERS": json.dumps(reattach), "CHECKPOINT_DISABLE": "1"}
    result = subprocess.run(command, env=environment, check=False)  # the caller's own command
    for server in servers:
        server.stop(grace=None).wait()
    return result.returncode


if __name__ == "__main__":
    if len(sys.argv) < 3:  # a major version and a command
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
