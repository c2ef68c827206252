"""Which worker of `make test` gets which tests: whole files, the longest first, and no file before a worker needs one."""

from typing import Any

from xdist.scheduler import LoadFileScheduling

DEMO_ON_CLOUD = "tests/integration/test_demo_on_cloud.py"
DEMO = "tests/integration/test_demo.py"
BROWSER = "both browsers and the stage"
EMULATOR = "Firestore's emulator"
TOGETHER = {
    BROWSER: ("tests/browser/", "tests/contract/sandbox_google/test_sandbox_google_page.py"),
    EMULATOR: (
        "tests/contract/test_documents_contract.py",
        "tests/contract/test_firestore_store.py",
        "tests/contract/test_sandbox_gcp_firestore_front.py",
        "tests/integration/test_cloud_faults.py",
        "tests/integration/test_restore.py",
        "tests/model/test_sync_model_firestore.py",
    ),
}  # what takes long to start, and the files that use it
LONGEST_FIRST = (
    DEMO_ON_CLOUD,
    DEMO,
    BROWSER,
    EMULATOR,
    "tests/integration/test_commands.py",
    "tests/integration/test_smoke.py",
    "tests/integration/test_dialects.py",
    "tests/locks/test_locks.py",
    "tests/integration/test_series.py",
    "tests/attacks/test_slow_clients.py",
    "tests/integration/test_probe_faults.py",
)  # ten seconds and more; what is dealt last must be short, or one core waits for the other


def unit_of(file: str) -> str:
    """Return what a file is dealt with: itself, or all files that share something."""
    return next((shared for shared, files in TOGETHER.items() if file.startswith(files)), file)


class Dealing(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """xdist's way to deal whole files, but by length.

    xdist deals the next file when a worker has two tests left, which may be the two longest: the file then waits for
    minutes behind them while others have nothing to do.
    """

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(super()._split_scope(nodeid))

    def _assign_work_unit(self, node: Any) -> None:
        longest = next((unit for unit in LONGEST_FIRST if unit in self.workqueue), None)
        if longest is not None:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: Any) -> None:
        if self.workqueue and self._pending_of(self.assigned_work[node]) > 1:  # its last test waits for the next one
            return
        super()._reschedule(node)
