"""Large documents: worked on in a thread or a child, and never while a transaction is open."""

import asyncio
from collections.abc import Callable
from threading import get_ident
from typing import Any

import pytest

from app import large_documents
from app.large_documents import (
    SMALL,
    Later,
    groundwork,
    in_child_if_large,
    in_thread_if_large,
    lend_child,
    outside_transaction,
)
from schemas.event import Attendee
from tests.builders import event_of

pytestmark = pytest.mark.anyio

LARGE = SMALL + 1


async def test_what_is_large_is_done_in_a_thread_and_what_is_small_at_once() -> None:
    assert await in_thread_if_large(LARGE, get_ident) != get_ident()
    assert await in_thread_if_large(SMALL, get_ident) == get_ident()


async def test_a_transaction_is_told_to_wait_and_has_the_result_when_it_begins_anew() -> None:
    with groundwork():
        with pytest.raises(Later) as later:
            await in_thread_if_large(LARGE, str.upper, "text")
        await later.value.work()
        assert await in_thread_if_large(LARGE, str.upper, "text") == "TEXT"
        with pytest.raises(Later):
            await in_thread_if_large(LARGE, str.upper, "another text")


async def test_a_document_is_known_again_as_the_same_object() -> None:
    event, equal = event_of("ab", 1, {}), event_of("ab", 1, {})
    with groundwork():
        with pytest.raises(Later) as later:
            await in_thread_if_large(LARGE, type(event).model_dump_json, event)
        await later.value.work()
        assert await in_thread_if_large(LARGE, type(event).model_dump_json, event)
        with pytest.raises(Later):
            await in_thread_if_large(LARGE, type(event).model_dump_json, equal)


async def test_a_tuple_of_documents_is_known_again_as_what_it_says() -> None:
    def people(*who: str) -> tuple[Attendee, ...]:
        return tuple(Attendee(id=v, labels={"company": v}) for v in who)

    with groundwork():
        with pytest.raises(Later) as later:
            await in_thread_if_large(LARGE, len, people("a", "b"))
        await later.value.work()
        assert await in_thread_if_large(LARGE, len, people("a", "b")) == 2
        with pytest.raises(Later):
            await in_thread_if_large(LARGE, len, people("a", "c"))


async def test_work_may_have_large_work_of_its_own() -> None:
    async def shout(text: str) -> str:
        return await in_thread_if_large(LARGE, str.upper, text)

    with groundwork():
        with pytest.raises(Later) as later:
            await outside_transaction(shout, "text")
        await later.value.work()
        assert await outside_transaction(shout, "text") == "TEXT"


async def test_what_a_transaction_sets_off_does_not_wait_for_it() -> None:
    with groundwork():
        task = asyncio.create_task(in_thread_if_large(LARGE, str.upper, "text"))
        assert await task == "TEXT"


async def test_work_that_fails_ends_the_transaction() -> None:
    with groundwork():
        with pytest.raises(Later) as later:
            await in_thread_if_large(LARGE, int, "text")
        with pytest.raises(ValueError, match="text"):
            await later.value.work()


# In a child


async def elsewhere(function: Callable[..., Any], *arguments: Any) -> str:
    """What has a child work, told by the mark on its answers."""
    return f"from a child: {function(*arguments)}"


async def test_what_is_large_for_a_thread_is_done_in_a_child() -> None:
    lend_child(elsewhere)
    most = large_documents.LARGE
    assert await in_child_if_large(most + 1, str.upper, "text") == "from a child: TEXT"
    aside = await in_child_if_large(most, get_ident)
    assert isinstance(aside, int)
    assert aside != get_ident()
    assert await in_child_if_large(SMALL, get_ident) == get_ident()


async def test_without_a_child_it_is_done_in_a_thread() -> None:
    assert await in_child_if_large(large_documents.LARGE + 1, get_ident) != get_ident()


async def test_a_child_is_waited_for_while_no_transaction_is_open() -> None:
    lend_child(elsewhere)
    with groundwork():
        with pytest.raises(Later) as later:
            await in_child_if_large(large_documents.LARGE + 1, str.upper, "text")
        await later.value.work()
        done = await in_child_if_large(large_documents.LARGE + 1, str.upper, "text")
    assert done == "from a child: TEXT"
