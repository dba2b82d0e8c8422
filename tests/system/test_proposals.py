"""Late guests get more than leftovers: what few moves would do is offered, and one call does it."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from app.service.live_feed import LiveFeed
from bench.generate import generate
from schemas.event import Event
from solver.budget import Budget
from tests.api import READER, Api
from tests.checker import checker, needs_shared
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

EIGHT = {"attendees": [{"id": v, "name": f"Guest {v.upper()}"} for v in "abcdefgh"]}
WAIT = {"Prefer": "wait=30"}


async def published(api: Api, event: Mapping[str, Any]) -> str:
    """The address of an event with its first version published."""
    url = await api.create(**event)
    asked = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(asked, Budget(work=500_000)))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], made)
    assert (await api.send("POST", f"{url}/schedules/1/publish")).status_code == 200
    return url


async def report(
    api: Api, url: str, *incidents: Mapping[str, Any], prefer: str = "wait=30"
) -> dict[str, Any]:
    rows = [{"id": f"{row['kind']}-{k}"} | dict(row) for k, row in enumerate(incidents)]
    answer = await api.send(
        "POST", f"{url}/incidents", {"incidents": rows}, headers={"Prefer": prefer}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def proposed(api: Api, url: str) -> list[dict[str, Any]]:
    """What is proposed once the search has ended."""
    answer = await api.send("GET", f"{url}/proposals", headers=WAIT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["searching"] is False
    return answer.json()["proposals"]  # type: ignore[no-any-return]


async def six_of_eight(api: Api) -> tuple[str, dict[str, Any]]:
    """The address of an event that two of eight leave, and what is proposed for the rest."""
    url = await published(api, EIGHT | {"rounds": {"count": 4}})
    await report(
        api, url, {"kind": "drop_out", "attendee": "a"}, {"kind": "drop_out", "attendee": "b"}
    )
    (told,) = await proposed(api, url)
    return url, told


async def test_six_could_all_sit_and_one_call_does_it(api: Api) -> None:
    url, told = await six_of_eight(api)
    assert [row["meetings"] for row in told["helped"]] == [1] * 6
    assert (told["moved"], told["given_up"], told["basis"]) == ([], 2, 2)
    assert told["text"] == "6 people have more meetings; 2 planned meetings make way"
    draft = await api.get(f"{url}/proposals/{told['id']}")
    assert (draft["version"], draft["status"]) == (None, "draft")
    answer = await api.send("POST", f"{url}/proposals/{told['id']}/publish")
    assert answer.status_code == 200, answer.text
    now = await api.get(f"{url}/schedule")
    assert now["rounds"] == draft["rounds"] == answer.json()["rounds"]
    assert (now["version"], now["status"]) == (3, "published")
    assert all(not block["byes"] for block in now["rounds"])
    again = await api.send("POST", f"{url}/proposals/{told['id']}/publish")
    assert (again.status_code, again.json()["version"]) == (200, 3)
    assert await proposed(api, url) == []
    made = (await api.get(f"{url}/incidents"))["made"]
    assert [row["cause"] for row in made] == ["solve", "repair", "proposal"]


async def test_the_live_view_shows_it_to_organisers_alone(api: Api) -> None:
    url, told = await six_of_eight(api)
    assert (await api.get(f"{url}/live"))["proposals"] == [told]
    reader = api.as_(READER)
    assert "proposals" not in await reader.get(f"{url}/live")
    assert '"proposals":[{' in await _first_event(api, url, organiser=True)
    assert "proposals" not in await _first_event(api, url, organiser=False)
    assert (await reader.send("GET", f"{url}/proposals")).status_code == 403


async def _first_event(api: Api, url: str, *, organiser: bool) -> str:
    """The room as a watcher is sent it first."""
    feed: LiveFeed = api.app.state.live_feed
    mark = await feed.position(url.rpartition("/")[2])
    stream = feed.watch(mark, None, proposed=organiser)
    sent = await anext(stream)
    return sent.decode()


async def test_the_answer_to_incidents_has_it_for_who_waits(api: Api) -> None:
    url = await published(api, EIGHT | {"rounds": {"count": 4}})
    gone = [{"kind": "drop_out", "attendee": v} for v in "ab"]
    answer = await report(api, url, *gone, prefer="wait=30, proposals")
    assert [answer["proposal"]] == await proposed(api, url)
    assert (await report(api, url, *gone))["proposal"] == answer["proposal"]


async def test_what_was_proposed_for_another_state_is_refused(api: Api) -> None:
    url, told = await six_of_eight(api)
    await report(api, url, {"id": "c", "kind": "drop_out", "attendee": "c"})
    await proposed(api, url)
    answer = await api.send("POST", f"{url}/proposals/{told['id']}/publish")
    assert answer.status_code in (404, 409)
    assert (await api.get(f"{url}/schedule"))["version"] == 3
    assert (await api.send("POST", f"{url}/proposals/{'0' * 12}/publish")).status_code == 404


async def test_it_is_not_there_any_more_once_its_first_round_has_begun(api: Api) -> None:
    url, told = await six_of_eight(api)
    await report(api, url, {"kind": "round_started", "round": 1})
    await report(api, url, {"id": "r2", "kind": "round_started", "round": 2})
    answer = await api.send("POST", f"{url}/proposals/{told['id']}/publish")
    assert answer.status_code in (404, 409)


async def test_erasing_somebody_takes_back_what_tells_of_them(api: Api) -> None:
    url, _ = await six_of_eight(api)
    tag = await api.tag(url)
    answer = await api.send("DELETE", f"{url}/attendees/c?erase=true", tag=tag)
    assert answer.status_code == 200, answer.text
    for told in await proposed(api, url):
        assert "Guest C" not in told["text"]


def room_of_65() -> dict[str, Any]:
    """A room in explicit benefits: 64 people, and one who is on the list and not there."""
    room = generate(65, 5, rounds=8)
    event: dict[str, Any] = room.model_dump(mode="json", exclude_none=True)
    for person in event["attendees"]:
        person["absent_rounds"] = []
    last = event["attendees"][-1]
    last["absent_rounds"] = list(range(1, 9))
    return event


async def test_a_late_guest_has_good_meetings_and_eight_people_move_at_most(api: Api) -> None:
    event = room_of_65()
    guest = event["attendees"][-1]["id"]
    url = await published(api, event)
    for number in (1, 2):
        for kind in ("round_started", "round_finished"):
            name = f"{kind}-{number}"
            await report(api, url, {"id": name, "kind": kind, "round": number})
    repair = await report(api, url, {"kind": "late_arrival", "attendee": guest})
    assert repair["broken"] == {"forced": 0, "chosen": 0}
    before = await api.get(f"{url}/schedule")
    (told,) = await proposed(api, url)
    assert told["helped"][0]["attendee"] == guest
    assert told["helped"][0]["worthwhile"] >= 4
    assert len({c["attendee"] for c in told["changes"]} - {guest}) <= 8
    await api.send("POST", f"{url}/proposals/{told['id']}/publish")
    after = await api.get(f"{url}/schedule")
    assert (await api.get(f"{url}/live"))["last_change"]["version"] == after["version"]
    agenda = await api.get(f"{url}/attendees/{guest}/agenda")
    meets = [row for row in agenda["rounds"] if row["kind"] == "meeting"]
    assert len(meets) == told["helped"][0]["meetings"] + _meetings_of(before, guest)
    await _judge(api, url, after, before)


@needs_shared
async def _judge(api: Api, url: str, after: dict[str, Any], before: dict[str, Any]) -> None:
    asked = await api.get(url)
    held = asked.pop("held_rounds")
    asked.pop("published")
    graph = await api.get(f"{url}/graph")
    found = checker().check(checker().Event(asked, graph), after, before, held)
    assert found["violations"] == []


def _meetings_of(schedule: dict[str, Any], who: str) -> int:
    return sum(who in m["attendees"] for block in schedule["rounds"] for m in block["meetings"])
