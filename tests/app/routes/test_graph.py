"""The graph over HTTP, and contradictions that show before any solve: both are done by a child."""

from typing import Any

import pytest

from app.routes import graph
from tests.api import Api
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]


async def test_the_graph_tells_who_gains_from_whom_and_who_may_not_meet(api: Api) -> None:
    url = await api.create(
        benefits=[{"attendee": "a", "partner": "b", "value": 0.82}],
        pair_rules=[{"kind": "forbid", "pair": ["a", "b"]}],
    )
    shown = await api.get(f"{url}/graph")
    assert [node["id"] for node in shown["nodes"]] == ["a", "b"]
    told = [(edge["source"], edge["target"], edge["benefit"]) for edge in shown["edges"]]
    assert told == [("a", "b", 0.82), ("b", "a", 0.2)]  # b says nothing, and is asked for
    assert [row["pair"] for row in shown["forbidden"]] == [["a", "b"]]


async def test_the_graph_is_cached_by_the_tag_of_the_event(api: Api) -> None:
    url = await api.create()
    tag = await api.tag(url)
    answer = await api.send("GET", f"{url}/graph", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_graph_beyond_all_bounds_is_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await api.create()
    monkeypatch.setattr(graph, "MOST_ATTENDEES", 1)
    await api.refuses("GET", f"{url}/graph", status=409, code="too_many_attendees", about=url)


async def test_the_table_of_contact_spheres_can_be_read_and_brought_along(api: Api) -> None:
    spheres = await api.get("/v1/contact_spheres")
    assert len(spheres) >= 20
    groups = [row["professions"] for row in spheres[:2]]
    people = [{"id": "a", "offers": [groups[0][0]]}, {"id": "b", "offers": [groups[0][1]]}]
    url = await api.create(attendees=people, matching={"contact_spheres": groups})
    (edge, _) = (await api.get(f"{url}/graph"))["edges"]
    assert [reason["kind"] for reason in edge["reasons"]] == ["referral"]


CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "a required pair that is never there together": {
        "rounds": [{}, {}],
        "attendees": [{"id": "a", "absent_rounds": [1]}, {"id": "b", "absent_rounds": [2]}],
        "pair_rules": [{"kind": "require", "pair": ["a", "b"]}],
    },
    "more required meetings than rounds": {
        "attendees": [{"id": v} for v in "abc"],
        "pair_rules": [
            {"kind": "require", "pair": ["a", "b"]},
            {"kind": "require", "pair": ["a", "c"]},
        ],
    },
    "more meetings wanted than there are rounds": {
        "attendees": [{"id": "a", "min_meetings": 2}, {"id": "b"}, {"id": "c"}],
    },
}


@pytest.mark.parametrize("fields", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
async def test_rules_that_contradict_each_other_are_refused_on_arrival(
    api: Api, fields: dict[str, Any]
) -> None:
    url = await api.create()
    whole = {"rounds": [{}]} | fields
    tag = await api.tag(url)
    for verb, where in (("POST", "/v1/events"), ("PUT", url), ("PATCH", url)):
        problem = await api.refuses(verb, where, whole, tag=tag, about=url)
        assert problem["errors"] == problem["conflict"] != []
    assert (await api.send("PUT", url, {"rounds": [{}]}, tag=tag)).status_code == 200


async def test_an_attendee_who_wants_the_impossible_is_not_added(api: Api) -> None:
    url = await api.create()
    for who in ({"id": "c", "min_meetings": 2}, {"attendees": [{"id": "c", "min_meetings": 2}]}):
        await api.refuses("POST", f"{url}/attendees", who, about=url)
    answer = await api.send("POST", f"{url}/attendees", {"id": "c", "min_meetings": 1})
    assert answer.status_code == 201
