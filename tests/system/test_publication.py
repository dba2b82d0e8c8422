"""What is published fits the event as it is now: before it goes out, and after every edit."""

import json
from typing import Any

import pytest

from app.errors import StateConflict
from app.planning.document import to_written
from app.planning.plan import plan_schedule
from app.planning.replay import replay_day
from schemas.event import Event
from schemas.listing import IncidentLog
from solver.budget import Budget
from tests.api import Api
from tests.databases import SQLITE_ONLY
from tests.stored import add_version

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

ROOM: list[dict[str, Any]] = [
    {
        "id": "ann",
        "offers": ["bookkeeping for small companies"],
        "needs": ["a photographer"],
        "languages": ["en"],
    },
    {
        "id": "ben",
        "offers": ["portrait photography"],
        "needs": ["bookkeeping for small companies"],
        "languages": ["en"],
        "welcomes_pitches": True,
    },
    {"id": "cem", "offers": ["garden design"], "needs": ["a web site"], "languages": ["en"]},
    {"id": "dea", "offers": ["web sites"], "needs": ["garden design"], "languages": ["en"]},
]
EVENT: dict[str, Any] = {
    "rounds": [{"tables": 2}, {"tables": 2}],
    "attendees": ROOM,
    "benefits": [
        {"attendee": "ann", "partner": "cem", "value": 0.5},
        {"attendee": "cem", "partner": "ann", "value": 0.5},
    ],
    "policy": {"idle": "fill"},
}
"""Ann meets Cem, by the organiser's word, and Ben, whose needs are hers; Cem also meets Dea."""


def changed(who: str, **fields: Any) -> dict[str, Any]:
    return {"attendees": [row | fields if row["id"] == who else row for row in ROOM]}


EDITS: dict[str, tuple[dict[str, Any], str]] = {
    "one organisation": (
        {"attendees": [row | {"organisation": "Acme"} for row in ROOM]}, "may_not_meet",
    ),
    "no common language": (changed("ann", languages=["fr"]), "may_not_meet"),
    "have met before": ({"pair_rules": [{"kind": "met", "pair": ["ann", "ben"]}]}, "may_not_meet"),
    "a table closed": ({"rounds": [{"tables": 2, "closed_tables": [1]}, {"tables": 2}]}, "table"),
    "fewer tables": ({"rounds": [{"tables": 1}, {"tables": 1}]}, "table"),
    "no meetings": (changed("ann", max_meetings=0), "limits"),
    "another place": (changed("ann", table=9), "place"),
    "a meeting asked for": (
        {"pair_rules": [{"kind": "require", "pair": ["ann", "dea"]}]}, "required",
    ),
    "one more attendee": ({"attendees": [*ROOM, {"id": "eve"}]}, "outdated"),
    "no benefits": ({"benefits": []}, "outdated"),
    "served already": (changed("ben", already_served=["bookkeeping"]), "outdated"),
    "consent withdrawn": (changed("ben", welcomes_pitches=False), "outdated"),
    "another time": ({"rounds": [{"tables": 2}, {"tables": 2, "minutes": 5}]}, ""),
}  # fmt: skip
"""Edits of the event, and what then stands against a version made before; nothing for the last."""
OF_THE_WHOLE_DAY: dict[str, tuple[dict[str, Any], str]] = {
    "a break for all": ({"policy": {"max_in_a_row": 1}}, "break"),
    "companies met once": (
        {
            "attendees": [
                row | {"organisation": "Acme" if row["id"] in ("ben", "cem") else row["id"]}
                for row in ROOM
            ],
            "policy": {"per_organisation": "one_each"},
        },
        "per_organisation",
    ),
}
"""Edits that no single meeting breaks."""


async def solved(api: Api) -> str:
    """The address of the event, with a draft."""
    url = await api.create(**EVENT)
    event = Event.model_validate_json((await api.send("GET", url)).content)
    made = to_written(plan_schedule(event, Budget(work=100_000)))
    async with api.store.write() as connection:
        await add_version(connection, url.rpartition("/")[2], made)
    return url


async def edit(api: Api, url: str, change: dict[str, Any]) -> dict[str, Any]:
    answer = await api.send("PATCH", url, change, tag=await api.tag(url))
    assert answer.status_code == 200, answer.text
    receipt: dict[str, Any] = answer.json()
    if receipt["solve"]:
        await api.app.state.repairs.begin(receipt["solve"], receipt["id"])
    return receipt


async def publish(api: Api, url: str, version: int = 1) -> None:
    answer = await api.send("POST", f"{url}/schedules/{version}/publish")
    assert answer.status_code == 200, answer.text


async def pairs(api: Api, url: str) -> set[tuple[str, ...]]:
    shown = await api.get(f"{url}/schedule")
    return {
        tuple(meeting["attendees"]) for block in shown["rounds"] for meeting in block["meetings"]
    }


ALL_EDITS = EDITS | OF_THE_WHOLE_DAY


@pytest.mark.parametrize(("change", "code"), ALL_EDITS.values(), ids=ALL_EDITS.keys())
async def test_a_draft_that_an_edit_made_wrong_is_not_published(
    api: Api, change: dict[str, Any], code: str
) -> None:
    url = await solved(api)
    await edit(api, url, change)
    where = f"{url}/schedules/1/publish"
    if code:
        problem = await api.refuses("POST", where, status=409, code=code, about=url)
        assert "bookkeeping" not in json.dumps(problem)
    else:
        await publish(api, url)


@pytest.mark.parametrize(("change", "code"), EDITS.values(), ids=EDITS.keys())
async def test_what_an_edit_makes_wrong_in_what_is_published_is_repaired_at_once(
    api: Api, change: dict[str, Any], code: str
) -> None:
    url = await solved(api)
    await publish(api, url)
    await edit(api, url, change)
    shown = await api.get(f"{url}/schedule")
    assert (shown["version"], shown["stale"] != []) == ((2, False) if code else (1, True))
    await api.refuses("POST", f"{url}/schedules/3/publish", status=404)
    again = await api.send("POST", f"{url}/schedules/{shown['version']}/publish")
    assert again.status_code == 200


async def test_whom_somebody_blocks_in_the_afternoon_they_do_not_meet(api: Api) -> None:
    url = await solved(api)
    await publish(api, url)
    assert ("ann", "ben") in await pairs(api, url)
    where = f"{url}/attendees/ann"
    answer = await api.send("PATCH", where, {"avoid": ["ben"]}, tag=await api.tag(url))
    await api.app.state.repairs.begin(answer.json()["solve"], answer.json()["id"])
    assert ("ann", "ben") not in await pairs(api, url)
    assert (await api.get(f"{url}/schedules/2/repair"))["touched"] != []


async def test_the_log_says_that_an_edit_made_a_version(api: Api) -> None:
    url = await solved(api)
    await publish(api, url)
    event = Event.model_validate_json((await api.send("GET", url)).content)
    await edit(api, url, {"benefits": []})
    log = IncidentLog.model_validate(await api.get(f"{url}/incidents"), strict=False)
    assert [row.cause for row in log.made] == ["solve", "edit"]
    with pytest.raises(StateConflict) as refused:
        list(replay_day(event, log))
    assert refused.value.errors[0].code == "edited"


async def test_nobody_is_told_of_a_consent_that_was_withdrawn(api: Api) -> None:
    url = await solved(api)
    await publish(api, url)
    await edit(api, url, changed("ben", welcomes_pitches=False))
    told = (await api.send("GET", f"{url}/schedule")).text
    assert ("ann", "ben") in await pairs(api, url)
    assert "ben may become a client" not in told


async def test_who_is_added_after_publication_is_on_the_schedule(api: Api) -> None:
    url = await solved(api)
    await publish(api, url)
    answer = await api.send("POST", f"{url}/attendees", {"id": "eve"})
    assert answer.status_code == 201
    await api.app.state.repairs.begin(answer.json()["solve"], answer.json()["id"])
    shown = await api.get(f"{url}/schedule")
    assert [block["byes"] for block in shown["rounds"]] == [["eve"], ["eve"]]


@pytest.mark.parametrize("count", [1, 3])
async def test_another_number_of_rounds_is_followed(api: Api, count: int) -> None:
    url = await solved(api)
    await publish(api, url)
    await edit(api, url, {"rounds": [{"tables": 2}] * count})
    shown = await api.get(f"{url}/schedule")
    assert (shown["version"], len(shown["rounds"])) == (2, count)


async def test_what_is_only_older_tells_what_has_changed_and_stays(api: Api) -> None:
    url = await solved(api)
    await publish(api, url)
    before = await api.send("GET", f"{url}/schedule")
    assert before.json()["stale"] == []
    await edit(api, url, {"weights": {"fairness": 0}, "name": "Autumn"})
    after = await api.send("GET", f"{url}/schedule")
    assert (after.json()["version"], after.json()["stale"]) == (1, ["/weights"])
    assert after.headers["ETag"] != before.headers["ETag"]
    assert (await api.get(f"{url}/schedules"))["schedules"][0]["stale"] == ["/weights"]


async def test_what_no_schedule_is_made_from_makes_none_older(api: Api) -> None:
    url = await solved(api)
    await publish(api, url)
    receipt = await edit(api, url, changed("ann", name="Ann", email="ann@example.org"))
    assert receipt["solve"] is None
    assert (await api.get(f"{url}/schedule"))["stale"] == []


async def test_an_answer_given_to_a_publication_is_given_again(api: Api) -> None:
    """However the event has changed since: it is told what happened then."""
    url = await solved(api)
    key = {"Idempotency-Key": "once"}
    first = await api.send("POST", f"{url}/schedules/1/publish", headers=key)
    await edit(api, url, {"benefits": []})
    again = await api.send("POST", f"{url}/schedules/1/publish", headers=key)
    assert (again.status_code, again.content) == (200, first.content)
