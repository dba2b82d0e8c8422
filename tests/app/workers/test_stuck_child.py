"""Children that are stopped or have no end are killed, and no others."""

import asyncio
import signal
import subprocess
from collections.abc import Iterator

import pytest

from app.workers import stuck_child
from app.workers.stuck_child import is_stopped, kill_if_stuck
from app.workers.waiting import in_background
from tests.processes import until

pytestmark = pytest.mark.anyio

Process = subprocess.Popen[bytes]


@pytest.fixture
def process() -> Iterator[Process]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck_child, "SECONDS_BETWEEN_LOOKS", 0.01)
    monkeypatch.setattr(stuck_child, "SECONDS_ASLEEP", 0.2)


async def test_a_process_that_is_stopped_is_killed(process: Process) -> None:
    process.send_signal(signal.SIGSTOP)
    until(lambda: is_stopped(process.pid))
    async with asyncio.timeout(60):
        await kill_if_stuck(process.pid, 3600)
    assert process.wait() == -signal.SIGKILL


async def test_a_process_that_goes_on_is_left_alone(process: Process) -> None:
    process.send_signal(signal.SIGSTOP)
    until(lambda: is_stopped(process.pid))
    process.send_signal(signal.SIGCONT)
    async with in_background(kill_if_stuck(process.pid, 3600)):
        await asyncio.sleep(0.5)
    assert process.poll() is None


async def test_a_process_without_an_end_is_killed(process: Process) -> None:
    async with asyncio.timeout(60):
        await kill_if_stuck(process.pid, 0.1)
    assert process.wait() == -signal.SIGKILL


async def test_a_process_that_has_gone_is_no_trouble(process: Process) -> None:
    process.kill()
    process.wait()
    assert not is_stopped(process.pid)
    await kill_if_stuck(process.pid, 0.05)
