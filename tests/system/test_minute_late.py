"""Somebody comes while a round runs: whoever waits and may meet them is seated with them."""

from typing import Any

import pytest

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from schemas.event import Event
from solver.budget import Budget
from tests.api import Api
from tests.checker import checker, needs_shared
from tests.databases import SQLITE_ONLY
from tests.processes import crowd
from tests.stored import add_version
from tests.system.test_closed_table import report

pytestmark = [pytest.mark.anyio, SQLITE_ONLY, needs_shared]

WORK = 1_000_000
"""Enough that of many nobody sits out without need."""
MISSED, ADDED = ("missed", False), ("planned", True)
NEW = {"kind": "late_arrival", "attendee": "new", "profile": {"id": "new"}}


class Running:
    """An event whose first round runs; every version is judged against the one before it."""

    def __init__(self, api: Api, url: str) -> None:
        self.api, self.url, self.facts = api, url, 0

    @classmethod
    async def of(cls, api: Api, people: Any, rounds: Any, **event: Any) -> "Running":
        """The event once its first version is published and round 1 has started."""
        attendees = [{"id": v} for v in people] if isinstance(people, str) else people
        sizes = {"count": rounds} if isinstance(rounds, int) else rounds
        url = await api.create(attendees=attendees, rounds=sizes, **event)
        asked = Event.model_validate_json((await api.send("GET", url)).content)
        made = to_written(plan_schedule(asked, Budget(work=WORK)))
        async with api.store.write() as connection:
            await add_version(connection, url.rpartition("/")[2], made)
        await api.send("POST", f"{url}/schedules/1/publish")
        room = cls(api, url)
        await room.tell(kind="round_started", round=1)
        return room

    async def tell(self, **fact: Any) -> Any:
        """Report something, have it judged, and give the repair that it led to."""
        before = await self.api.get(f"{self.url}/schedule")
        self.facts += 1
        await report(self.api, self.url, id=str(self.facts), **fact)
        after = await self.api.get(f"{self.url}/schedule")
        await self._judge(before, after)
        if after["version"] == before["version"]:
            return None
        return await self.api.get(f"{self.url}/schedules/{after['version']}/repair")

    async def _judge(self, before: Any, after: Any) -> None:
        event = await self.api.get(self.url)
        graph = await self.api.get(f"{self.url}/graph")
        document = {key: x for key, x in event.items() if key != "published" and x is not None}
        judge = checker()
        found = judge.check(judge.Event(document, graph), after, before, event["held_rounds"])
        assert found["violations"] == []
        assert found["broken_without_need"] == 0

    async def first(self) -> Any:
        return (await self.api.get(f"{self.url}/schedule"))["rounds"][0]

    async def pair(self) -> tuple[str, str]:
        """Two who meet in the round that runs."""
        a, b = (await self.first())["meetings"][0]["attendees"]
        return a, b

    async def met(self, *pair: str) -> list[tuple[str, bool]]:
        """How the meetings of a pair in the round that runs stand."""
        rows = (await self.first())["meetings"]
        return [(m["outcome"], m["added"]) for m in rows if set(m["attendees"]) == set(pair)]

    async def idle(self) -> list[tuple[str, str]]:
        """Who has no partner in the round that runs, and why."""
        rows = (await self.api.get(f"{self.url}/live"))["running"]["idle"]
        return [(row["person"]["id"], row["reason"]) for row in rows]

    async def reads(self, v: str) -> tuple[str, list[str]]:
        """Where somebody is to be in the round that runs, and whom they read that they meet."""
        block = (await self.api.get(f"{self.url}/attendees/{v}/agenda"))["rounds"][0]
        return block["place"], [m["partner"]["id"] for m in block["meetings"]]


def in_round_1(repair: Any) -> list[str]:
    return [change["attendee"] for change in repair["changes"] if change["round"] == 1]


# A minute late


@pytest.mark.parametrize("rounds", [1, 3], ids=["the last round", "more rounds to come"])
@pytest.mark.parametrize("back", ["return", "checked_in", "late_arrival"])
async def test_who_returns_sits_with_whom_they_kept_waiting(
    api: Api, rounds: int, back: str
) -> None:
    room = await Running.of(api, "abcd", rounds)
    a, b = await room.pair()
    await room.tell(kind="no_show", attendee=a, round=1)
    assert await room.idle() == [(b, "partner_missing"), (a, "no_show")]
    repair = await room.tell(kind=back, attendee=a)
    assert await room.met(a, b) == [MISSED, ADDED]
    assert in_round_1(repair) == [a, b]
    assert await room.idle() == []
    for v, other in ((a, b), (b, a)):
        assert await room.reads(v) == ("Please go to table 1 now.", [other])
    seats = (await room.api.get(f"{room.url}/live"))["running"]["seats"]
    assert [(row["table"], row["outcome"]) for row in seats] == [(1, "planned"), (2, "planned")]


async def test_who_comes_and_goes_is_seated_whenever_they_are_there(api: Api) -> None:
    room = await Running.of(api, "abcd", 3)
    a, b = await room.pair()
    for _ in range(2):
        await room.tell(kind="no_show", attendee=a, round=1)
        assert ADDED not in await room.met(a, b)
        await room.tell(kind="return", attendee=a)
        assert await room.met(a, b) == [MISSED, ADDED]


async def test_a_return_that_is_taken_back_leaves_the_partner_waiting(api: Api) -> None:
    room = await Running.of(api, "abcd", 3)
    a, b = await room.pair()
    await room.tell(kind="no_show", attendee=a, round=1)
    await room.tell(kind="return", attendee=a)
    await room.tell(kind="undo", incident="3")
    assert await room.met(a, b) == [MISSED, ("missed", True)]
    assert await room.idle() == [(b, "partner_missing"), (a, "no_show")]
    assert (await room.reads(b))[1] == [a]
    await room.tell(kind="return", attendee=a)
    assert await room.met(a, b) == [MISSED, ADDED]


@pytest.mark.parametrize(
    "since",
    [{"kind": "undo", "incident": "2"}, {"kind": "drop_out"}],
    ids=["nobody was missing", "the other leaves after this round"],
)
async def test_who_sits_together_by_now_stays_so(api: Api, since: Any) -> None:
    room = await Running.of(api, "abcd", 3)
    a, b = await room.pair()
    await room.tell(kind="no_show", attendee=a, round=1)
    await room.tell(kind="return", attendee=a)
    await room.tell(**since | ({"attendee": b} if since["kind"] == "drop_out" else {}))
    assert await room.met(a, b) == [MISSED, ADDED]


async def test_who_has_somebody_else_by_now_stays_with_them(api: Api) -> None:
    room = await Running.of(api, "abcde", 2)
    a, b = await room.pair()
    (idle,) = (await room.first())["byes"]
    await room.tell(kind="no_show", attendee=a, round=1)
    assert await room.met(b, idle) == [ADDED]
    await room.tell(kind="return", attendee=a)
    assert (await room.met(b, idle), await room.met(a, b)) == ([ADDED], [MISSED])
    await room.tell(kind="left_early", attendee=idle, round=1)
    assert await room.met(a, b) == [MISSED, ADDED]


async def test_two_who_could_not_find_each_other_wait_for_others(api: Api) -> None:
    room = await Running.of(api, "abcd", 3)
    a, b = await room.pair()
    await room.tell(kind="no_show", pair=[a, b], round=1)
    assert await room.met(a, b) == [MISSED]
    await room.tell(kind="no_show", attendee=a, round=1)
    await room.tell(kind="return", attendee=a)
    assert await room.met(a, b) == [MISSED, ADDED]
    await room.tell(kind="no_show", pair=[a, b], round=1)
    assert await room.met(a, b) == [MISSED, ("missed", True)]


# Somebody new


async def test_a_walk_in_sits_with_who_waits(api: Api) -> None:
    room = await Running.of(api, "abc", 4)
    (waits,) = (await room.first())["byes"]
    repair = await room.tell(**NEW)
    assert await room.met("new", waits) == [ADDED]
    assert in_round_1(repair) == sorted(["new", waits])
    assert await room.idle() == []
    assert await room.reads("new") == ("Please go to table 2 now.", [waits])
    assert (await room.first())["absent"] == []


async def test_who_comes_and_finds_nobody_stands_by_for_the_next(api: Api) -> None:
    room = await Running.of(api, "abcd", 3)
    await room.tell(**NEW)
    assert await room.idle() == [("new", "bye")]
    assert "you are first in line" in (await room.reads("new"))[0]
    await room.tell(kind="late_arrival", attendee="newer", profile={"id": "newer"})
    assert await room.met("new", "newer") == [ADDED]


async def test_a_walk_in_who_did_not_come_leaves_who_waited_waiting(api: Api) -> None:
    room = await Running.of(api, "abc", 4)
    (waits,) = (await room.first())["byes"]
    await room.tell(**NEW)
    await room.tell(kind="undo", incident="2")
    assert await room.met("new", waits) == [("missed", True)]
    assert await room.idle() == [(waits, "partner_missing"), ("new", "not_here")]
    rows = (await room.api.get(f"{room.url}/schedule"))["attendees"]
    assert [row["byes"] for row in rows if row["id"] == "new"] == [0]


async def test_who_is_here_for_a_later_round_does_not_come_to_this_one(api: Api) -> None:
    room = await Running.of(api, "abc", 4)
    repair = await room.tell(**NEW, round=3)
    assert in_round_1(repair) == []
    event = await room.api.get(room.url)
    assert event["attendees"][-1]["absent_rounds"] == [1, 2]


@pytest.mark.parametrize("absent", [[1], [1, 2, 3, 4]])
async def test_who_was_to_come_later_sits_with_who_waits(api: Api, absent: list[int]) -> None:
    people = [{"id": "late", "absent_rounds": absent}, *({"id": v} for v in "abc")]
    room = await Running.of(api, people, len(absent))
    (waits,) = (await room.first())["byes"]
    assert (await room.first())["absent"] == ["late"]
    repair = await room.tell(kind="late_arrival", attendee="late")
    assert await room.met("late", waits) == [ADDED]
    assert in_round_1(repair) == sorted(["late", waits])
    assert (await room.first())["absent"] == []


async def test_who_is_promised_to_who_waits_meets_them_when_it_was_promised(api: Api) -> None:
    people = [{"id": "late", "absent_rounds": [1]}, {"id": "a"}]
    room = await Running.of(api, people, 2)
    await room.tell(kind="late_arrival", attendee="late")
    assert await room.met("late", "a") == []
    assert await room.idle() == [("a", "bye"), ("late", "bye")]


async def test_who_paused_a_round_and_is_back_in_it_sits_with_who_waits(api: Api) -> None:
    room = await Running.of(api, "abcde", 3)
    (waits,) = (await room.first())["byes"]
    await room.tell(kind="no_show", attendee=waits, round=1)
    a, b = await room.pair()
    await room.tell(kind="not_here", attendees=[a], round=1)
    assert (await room.idle())[0] == (b, "partner_missing")
    await room.tell(kind="return", attendee=waits)
    assert await room.met(b, waits) == [ADDED]


# A full room


async def test_of_64_people_two_are_moved_when_one_is_a_minute_late(api: Api) -> None:
    room = await Running.of(api, crowd(64, 8)["attendees"], 8, benefits=crowd(64, 8)["benefits"])
    a, b = await room.pair()
    await room.tell(kind="no_show", attendee=a, round=1)
    repair = await room.tell(kind="return", attendee=a)
    assert await room.met(a, b) == [MISSED, ADDED]
    assert in_round_1(repair) == sorted([a, b])
    assert len(repair["touched"]) <= 12


async def test_of_63_people_one_is_moved_when_somebody_walks_in(api: Api) -> None:
    room = await Running.of(api, crowd(63, 8)["attendees"], 8, benefits=crowd(63, 8)["benefits"])
    (waits,) = (await room.first())["byes"]
    repair = await room.tell(**NEW)
    assert await room.met("new", waits) == [ADDED]
    assert in_round_1(repair) == sorted(["new", waits])
    assert len(repair["touched"]) <= 12
