"""The log of API and OAuth calls, numbered and without secrets."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

MOST = 50_000
SECRET = {"client_secret", "code", "code_verifier", "refresh_token", "token", "access_token"}
SHOWN_HEADERS = ("if-match", "if-none-match", "user-agent", "x-http-method-override")


@dataclass
class Call:
    """One request and how it ended; `status` 0 is a connection that was cut."""

    n: int
    method: str
    path: str
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any
    api: str = ""
    status: int = 0
    account: str = ""
    violations: list[str] = field(default_factory=list)


class Calls:
    """The log; `last` is the number of the newest call."""

    def __init__(self) -> None:
        self.log: deque[Call] = deque(maxlen=MOST)
        self.last = 0

    def begin(self, method: str, path: str, query: dict[str, Any], headers: dict[str, str], body: Any) -> Call:
        """Log a call before it is answered."""
        self.last += 1
        shown = {name.lower(): value for name, value in headers.items() if name.lower() in SHOWN_HEADERS}
        call = Call(self.last, method, path, query, shown, body)
        self.log.append(call)
        return call

    def since(self, number: int) -> list[Call]:
        """List the calls after that number, oldest first."""
        found = []
        for call in reversed(self.log):
            if call.n <= number:
                break
            found.append(call)
        return found[::-1]


def without_secrets(form: dict[str, Any]) -> dict[str, Any]:
    """Return a form's fields with the secret ones blanked."""
    return {name: "..." if name in SECRET else value for name, value in form.items()}
