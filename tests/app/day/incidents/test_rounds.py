"""Rounds of the day and rounds of the published schedule: the one cannot run ahead of the other."""

import pytest

from app.planning.document import to_written
from app.store import events, schedules
from schemas.schedule import Schedule, ScheduledRound
from tests.api import Api
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


async def test_a_round_that_the_published_schedule_does_not_have_cannot_start(api: Api) -> None:
    url = await api.create(attendees=[{"id": "a", "needs": ["vans"]}, {"id": "b"}])
    schedule = Schedule(rounds=(ScheduledRound(round=1, byes=("a", "b")),))
    async with api.store.write() as connection:
        stored = await events.find(connection, url.rpartition("/")[2])
        assert stored is not None
        added = await add_version(connection, stored.id, to_written(schedule))
        await schedules.publish(connection, added)
    tag = await api.tag(url)
    assert (await api.send("PATCH", url, {"rounds": [{}, {}]}, tag=tag)).status_code == 200
    first, second = ({"id": f"r{k}", "kind": "round_started", "round": k} for k in (1, 2))
    started = await api.send("POST", f"{url}/incidents", {"incidents": [first]})
    assert started.status_code == 200
    await api.refuses(
        "POST",
        f"{url}/incidents",
        {"incidents": [second]},
        status=409,
        code="round_not_scheduled",
        about=url,
    )
    assert (await api.get(f"{url}/diagnosis"))["severity"]
