"""Requests of one caller: not too many, and few that read at a time."""

import asyncio
from contextlib import ExitStack

import pytest

from app.errors import TooMany
from app.http.request_places import READS_AT_ONCE, RequestPlaces

pytestmark = pytest.mark.anyio


async def test_a_caller_has_so_many_requests_at_a_time_and_takes_none_of_others() -> None:
    places: RequestPlaces[str] = RequestPlaces(2)
    with ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(places.take("acme"))
        with pytest.raises(TooMany):
            taken.enter_context(places.take("acme"))
        taken.enter_context(places.take("other"))
    with places.take("acme"), places.take("acme"):
        pass


async def test_a_read_waits_until_the_answer_of_another_begins() -> None:
    places: RequestPlaces[str] = RequestPlaces(100)
    with ExitStack() as stack:
        reads = [stack.enter_context(places.take("acme")) for _ in range(READS_AT_ONCE + 2)]
        waits = [asyncio.ensure_future(read.wait()) for read in reads]
        await asyncio.sleep(0)
        assert [wait.done() for wait in waits] == [True] * READS_AT_ONCE + [False] * 2
        reads[0].pass_turn()
        reads[0].pass_turn()
        await asyncio.gather(waits[READS_AT_ONCE])
        await asyncio.sleep(0)
        assert not waits[-1].done()
        waits[-1].cancel()


async def test_who_changes_something_waits_for_no_read() -> None:
    places: RequestPlaces[str] = RequestPlaces(100)
    with ExitStack() as stack:
        for changes in (False, True):
            for _ in range(READS_AT_ONCE):
                place = stack.enter_context(places.take("acme", changes=changes))
                await asyncio.wait_for(place.wait(), 5)
        late = stack.enter_context(places.take("acme", changes=True))
        wait = asyncio.ensure_future(late.wait())
        await asyncio.sleep(0)
        assert not wait.done()
        place.pass_turn()
        await asyncio.wait_for(wait, 5)


async def test_a_read_that_ends_passes_its_turn_on() -> None:
    places: RequestPlaces[str] = RequestPlaces(100)
    with places.take("acme") as kept:
        for _ in range(3 * READS_AT_ONCE):
            with places.take("acme") as read:
                await asyncio.wait_for(read.wait(), 5)
        await asyncio.wait_for(kept.wait(), 5)


async def test_a_read_that_takes_long_lets_the_next_one_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.http.request_places.LONGEST_READ_SECONDS", 0.01)
    places: RequestPlaces[str] = RequestPlaces(100)
    with ExitStack() as stack:
        for _ in range(READS_AT_ONCE + 1):
            read = stack.enter_context(places.take("acme"))
            await asyncio.wait_for(read.wait(), 5)
