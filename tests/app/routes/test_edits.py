"""Edits over HTTP: a new draft with its price, or the rule that speaks against it."""

from typing import Any

import pytest

from app.planning.document import to_written
from app.planning.plan import plan_schedule
from schemas.event import Event
from solver.budget import Budget
from tests.api import Api
from tests.stored import add_version

pytestmark = pytest.mark.anyio

FOUR = [{"id": v} for v in "abcd"]
WORTH = [{"attendee": i, "partner": j, "value": 0.6} for i in "abcd" for j in "abcd" if i != j]


async def planned(api: Api, **fields: Any) -> str:
    """The address of an event of four people and one round, with a version of it."""
    url = await api.create(attendees=FOUR, rounds={"count": 1}, benefits=WORTH, **fields)
    event = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(event, Budget(work=10_000)))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], made)
    return url


def pairs(schedule: Any) -> list[list[str]]:
    return sorted(sorted(m["attendees"]) for m in schedule["rounds"][0]["meetings"])


async def test_an_edit_makes_a_draft_and_tells_its_price_and_whom_it_touches(api: Api) -> None:
    url = await planned(api)
    before = await api.get(f"{url}/schedules/1")
    (a, b), (c, d) = pairs(before)
    swap = {"kind": "swap", "attendees": [a, c], "round": 1}
    answer = await api.send("POST", f"{url}/schedules/1/edits", {"edits": [swap]})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["Location"] == f"{url}/schedules/2"
    assert (told["version"], told["cost"], told["touched"]) == (2, 0.0, ["a", "b", "c", "d"])
    draft = await api.get(f"{url}/schedules/2")
    assert draft["status"] == "draft"
    assert pairs(draft) == sorted([sorted([c, b]), sorted([a, d])])
    assert await api.get(f"{url}/schedules/1") == before
    rows = (await api.get(f"{url}/incidents"))["made"]
    assert [row["cause"] for row in rows if row["version"] == 2] == ["by_hand"]
    published = await api.send("POST", f"{url}/schedules/2/publish")
    assert published.status_code == 200, published.text


async def test_a_dry_run_tells_the_price_and_keeps_nothing(api: Api) -> None:
    url = await planned(api)
    tag = await api.tag(url)
    (a, b), _ = pairs(await api.get(f"{url}/schedules/1"))
    edits = {"edits": [{"kind": "part", "attendees": [a, b]}], "pin": True}
    answer = await api.send("POST", f"{url}/schedules/1/edits?dry_run=true", edits)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["version"], told["touched"]) == (None, [a, b])
    assert told["cost"] > 0
    assert len((await api.get(f"{url}/schedules"))["schedules"]) == 1
    assert await api.tag(url) == tag
    pair = {"edits": [{"kind": "pair", "attendees": [a, "nobody"], "round": 1}]}
    await api.refuses("POST", f"{url}/schedules/1/edits?dry_run=true", pair, status=422)


async def test_an_edit_that_breaks_a_rule_is_refused_with_the_rule(api: Api) -> None:
    url = await planned(api, pair_rules=[{"kind": "forbid", "pair": ["a", "b"]}])
    pair = {"kind": "pair", "attendees": ["a", "b"], "round": 1}
    found = await api.refuses("POST", f"{url}/schedules/1/edits", {"edits": [pair]}, status=422)
    assert [(e["pointer"], e["code"]) for e in found["errors"]] == [("/edits/0", "forbid")]
    assert len((await api.get(f"{url}/schedules"))["schedules"]) == 1


async def test_a_version_that_fits_the_event_no_more_is_not_edited(api: Api) -> None:
    url = await planned(api)
    (a, b), (c, _) = pairs(await api.get(f"{url}/schedules/1"))
    rules = {"pair_rules": [{"kind": "forbid", "pair": [a, b]}]}
    await api.send("PATCH", url, rules, tag=await api.tag(url))
    swap = {"kind": "swap", "attendees": [a, c], "round": 1}
    found = await api.refuses("POST", f"{url}/schedules/1/edits", {"edits": [swap]}, status=409)
    assert found["errors"][0]["code"] == "outdated"


NONSENSE: list[dict[str, Any]] = [
    {"edits": []},
    {"edits": [{"kind": "swap", "attendees": ["a", "b"]}]},
    {"edits": [{"kind": "swap", "attendees": ["a", "a"], "round": 1}]},
    {"edits": [{"kind": "move", "attendees": ["a", "b"]}]},
    {"edits": [{"kind": "part", "attendees": ["a", "b"], "to_round": 1}]},
    {"edits": [{"kind": "pair", "attendees": ["a", "nobody"], "round": 1}]},
    {"edits": [{"kind": "pair", "attendees": ["a", "b"], "round": 9}]},
    {"edits": [{"kind": "turn", "attendees": ["a", "b"], "round": 1}]},
]


@pytest.mark.parametrize("body", NONSENSE, ids=str)
async def test_nonsense_is_refused(api: Api, body: dict[str, Any]) -> None:
    url = await planned(api)
    await api.refuses("POST", f"{url}/schedules/1/edits", body, status=422)
    await api.refuses("POST", f"{url}/schedules/7/edits", {"edits": []}, status=422)


async def swapped(api: Api, url: str, **fields: Any) -> dict[str, Any]:
    """A body that swaps two of the first version."""
    (a, _), (c, _) = pairs(await api.get(f"{url}/schedules/1"))
    return {"edits": [{"kind": "swap", "attendees": [a, c], "round": 1}], **fields}


async def test_pinned_edits_are_rules_of_the_event_at_once_with_the_draft(api: Api) -> None:
    url = await planned(api)
    tag = await api.tag(url)
    body = await swapped(api, url, pin=True)
    answer = await api.send("POST", f"{url}/schedules/1/edits", body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["pins"] == {"added": told["rules"], "replaced": [], "solve": None}
    event = await api.send("GET", url)
    assert answer.headers["ETag"] == event.headers["ETag"] != tag
    assert [(r["kind"], sorted(r["pair"]), r["round"]) for r in event.json()["pair_rules"]] == [
        (r["kind"], sorted(r["pair"]), r["round"]) for r in told["rules"]
    ]
    draft = await api.get(f"{url}/schedules/2")
    assert draft["stale"] == []
    solved = plan_schedule(Event.model_validate_json(event.content), Budget(work=10_000))
    assert pairs(solved.model_dump(mode="json")) == pairs(draft)
    assert draft["input_sha256"] == solved.input_sha256
    published = await api.send("POST", f"{url}/schedules/2/publish")
    assert published.status_code == 200, published.text


async def test_pinned_edits_sent_again_with_their_key_change_nothing_more(api: Api) -> None:
    url = await planned(api)
    body = await swapped(api, url, pin=True)
    key = {"Idempotency-Key": "one"}
    first = await api.send("POST", f"{url}/schedules/1/edits", body, headers=key)
    again = await api.send("POST", f"{url}/schedules/1/edits", body, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert len((await api.get(f"{url}/schedules"))["schedules"]) == 2
    found = await api.refuses("POST", f"{url}/schedules/1/edits", body, status=409, about=url)
    assert found["errors"][0]["code"] == "outdated"


async def test_unpinned_edits_leave_the_event_as_it_is(api: Api) -> None:
    url = await planned(api)
    tag = await api.tag(url)
    body = await swapped(api, url)
    answer = await api.send("POST", f"{url}/schedules/1/edits", body)
    assert answer.json()["pins"] is None
    assert answer.headers["ETag"] == tag == await api.tag(url)


async def test_edits_for_an_event_that_moved_on_are_refused_if_they_say_which(api: Api) -> None:
    url = await planned(api)
    tag = await api.tag(url)
    await api.send("PATCH", url, {"name": "Later"}, tag=tag)
    body = await swapped(api, url, pin=True)
    await api.refuses("POST", f"{url}/schedules/1/edits", body, status=412, tag=tag, about=url)


async def test_a_pin_that_contradicts_another_rule_is_refused_and_nothing_is_stored(
    api: Api,
) -> None:
    url = await planned(api)
    (a, b), (c, d) = pairs(await api.get(f"{url}/schedules/1"))
    rules = [{"kind": "require", "pair": [a, b], "round": 1, "table": 1}]
    await api.send("PATCH", url, {"pair_rules": rules}, tag=await api.tag(url))
    move = {"kind": "move", "attendees": [c, d], "table": 1}
    body = {"edits": [move], "pin": True}
    found = await api.refuses("POST", f"{url}/schedules/1/edits", body, status=422, about=url)
    assert [(e["pointer"], e["code"]) for e in found["errors"]] == [
        ("/edits/0/table", "table_pinned")
    ]


async def test_pins_of_a_published_event_ask_for_its_repair(api: Api) -> None:
    url = await planned(api)
    await api.send("POST", f"{url}/schedules/1/publish")
    body = await swapped(api, url, pin=True)
    answer = await api.send("POST", f"{url}/schedules/1/edits", body)
    assert answer.status_code == 201, answer.text
    solve = answer.json()["pins"]["solve"]
    assert (await api.get(f"{url}/solves/{solve}"))["id"] == solve
