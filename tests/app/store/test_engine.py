"""The store: migrations that make the tables, writers that take turns."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from pydantic_core import to_json
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Unavailable
from app.large_documents import SMALL, in_thread_if_large
from app.planning.document import SERVER_OWNED, to_written, write_event
from app.store import engine, events, idempotency, schedules, solves
from app.store.engine import MIGRATIONS, Store
from app.store.ids import is_id, new_id
from app.store.tables import metadata
from schemas.benefits import Benefit
from schemas.day import Revoked
from schemas.event import Event
from schemas.schedule import Schedule, ScheduledRound
from schemas.solve import SolveRequest
from tests.api import TWO, Api
from tests.databases import settings_on
from tests.stored import add_version

pytestmark = pytest.mark.anyio

EVENT = Event.model_validate(TWO, strict=False)
EMPTY = Schedule(rounds=(ScheduledRound(round=1),))


async def test_the_migrations_make_the_tables_that_the_code_means(api: Api) -> None:
    async with api.store.read() as connection:
        assert await connection.run_sync(_differences) == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_processes_that_start_together_migrate_once(database: str, tmp_path: Path) -> None:
    settings = settings_on(database, tmp_path)
    stores = [Store(settings) for _ in range(4)]
    await asyncio.gather(*(store.migrate() for store in stores))
    async with stores[0].read() as connection:
        versions = await connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        assert len(versions.all()) == 1
    for store in stores:
        await store.close()


async def test_two_processes_number_their_versions_one_after_the_other(
    database: str, tmp_path: Path
) -> None:
    settings = settings_on(database, tmp_path)
    stores = [Store(settings) for _ in range(2)]
    await stores[0].migrate()
    async with stores[0].write() as connection:
        stored = await events.add(connection, "acme", write_event(EVENT))

    async def add(store: Store) -> int:
        async with store.write() as connection:
            await events.find(connection, stored.id, lock=True)
            added = await add_version(connection, stored.id, to_written(EMPTY))
            return (await schedules.publish(connection, added)).version

    versions = await asyncio.gather(*(add(stores[k % 2]) for k in range(12)))
    assert sorted(versions) == list(range(1, 13))
    async with stores[1].read() as connection:
        rows = await schedules.listing(connection, stored.id)
    assert [row.status for row in rows] == ["published"] + ["superseded"] * 11
    for store in stores:
        await store.close()


async def test_a_write_that_fails_leaves_nothing(api: Api) -> None:
    added = []

    async def add_and_fail() -> None:
        async with api.store.write() as connection:
            added.append(await events.add(connection, "acme", write_event(EVENT)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()
    async with api.store.read() as connection:
        assert await events.find(connection, added[0].id) is None


async def test_what_takes_long_is_done_while_no_transaction_is_open(api: Api) -> None:
    seen: list[tuple[str, int]] = []

    def note(what: str) -> str:
        seen.append((what, len(open_now)))
        return what

    async def add(connection: AsyncConnection) -> str:
        open_now.append(1)
        try:
            await events.add(connection, "acme", write_event(EVENT))
            return await in_thread_if_large(SMALL + 1, note, "computed")
        finally:
            open_now.pop()

    open_now: list[int] = []
    before = await _events(api)
    assert await api.store.transact(add) == "computed"
    assert seen == [("computed", 0)]
    assert await _events(api) == before + 1


async def test_who_writes_to_an_event_takes_turns_and_holds_no_connection(api: Api) -> None:
    order: list[int] = []

    async def write(number: int) -> None:
        async def note(_: AsyncConnection) -> None:
            order.append(number)

        await api.store.transact(note, "an event")

    async with api.store.turn("an event"):
        waiting = [asyncio.create_task(write(number)) for number in range(40)]
        await asyncio.sleep(0)
        await asyncio.wait_for(api.store.transact(_nothing, "another event"), 30)
        assert order == []
    await asyncio.gather(*waiting)
    assert order == list(range(40))


async def test_nobody_waits_for_a_turn_for_ever(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.01)
    async with api.store.turn("an event"):
        with pytest.raises(Unavailable):
            await api.store.transact(_nothing, "an event")
    await api.store.transact(_nothing, "an event")


async def test_a_transaction_that_is_begun_anew_without_end_is_given_up(api: Api) -> None:
    async def never_ready(_: AsyncConnection) -> None:
        await in_thread_if_large(SMALL + 1, id, object())

    with pytest.raises(Unavailable):
        await api.store.transact(never_ready)


async def _events(api: Api) -> int:
    async with api.store.read() as connection:
        return len(await events.page(connection, "acme", None, 1000))


async def _nothing(_: AsyncConnection) -> None:
    """Have a turn."""


async def test_an_event_takes_all_it_has_along(api: Api) -> None:
    async with api.store.write() as connection:
        stored = await events.add(connection, "acme", write_event(EVENT))
        await add_version(connection, stored.id, to_written(EMPTY))
        solve = await solves.add(connection, stored.id, "solve", SolveRequest(), 1)
    async with api.store.write() as connection:
        await events.remove(connection, stored.id)
    async with api.store.read() as connection:
        assert await solves.find(connection, solve.id) is None
        assert await schedules.current(connection, stored.id) is None


def test_ids_sort_by_time_and_look_like_ids() -> None:
    ids = [new_id() for _ in range(100)]
    assert len(set(ids)) == 100
    assert [v[:12] for v in ids] == sorted(v[:12] for v in ids)
    assert all(is_id(v) for v in ids)
    assert not any(is_id(v) for v in ("", "x" * 32, "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "\n"))


async def test_what_was_stored_before_is_read_after_a_migration(
    database: str, tmp_path: Path
) -> None:
    settings = settings_on(database, tmp_path)
    store = Store(settings)
    async with store.write() as connection:
        await connection.run_sync(_first_tables)
    await store.migrate()
    async with store.read() as connection:
        stored = await events.find(connection, ID, "acme")
        schedule = await schedules.published(connection, ID)
        head = await schedules.version_head(connection, ID)
    await store.close()
    assert stored is not None
    assert schedule is not None
    assert head is not None
    assert await stored.event() == GIVEN
    assert stored.published_version == head.version == 1
    assert await schedule.schedule() == EMPTY.model_copy(
        update={"event_id": ID, "version": 1, "status": "published", "created_at": LONG_AGO}
    )


GIVEN = EVENT.model_copy(update={"benefits": (Benefit(attendee="a", partner="b", value=0.5),)})
ID, LONG_AGO = "0" * 32, datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_migration_leaves_no_topics_of_a_revoked_consent_and_no_answers(
    tmp_path: Path,
) -> None:
    settings = settings_on("sqlite", tmp_path)
    store = Store(settings)
    async with store.write() as connection:
        await connection.run_sync(_tables_before_erasure)
    await store.migrate()
    async with store.write() as connection:
        stored = await events.find(connection, ID)
        before = await idempotency.claim_key(connection, "acme", "k", "r", 10**5)
    await store.close()
    assert stored is not None
    assert stored.state.revoked == {
        "a": Revoked(by_topic=True, incidents=("c-1",)),
        "b": Revoked(welcomes_pitches=True, incidents=("c-2",)),
    }
    assert stored.state.finished_rounds == 1
    assert before == idempotency.StoredAnswer("r", 201, {"location": "/v1/x"}, None)


def _tables_before_erasure(connection: Connection) -> None:
    """A database of the fourth step, with a day on which consent was revoked, and an answer."""
    _upgrade_to(connection, "0004")
    revoked = {
        "a": {"welcomes_pitches": ["tax"], "incidents": ["c-1"]},
        "b": {"welcomes_pitches": True, "incidents": ["c-2"]},
    }
    row = {
        "id": ID,
        "document": GIVEN.model_dump_json(exclude=SERVER_OWNED, exclude_none=True),
        "day": to_json({"finished_rounds": 1, "revoked": revoked}).decode(),
        "at": LONG_AGO.replace(tzinfo=None).isoformat(" "),
        "headers": '{"location":"/v1/x"}',
        "body": b"tax",
    }
    connection.execute(
        sa.text(
            "INSERT INTO events (id, organisation, revision, document, benefits, day, held_rounds, "
            "name, attendees, rounds, created_at, updated_at) "
            "VALUES (:id, 'acme', 3, :document, '', :day, 0, '', 2, 1, :at, :at)"
        ),
        row,
    )
    connection.execute(
        sa.text(
            "INSERT INTO idempotency (organisation, key, request, status, headers, body, "
            "created_at) VALUES ('acme', 'k', 'r', 201, :headers, :body, :at)"
        ),
        row,
    )


def _upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _first_tables(connection: Connection) -> None:
    """A database as the first release left it, with an event and what was published."""
    _upgrade_to(connection, "0001")
    event = {
        "id": ID,
        "document": GIVEN.model_dump_json(exclude=SERVER_OWNED, exclude_none=True),
        "at": LONG_AGO.replace(tzinfo=None).isoformat(" "),
        "schedule": to_written(EMPTY).document,
    }
    connection.execute(
        sa.text(
            "INSERT INTO events (id, organisation, revision, document, held_rounds, name, "
            "attendees, rounds, created_at, updated_at) "
            "VALUES (:id, 'acme', 3, :document, 0, '', 2, 1, :at, :at)"
        ),
        event,
    )
    connection.execute(
        sa.text(
            "INSERT INTO schedules (event_id, version, status, document, created_at) "
            "VALUES (:id, 1, 'published', :schedule, :at)"
        ),
        event,
    )
