"""Files of versions over HTTP: each with its type, its name and its tag, for organisers alone."""

import csv
from io import BytesIO
from typing import Any

import httpx
import openpyxl
import pytest
from icalendar import Calendar

from app.exports.schedule_file import SPREADSHEET
from app.routes import schedule_files
from tests.api import READER, Api
from tests.app.routes.test_schedules import publish, store
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

PEOPLE: list[dict[str, Any]] = [
    {"id": v, "name": f"Name {v}", "email": f"{v}@example.org"} for v in "abcd"
]
ROUNDS = [{"starts_at": f"2027-03-04T{hour}:00:00", "minutes": 10} for hour in ("09", "10")]
FILES = {
    "format=csv": ("text/csv; charset=utf-8", "Spring v1.csv"),
    "format=csv&rows=people": ("text/csv; charset=utf-8", "Spring v1 people.csv"),
    "format=xlsx": (SPREADSHEET, "Spring v1.xlsx"),
    "format=ics": ("text/calendar; charset=utf-8", "Spring v1.ics"),
    "format=pdf": ("application/pdf", "Spring v1 badges.pdf"),
    "format=pdf&paper=cards&link=https://example.org/{id}": (
        "application/pdf",
        "Spring v1 cards.pdf",
    ),
    "format=pdf&paper=boards-a3": ("application/pdf", "Spring v1 boards-a3.pdf"),
    "format=pdf&paper=plan": ("application/pdf", "Spring v1 plan.pdf"),
    "format=zoom&round=2": ("text/csv; charset=utf-8", "Spring v1 rooms of round 2.csv"),
}


async def planned(api: Api, *versions: Any, **fields: Any) -> str:
    """An event with its versions; one of two rounds if none are given."""
    whole: dict[str, Any] = {"name": "Spring", "rounds": ROUNDS, "attendees": PEOPLE} | fields
    url = await api.create(**whole)
    await store(api, url, *(versions or ([["ab", "cd"], ["ac", "bd"]],)))
    return url


async def file(api: Api, url: str) -> httpx.Response:
    answer = await api.send("GET", url)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(("query", "expected"), FILES.items())
async def test_every_file_has_its_type_and_name(
    api: Api, query: str, expected: tuple[str, str]
) -> None:
    url = await planned(api)
    media, name = expected
    for path in ("/schedule", "/schedules/1"):
        answer = await file(api, f"{url}{path}?{query}")
        assert answer.headers["Content-Type"] == media
        assert f'filename="{name}"' in answer.headers["Content-Disposition"]


async def test_files_tell_who_meets_whom(api: Api) -> None:
    url = f"{await planned(api)}/schedules/1"
    told = (await file(api, f"{url}?format=csv")).content.decode("utf-8-sig")
    rows = [*csv.DictReader(told.splitlines())]
    assert [(row["round"], row["start"], row["name_1"], row["name_2"]) for row in rows][1:3] == [
        ("1", "2027-03-04 09:00:00", "Name c", "Name d"),
        ("2", "2027-03-04 10:00:00", "Name a", "Name c"),
    ]
    people = (await file(api, f"{url}?format=csv&rows=people")).content.decode("utf-8-sig")
    assert people.splitlines()[1] == "a,Name a,,b,Name b,1,c,Name c,1"
    rooms = (await file(api, f"{url}?format=zoom&round=2")).text
    assert rooms.splitlines()[1:3] == ["Room 01,a@example.org", "Room 01,c@example.org"]
    days = Calendar.from_ical((await file(api, f"{url}?format=ics")).content)
    assert [str(entry["SUMMARY"]) for entry in days.events] == [
        "Round 1: 2 meetings",
        "Round 2: 2 meetings",
    ]


async def test_a_workbook_tells_what_changed_since_the_version_published_before(api: Api) -> None:
    one, other, third = ([["ab", "cd"], ["ac", "bd"]], [["ad"], ["ac"]], [["ab", "cd"], ["ad"]])
    url = await planned(api, one, other, third)
    first = await file(api, f"{url}/schedules/3?format=xlsx")
    assert "Changes" not in openpyxl.load_workbook(BytesIO(first.content)).sheetnames
    await publish(api, url, 1)  # version 2 never was
    again = await file(api, f"{url}/schedules/3?format=xlsx")
    assert again.headers["ETag"] != first.headers["ETag"]
    changes = openpyxl.load_workbook(BytesIO(again.content))["Changes"]
    assert {row[0] for row in changes.iter_rows(min_row=2, values_only=True)} == set("abcd")
    assert not any("Round 1" in str(cell.value) for cell in changes["C"])
    await publish(api, url, 3)
    once_more = await file(api, f"{url}/schedules/3?format=xlsx")
    after = openpyxl.load_workbook(BytesIO(once_more.content))["Changes"]
    assert [*after.values] == [*changes.values]


async def test_every_file_has_a_tag_of_its_own_that_moves_with_names(api: Api) -> None:
    url = await planned(api)
    where = [f"{url}/schedules/1", *(f"{url}/schedules/1?{query}" for query in FILES)]
    tags = [(await file(api, each)).headers["ETag"] for each in where]
    assert len({*tags}) == len(tags)
    same = await api.send("GET", where[1], headers={"If-None-Match": tags[1]})
    assert (same.status_code, same.content) == (304, b"")
    await api.send("PATCH", f"{url}/attendees/a", {"name": "Ada"}, tag=await api.tag(url))
    renamed = await api.send("GET", where[1], headers={"If-None-Match": tags[1]})
    assert "Ada" in renamed.text


async def test_a_reader_has_no_file_but_json(api: Api) -> None:
    url = await planned(api)
    reader = api.as_(READER)
    for query in FILES:
        await reader.refuses("GET", f"{url}/schedules/1?{query}", status=403)
        await reader.refuses("GET", f"{url}/schedule?{query}", status=403)
    assert (await file(reader, f"{url}/schedules/1?format=json")).json()["version"] == 1


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("format=doc", "query:format"),
        ("format=CSV", "query:format"),
        ("format=csv&rows=tables", "query:rows"),
        ("rows=people", "query:rows"),
        ("format=ics&rows=people", "query:rows"),
        ("format=csv&round=1", "query:round"),
        ("format=zoom", "query:round"),
        ("format=pdf&paper=posters", "query:paper"),
        ("paper=badges", "query:paper"),
        ("format=pdf&paper=grid&only=changed", "query:only"),
        ("format=pdf&link=https://example.org/", "query:link"),
    ],
)
async def test_what_there_is_not_is_refused_in_words(api: Api, query: str, pointer: str) -> None:
    url = await planned(api)
    for path in ("/schedule", "/schedules/1"):
        problem = await api.refuses("GET", f"{url}{path}?{query}", pointer=pointer, about=url)
        if query == "format=doc":
            (error,) = problem["errors"]
            named = [
                name for name in ("json", "csv", "xlsx", "ics", "zoom", "pdf") if name in str(error)
            ]
            assert len(named) == 6


async def test_what_a_version_lacks_is_a_conflict(api: Api) -> None:
    people = [*PEOPLE[:3], {"id": "d", "name": "Name d"}]
    url = f"{await planned(api, rounds=[{}, {}], attendees=people)}/schedules/1"
    await api.refuses("GET", f"{url}?format=ics", status=409, code="no_times")
    await api.refuses("GET", f"{url}?format=zoom&round=3", status=409, code="no_round")
    problem = await api.refuses(
        "GET", f"{url}?format=zoom&round=1", status=409, code="no_email", hides="@"
    )
    assert [error["id"] for error in problem["errors"]] == ["d"]
    await api.refuses("GET", url.replace("/1", "/9") + "?format=csv", status=404)


async def test_files_beyond_all_bounds_are_refused_and_json_is_not(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{await planned(api)}/schedules/1"
    monkeypatch.setattr(schedule_files, "MOST_ATTENDEES", 3)
    await api.refuses("GET", f"{url}?format=csv", status=409, code="too_many_attendees")
    assert (await api.get(url))["version"] == 1
