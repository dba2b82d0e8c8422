"""What one person is handed over: all of their own, nothing that others said or wish."""

from typing import Any

import pytest

from tests.api import OTHER, READER, Api
from tests.app.routes.links import link_of
from tests.app.routes.test_schedules import hold, publish, store

pytestmark = pytest.mark.anyio

PEOPLE: list[dict[str, Any]] = [
    {"id": "a", "name": "Ada", "email": "ada@example.org", "wants": ["b"], "avoid": ["d"]},
    {"id": "b", "name": "Ben", "wants": ["c"]},
    {"id": "c", "name": "Cid", "avoid": ["a"]},
    {"id": "d", "name": "Dan"},
]
RULES = [
    {"kind": "forbid", "pair": ["a", "c"], "reason": "they fell out"},
    {"kind": "met", "pair": ["b", "a"], "valuable": ["a"], "not_valuable": ["b"]},
    {"kind": "require", "pair": ["c", "d"]},
]


async def event(api: Api) -> str:
    gains = [{"attendee": x, "partner": y, "value": 0.5} for x, y in ("ab", "ba", "cd")]
    url: str = await api.create(
        attendees=PEOPLE, pair_rules=RULES, benefits=gains, policy={"rematch": "allow"}
    )
    return url


async def test_a_person_is_told_all_of_their_own(api: Api) -> None:
    url = await event(api)
    await store(api, url, [["ab"]])
    await publish(api, url, 1)
    await hold(api, url, 1)
    await link_of(api, url, "a")
    reports = [
        {"id": "i-1", "kind": "checked_in", "attendees": ["a", "b"]},
        {"id": "i-2", "kind": "pause", "attendee": "b"},
    ]
    await api.send("POST", f"{url}/incidents", {"incidents": reports})
    said = [
        {"id": f"f-{v}", "attendee": v, "partner": w, "valuable": v == "a"} for v, w in ("ab", "ba")
    ]
    await api.send("POST", f"{url}/feedback", {"feedback": said})
    data = await api.get(f"{url}/attendees/a/data")
    assert data["attendee"]["email"] == "ada@example.org"
    assert data["attendee"]["avoid"] == ["d"]
    (rule,) = data["rules"]
    assert (rule["kind"], rule["valuable"], rule["not_valuable"]) == ("met", ["a"], [])
    assert data["benefits"] == [{"partner": "b", "value": 0.5}]
    (meeting,) = data["meetings"]
    assert (meeting["version"], meeting["round"], meeting["partner"]) == (1, 1, "b")
    assert [(row["id"], row.get("attendees")) for row in data["incidents"]] == [("i-1", ["a"])]
    assert data["checked_in"]
    assert [row["id"] for row in data["feedback"]] == ["f-a"]
    assert len(data["links_since"]) == 1


async def test_nothing_of_what_others_think_of_them_is_told(api: Api) -> None:
    url = await event(api)
    text = (await api.send("GET", f"{url}/attendees/a/data")).text
    for secret in ("they fell out", "forbid", '"c"'):
        assert secret not in text


async def test_it_is_for_the_organiser_and_of_people_who_are_there(api: Api) -> None:
    url = await event(api)
    await api.refuses("GET", f"{url}/attendees/nobody/data", status=404)
    await api.as_(READER).refuses("GET", f"{url}/attendees/a/data", status=403)
    await api.as_(OTHER).refuses("GET", f"{url}/attendees/a/data", status=404)
