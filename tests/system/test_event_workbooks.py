"""Events as workbooks over HTTP: got, and imported again."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.exports.schedule_file import SPREADSHEET
from app.routes import events
from tests.api import READER, Api
from tests.app.routes.test_schedules import publish, store
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

XLSX = {"Content-Type": SPREADSHEET}
PEOPLE: list[dict[str, Any]] = [
    {"id": "a", "name": "=1+1", "labels": {"role": "buyer"}, "needs": [{"text": "x", "weight": 0}]},
    {"id": "0", "name": "Ben", "avoid": [{"id": "a", "soft": True}]},
    {"id": "c", "email": "c@example.org"},
]
EVENT: dict[str, Any] = {
    "name": "Spring fair / 2027",
    "rounds": {"count": 2, "first_starts_at": "2027-03-04T09:00:00", "break_minutes": 5},
    "attendees": PEOPLE,
    "pair_rules": [{"kind": "forbid", "pair": ["a", "c"]}],
    "benefits": [{"attendee": "a", "partner": "c", "value": 0.125}],
    "policy": {"idle": "leave"},
}


async def workbook(api: Api, url: str) -> bytes:
    answer = await api.send("GET", f"{url}?format=xlsx")
    assert answer.status_code == 200, answer.text
    return answer.content


async def sent(api: Api, url: str, content: bytes) -> dict[str, Any]:
    answer = await api.send("POST", url, raw=content, headers=XLSX)
    assert answer.status_code in (200, 201), answer.text
    told: dict[str, Any] = answer.json()
    return told


def renamed(content: bytes) -> bytes:
    """The workbook with another name for the first person, and another rule for the second."""
    book = openpyxl.load_workbook(BytesIO(content))
    book["People"]["A2"] = "Ada"
    book["Rounds"]["C2"] = 12
    out = BytesIO()
    book.save(out)
    return out.getvalue()


async def test_it_has_a_name_and_a_tag_of_its_own(api: Api) -> None:
    url = await api.create(**EVENT)
    answer = await api.send("GET", f"{url}?format=xlsx")
    assert answer.headers["Content-Type"] == SPREADSHEET
    assert 'filename="Spring fair - 2027.xlsx"' in answer.headers["Content-Disposition"]
    tag = answer.headers["ETag"]
    assert tag != await api.tag(url)
    same = await api.send("GET", f"{url}?format=xlsx", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    assert (await api.send("GET", f"{url}?format=json")).json() == await api.get(url)


async def test_an_import_of_it_is_the_same_event(api: Api) -> None:
    url = await api.create(**EVENT)
    told = await sent(api, "/v1/imports", await workbook(api, url))
    assert (told["rows"], told["created"], told["mapping"], told["problems"]) == (3, 3, [], [])
    assert told["notes"] == ["An event that Tertius wrote: all of it."]
    assert await api.get(f"/v1/events/{told['event']}") == await api.get(url)


async def test_what_the_server_says_of_an_event_is_left_out_of_a_new_one(api: Api) -> None:
    url = await api.create(**EVENT)
    await store(api, url, [[], ["a0"]])
    await publish(api, url, 1)
    content = await workbook(api, url)
    told = await sent(api, "/v1/imports", content)
    assert told["notes"][1:] == ["The published schedule was left out: a new event has none yet."]
    new, old = await api.get(f"/v1/events/{told['event']}"), await api.get(url)
    assert old["published"] is not None
    assert new == old | {"published": None}


async def test_an_event_takes_the_people_of_an_edited_one_alone(api: Api) -> None:
    url = await api.create(**EVENT)
    before = await api.get(url)
    told = await sent(api, f"{url}/imports", renamed(await workbook(api, url)))
    assert (told["created"], told["updated"], told["unchanged"]) == (0, 1, 2)
    assert told["notes"] == ["An event that Tertius wrote: its people were read."]
    after = await api.get(url)
    assert after["attendees"][0]["name"] == "Ada"
    assert after["rounds"] == before["rounds"]
    again = await sent(api, "/v1/imports?dry_run=true", renamed(await workbook(api, url)))
    assert (again["created"], again["event"]) == (3, None)


async def test_what_is_wrong_with_it_is_told_by_its_place(api: Api) -> None:
    url = await api.create(**EVENT)
    book = openpyxl.load_workbook(BytesIO(await workbook(api, url)))
    book["Rounds"]["C3"] = "long"
    out = BytesIO()
    book.save(out)
    told = await api.refuses("POST", "/v1/imports", raw=out.getvalue(), headers=XLSX, code="cell")
    assert told["errors"][0]["message"] == (
        "sheet “Rounds”, row 3, column “Minutes”: a number is needed"
    )


async def test_rules_that_contradict_each_other_are_refused_as_they_are_elsewhere(api: Api) -> None:
    url = await api.create(**EVENT)
    book = openpyxl.load_workbook(BytesIO(await workbook(api, url)))
    people = book["People"]
    least = next(cell.column for cell in people[1] if cell.value == "Min meetings")
    people.cell(2, least, 2)  # and they may not meet one of the two others
    out = BytesIO()
    book.save(out)
    answer = await api.send("POST", "/v1/imports", raw=out.getvalue(), headers=XLSX)
    assert answer.status_code == 422
    assert answer.json()["conflict"] != []


@pytest.mark.parametrize("query", ["rounds=3", "mapping=%7B%22Name%22:%22name%22%7D"])
async def test_it_says_its_rounds_and_columns_itself(api: Api, query: str) -> None:
    url = await api.create(**EVENT)
    content = await workbook(api, url)
    await api.refuses("POST", f"/v1/imports?{query}", raw=content, headers=XLSX, code="misplaced")


async def test_it_is_the_organisers_and_of_events_that_are_not_too_large(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await api.create(**EVENT)
    await api.as_(READER).refuses("GET", f"{url}?format=xlsx", status=403)
    assert (await api.as_(READER).send("GET", f"{url}?format=json")).status_code == 200
    await api.refuses("GET", f"{url}?format=pdf", pointer="query:format")
    monkeypatch.setattr(events, "MOST_ATTENDEES", 2)
    await api.refuses("GET", f"{url}?format=xlsx", status=409, code="too_many_attendees")
