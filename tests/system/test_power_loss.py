"""What is acknowledged is on the disk: the system calls of a commit, in their order."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.store.synced_commit import ANSWERED, BEGUN
from tests.processes import ROOT

CALLS = "trace=write,pwrite64,ftruncate,unlink,fsync,fdatasync"
CALL = re.compile(
    r"(\w+)\((?:\d+<(?P<file>[^>]*)>|\"(?P<text>[^\"]*)\")?(?:, \"(?P<mark>[^\"]*)\")?"
)


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_last_change_of_a_commit_is_synced_before_the_answer(tmp_path: Path) -> None:
    calls = list(_calls(tmp_path))
    first, last = calls.index(("write", BEGUN)), calls.index(("write", ANSWERED))
    ours = [
        (call, Path(file).name) for call, file in calls[first + 1 : last] if "tertius.db" in file
    ]
    assert ("pwrite64", "tertius.db") in ours
    for name in {name for _, name in ours}:
        done = [call for call, file in ours if file == name]
        assert done[-1] in ("fsync", "fdatasync"), (name, done)
    assert not any(call == "unlink" for call, _ in ours)  # which the folder would be synced for


def _calls(folder: Path) -> list[tuple[str, str]]:
    """Each call with the file it is about, or with what it writes to nobody's file."""
    trace = folder / "trace"
    traced = [sys.executable, "-m", "tests.app.store.synced_commit", str(folder / "data")]
    strace = ["strace", "-f", "-y", "-o", str(trace), "-e", CALLS, *traced]
    subprocess.run(strace, cwd=ROOT, check=True, capture_output=True)
    found = []
    for line in trace.read_text().splitlines():
        match = CALL.search(line)
        if match is not None:
            marks = (mark for mark in (BEGUN, ANSWERED) if mark == match["mark"])
            found.append((match[1], next(marks, match["file"] or match["text"] or "")))
    return found
