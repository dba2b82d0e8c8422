"""Children that do not come to their end: somebody has stopped them, or their work has none."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import structlog

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_ASLEEP = 10.0
"""How long a child may be stopped, as by a debugger or SIGSTOP, before it is given up."""

log = structlog.get_logger(__name__)


async def kill_if_stuck(pid: int, seconds: float) -> None:
    """Wait until the process is asleep for long or ``seconds`` are over, and kill it then."""
    clock = asyncio.get_running_loop().time
    end, awake = clock() + seconds, clock()
    while clock() < min(end, awake + SECONDS_ASLEEP):
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        if not is_stopped(pid):
            awake = clock()
    log.warning("child killed", asleep=clock() < end)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_stopped(pid: int) -> bool:
    """Whether a process lives and is kept from going on; False where the system does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in ("T", "t")
