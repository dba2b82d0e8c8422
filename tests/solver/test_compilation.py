"""Whoever has to wait for the compiler is told, once, on standard error or in the log."""

import json
import os
import subprocess
import sys
from pathlib import Path

COMPILE = """
import numpy as np
from solver.triangles import corners
whole, wide = np.zeros(2, np.int64), np.zeros(2, np.int32)
for pairs in (whole, wide):
    corners(whole, whole, pairs[:0], pairs[:0])
"""
LOGGED = "from app.logs import configure_logging; configure_logging('info')" + COMPILE


def told(code: str, kept_in: Path) -> list[str]:
    """What a program that compiles a little says on standard error."""
    program = [sys.executable, "-c", code]
    where = os.environ | {"NUMBA_CACHE_DIR": str(kept_in)}
    ended = subprocess.run(program, env=where, capture_output=True, text=True, check=True)
    return ended.stderr.splitlines()


def test_the_first_user_is_told_once_that_the_search_is_compiled(tmp_path: Path) -> None:
    assert told(COMPILE, tmp_path) == ["compiling the search once (about a minute) ..."]
    assert told(COMPILE, tmp_path) == []


def test_the_service_logs_it_as_a_line_of_its_own(tmp_path: Path) -> None:
    (line,) = map(json.loads, told(LOGGED, tmp_path))
    assert line["level"] == "warning"
    assert line["event"].startswith("compiling the search")
