"""Stored events: revisions, their benefits in a row of their own, and pages."""

import pytest
import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import to_written, write_event
from app.store import events, schedules
from app.store.engine import Store
from app.store.events import EventAfter, StoredEvent, read_event
from app.store.sealed import EventText
from app.store.tables import benefits as benefit_rows
from app.store.text_cache import TextCache
from schemas.benefits import Benefit
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule, ScheduledRound
from tests.builders import event_of
from tests.stored import add_version

pytestmark = pytest.mark.anyio

BARE = event_of("ab", 2, {}, name="Breakfast")
GIVEN = event_of("ab", 2, {"ab": 0.5}, name="Breakfast")


async def added(store: Store, event: Event = BARE, organisation: str = "acme") -> StoredEvent:
    async with store.write() as connection:
        return await events.add(connection, organisation, write_event(event))


async def found(store: Store, event_id: str) -> StoredEvent:
    async with store.read() as connection:
        stored = await events.find(connection, event_id)
    assert stored is not None
    return stored


async def saved(store: Store, stored: StoredEvent, event: Event) -> StoredEvent:
    async with store.write() as connection:
        return await events.save(connection, stored, write_event(event))


async def benefit_documents(store: Store, event_id: str) -> list[str]:
    query = sa.select(benefit_rows.c.document).where(benefit_rows.c.event_id == event_id)
    async with store.read() as connection:
        return list((await connection.execute(query)).scalars())


async def replace_benefits(connection: AsyncConnection, event_id: str) -> None:
    """Have others stored than the event was saved with."""
    row = benefit_rows.update().where(benefit_rows.c.event_id == event_id)
    await connection.execute(row.values(document=EventText(event_id, "[]")))


@pytest.mark.parametrize("event", [BARE, GIVEN])
async def test_an_event_is_read_back_as_it_was_stored(store: Store, event: Event) -> None:
    stored = await added(store, event)
    assert await found(store, stored.id) == stored
    assert await stored.event() == event
    assert read_event(stored.outline) == event.model_copy(update={"benefits": ()})
    assert (stored.revision, stored.name, stored.attendees) == (1, "Breakfast", 2)


async def test_an_event_of_another_organisation_is_not_found(store: Store) -> None:
    stored = await added(store)
    async with store.read() as connection:
        assert await events.find(connection, stored.id, "acme") == stored
        assert await events.find(connection, stored.id, "other") is None
        assert await events.find(connection, "0" * 32) is None
        assert await events.find(connection, "nonsense\0") is None


async def test_the_same_document_is_the_same_revision(store: Store) -> None:
    async with store.write() as connection:
        stored = await events.add(connection, "acme", write_event(BARE))
        assert await events.save(connection, stored, write_event(await stored.event())) == stored
        changed = (await stored.event()).model_copy(update={"name": "Spring"})
        saved = await events.save(connection, stored, write_event(changed))
        assert (saved.revision, saved.name) == (2, "Spring")
        assert await events.find(connection, stored.id, "acme") == saved


async def test_held_rounds_are_a_change_like_any_other(store: Store) -> None:
    stored = await added(store)
    held = await saved(store, stored, BARE.model_copy(update={"held_rounds": 1}))
    assert (held.revision, held.held_rounds) == (2, 1)
    assert (await (await found(store, stored.id)).event()).held_rounds == 1


async def test_benefits_are_read_by_a_process_that_does_not_remember_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await added(store, GIVEN)
    monkeypatch.setattr(events, "_BENEFITS", TextCache(most=10**6))
    assert await found(store, stored.id) == stored


async def test_benefits_once_read_are_remembered(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await added(store, GIVEN)
    monkeypatch.setattr(events, "_BENEFITS", TextCache(most=10**6))
    await found(store, stored.id)
    async with store.write() as connection:
        await replace_benefits(connection, stored.id)
    assert await found(store, stored.id) == stored


def after(stored: StoredEvent) -> EventAfter:
    """The event after incidents that changed nothing."""
    return EventAfter(
        stored.outline, events.day_json_of(DayState()), 0, stored.attendees, len(GIVEN.rounds)
    )


async def test_incidents_that_change_nothing_make_no_revision(store: Store) -> None:
    stored = await added(store, GIVEN)
    async with store.write() as connection:
        assert await events.save_day(connection, stored, after(stored)) is stored


async def test_benefits_that_stay_are_not_written_again(store: Store) -> None:
    stored = await added(store, GIVEN)
    async with store.write() as connection:
        await replace_benefits(connection, stored.id)
    renamed = await saved(store, stored, GIVEN.model_copy(update={"name": "Lunch"}))
    assert renamed.benefits_digest == stored.benefits_digest
    assert await benefit_documents(store, stored.id) == ["[]"]


async def test_benefits_that_change_take_the_place_of_those_before(store: Store) -> None:
    stored = await added(store, GIVEN)
    other = GIVEN.model_copy(update={"benefits": (Benefit(attendee="b", partner="a", value=0.25),)})
    changed = await saved(store, stored, other)
    assert changed.benefits_digest != stored.benefits_digest
    assert await (await found(store, stored.id)).event() == other
    assert len(await benefit_documents(store, stored.id)) == 1


async def test_benefits_that_go_leave_nothing(store: Store) -> None:
    stored = await added(store, GIVEN)
    bare = await saved(store, stored, BARE)
    assert (bare.benefits_digest, bare.benefits_json) == ("", "")
    assert await benefit_documents(store, stored.id) == []
    assert await (await found(store, stored.id)).event() == BARE


async def test_incidents_leave_benefits_alone_and_make_a_revision(store: Store) -> None:
    stored = await added(store, GIVEN)
    held = after(stored)._replace(
        held_rounds=1, day=events.day_json_of(DayState(finished_rounds=1))
    )
    async with store.write() as connection:
        now = await events.save_day(connection, stored, held)
        assert await events.save_day(connection, now, held) is now
    assert now.held_rounds == 1
    assert (now.revision, now.benefits_digest, now.benefits_json) == (
        2,
        stored.benefits_digest,
        stored.benefits_json,
    )
    again = await found(store, stored.id)
    assert again == now
    assert again.state == DayState(finished_rounds=1)
    assert (await again.event()).benefits == GIVEN.benefits


async def test_the_tag_tells_revisions_and_what_is_published(store: Store) -> None:
    stored = await added(store)
    tags = [stored.etag]
    schedule = Schedule(rounds=(ScheduledRound(round=1),))
    async with store.write() as connection:
        version = await add_version(connection, stored.id, to_written(schedule))
        await schedules.publish(connection, version)
    published = await found(store, stored.id)
    tags.append(published.etag)
    tags.append((await saved(store, published, GIVEN)).etag)
    assert tags == ['"1.0"', '"1.1"', '"2.1"']


async def test_the_whole_document_says_what_the_server_owns(store: Store) -> None:
    stored = await added(store, GIVEN)
    held = await saved(store, stored, GIVEN.model_copy(update={"held_rounds": 1}))
    whole = from_json(held.shown_document())
    assert (whole["held_rounds"], whole["published"]) == (1, None)
    assert whole["benefits"] == [{"attendee": "a", "partner": "b", "value": 0.5}]
    assert from_json(held.shown_document('{"rounds":[]}'))["published"] == {"rounds": []}
    assert from_json(write_event(GIVEN).document) == from_json(held.document)


async def test_progress_is_told_without_the_document(store: Store) -> None:
    stored = await added(store)
    held = await saved(store, stored, BARE.model_copy(update={"held_rounds": 1}))
    async with store.read() as connection:
        assert await events.progress(connection, held.id) == (2, None, 1, 2)
        assert await events.progress(connection, "0" * 32) is None


async def test_a_page_holds_the_newest_of_one_organisation(store: Store) -> None:
    ours = [(await added(store, organisation="pages")).id for _ in range(3)]
    await added(store, organisation="elsewhere")
    newest = sorted(ours, reverse=True)
    async with store.read() as connection:
        first = await events.page(connection, "pages", None, 2)
        second = await events.page(connection, "pages", first[-1].id, 2)
    assert [row.id for row in (*first, *second)] == newest
    assert (first[0].rounds, first[0].attendees, first[0].held_rounds) == (2, 2, 0)


async def test_who_has_removed_an_event_has_removed_its_benefits(store: Store) -> None:
    stored = await added(store, GIVEN)
    async with store.write() as connection:
        await events.remove(connection, stored.id)
    assert await benefit_documents(store, stored.id) == []
