"""The port `Tasks` on Cloud Tasks, over REST: the two public hot functions load no gRPC.

https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
"""

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from functions.application.ports import Task
from functions.domain.errors import Transient

if TYPE_CHECKING:
    from requests import Response, Session

_ENDPOINT = "https://cloudtasks.googleapis.com"
_ROUTE = "/tasks/sync"
_SCOPE = "https://www.googleapis.com/auth/cloud-tasks"
_DEADLINE = "60s"  # shorter than the lease of an intent, so that a stalled task cannot write after it


class CloudTasks:
    """Creates HTTP tasks. `queues` are full queue names by lane; `target` is the address of the function `sync_task`.

    The queue calls the target with an ID token of `service_account` for `audience` (the target, unless given).
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
    ) -> None:
        base = target.removesuffix("/").removesuffix(_ROUTE)
        self._queues = queues
        self._url = base + _ROUTE
        self._token = {"serviceAccountEmail": service_account, "audience": audience or base}
        self._endpoint = endpoint
        self._seconds = seconds
        self._made: Session | None = None
        self._making = threading.Lock()

    def put(self, task: Task) -> None:
        """Create the task. A name that waits, or ran within the last hour, is not an error. Raises `Transient`."""
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

        queue = self._queues.get(task.lane)
        if not queue:
            raise ValueError(f"There is no queue for the lane {task.lane!r}.")
        address = f"{self._endpoint or _ENDPOINT}/v2/{queue}/tasks"
        try:
            answer = self._session().post(
                address, json={"task": self._spelt(queue, task)}, timeout=self._seconds, allow_redirects=False
            )
        except (GoogleAuthError, RequestException) as error:
            raise Transient(
                f"Cloud Tasks did not answer ({type(error).__name__}); try again.", reason="tasks_away"
            ) from error
        if not answer.ok and answer.status_code != 409:  # noqa: PLR2004  # 409: the name is known already
            raise _refusal(answer)

    def _spelt(self, queue: str, task: Task) -> dict[str, Any]:
        # names in order would slow the queue down: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks#Task.FIELDS.name
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

    def _session(self) -> "Session":
        if self._made is None:
            with self._making:
                if self._made is None:
                    self._made = _session(anonymous=bool(self._endpoint))
        return self._made


def _session(*, anonymous: bool) -> "Session":
    """Return a session with a pool of connections; one that was closed while the instance slept is replaced at once."""
    import google.auth
    from google.auth.transport.requests import AuthorizedSession
    from requests import Session
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    made = Session()
    if not anonymous:
        made = AuthorizedSession(google.auth.default(scopes=[_SCOPE])[0])  # type: ignore[no-untyped-call]
    # repeating is safe, because the name tells the queue that it is the same task
    retries = Retry(total=1, status=0, redirect=0, allowed_methods=None, backoff_factor=0.05)
    adapter = HTTPAdapter(pool_maxsize=32, max_retries=retries)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


def _refusal(answer: "Response") -> Transient:
    code = answer.status_code
    wait = answer.headers.get("Retry-After", "")
    advice = {
        401: "check the service account of this function",
        403: "grant this function's service account roles/cloudtasks.enqueuer on the queue, and "
        "roles/iam.serviceAccountUser on the account that the tasks run as",
        404: "check TASKS_QUEUE and TASKS_BACKFILL_QUEUE",
    }.get(code, "try again")
    retry_after = float(wait) if wait.isdecimal() else None
    return Transient(f"Cloud Tasks answered {code}: {advice}.", reason=f"tasks_{code}", retry_after=retry_after)
