"""Reports over HTTP: for organisers alone, by the labels as they are now."""

from typing import Any

import pytest

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from app.routes import report as route
from schemas.event import Event
from solver.budget import Budget
from tests.api import READER, Api
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

PEOPLE = [
    {"id": "a", "labels": {"role": "buyer"}, "priority": 1000},
    {"id": "b", "labels": {"role": "supplier"}},
    {"id": "c"},
]
GAINS = {"ab": 0.9, "ba": 0.3, "cb": 0.8, "bc": 0.8}
EVENT: dict[str, Any] = {
    "rounds": [{}],
    "attendees": PEOPLE,
    "benefits": [
        {"attendee": pair[0], "partner": pair[1], "value": value} for pair, value in GAINS.items()
    ],
    "policy": {"idle": "leave", "silent": "none"},
}


async def reported(api: Api) -> str:
    """The address of the report on the first version of an event."""
    url = await api.create(**EVENT)
    made = plan_schedule(Event.model_validate(EVENT, strict=False), Budget(work=1_000_000))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], to_written(made))
    return f"{url}/schedules/1/report"


async def test_each_value_of_each_label_has_its_figures(api: Api) -> None:
    told = await api.get(await reported(api))
    assert (told["version"], told["price"], told["everybody"]["people"]) == (1, None, 3)
    (label,) = told["labels"]
    figures = [(row["value"], row["people"], row["meetings"]) for row in label["groups"]]
    assert (label["label"], figures) == (
        "role", [("buyer", 1, 1), ("supplier", 1, 1), (None, 1, 0)],
    )  # fmt: skip


async def test_labels_are_those_of_now_and_their_change_another_answer(api: Api) -> None:
    url = await reported(api)
    event = url.partition("/schedules")[0]
    tag = (await api.send("GET", url)).headers["ETag"]
    same = await api.send("GET", url, headers={"If-None-Match": tag})
    assert same.status_code == 304
    await api.send("PATCH", f"{event}/attendees/c", {"labels": {"role": "buyer"}}, tag=tag)
    again = await api.send("GET", url, headers={"If-None-Match": tag})
    groups = again.json()["labels"][0]["groups"]
    assert [(row["value"], row["people"]) for row in groups] == [("buyer", 2), ("supplier", 1)]


async def test_the_price_is_told_on_request_and_is_the_same_again(api: Api) -> None:
    url = await reported(api)
    told = await api.get(f"{url}?price=priorities&work=1000000")
    assert (told["price"]["people"], told["price"]["least"]) == (1, told["price"]["most"])
    assert told["price"]["least"] > 0
    assert await api.get(f"{url}?price=priorities&work=1000000") == told


async def test_it_is_for_organisers(api: Api) -> None:
    url = await reported(api)
    await api.as_(READER).refuses("GET", url, status=403)
    await api.as_(READER).refuses("GET", f"{url}?price=priorities", status=403)


async def test_what_is_not_there_or_too_much_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await reported(api)
    await api.refuses("GET", url.replace("/1/", "/2/"), status=404)
    await api.refuses("GET", f"{url}?price=byes", pointer="query:price")
    await api.refuses("GET", f"{url}?price=priorities&work=0", pointer="query:work")
    monkeypatch.setattr(route, "MOST_ATTENDEES", 2)
    await api.refuses("GET", f"{url}?price=priorities", status=409, code="too_many_attendees")
    assert (await api.get(url))["version"] == 1
