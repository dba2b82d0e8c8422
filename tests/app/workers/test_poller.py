"""The one poller: it looks after a commit, for all who wait, and not at all for nobody."""

import asyncio
from collections.abc import Collection, Mapping

import pytest
from sqlalchemy.exc import OperationalError

from app.store.commit_signal import CommitSignal
from app.workers import poller
from app.workers.poller import Poller

pytestmark = pytest.mark.anyio


class Database:
    """What is written in it, and who has looked; away for as many looks as told."""

    def __init__(self) -> None:
        self.committed, self.written = CommitSignal(), dict[str, int]()
        self.looks, self.away = list[set[str]](), 0
        self.looked = asyncio.Event()

    async def look(self, questions: Collection[str]) -> Mapping[str, int]:
        self.looks.append(set(questions))
        self.looked.set()
        if self.away:
            self.away -= 1
            raise OperationalError("", None, Exception())
        return {q: self.written[q] for q in questions if q in self.written}

    def write(self, **values: int) -> None:
        self.written |= values
        self.committed.send()


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def polling(database: Database) -> Poller[str, int]:
    return Poller(database.committed, database.look, 0.0)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks without a signal."""
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 3600.0)


async def test_what_is_there_is_told_at_once(
    database: Database, polling: Poller[str, int], patient: None
) -> None:
    database.written["a"] = 1
    assert await polling.answer("a") == 1


async def test_what_comes_is_told_when_the_bell_rings(
    database: Database, polling: Poller[str, int], patient: None
) -> None:
    asked = asyncio.ensure_future(polling.answer("a"))
    await database.looked.wait()
    database.write(a=2)
    assert await asked == 2


async def test_one_look_serves_all_who_wait(
    database: Database, polling: Poller[str, int], patient: None
) -> None:
    asked = [asyncio.ensure_future(polling.answer(q)) for q in "ab" * 10]
    await database.looked.wait()
    database.write(a=1, b=2)
    assert await asyncio.gather(*asked) == [1, 2] * 10
    assert database.looks == [{"a", "b"}] * 2


async def test_a_ring_that_is_lost_costs_time_and_nothing_else(
    database: Database, polling: Poller[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 0.01)
    asked = asyncio.ensure_future(polling.answer("a"))
    await database.looked.wait()
    database.written["a"] = 1
    assert await asked == 1


async def test_a_database_that_is_away_is_asked_again(
    database: Database, polling: Poller[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "SECONDS_WITHOUT_A_SIGNAL", 0.01)
    database.away, database.written = 3, {"a": 1}
    assert await polling.answer("a") == 1
    assert len(database.looks) == 4


async def test_a_defect_is_told_to_all_who_wait(
    database: Database, polling: Poller[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Collection[str]) -> Mapping[str, int]:
        raise KeyError

    monkeypatch.setattr(polling, "_look", fail)
    asked = [polling.answer("a"), polling.answer("b")]
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(error) for error in told] == [KeyError, KeyError]


async def test_nobody_looks_once_nobody_waits(
    database: Database, polling: Poller[str, int], patient: None
) -> None:
    with pytest.raises(TimeoutError):
        await polling.answer("a", 0.01)
    database.written["b"] = 1
    assert await polling.answer("b") == 1
    assert polling.idle
    assert polling._looking is not None
    await polling._looking  # which comes to its end
    looks = len(database.looks)
    database.write(a=1)
    assert len(database.looks) == looks
    assert not database.committed._listeners


async def test_who_is_cancelled_waits_no_more(
    database: Database, polling: Poller[str, int], patient: None
) -> None:
    asked = asyncio.ensure_future(polling.answer("a"))
    await database.looked.wait()
    asked.cancel()
    await asyncio.wait([asked])
    assert polling.idle
