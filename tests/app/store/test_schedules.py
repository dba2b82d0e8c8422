"""Stored schedules: numbered versions, one of them published, and what is erased from all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zlib import decompress

import pytest
import sqlalchemy as sa
from pydantic_core import from_json

from app.planning.document import Cause, digest_of, to_written, write_event
from app.store import events, news, schedules, solves, tombstones
from app.store.engine import Store
from app.store.schedules import StoredSchedule
from app.store.sealed import VERSION
from app.store.tables import schedule_documents as documents
from app.store.text_cache import TextCache
from schemas.listing import Publication
from schemas.schedule import Meeting, Quality, Schedule, ScheduledRound
from schemas.solve import SolveRequest
from tests.builders import event_of
from tests.stored import add_version

pytestmark = pytest.mark.anyio

QUALITY = Quality(
    objective=1.0, mutual=1.0, triangles=0.0, fairness=0.0, byes_cost=0.0, byes=0,
    upper_bound=None, gap=None, proof="none", seconds=0.0, work=7, stopped_by="work",
)  # fmt: skip


def meeting(pair: str) -> Meeting:
    return Meeting(table=1, attendees=(pair[0], pair[1]), why=("tax",), purpose_line="About tax.")


def schedule(*pairs: str) -> Schedule:
    rounds = (ScheduledRound(round=r, meetings=(meeting(p),)) for r, p in enumerate(pairs, 1))
    return Schedule(rounds=tuple(rounds), quality=QUALITY)


@pytest.fixture
async def event_id(store: Store) -> str:
    async with store.write() as connection:
        return (await events.add(connection, "acme", write_event(event_of("abc", 2, {})))).id


async def added(
    store: Store, event_id: str, *pairs: str, cause: Cause = "solve", **fields: Any
) -> StoredSchedule:
    made = replace(to_written(schedule(*pairs), cause), **fields)
    async with store.write() as connection:
        return await add_version(connection, event_id, made)


async def published(store: Store, version: StoredSchedule) -> StoredSchedule:
    async with store.write() as connection:
        return await schedules.publish(connection, version)


async def test_versions_are_numbered_within_their_event(store: Store, event_id: str) -> None:
    assert [(await added(store, event_id, "ab")).version for _ in range(3)] == [1, 2, 3]
    async with store.write() as connection:
        other = await events.add(connection, "acme", write_event(event_of("abc", 2, {})))
        assert await schedules.next_version(connection, other.id) == 1
        assert await schedules.next_version(connection, event_id) == 4


async def test_a_version_is_read_back_also_by_a_process_that_does_not_remember_it(
    store: Store, event_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await added(store, event_id, "ab")
    monkeypatch.setattr(schedules, "_DOCUMENTS", TextCache(most=10**6))
    for _ in range(2):
        async with store.read() as connection:
            again = await schedules.find(connection, event_id, 1)
        assert again == stored
    whole = await stored.schedule()
    assert (whole.event_id, whole.version, whole.status) == (event_id, 1, "draft")
    assert whole.rounds == schedule("ab").rounds


async def test_one_version_is_published_and_the_one_before_is_superseded(
    store: Store, event_id: str
) -> None:
    first, second = await added(store, event_id, "ab"), await added(store, event_id, "ac")
    assert (await published(store, first)).status == "published"
    assert (await published(store, second)).status == "published"
    async with store.read() as connection:
        rows = await schedules.listing(connection, event_id)
        told = await news.after(connection, event_id, 0, 10)
        now = await schedules.published(connection, event_id)
    assert [(row.version, row.status) for row in rows] == [(2, "published"), (1, "superseded")]
    assert [from_json(row.document) for row in told] == [
        {"version": 1, "previous": None}, {"version": 2, "previous": 1},
    ]  # fmt: skip
    assert now is not None
    assert now.version == 2


async def test_publishing_leaves_other_events_alone(store: Store, event_id: str) -> None:
    await published(store, await added(store, event_id, "ab"))
    async with store.write() as connection:
        other = await events.add(connection, "acme", write_event(event_of("abc", 2, {})))
    await published(store, await added(store, other.id, "ab"))
    async with store.read() as connection:
        assert await schedules.published(connection, event_id) is not None


async def test_the_newest_is_current_until_one_is_published(store: Store, event_id: str) -> None:
    first = await added(store, event_id, "ab")
    await added(store, event_id, "ac")
    async with store.read() as connection:
        newest = await schedules.current(connection, event_id)
        head = await schedules.version_head(connection, event_id)
    assert newest is not None
    assert head is not None
    assert (newest.version, head.version, head.status) == (2, 2, "draft")
    await published(store, first)
    async with store.read() as connection:
        now = await schedules.current(connection, event_id)
        head = await schedules.version_head(connection, event_id)
        named = await schedules.version_head(connection, event_id, 2)
        assert await schedules.version_head(connection, event_id, 3) is None
    assert now is not None
    assert head is not None
    assert named is not None
    assert (now.version, head.version, named.version) == (1, 1, 2)


async def test_without_versions_there_is_nothing(store: Store, event_id: str) -> None:
    async with store.read() as connection:
        assert await schedules.current(connection, event_id) is None
        assert await schedules.version_head(connection, event_id) is None
        assert await schedules.listing(connection, event_id) == []
        assert await schedules.provenance(connection, event_id) == []
        assert await schedules.repair_of(connection, event_id, 1) is None


async def test_a_bound_found_later_is_told_everywhere(store: Store, event_id: str) -> None:
    stored = await added(store, event_id, "ab", cause="repair", repair="{}")
    proven = QUALITY.model_copy(update={"upper_bound": 1.0, "gap": 0.0, "proof": "optimal"})
    later = proven.model_copy(update={"objective": 9.0})
    async with store.write() as connection:
        await schedules.save_bound(connection, stored, later, '{"told": 1}')
        now = await schedules.find(connection, event_id, 1)
        (row,) = await schedules.listing(connection, event_id)
        assert await schedules.repair_of(connection, event_id, 1) == '{"told": 1}'
        await schedules.save_bound(connection, stored, later, None)
        assert await schedules.repair_of(connection, event_id, 1) == '{"told": 1}'
    assert now is not None
    assert (await now.schedule()).quality == proven
    assert (row.upper_bound, row.gap, row.proof) == (1.0, 0.0, "optimal")
    assert now.etag != stored.etag


async def test_a_bound_below_the_objective_is_never_stored(store: Store, event_id: str) -> None:
    stored = await added(store, event_id, "ab")
    low = QUALITY.model_copy(update={"upper_bound": QUALITY.objective - 0.5, "proof": "bounded"})
    async with store.write() as connection:
        with pytest.raises(ValueError, match="below the objective"):
            await schedules.save_bound(connection, stored, low, None)
        now = await schedules.find(connection, event_id, 1)
    assert now == stored
    with pytest.raises(ValueError, match="below the objective"):
        await added(store, event_id, "ac", quality=low)


async def test_a_version_tells_how_it_came_about(store: Store, event_id: str) -> None:
    first = await added(store, event_id, "ab", incidents=None)
    second = await added(store, event_id, "ac", cause="improvement", incidents=3)
    async with store.write() as connection:
        asked = await solves.add(
            connection, event_id, "improvement", SolveRequest(work=50), revision=1
        )
        await solves.update(connection, asked.id, version=2)
        made = await schedules.provenance(connection, event_id)
    assert [(row.version, row.cause, row.incidents, row.work) for row in made] == [
        (1, "solve", 0, None), (2, "improvement", 3, 50),
    ]  # fmt: skip
    assert [row.sha256 for row in made] == [first.digest, second.digest]


async def test_reasons_of_somebodys_meetings_are_erased_from_every_version(
    store: Store, event_id: str
) -> None:
    before = [await added(store, event_id, *pairs) for pairs in (("ab", "bc"), ("ac",))]
    async with store.write() as connection:
        await schedules.forget(connection, event_id, "a")
        after = [await schedules.find(connection, event_id, version) for version in (1, 2)]
    told: list[Sequence[tuple[tuple[str, ...], str]]] = []
    for old, new in zip(before, after, strict=True):
        assert new is not None
        assert new.etag != old.etag
        rounds = (await new.schedule()).rounds
        told.append([(m.why, m.purpose_line) for block in rounds for m in block.meetings])
    kept = (("tax",), "About tax.")
    assert told == [[((), ""), kept], [((), "")]]


async def test_a_version_quotes_nobody_who_was_erased_meanwhile(
    store: Store, event_id: str
) -> None:
    async with store.write() as connection:
        await tombstones.add(connection, event_id, "a")
        row = await schedules.add(connection, event_id, to_written(schedule("ab", "bc")), 0)
    told = [m.why for block in (await row.schedule()).rounds for m in block.meetings]
    assert told == [(), ("tax",)]
    assert row.digest == digest_of(row.document)
    async with store.read() as connection:
        assert await schedules.find(connection, event_id, row.version) == row


async def test_a_version_of_an_earlier_event_quotes_nobody_who_has_gone(
    store: Store, event_id: str
) -> None:
    made = to_written(schedule("ab", "bc"))
    async with store.write() as connection:
        stored = await events.find(connection, event_id)
        assert stored is not None
        event = await stored.event()
        rest = event.model_copy(update={"attendees": event.attendees[1:]})
        await events.save(connection, stored, write_event(rest))
        kept = [await schedules.add(connection, event_id, made, revision) for revision in (1, 2)]
    told = [
        [m.why for block in (await row.schedule()).rounds for m in block.meetings] for row in kept
    ]
    assert told == [[(), ("tax",)], [("tax",), ("tax",)]]


async def test_versions_that_are_much_alike_take_little_room(store: Store, event_id: str) -> None:
    stored = await added(store, event_id, *["ab", "bc", "ac"] * 33)
    column = documents.c.document
    rows = sa.select(sa.type_coerce(column, sa.LargeBinary)).where(documents.c.event_id == event_id)
    async with store.read() as connection:
        (kept,) = (await connection.execute(rows)).scalars()
    packed = store.keys.unseal(event_id, "schedule_documents.document", kept.removeprefix(VERSION))
    assert decompress(packed).decode() == stored.document
    assert len(kept) < len(stored.document) / 8


async def test_a_draft_is_not_shown_in_the_event(store: Store, event_id: str) -> None:
    await added(store, event_id, "ab")
    async with store.read() as connection:
        stored = await events.find(connection, event_id)
        assert stored is not None
        assert from_json(await schedules.with_published(connection, stored))["published"] is None


async def test_what_is_published_is_shown_in_the_event(store: Store, event_id: str) -> None:
    await published(store, await added(store, event_id, "ab"))
    async with store.read() as connection:
        stored = await events.find(connection, event_id)
        assert stored is not None
        shown = from_json(await schedules.with_published(connection, stored))
        assert await news.publications(connection, event_id) == [
            Publication(version=1, incidents=0)
        ]
    assert (shown["published"]["version"], shown["published"]["status"]) == (1, "published")
