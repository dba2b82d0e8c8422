"""The bell: what is committed rings, what is undone or quiet does not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.store.bell import Bell
from app.store.engine import Store

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(f"sqlite+aiosqlite:///{tmp_path / 'one.db'}")
    yield opened
    await opened.close()


async def test_the_bell_rings_when_a_transaction_is_committed(store: Store) -> None:
    rings = list[bool]()
    with store.bell.heard_by(lambda: rings.append(True)):
        async with store.write() as connection:
            await connection.execute(sa.text("CREATE TABLE one (x)"))
            assert not rings
    assert rings == [True]


async def test_what_is_undone_or_quiet_does_not_ring(store: Store) -> None:
    rings = list[bool]()
    with store.bell.heard_by(lambda: rings.append(True)):
        with pytest.raises(ZeroDivisionError):
            async with store.write():
                raise ZeroDivisionError
        async with store.write(quiet=True):
            pass
        async with store.read():
            pass
    assert not rings


def test_who_listens_no_more_hears_nothing() -> None:
    bell, rings = Bell(), list[str]()
    one, other = (lambda: rings.append("one")), (lambda: rings.append("other"))
    with bell.heard_by(one):
        with bell.heard_by(other):
            bell.ring(but=one)
        bell.ring()
    bell.ring()
    assert rings == ["other", "one"]
