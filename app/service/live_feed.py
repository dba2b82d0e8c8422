"""Watchers of the room: one look at the database for all, every document and sentence made once.

A watcher holds nothing while it waits or is slow: all that is known of it is how far in the news
it has come, and what comes next is read from there.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.day.notices.announcements import incidents_notice, plain_notice
from app.day.notices.live_view import View
from app.day.notices.views import difference_view, publication_view, room_view
from app.errors import NotFound, Refused
from app.store import events, news, proposals, schedules
from app.store.engine import Store
from app.store.events import StoredEvent
from app.store.news import News
from app.strict_json import join_objects
from app.workers.poller import Poller
from app.workers.tasks import TaskRunner

SECONDS_BETWEEN_LOOKS = 0.2
QUIET_SECONDS = 15.0
"""After so long without news a comment keeps the connection open."""
AFTER_THE_START = 0.05
PAGE = 50
"""Pieces of news that are read at once."""
VIEWS, EVENTS = 8, 64
"""How many are remembered, each of them up to some megabytes."""
OWN_CHANGE = ('{"mine":false}', '{"mine":true}')

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memo(Generic[Key, Value]):
    """What takes time, done once for all who ask at the same time; the last ``most`` are kept."""

    def __init__(self, most: int) -> None:
        self._tasks: OrderedDict[Key, asyncio.Task[Value]] = OrderedDict()
        self._most = most

    async def get(self, key: Key, make: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
        """What ``make`` returned for ``key``; what failed is tried again."""
        task = self._tasks.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._tasks[key] = asyncio.create_task(make())
        self._tasks.move_to_end(key)
        if len(self._tasks) > self._most:
            self._tasks.popitem(last=False)
        return await asyncio.shield(task)


class Position(NamedTuple):
    """How far an event has come: what is shown of it, but the time, changes with this."""

    event_id: str
    revision: int
    version: int
    position: int

    @property
    def edition(self) -> tuple[int, int]:
        """Of what an attendee is shown: not all news are about that."""
        return self.revision, self.version

    @property
    def etag(self) -> str:
        """The tag of what is shown."""
        return f'"{self.revision}.{self.version}.{self.position}"'


class LiveFeed:
    """The live views of one api process."""

    def __init__(self, store: Store, tasks: TaskRunner) -> None:
        self._store, self._tasks = store, tasks
        self._views: Memo[Position, View] = Memo(VIEWS)
        self._pages: Memo[tuple[Position, int], Sequence[News]] = Memo(VIEWS)
        self._events: Memo[tuple[str, int, int], bytes] = Memo(EVENTS)
        self._changed_people: Memo[tuple[str, int, int], frozenset[str]] = Memo(EVENTS)
        self._moves = Poller(store.committed, self._moved, SECONDS_BETWEEN_LOOKS)

    async def position(self, event_id: str) -> Position:
        """How far the event has come; NotFound if there is none."""
        async with self._store.snapshot() as connection:
            found = await _position(connection, event_id)
        if found is None:
            raise NotFound
        return found

    async def view(self, mark: Position) -> View:
        """The room as it is at ``mark``, or later."""
        return await self._views.get(mark, partial(self._view, mark))

    async def difference(
        self, event: StoredEvent, earlier: int, version: int, attendee: str | None
    ) -> str:
        """The JSON of what changes from one version to another; NotFound without one of them."""
        async with self._store.read() as connection:
            before = await _version(connection, event.id, earlier)
            after = await _version(connection, event.id, version)
        told: str = await self._show(
            event, difference_view, before=before, after=after, attendee=attendee
        )
        return told

    async def watch(
        self, mark: Position, seen: int | None, *, proposed: bool = False
    ) -> AsyncIterator[bytes]:
        """Server-sent events: the news after ``seen``, the room as it is, and then all as it comes.

        Whoever has seen none, or what never was, starts with the room. Ends with the event. What
        is ``proposed`` is told where it is asked for.
        """
        position = seen if seen is not None and seen <= mark.position else mark.position
        now: Position | None = mark
        with suppress(Refused):  # a watcher comes again
            while now is not None:
                while position < now.position:
                    for row in await self._page(now, position):
                        yield await self._event(now, row)
                        position = row.position
                view = await self.view(now)
                yield _snapshot(view, position, proposed)
                while (later := await self._changed(now, seconds := _quiet(view))) == now:
                    due = seconds < QUIET_SECONDS
                    yield _snapshot(view, position, proposed) if due else KEEPALIVE_COMMENT
                now = later

    async def watch_own(self, mark: Position, attendee: str) -> AsyncIterator[bytes]:
        """Server-sent events for one attendee: the event moved, and whether their rounds did.

        They tell nothing else. Ends with the event.
        """
        now: Position | None = mark
        with suppress(Refused):
            while now is not None:
                while (later := await self._changed(now, QUIET_SECONDS)) == now:
                    yield KEEPALIVE_COMMENT
                if later is not None and later.edition != now.edition:
                    is_mine = attendee in await self._people_between(now, later)
                    yield format_sse_event(data_str=OWN_CHANGE[is_mine], event="change")
                now = later

    async def close(self) -> None:
        """Look no more."""
        await self._moves.close()
        self._tasks.close()

    async def _changed(self, mark: Position, seconds: float) -> Position | None:
        """How far the event has come once that is not ``mark``, or ``seconds`` are over."""
        try:
            return await self._moves.answer(mark, seconds)
        except TimeoutError:
            return mark

    async def _moved(self, marks: Collection[Position]) -> Mapping[Position, Position | None]:
        """How far events have come that are no longer at these marks; None for one that is gone."""
        async with self._store.snapshot() as connection:
            ids = sorted({mark.event_id for mark in marks})
            now = {event_id: await _position(connection, event_id) for event_id in ids}
        return {mark: now[mark.event_id] for mark in marks if now[mark.event_id] != mark}

    async def _people_between(self, before: Position, after: Position) -> frozenset[str]:
        """Whose rounds the news changed that came in between."""
        if before.position == after.position:
            return frozenset()
        key = (after.event_id, before.position, after.position)
        return await self._changed_people.get(key, partial(self._people_after, before))

    async def _people_after(self, mark: Position) -> frozenset[str]:
        async with self._store.read() as connection:
            return await news.find_changed_people(connection, mark.event_id, mark.position)

    async def _page(self, mark: Position, position: int) -> Sequence[News]:
        """Some of the news after a position, one at least."""
        return await self._pages.get((mark, position), partial(self._read, mark, position))

    async def _read(self, mark: Position, position: int) -> Sequence[News]:
        async with self._store.read() as connection:
            rows = await news.after(connection, mark.event_id, position, PAGE)
        if not rows:
            raise NotFound  # the event is gone
        return rows

    async def _event(self, mark: Position, row: News) -> bytes:
        """One piece of news as all watchers are sent it."""
        key = (mark.event_id, mark.revision, row.position)
        return await self._events.get(key, partial(self._written, mark, row))

    async def _written(self, mark: Position, row: News) -> bytes:
        if row.kind == "incidents":
            told = incidents_notice(row.position, row.created_at, row.document).model_dump_json()
        elif row.kind != "published":
            told = plain_notice(row.position, row.created_at, row.kind).model_dump_json()
        else:
            async with self._store.read() as connection:
                event = await _found(connection, mark.event_id)
                issue = await _issue(connection, event, row)
            told = await self._show(event, publication_view, **issue, position=row.position)
        return format_sse_event(data_str=told, event="change", id=str(row.position))

    async def _view(self, mark: Position) -> View:
        async with self._store.read() as connection:
            event = await _found(connection, mark.event_id)
            row = await news.newest(connection, mark.event_id, "published")
            issue = await _issue(connection, event, row)
            proposal = await proposals.current(connection, mark.event_id)
        told = f"[{proposal.told}]" if proposal else "[]"
        shown: View = await self._show(event, room_view, **issue, proposals=told)
        return shown

    async def _show(self, event: StoredEvent, view: Callable[..., Any], **given: Any) -> Any:
        """What a child makes of the event as it is, and of what is ``given``."""
        wish = partial(view, day=event.day, held=event.held_rounds, **given)
        return await self._tasks.run(wish, event.outline, event.organisation)


async def _position(connection: AsyncConnection, event_id: str) -> Position | None:
    """How far an event has come, in a snapshot: a version and its news come together."""
    position = await news.last(connection, event_id)
    standing = await events.progress(connection, event_id)
    if standing is None:
        return None
    return Position(event_id, standing.revision, standing.published_version or 0, position)


async def _found(connection: AsyncConnection, event_id: str) -> StoredEvent:
    found = await events.find(connection, event_id)
    if found is None:
        raise NotFound
    return found


async def _version(connection: AsyncConnection, event_id: str, version: int) -> str:
    """The JSON of a version, the same whatever its status."""
    found = await schedules.find(connection, event_id, version)
    if found is None:
        raise NotFound
    return join_objects(f'{{"version":{version}}}', found.document)


async def _issue(
    connection: AsyncConnection, event: StoredEvent, row: News | None
) -> dict[str, Any]:
    """What was published, instead of what and when; without news only what is published."""
    told = from_json(row.document) if row else {"version": event.published_version}
    version, previous = told["version"], told.get("previous")
    after = await _version(connection, event.id, version) if version else None
    before = await _version(connection, event.id, previous) if previous else None
    return {"after": after, "before": before, "at": row and row.created_at}


def _quiet(view: View) -> float:
    """Seconds until something is to be sent: a round is to start, or it was quiet for long."""
    start = view.times.start
    ahead = (start - _now()).total_seconds() if start else 0.0
    return ahead + AFTER_THE_START if 0 < ahead < QUIET_SECONDS - AFTER_THE_START else QUIET_SECONDS


def _snapshot(view: View, position: int, proposed: bool) -> bytes:
    told = view.at(_now()) if proposed else view.for_readers(_now())
    return format_sse_event(data_str=told, event="now", id=str(position))


def _now() -> datetime:
    return datetime.now(UTC)
