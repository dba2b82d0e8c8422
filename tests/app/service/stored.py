"""An event of four in the store, and versions of its schedule, without a service around them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.planning.document import to_written, write_event
from app.store import events, schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound
from tests.builders import event_of
from tests.stored import add_version

FOUR = event_of("abcd", 2, {"ab": 0.5, "ba": 0.5})
MEETINGS = ("ab cd", "ac bd")
"""Two rounds in which everybody meets."""


def schedule(*rounds: str, missed: str = "") -> Schedule:
    """``schedule("ab cd", "ac")``: in each round, who meets at tables 1, 2 and so on."""
    return Schedule(
        rounds=tuple(
            ScheduledRound(
                round=r,
                meetings=tuple(
                    Meeting(
                        table=table,
                        attendees=(pair[0], pair[1]),
                        outcome="missed" if pair == missed else "planned",
                    )
                    for table, pair in enumerate(row.split(), 1)
                ),
                byes=tuple(v for v in "abcd" if v not in row),
            )
            for r, row in enumerate(rounds, 1)
        )
    )


async def event_in(
    connection: AsyncConnection, event: Event = FOUR, organisation: str = "acme"
) -> StoredEvent:
    """The event, stored, with its held rounds."""
    stored = await events.add(connection, organisation, write_event(event))
    return await events.save(connection, stored, write_event(event))


async def version_of(
    connection: AsyncConnection, stored: StoredEvent, *rounds: str, missed: str = ""
) -> StoredSchedule:
    """A draft, made of the event as it is."""
    made = to_written(schedule(*(rounds or MEETINGS), missed=missed))
    return await add_version(connection, stored.id, made)


async def published_event(connection: AsyncConnection, event: Event = FOUR) -> StoredEvent:
    """The event with a schedule that is published."""
    stored = await event_in(connection, event)
    await schedules.publish(connection, await version_of(connection, stored))
    return await again(connection, stored)


async def again(connection: AsyncConnection, stored: StoredEvent) -> StoredEvent:
    """The event as it is now."""
    found = await events.find(connection, stored.id)
    assert found is not None
    return found
