"""What several suites share: the Firestore emulator, started once when a test asks for it."""

import contextlib
import gc
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Error, Playwright, expect, sync_playwright

from sandbox.gcp.emulator import emulator_command, emulator_environment
from sandbox.stage import free_port

PROJECT = "demo-contract"
MEMORY = "/dev/shm"  # noqa: S108 - a file system, not a name that somebody could take


def _prefer_memory() -> None:
    """Let temporary files be in memory where there is room and programs may run: nothing of them outlives the tests."""
    with contextlib.suppress(OSError):
        found = os.statvfs(MEMORY)
        if found.f_bavail * found.f_frsize > 2 << 30 and not found.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


_prefer_memory()
# how long drawing takes depends on the machine, and says nothing of what is tested
settings.register_profile("any_machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("any_machine")
expect.set_options(timeout=60_000)  # a limit is for what never comes, not for what is slow


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Take three workers more than there are cores: both demos wait for minutes, and other tests for processes."""
    return (yield) + 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Deal the longest files first, and all files that share something that takes long to start to one worker."""
    from tests.harness.dealing import Dealing

    return Dealing(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector pass over what lives as long as the tests: modules and thousands of collected items."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


class FirestoreEmulator:
    """Google's emulator on a free port of this machine; `host` is what FIRESTORE_EMULATOR_HOST would be."""

    def __init__(self) -> None:
        self.host = f"127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, seconds: float = 120) -> None:
        """Start it and wait until it answers."""
        command, quiet = emulator_command(self.host), subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, env=emulator_environment(), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        deadline = time.monotonic() + seconds
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.fail(f"the Firestore emulator does not start; see what `{' '.join(command)}` says")
            time.sleep(0.1)

    def stop(self) -> None:
        """Kill it with the Java process beneath it: what it held in memory is gone."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def clear(self) -> None:
        """Forget every document: https://firebase.google.com/docs/emulator-suite/connect_firestore#clear_your_database_between_tests."""
        address = f"http://{self.host}/emulator/v1/projects/{PROJECT}/databases/(default)/documents"
        with urllib.request.urlopen(urllib.request.Request(address, method="DELETE"), timeout=60):
            return

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.host}/", timeout=10):
                return True
        except (urllib.error.URLError, OSError):
            return False


def missing(sentence: str) -> NoReturn:
    """Skip, or fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def needs_emulator() -> None:
    """Skip a test where no emulator is installed; in CI it fails."""
    if not shutil.which("gcloud") or not shutil.which("java"):
        missing("the Firestore emulator needs gcloud with its component cloud-firestore-emulator, and Java 11 or later")


def needs_curl() -> None:
    """Skip a test of a script of `infra/` where curl is missing; in CI it fails."""
    if not shutil.which("curl"):
        missing("curl is not installed (Debian: apt-get install curl)")


def new_emulator() -> FirestoreEmulator:
    """An emulator of one's own."""
    needs_emulator()
    emulator = FirestoreEmulator()
    emulator.start()
    return emulator


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[FirestoreEmulator]:
    emulator = new_emulator()
    yield emulator
    emulator.stop()


@pytest.fixture
def firestore(firestore_emulator: FirestoreEmulator) -> FirestoreEmulator:
    """The emulator of the session, without documents."""
    firestore_emulator.clear()
    return firestore_emulator


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """It cannot be started twice in a process."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for every test of a worker."""
    with launched(playwright) as browser:
        yield browser


@contextlib.contextmanager
def launched(playwright: Playwright, *options: str) -> Iterator[Browser]:
    """Start a browser: the one without windows where there is one, because a page costs it half the work."""
    there = (shutil.which(name) for name in ("chromium-headless-shell", "chromium", "google-chrome"))
    found = os.environ.get("CHROMIUM") or next(filter(None, there), None)
    try:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", *options])
    except Error:
        missing("there is no Chromium; install it (Debian: apt-get install chromium) or name one with CHROMIUM")
    yield browser
    browser.close()
