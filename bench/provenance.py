"""Where a figure comes from: the commit that was measured, and the machine it was measured on."""

import os
import platform
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def commit() -> str:
    """The commit checked out; marked where files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


@cache
def machine() -> str:
    """Processors, system and Python."""
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} x {_processor()}, {system}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
