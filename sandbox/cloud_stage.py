"""The product as it runs on Google Cloud: each function a process of its own, over the services' stand-ins.

Firestore is Google's emulator; Secret Manager, Cloud Tasks and the metadata server are `sandbox.gcp`. The stage plays
what else the platform does: it is the front that removes the signatures of tokens, the instances of `sync_task`, and
Cloud Scheduler. Each function gets the variables that the infrastructure gives it, and no others.
"""

import base64
import json
import os
import shutil
import signal
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import requests

from sandbox.stage import Stage, StageError, free_port

PROJECT = "demo-sandbox"
QUEUE = f"projects/{PROJECT}/locations/europe-west1/queues/ireserve"
TASKS_ACCOUNT = f"ireserve-tasks@{PROJECT}.iam.gserviceaccount.com"
SCHEDULER_ACCOUNT = f"ireserve-scheduler@{PROJECT}.iam.gserviceaccount.com"
ADMINISTRATOR = "beheer@example.org"
SWEEP_SECONDS = 20.0
WEBHOOK_KEY = "webhook-key-of-the-sandbox"
# name of the process -> function; the queue calls the two instances of sync_task in turn
FUNCTIONS = {
    "oauth_redirect": "oauth_redirect",
    "booking_webhook": "booking_webhook",
    "calendar_notification": "calendar_notification",
    "sync_task": "sync_task",
    "sync_task_2": "sync_task",
    "renew_watches": "renew_watches",
    "sweep": "sweep",
    "console": "console",
}
_TABLE = json.loads((Path(__file__).parents[1] / "functions/serving.json").read_text(encoding="utf-8"))
THREADS: dict[str, int] = {name: row["threads"] for name, row in _TABLE.items()}
_KEYS, _LIVE, _LANES = "webhook_keys", "live", "both"
_NEEDS: dict[str, tuple[str, ...]] = {
    "oauth_redirect": ("consents",),
    "booking_webhook": (_KEYS, _LIVE),
    "calendar_notification": (_KEYS, _LIVE),
    "sync_task": ("firestore", "secrets", _KEYS, _LIVE, _LANES),
    "renew_watches": ("firestore", _LIVE, _LANES, "scheduler"),
    "sweep": ("firestore", _LIVE, _LANES, "scheduler"),
    "console": ("firestore", "consents", "secrets", _KEYS, _LIVE, _LANES),
}


class CloudStage(Stage):
    """Seven functions in eight processes, the emulator, the stand-ins and both simulators."""

    def __init__(self, state_dir: Path | None = None) -> None:
        super().__init__(state_dir)
        self._port = {name: free_port() for name in (*FUNCTIONS, "firestore", "secrets", "tasks", "metadata")}
        self._address = {name: f"http://127.0.0.1:{port}" for name, port in self._port.items()}
        self.product = self._address["console"]
        self._homes = tempfile.TemporaryDirectory(prefix="homes-")
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._schedule, daemon=True)

    def start(self) -> None:
        """Start everything at once and wait until all of it answers."""
        if not shutil.which("gcloud") or not shutil.which("java"):
            raise StageError(
                "The Firestore emulator needs gcloud with its component cloud-firestore-emulator, and Java 11 or later."
            )
        host = self._host("firestore")
        self.launch_program("firestore", "gcloud", "emulators", "firestore", "start", f"--host-port={host}", "--quiet")
        self.launch("google", "-m", "sandbox.google")
        self.launch("ireserve", "-m", "sandbox.ireserve")
        ports = {f"SANDBOX_{name.upper()}_PORT": str(self._port[name]) for name in ("secrets", "tasks", "metadata")}
        self.launch("gcp", "-m", "sandbox.gcp", environment={**os.environ, **ports})
        for name in FUNCTIONS:
            self._launch_function(name)
        self.ready("google", f"{self.google}/control/clock")
        self.ready("ireserve", f"{self.ireserve}/control/clock")
        self.ready("gcp", f"{self._address['tasks']}/control/tasks")
        self.ready("firestore", f"{self._address['firestore']}/", 60)
        for name in FUNCTIONS:
            self.ready(name, f"{self._address[name]}/health")
        target = f"{self._address['sync_task']}/tasks/sync"
        instances = [f"{self._address[name]}/tasks/sync" for name in ("sync_task", "sync_task_2")]
        self._http.post(f"{self._address['tasks']}/control/instances", json={target: instances}, timeout=10)
        self.register_client(self._address["oauth_redirect"])
        self._clock.start()

    def address_of(self, name: str) -> str:
        """Return the address of a function, or of a stand-in."""
        return self._address[name]

    def environment_of(self, function: str) -> dict[str, str]:
        """Return the environment of a function: what the platform sets, and what the infrastructure gives it."""
        outside = ("GOOGLE_AUTH_URI", "GOOGLE_TOKEN_URI", "GOOGLE_REVOKE_URI", "CALENDAR_API_ENDPOINT")
        everyone = self.environment()
        given = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "K_SERVICE": f"ireserve-{function.replace('_', '-')}",
            "GCE_METADATA_HOST": self._host("metadata"),
            "BACKEND": "cloud",
            "THREADS": str(THREADS[function]),
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "BASE_URL": self._address[function],
            "PLATFORM_URL": f"{self._address['tasks']}/private",
            "REDIRECT_BASE_URL": self._address["oauth_redirect"],
            "WEBHOOK_BASE_URL": self._address["booking_webhook"],
            "NOTIFICATION_BASE_URL": self._address["calendar_notification"],
            "CONSOLE_BASE_URL": self._address["console"],
            "ALLOW_PRIVATE_ADDRESSES": "true",  # the simulators are on this machine
            **{name: everyone[name] for name in outside},
        }
        parts = {
            "firestore": {"FIRESTORE_DATABASE": "(default)", "FIRESTORE_EMULATOR_HOST": self._host("firestore")},
            "consents": {"CONSENT_DATABASE": "consents", "FIRESTORE_EMULATOR_HOST": self._host("firestore")},
            "secrets": {"SECRETS_ENDPOINT": self._address["secrets"]},
            _KEYS: {"WEBHOOK_KEYS": WEBHOOK_KEY},
            _LIVE: {
                "TASKS_QUEUE": f"{QUEUE}-live",
                "TASKS_TARGET": f"{self._address['sync_task']}/tasks/sync",
                "TASKS_SERVICE_ACCOUNT": TASKS_ACCOUNT,
                "TASKS_ENDPOINT": self._address["tasks"],
            },
            _LANES: {"TASKS_BACKFILL_QUEUE": f"{QUEUE}-backfill"},
            "scheduler": {"SCHEDULER_SERVICE_ACCOUNT": SCHEDULER_ACCOUNT},
        }
        for need in _NEEDS[function]:
            given |= parts[need]
        return given

    def break_down(self) -> None:
        """Kill both instances that do the work, and what takes webhooks, without warning."""
        for name in ("sync_task", "sync_task_2", "booking_webhook"):
            self.kill(name)

    def recover(self) -> None:
        """Start them again."""
        for name in ("sync_task", "sync_task_2", "booking_webhook"):
            self._launch_function(name)
        for name in ("sync_task", "sync_task_2", "booking_webhook"):
            self.ready(name, f"{self._address[name]}/health")

    def renew(self) -> None:
        """Ask for the renewal of watch channels, as Cloud Scheduler does."""
        self._scheduled("renew_watches", "/watches/renew")

    def proof(self) -> dict[str, str]:
        """Return what a program of an administrator sends, once the platform has let it in."""
        token = _token(ADMINISTRATOR, "32555940559.apps.googleusercontent.com")  # gcloud's own
        return {"Authorization": f"Bearer {token}", "X-Requested-With": "sandbox", "X-Cloud-Trace-Context": _trace()}

    def log(self, name: str) -> str:
        """Return what a program has printed; `product` is all functions together."""
        if name != "product":
            return super().log(name)
        return "\n".join(super(CloudStage, self).log(each) for each in FUNCTIONS)

    def notes(self) -> str:
        """Return how many documents the functions read and wrote, as their logs say."""
        lines = [json.loads(line) for line in self.log("product").splitlines() if line.startswith("{")]
        answered = [line for line in lines if line.get("event") == "answered"]
        said = ["documents per call, read and written:"]
        for function in sorted({line["function"] for line in answered}):
            calls = [line for line in answered if line["function"] == function]
            read, written = (
                sum(line.get(f"documents_{name}", 0) for line in calls) / len(calls) for name in ("read", "written")
            )
            said.append(f"  {function:22} {len(calls):5} calls {read:7.2f} {written:7.2f}")
        changes = sum(line.get("event") == "change_applied" for line in lines)
        read, written = (sum(line.get(f"documents_{name}", 0) for line in answered) for name in ("read", "written"))
        said.append(f"  all together: {read} read and {written} written for {changes} changes")
        return "\n".join(said)

    def stop(self) -> None:
        """End everything, the emulator's Java process too."""
        self._ended.set()
        if self._clock.is_alive():
            self._clock.join(35)
        emulator = self._processes.get("firestore")
        if emulator is not None and emulator.poll() is None:
            os.killpg(emulator.pid, signal.SIGKILL)
        super().stop()
        self._homes.cleanup()

    def _launch_function(self, name: str) -> None:
        function = FUNCTIONS[name]
        arguments = ("--target", function, "--host", "127.0.0.1", "--port", str(self._port[name]))
        home = Path(self._homes.name) / name  # gunicorn keeps a socket in it, and each container has its own
        home.mkdir(exist_ok=True)
        environment = {**self.environment_of(function), "HOME": str(home)}
        self.launch(name, "-m", "functions_framework", *arguments, environment=environment)

    def kill(self, name: str) -> None:
        """Kill a program without warning, the worker that its server started too."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _schedule(self) -> None:
        """Play the minute's round of Cloud Scheduler."""
        while not self._ended.wait(SWEEP_SECONDS):
            try:
                self._scheduled("sweep", "/sweep")
            except (StageError, requests.RequestException):
                time.sleep(1)  # the next round finds what this one missed

    def _scheduled(self, function: str, path: str) -> None:
        token = _token(SCHEDULER_ACCOUNT, self._address[function])
        headers = {"Authorization": f"Bearer {token}", "X-Cloud-Trace-Context": _trace()}
        answer = requests.post(f"{self._address[function]}{path}", headers=headers, timeout=30)
        if not answer.ok:
            raise StageError(f"POST {path} answered {answer.status_code}")

    def _host(self, name: str) -> str:
        return f"127.0.0.1:{self._port[name]}"


def _trace() -> str:
    """Return the trace that the platform gives a request."""
    return f"{uuid.uuid4().hex}/1;o=1"


def _token(email: str, audience: str) -> str:
    """Return an ID token as a container sees it: the platform has verified it and removed its signature."""
    now = int(time.time())
    claims: dict[str, Any] = {"iss": "https://accounts.google.com", "aud": audience, "iat": now, "exp": now + 3600}
    parts = ({"alg": "RS256", "typ": "JWT"}, {**claims, "email": email, "email_verified": True})
    spelt = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*spelt, "SIGNATURE_REMOVED_BY_GOOGLE"))
