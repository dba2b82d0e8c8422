"""Somebody comes a minute late: they sit with whom they kept waiting, at once."""

from typing import Any

import pytest

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from schemas.event import Event
from solver.budget import Budget
from tests.api import Api
from tests.databases import SQLITE_ONLY
from tests.stored import add_version
from tests.system.test_closed_table import report

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


async def running(api: Api, people: str, rounds: int = 3) -> tuple[str, str, str]:
    """The address of an event whose first round runs, and two who meet in it."""
    url = await api.create(attendees=[{"id": v} for v in people], rounds={"count": rounds})
    event = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(event, Budget(work=20_000)))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], made)
    await api.send("POST", f"{url}/schedules/1/publish")
    await report(api, url, id="1", kind="round_started", round=1)
    a, b = (await api.get(f"{url}/schedule"))["rounds"][0]["meetings"][0]["attendees"]
    return url, a, b


async def first_round(api: Api, url: str) -> list[tuple[Any, ...]]:
    block = (await api.get(f"{url}/schedule"))["rounds"][0]
    return [(*m["attendees"], m["outcome"], m["added"]) for m in block["meetings"]]


async def test_who_returns_sits_with_whom_they_kept_waiting(api: Api) -> None:
    url, a, b = await running(api, "abcd")
    before = await first_round(api, url)
    await report(api, url, id="2", kind="no_show", attendee=a, round=1)
    assert (a, b, "missed", False) in await first_round(api, url)
    await report(api, url, id="3", kind="return", attendee=a)
    assert await first_round(api, url) == before
    assert [row["person"]["id"] for row in (await api.get(f"{url}/live"))["running"]["idle"]] == []
    agenda = await api.get(f"{url}/attendees/{b}/agenda")
    assert agenda["rounds"][0]["kind"] == "meeting"


async def test_a_return_that_is_taken_back_leaves_the_partner_waiting(api: Api) -> None:
    url, a, b = await running(api, "abcd")
    await report(api, url, id="2", kind="no_show", attendee=a, round=1)
    await report(api, url, id="3", kind="return", attendee=a)
    await report(api, url, id="4", kind="undo", incident="3")
    assert (a, b, "missed", False) in await first_round(api, url)


async def test_who_has_somebody_else_by_now_stays_with_them(api: Api) -> None:
    url, a, b = await running(api, "abcde", 1)
    (idle,) = (await api.get(f"{url}/schedule"))["rounds"][0]["byes"]
    await report(api, url, id="2", kind="no_show", attendee=a, round=1)
    stood_in = (*sorted((b, idle)), "planned", True)
    assert stood_in in await first_round(api, url)
    await report(api, url, id="3", kind="return", attendee=a)
    assert stood_in in await first_round(api, url)
    assert (a, b, "missed", False) in await first_round(api, url)


async def test_of_two_who_both_failed_to_come_one_alone_meets_nobody(api: Api) -> None:
    url, a, b = await running(api, "abcd")
    await report(api, url, id="2", kind="no_show", attendee=a, round=1)
    await report(api, url, id="3", kind="no_show", attendee=b, round=1)
    await report(api, url, id="4", kind="return", attendee=a)
    assert (a, b, "missed", False) in await first_round(api, url)
    await report(api, url, id="5", kind="return", attendee=b)
    assert (a, b, "planned", False) in await first_round(api, url)
