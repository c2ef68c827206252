"""How Google's Firestore emulator is started.

It lives for minutes: compiling its code a second time, for speed in the long run, was two thirds of its processor time.
"""

import os
import shutil
from pathlib import Path

WHERE = "platform/cloud-firestore-emulator/cloud_firestore_emulator"  # in the folder of gcloud's installation


def emulator_command(host: str) -> tuple[str, ...]:
    """Return the command that starts it at `host`, which is a name and a port.

    It is what gcloud would start, which takes a third of the time until it answers; gcloud itself says what is missing.
    """
    name, _, port = host.rpartition(":")
    program = Path(shutil.which("gcloud") or "").resolve().parent.parent / WHERE
    if program.exists():
        return (str(program), "start", f"--host={name}", f"--port={port}", "--database-mode=firestore-native")
    return ("gcloud", "emulators", "firestore", "start", f"--host-port={host}", "--quiet")


def emulator_environment() -> dict[str, str]:
    """Return this process's environment, with what its Java needs for a short life."""
    set_already = os.environ.get("JAVA_TOOL_OPTIONS", "")
    return {**os.environ, "JAVA_TOOL_OPTIONS": f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC {set_already}".strip()}
