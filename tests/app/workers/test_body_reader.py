"""Large bodies are read in a child, which takes no more than it may."""

import asyncio
import os

import pytest

from app import large_documents
from app.errors import Invalid, TooLarge, Unavailable
from app.large_documents import SMALL
from app.workers import body_reader
from app.workers.body_reader import FEW_VALUES, BodyReader, size_to_read

pytestmark = pytest.mark.anyio

LARGE = b" " * (SMALL + 1)


def whereabouts(_: bytes) -> int:
    return os.getpid()


def refuse(raw: bytes) -> None:
    raise Invalid.at("/a", "wrong", str(len(raw)))


def grow(_: bytes) -> bytes:
    return bytes(64 * 2**20)


def sleep(_: bytes) -> None:
    import time

    time.sleep(60)


@pytest.fixture(scope="module")
async def reader(anyio_backend: str) -> BodyReader:
    return BodyReader()


async def test_what_is_large_or_of_many_values_is_read_elsewhere(reader: BodyReader) -> None:
    assert await reader.read(whereabouts, LARGE[:-1]) == os.getpid()
    assert await reader.read(whereabouts, b"x", SMALL - 1) == os.getpid()
    elsewhere = await reader.read(whereabouts, LARGE)
    assert elsewhere != os.getpid()
    assert await reader.read(whereabouts, b"," * (FEW_VALUES + 1)) == elsewhere
    assert await reader.read(whereabouts, b"x", SMALL) == elsewhere


def test_what_may_be_wrong_in_many_places_counts_as_large() -> None:
    assert size_to_read(b"[1,2]") == 5
    assert size_to_read(b"," * FEW_VALUES) == FEW_VALUES
    assert size_to_read(b"," * (FEW_VALUES + 1)) > large_documents.LARGE
    assert size_to_read(LARGE) > large_documents.LARGE
    assert size_to_read(bytes(10**6)) == 10**6


async def test_what_is_stored_is_read_with_what_was_sent(reader: BodyReader) -> None:
    assert await reader.work(both, "stored", b"sent") == "stored, sent"
    with pytest.raises(Invalid):
        await reader.work(refuse, b"x")


def both(document: str, raw: bytes) -> str:
    return f"{document}, {raw.decode()}"


async def test_a_refusal_comes_back_as_it_is(reader: BodyReader) -> None:
    for raw in (b"x", LARGE):
        with pytest.raises(Invalid) as refused:
            await reader.read(refuse, raw)
        (error,) = refused.value.errors
        assert (error.pointer, error.code, error.message) == ("/a", "wrong", str(len(raw)))


async def test_what_takes_too_much_memory_is_refused_and_the_next_is_read(
    reader: BodyReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(await reader.read(grow, LARGE)) == 64 * 2**20
    with pytest.raises(TooLarge):
        await reader.read(hungry, LARGE)
    assert await reader.read(whereabouts, LARGE) != os.getpid()


def hungry(_: bytes) -> int:
    return len(bytes(body_reader.MOST_MEMORY + 2**20))


async def test_what_takes_too_long_is_given_up(
    reader: BodyReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_reader, "LONGEST_SECONDS", 0.2)
    with pytest.raises(Unavailable):
        await reader.read(sleep, LARGE)
    monkeypatch.undo()
    assert await reader.read(whereabouts, LARGE) != os.getpid()


async def test_large_bodies_of_one_caller_hold_up_those_of_no_other(reader: BodyReader) -> None:
    asleep = [asyncio.create_task(reader.of("acme").read(sleep, LARGE)) for _ in range(2)]
    await asyncio.sleep(0)
    assert await reader.of("other").read(whereabouts, LARGE) != os.getpid()
    assert not any(task.done() for task in asleep)
    for task in asleep:
        task.cancel()
    await asyncio.gather(*asleep, return_exceptions=True)
