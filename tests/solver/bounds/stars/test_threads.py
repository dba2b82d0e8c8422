"""Vectors are multiplied by one thread."""

import subprocess
import sys


def test_the_solver_tells_numpy_before_it_loads() -> None:
    script = "import app.planning.plan, os; print(os.environ['OPENBLAS_NUM_THREADS'])"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "1"
