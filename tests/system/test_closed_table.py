"""A table that somebody needs closes for a while: they are told, and nothing is lost by it."""

from typing import Any

import pytest

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from schemas.event import Event
from solver.budget import Budget
from tests.api import Api
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

PEOPLE = [
    {"id": "ada", "name": "Ada", "table": 1, "languages": ["de"]},
    *({"id": v} for v in ("ben", "cem", "dea", "eve", "fay")),
]
ROUNDS = [{"tables": 3}] * 4
KEIN_TISCH = (
    "In dieser Runde ist kein Tisch für Sie offen: Sie haben kein Gespräch, bis wieder einer"
    " öffnet."
)


async def published(api: Api, **fields: Any) -> str:
    """The address of the event, its first version published."""
    url = await api.create(attendees=PEOPLE, rounds=ROUNDS, **fields)
    event = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(event, Budget(work=100_000)))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], made)
    answer = await api.send("POST", f"{url}/schedules/1/publish")
    assert answer.status_code == 200, answer.text
    return url


async def report(api: Api, url: str, **incident: Any) -> None:
    answer = await api.send("POST", f"{url}/incidents", {"incidents": [incident]})
    assert answer.status_code in (200, 202), answer.text
    solves = (await api.get(f"{url}/solves"))["solves"]
    for solve in solves:
        if solve["state"] in ("queued", "running"):
            await api.app.state.repairs.begin(solve["id"], url.rpartition("/")[2])


async def meetings(api: Api, url: str) -> list[set[tuple[Any, ...]]]:
    shown = await api.get(f"{url}/schedule")
    return [{(*m["attendees"], m["table"]) for m in b["meetings"]} for b in shown["rounds"]]


async def notes(api: Api, url: str) -> Any:
    return [(n["attendee"], n["round"]) for n in (await api.get(f"{url}/schedule"))["notes"]]


@pytest.mark.parametrize("back", ["table_opened", "undo"])
async def test_a_table_closed_for_a_minute_costs_whoever_needs_it_nothing(
    api: Api, back: str
) -> None:
    url = await published(api)
    before = await meetings(api, url)
    assert all(any("ada" in m and m[2] == 1 for m in row) for row in before)
    await report(api, url, id="1", kind="round_started", round=1)
    await report(api, url, id="2", kind="table_closed", table=1)
    assert await notes(api, url) == [("ada", 2), ("ada", 3), ("ada", 4)]
    during = await meetings(api, url)
    assert during[0] == before[0]
    assert not any("ada" in m for row in during[1:] for m in row)
    again: dict[str, Any] = {"table": 1} if back == "table_opened" else {"incident": "2"}
    await report(api, url, id="3", kind=back, **again)
    assert await notes(api, url) == []
    assert await meetings(api, url) == before


async def test_who_has_no_open_table_is_told_so_wherever_they_look(api: Api) -> None:
    url = await published(api)
    await report(api, url, id="1", kind="table_closed", table=1)
    idle = (await api.get(f"{url}/live"))["next"]["idle"]
    told = {row["person"]["id"]: (row["reason"], row["turn"]) for row in idle}
    assert told.pop("ada") == ("place_closed", None)
    assert list(told.values()) == [("bye", 1)]
    agenda = (await api.get(f"{url}/attendees/ada/agenda"))["rounds"]
    assert {(r["kind"], r["place"], r["standby"]) for r in agenda} == {
        ("place_closed", KEIN_TISCH, None)
    }
    words = await words_for_ada(api, url, 2)
    assert len(words) == 4
    assert all(line.endswith(f" entfällt. {KEIN_TISCH}") for line in words)
    assert (await api.get(f"{url}/live"))["last_change"]["text"] == (
        "5 to be told: 4 stand by, 1 has no open table"
    )
    await report(api, url, id="2", kind="table_opened", table=1)
    assert all(line.endswith(" an Tisch 1.") for line in await words_for_ada(api, url, 3))


async def words_for_ada(api: Api, url: str, version: int) -> list[str]:
    diff = f"{url}/schedules/{version}/diff?from={version - 1}&attendee=ada"
    (person,) = (await api.get(diff))["people"]
    words: list[str] = person["words"]
    return words
