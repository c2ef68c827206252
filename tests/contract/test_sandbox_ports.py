"""Free ports of stages that start at the same time, each in a process of its own."""

import subprocess
import sys
from contextlib import suppress

from sandbox.stage import ROOT, StageError, free_port

FEW = range(31_000, 31_020)
OTHER = f"from sandbox.stage import free_port; print(free_port(range({FEW.start}, {FEW.stop})), flush=True); input()"


def test_no_two_processes_are_given_the_same_port_before_either_listens_on_it() -> None:
    command = [sys.executable, "-c", OTHER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        theirs, ours = int(other.stdout.readline()), list[int]()
        with suppress(StageError):
            while True:
                ours.append(free_port(FEW))
        other.communicate("\n")
    assert theirs in FEW
    assert theirs not in ours
    assert len(ours) == len(set(ours)) > 0
