"""The product as on Google Cloud: each function a service of Cloud Run, over stand-ins for Google's services.

Firestore is Google's emulator behind a front that checks grants; Secret Manager, Cloud Tasks and the metadata server
are `sandbox.gcp`. Each function has its own account with only the grants of infra/, one or two instances that come and
go, the limits of `functions/serving.json`, and the variables that the infrastructure sets. The stage plays Cloud
Scheduler.
"""

import json
import os
import shutil
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import cycle
from pathlib import Path

import requests

from sandbox.gcp.cloud_run import Instance, Service
from sandbox.gcp.emulator import emulator_command, emulator_environment
from sandbox.gcp.firestore_front import warm
from sandbox.gcp.grants import DATABASE, REGION, functions
from sandbox.gcp.run_front import GCLOUD, Invokers, id_token, make_app
from sandbox.gcp.serving import served
from sandbox.stage import Stage, StageError, free_port

PROJECT = "demo-sandbox"
QUEUE = f"projects/{PROJECT}/locations/{REGION}/queues/ireserve"
TASKS_ACCOUNT = f"ireserve-tasks@{PROJECT}.iam.gserviceaccount.com"
SCHEDULER_ACCOUNT = f"ireserve-scheduler@{PROJECT}.iam.gserviceaccount.com"
ADMINISTRATOR = "beheer@example.org"
WEBHOOK_KEY = "webhook-key-of-the-sandbox"
SWEEP_SECONDS = 20.0
SECRETS_LAG = 5.0  # seconds until `latest` is the newest version
_LIMITS = json.loads((Path(__file__).parents[1] / "functions/serving.json").read_text(encoding="utf-8"))
_ROWS = functions()
_INSTANCES = {name: min(2, _LIMITS[name]["instances"]) for name in _ROWS}
# name of the process -> function
FUNCTIONS = {name + ("", "_2")[slot]: name for name in _ROWS for slot in range(_INSTANCES[name])}
_COME_AND_GO = ("", "", "sync_task", "console", "booking_webhook", "calendar_notification")  # a round each; "": nobody
_CALLERS = {"tasks": TASKS_ACCOUNT, "scheduler": SCHEDULER_ACCOUNT, "people": ADMINISTRATOR}


def account_of(function: str) -> str:
    """Return the name of a function's service and account."""
    return f"ireserve-{function.replace('_', '-')}"


class CloudStage(Stage):
    """Seven services, the emulator, the stand-ins and both simulators."""

    def __init__(self, state_dir: Path | None = None, *, threads: int = 0, instances: int = 2) -> None:
        """`threads`, unless 0, replaces the number in the table; each function has at most `instances`."""
        super().__init__(state_dir)
        self._threads, self._most = threads, instances
        self._port = {name: free_port() for name in (*_ROWS, "firestore", "secrets", "tasks", "metadata")}
        self._address = {name: f"http://127.0.0.1:{port}" for name, port in self._port.items()}
        self._store_ports = {
            n: free_port() for n, row in _ROWS.items() if row["firestore"] != "none" or row["consents"]
        }
        self.product = self._address["console"]
        self._homes = tempfile.TemporaryDirectory(prefix="homes-")
        self._fronts = ExitStack()
        self._services = {name: self._service(name) for name in _ROWS}
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._schedule, daemon=True)

    def start(self) -> None:
        """Start everything at once and wait until everything answers."""
        if not shutil.which("gcloud") or not shutil.which("java"):
            raise StageError(
                "The Firestore emulator needs gcloud with its component cloud-firestore-emulator, and Java 11 or later."
            )
        host = self._host("firestore")
        self.launch_program("firestore", *emulator_command(host), environment=emulator_environment())
        self.launch("google", "-m", "sandbox.google")
        self.launch("ireserve", "-m", "sandbox.ireserve")
        self.launch("gcp", "-m", "sandbox.gcp", environment=self._environment_of_stand_ins())
        for name, service in self._services.items():
            self._fronts.enter_context(served(make_app(service, self._invokers(name)), self._port[name]))
        with ThreadPoolExecutor() as at_once:
            started = dict(zip(_ROWS, at_once.map(Service.warm, self._services.values()), strict=True))
        for name, ready in started.items():
            if not ready:
                said = self.log(name).strip().splitlines()[-3:]
                raise StageError("; ".join(said) or f"{name} did not start")
        self.ready("google", f"{self.google}/control/clock")
        self.ready("ireserve", f"{self.ireserve}/control/clock")
        self.ready("gcp", f"{self._address['tasks']}/control/tasks")
        self.ready("firestore", f"{self._address['firestore']}/")
        warm(self._host("firestore"), "projects/warm/databases/up")
        self._http.post(f"{self._address['secrets']}/control/faults", json={"lag": SECRETS_LAG}, timeout=60)
        self.register_client(self._address["oauth_redirect"])
        self._clock.start()

    def _service(self, function: str) -> Service:
        limits = _LIMITS[function]
        return Service(
            lambda slot: self._launch_function(function, slot),
            concurrency=limits["concurrency"],
            timeout_seconds=limits["timeout_seconds"],
            most=min(_INSTANCES[function], self._most),
            spread=min(_INSTANCES[function], self._most),
        )

    def _invokers(self, function: str) -> Invokers:
        caller = _ROWS[function]["caller"]
        return Invokers(self._address[function], frozenset({_CALLERS.get(caller, "")}), public=caller == "public")

    def _environment_of_stand_ins(self) -> dict[str, str]:
        return {
            **os.environ,
            **{f"SANDBOX_{name.upper()}_PORT": str(self._port[name]) for name in ("secrets", "tasks", "metadata")},
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "FIRESTORE_EMULATOR_HOST": self._host("firestore"),
            "SANDBOX_FRONTS": ",".join(f"{account_of(name)}={port}" for name, port in self._store_ports.items()),
        }

    def environment_of(self, function: str) -> dict[str, str]:
        """Return a function's environment, as set by the platform and by the infrastructure."""
        outside = ("GOOGLE_AUTH_URI", "GOOGLE_TOKEN_URI", "GOOGLE_REVOKE_URI", "CALENDAR_API_ENDPOINT")
        everyone = self.environment()
        given = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "K_SERVICE": account_of(function),
            "GCE_METADATA_HOST": f"{self._host('metadata')}/{account_of(function)}",
            "BACKEND": "cloud",
            "THREADS": str(self._threads or _LIMITS[function]["threads"]),
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "BASE_URL": self._address[function],
            "PLATFORM_URL": self._address[function],
            "REDIRECT_BASE_URL": self._address["oauth_redirect"],
            "WEBHOOK_BASE_URL": self._address["booking_webhook"],
            "NOTIFICATION_BASE_URL": self._address["calendar_notification"],
            "CONSOLE_BASE_URL": self._address["console"],
            "ALLOW_PRIVATE_ADDRESSES": "true",  # the simulators are on this machine
            **{name: everyone[name] for name in outside},
        }
        row = _ROWS[function]
        if function in self._store_ports:
            given["FIRESTORE_EMULATOR_HOST"] = f"127.0.0.1:{self._store_ports[function]}"
        if row["firestore"] != "none":
            given["FIRESTORE_DATABASE"] = DATABASE
        if row["consents"]:
            given["CONSENT_DATABASE"] = f"{DATABASE}-consents"
        if row["integration_secrets"] != "none":
            given["SECRETS_ENDPOINT"] = self._address["secrets"]
        if row["integration_secrets"] == "manage":
            given["SECRETS_LOCATION"] = REGION
        if row["webhook_keys"]:
            given["WEBHOOK_KEYS"] = WEBHOOK_KEY
        if row["queues"]:
            given |= {
                "TASKS_TARGET": f"{self._address['sync_task']}/tasks/sync",
                "TASKS_SERVICE_ACCOUNT": TASKS_ACCOUNT,
                "TASKS_ENDPOINT": self._address["tasks"],
            }
        if "live" in row["queues"]:
            given["TASKS_QUEUE"] = f"{QUEUE}-live"
        if "overflow" in row["queues"]:
            given["TASKS_OVERFLOW_QUEUE"] = f"{QUEUE}-overflow"
        if "backfill" in row["queues"]:
            given["TASKS_BACKFILL_QUEUE"] = f"{QUEUE}-backfill"
        if row["caller"] == "scheduler":
            given["SCHEDULER_SERVICE_ACCOUNT"] = SCHEDULER_ACCOUNT
        return given

    def break_down(self) -> None:
        """Kill all instances of the functions for tasks and webhooks, without warning, and start no others."""
        for name in ("sync_task", "booking_webhook"):
            self._services[name].down = True
            self._services[name].kill()

    def recover(self) -> None:
        """Allow instances again."""
        for name in ("sync_task", "booking_webhook"):
            self._services[name].down = False

    @property
    def addresses(self) -> dict[str, str]:
        """The address of each function's service, and of each stand-in."""
        return dict(self._address)

    def renew(self) -> None:
        """Start the renewal of watch channels, as Cloud Scheduler does."""
        status = self.schedule("renew_watches", "/watches/renew")
        if status != 200:
            raise StageError(f"POST /watches/renew answered {status}")

    def schedule(self, function: str, path: str) -> int:
        """Call a function as Cloud Scheduler does; returns the status."""
        headers = {"Authorization": f"Bearer {id_token(SCHEDULER_ACCOUNT, self._address[function])}"}
        return requests.post(f"{self._address[function]}{path}", headers=headers, timeout=60).status_code

    def proof(self) -> dict[str, str]:
        """Return the headers of an administrator's program, as the platform passes them on."""
        return {"Authorization": f"Bearer {id_token(ADMINISTRATOR, GCLOUD)}", "X-Requested-With": "sandbox"}

    def log(self, name: str) -> str:
        """Return a program's output; `product` is all functions together."""
        if name != "product":
            return super().log(name)
        return "\n".join(super(CloudStage, self).log(each) for each in FUNCTIONS)

    def notes(self) -> str:
        """Return the reads and writes in the functions' logs, and what the platform did to their instances.

        Raises `StageError` if a function tried something without a grant.
        """
        refused = self._http.get(f"{self._address['secrets']}/control/refused", timeout=60).json()
        if refused:
            raise StageError(f"refused for want of a grant: {', '.join(sorted(set(refused)))}")
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
        starts, cut = (sum(getattr(each, name) for each in self._services.values()) for name in ("starts", "cut"))
        said.append(f"  {starts} starts of instances, {cut} requests cut, nothing refused for want of a grant")
        return "\n".join(said)

    def stop(self) -> None:
        """End everything, the emulator's Java process too."""
        self._ended.set()
        if self._clock.is_alive():
            self._clock.join(35)
        for service in self._services.values():
            service.down = True
            service.kill()
        self._fronts.close()
        emulator = self._processes.get("firestore")
        if emulator is not None and emulator.poll() is None:
            os.killpg(emulator.pid, signal.SIGKILL)
        super().stop()
        self._homes.cleanup()

    def _launch_function(self, function: str, slot: int) -> Instance:
        name, port = function + ("", "_2")[slot % 2], free_port()  # a third one replaces one that is leaving
        arguments = ("--target", function, "--host", "127.0.0.1", "--port", str(port))
        home = Path(self._homes.name) / f"{name}-{slot}"  # for gunicorn's socket; each container has its own
        home.mkdir(exist_ok=True)
        environment = {**self.environment_of(function), "HOME": str(home)}
        self.launch(name, "-m", "functions_framework", *arguments, environment=environment)
        return Instance(self._processes[name], port)

    def _schedule(self) -> None:
        """Play Cloud Scheduler's round of each minute, and let the platform stop an instance each time."""
        for leaves in cycle(_COME_AND_GO):
            if self._ended.wait(SWEEP_SECONDS):
                return
            with suppress(requests.RequestException):
                self.schedule("sweep", "/sweep")  # the next round makes up for a failed one
            if leaves:
                self._services[leaves].end_one()

    def _host(self, name: str) -> str:
        return f"127.0.0.1:{self._port[name]}"
