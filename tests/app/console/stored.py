"""Events with a schedule that was made at once, for pages to show."""

from typing import Any

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from schemas.event import Event
from solver.budget import Budget
from tests.api import Api
from tests.stored import add_version

WORTH = [{"attendee": i, "partner": j, "value": 0.6} for i in "abcd" for j in "abcd" if i != j]


async def planned_event(
    api: Api, each: dict[str, Any] | None = None, versions: int = 1, **fields: Any
) -> str:
    """The id of an event of four people, named A to D, and one round, with drafts of it."""
    people = [{"id": v, "name": v.upper()} | (each or {}) for v in "abcd"]
    given = {"attendees": people, "rounds": {"count": 1}, "benefits": WORTH} | fields
    url = await api.create(**given)
    event = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(event, Budget(work=10_000)))
    async with api.store.write() as connection:
        for _ in range(versions):
            await add_version(connection, url.rpartition("/")[2], made)
    return url.rpartition("/")[2]
