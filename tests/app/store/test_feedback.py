"""Stored feedback: in the order it came, and nothing of whoever was erased."""

import pytest

from app.planning.document import write_event
from app.store import events, feedback
from app.store.engine import Store
from schemas.feedback import Feedback
from tests.builders import event_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def event_id(store: Store) -> str:
    async with store.write() as connection:
        return (await events.add(connection, "acme", write_event(event_of("abc", 2, {})))).id


def said(name: str, attendee: str, partner: str, *, valuable: bool = False) -> Feedback:
    return Feedback(id=name, attendee=attendee, partner=partner, valuable=valuable)


async def test_feedback_is_kept_in_order_with_its_round(store: Store, event_id: str) -> None:
    batches = [[(said("z", "a", "b"), 2), (said("y", "b", "a"), 1)], [(said("x", "a", "c"), 1)], []]
    async with store.write() as connection:
        for batch in batches:
            await feedback.append(connection, event_id, batch)
        log = await feedback.log(connection, event_id)
    assert [(row.id, row.round) for row in log] == [("z", 2), ("y", 1), ("x", 1)]


async def test_what_was_accepted_before_is_known_by_its_id(store: Store, event_id: str) -> None:
    first = said("x", "a", "b", valuable=True)
    async with store.write() as connection:
        await feedback.append(connection, event_id, [(first, 1)])
        known = await feedback.known(connection, event_id, ["x", "never"])
        assert await feedback.known(connection, "0" * 32, ["x"]) == {}
    assert set(known) == {"x"}
    assert known["x"].document == feedback.document_of(first)
    assert known["x"].said() == first.model_copy(update={"round": 1})


async def test_who_is_named_on_either_side_is_what_it_is_about(store: Store, event_id: str) -> None:
    rows = [said("1", "a", "b"), said("2", "b", "c"), said("3", "c", "a")]
    async with store.write() as connection:
        await feedback.append(connection, event_id, [(row, 1) for row in rows])
        about = await feedback.about(connection, event_id, "a")
        assert [row.id for row in about] == ["1", "3"]
        assert await feedback.forget(connection, event_id, "a")
        assert [row.id for row in await feedback.log(connection, event_id)] == ["2"]
        assert not await feedback.forget(connection, event_id, "a")


async def test_what_is_erased_from_one_event_stays_in_others(store: Store, event_id: str) -> None:
    async with store.write() as connection:
        other = (await events.add(connection, "acme", write_event(event_of("abc", 2, {})))).id
        for name in (event_id, other):
            await feedback.append(connection, name, [(said("1", "a", "b"), 1)])
        await feedback.forget(connection, event_id, "a")
        assert len(await feedback.log(connection, other)) == 1
