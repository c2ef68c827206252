"""The port `Tasks` on Cloud Tasks, over REST: the two functions that i-Reserve and Google call must start without gRPC.

https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
"""

import base64
import hashlib
import http.client
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from functions.adapters.net.plain_http import Answer, PlainHttp, Unreachable
from functions.adapters.platform.shares import Shares
from functions.application.ports import Task
from functions.domain.model.errors import Transient
from functions.domain.model.messages import say

_ENDPOINT = "https://cloudtasks.googleapis.com"
_ROUTE = "/tasks/sync"
_SCOPE = "https://www.googleapis.com/auth/cloud-tasks"
Authorise = Callable[[str, str, dict[str, str]], None]
_DEADLINE = "60s"  # shorter than the lease of an intent, so that a stalled task cannot write after it


class CloudTasks:
    """Creates HTTP tasks. `queues` are full queue names by lane; `target` is the address of the function `sync_task`.

    Live tasks beyond an integration's share go to the queue `overflow`, or to the live one if there is none. The queue
    calls the target with an ID token of `service_account` for `audience` (default: the target without its path).
    """

    def __init__(
        self,
        queues: Mapping[str, str],
        target: str,
        service_account: str,
        *,
        audience: str = "",
        endpoint: str = "",
        seconds: float = 5.0,
        connections: int = 1,
    ) -> None:
        base = target.removesuffix("/").removesuffix(_ROUTE)
        self._queues = queues
        self._url = base + _ROUTE
        self._token = {"serviceAccountEmail": service_account, "audience": audience or base}
        self._endpoint = endpoint
        self._http = PlainHttp(seconds, keeps=connections)
        self._made: Authorise | None = None
        self._making = threading.Lock()
        self._shares = Shares()

    def put(self, *tasks: Task) -> bool:
        """Create the tasks in order; False if the first name waits or ran in the last hour. Raises `Transient`."""
        first, *_ = [self._create(task) for task in tasks]
        return first

    def _create(self, task: Task) -> bool:
        from google.auth.exceptions import GoogleAuthError

        queue = self._queue(task)
        if not queue:
            raise ValueError(f"There is no queue for the lane {task.lane!r}.")
        address = f"{self._endpoint or _ENDPOINT}/v2/{queue}/tasks"
        body = json.dumps({"task": self._spelt(queue, task)}, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        try:
            self._authorise()("POST", address, headers)
            # repeating is safe: the queue recognises the task by its name
            answer = self._http.call("POST", address, body, headers)
        except (GoogleAuthError, Unreachable) as error:
            raise Transient(
                say("Cloud Tasks did not answer ({}); try again.", type(error).__name__), reason="tasks_away"
            ) from error
        if answer.status == http.client.CONFLICT:
            return False
        if not 200 <= answer.status < 300:  # noqa: PLR2004
            raise _refusal(answer)
        return True

    def _queue(self, task: Task) -> str | None:
        if task.lane == "live" and self._shares.over(str(task.body.get("int_id")), datetime.now(UTC)):
            return self._queues.get("overflow") or self._queues.get("live")
        return self._queues.get(task.lane)

    def _spelt(self, queue: str, task: Task) -> dict[str, Any]:
        # names that sort in order slow the queue down: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks#Task.FIELDS.name
        name = f"{hashlib.sha256(task.name.encode()).hexdigest()[:40]}-{task.lane}"
        body = json.dumps(task.body, allow_nan=False, separators=(",", ":")).encode()
        return {
            "name": f"{queue}/tasks/{name}",
            "scheduleTime": task.due.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "dispatchDeadline": _DEADLINE,
            "httpRequest": {
                "httpMethod": "POST",
                "url": self._url,
                "headers": {"Content-Type": "application/json"},
                "body": base64.b64encode(body).decode(),
                "oidcToken": self._token,
            },
        }

    def _authorise(self) -> Authorise:
        if self._made is None:
            with self._making:
                if self._made is None:
                    self._made = _authorise(self._http, test_server=bool(self._endpoint))
        return self._made


def _authorise(http: PlainHttp, *, test_server: bool) -> Authorise:
    from functions.adapters.platform.platform_credentials import authoriser, on_platform

    if test_server and not on_platform():
        return lambda _method, _address, _headers: None
    return authoriser(http, _SCOPE)


def _refusal(answer: Answer) -> Transient:
    code = answer.status
    wait = answer.headers.get("retry-after", "")
    advice = {
        401: "check the service account of this function",
        403: "grant this function's service account roles/cloudtasks.enqueuer on the queue, and "
        "roles/iam.serviceAccountUser on the account that the tasks run as",
        404: "check TASKS_QUEUE, TASKS_OVERFLOW_QUEUE and TASKS_BACKFILL_QUEUE",
    }.get(code, "try again")
    retry_after = float(wait) if wait.isdecimal() else None
    return Transient(say("Cloud Tasks answered {}: {}.", code, advice), reason=f"tasks_{code}", retry_after=retry_after)
