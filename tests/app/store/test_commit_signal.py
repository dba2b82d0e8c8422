"""What is committed is signalled, what is undone or quiet is not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.settings import Settings
from app.store.commit_signal import CommitSignal
from app.store.engine import Store

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(Settings(data=tmp_path))
    yield opened
    await opened.close()


async def test_the_bell_rings_when_a_transaction_is_committed(store: Store) -> None:
    signals = list[bool]()
    with store.committed.received_by(lambda: signals.append(True)):
        async with store.write() as connection:
            await connection.execute(sa.text("CREATE TABLE one (x)"))
            assert not signals
    assert signals == [True]


async def test_what_is_undone_or_quiet_does_not_ring(store: Store) -> None:
    signals = list[bool]()
    with store.committed.received_by(lambda: signals.append(True)):
        with pytest.raises(ZeroDivisionError):
            async with store.write():
                raise ZeroDivisionError
        async with store.write(quiet=True):
            pass
        async with store.read():
            pass
    assert not signals


def test_who_listens_no_more_hears_nothing() -> None:
    signal, signals = CommitSignal(), list[str]()
    one, other = (lambda: signals.append("one")), (lambda: signals.append("other"))
    with signal.received_by(one):
        with signal.received_by(other):
            signal.send(but=one)
        signal.send()
    signal.send()
    assert signals == ["other", "one"]
