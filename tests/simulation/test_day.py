"""Whole days, each from a seed, with everything going wrong that can: what is promised holds.

A day that fails tells its seed: ``python -m tests.simulation SEED`` plays it again, to the byte.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.http import idempotency
from app.store import incidents, schedules
from app.store.engine import Store
from app.workers import repair_job
from tests.processes import ROOT
from tests.simulation.day import play_day
from tests.simulation.day_ledger import BrokenPromiseError

SOAK = bool(os.environ.get("TERTIUS_SOAK"))
DAYS, FIRST = (10_000, secrets.randbelow(2**32)) if SOAK else (200, 1)
AT_ONCE = 10
"""Days in one test, so that two processes share them."""
DAYS_TO_BITE = 30
"""Within so many days a mistake in the service must come to light."""


@pytest.mark.no_cover  # counting lines would take longer than the days do
@pytest.mark.parametrize("block", range(DAYS // AT_ONCE))
def test_what_is_promised_holds_whatever_a_day_brings(block: int) -> None:
    first = FIRST + block * AT_ONCE
    for seed in range(first, first + AT_ONCE):
        play_day(seed)


@pytest.mark.parametrize("seed", [3, 7])
def test_a_day_is_played_again_to_the_byte(seed: int) -> None:
    assert _printed(seed, "1") == _printed(seed, "2") != _printed(seed + 1, "1")


def _printed(seed: int, hash_seed: str) -> bytes:
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulation", str(seed)],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
    )
    return told.stdout


def test_days_tell_when_a_tap_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    known = incidents.known

    async def forgetful(*arguments: Any) -> Any:
        found = await known(*arguments)
        return {} if len(found) == 1 else found

    monkeypatch.setattr(incidents, "known", forgetful)
    _expect_broken()


def test_days_tell_when_keys_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never_used(*_: object) -> None:
        return None

    async def not_kept(*_: object) -> None:
        return None

    monkeypatch.setattr(idempotency, "claim_key", never_used)
    monkeypatch.setattr(idempotency, "save_answer", not_kept)
    _expect_broken()


def test_days_tell_when_a_repair_is_published_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    publish = schedules.publish

    async def twice(connection: Any, stored: Any, changes: Sequence[Any] = ()) -> Any:
        await publish(connection, stored, changes)
        return await publish(connection, stored, changes)

    monkeypatch.setattr(schedules, "publish", twice)
    assert "published twice" in _expect_broken()


def test_days_tell_when_a_commit_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    write, count = Store.write, iter(range(1, 10**9))

    @asynccontextmanager
    async def forgets_some(self: Store, *, quiet: bool = False) -> AsyncIterator[Any]:
        async with write(self, quiet=quiet) as connection:
            yield connection
            if next(count) % 20 == 0:
                await connection.rollback()

    monkeypatch.setattr(Store, "write", forgets_some)
    _expect_broken()


def test_days_tell_when_a_repair_forgets_who_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair_job.Situation, "holds", lambda self, now: True)
    _expect_broken()


def _expect_broken() -> str:
    """What the first day of some tells that does not go well."""
    for seed in range(1, DAYS_TO_BITE):
        try:
            play_day(seed)
        except BrokenPromiseError as error:
            return str(error).partition("\n")[0]
    raise AssertionError("no day has shown it")
