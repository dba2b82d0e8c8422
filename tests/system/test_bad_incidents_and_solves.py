"""Drop-outs, returns and solves that are asked for wrongly, twice, all at once, or too late."""

import asyncio
import json
from typing import Any

import pytest

from tests.api import Api
from tests.databases import SQLITE_ONLY

pytestmark = pytest.mark.anyio


def drop_out(attendee: str, number: int = 1) -> dict[str, Any]:
    return {"incidents": [{"id": f"i{number}", "kind": "drop_out", "attendee": attendee}]}


WRONG_SOLVES = {
    "no seconds": ('{"seconds": 0}', "/seconds"),
    "negative seconds": ('{"seconds": -1}', "/seconds"),
    "a billion seconds": ('{"seconds": 1e9}', "/seconds"),
    "soon": ('{"seconds": "soon"}', "/seconds"),
    "NaN seconds": ('{"seconds": NaN}', "/seconds"),
    "endless seconds": ('{"seconds": 1e999}', "/seconds"),
    "no work": ('{"work": 0}', "/work"),
    "half a step of work": ('{"work": 1.5}', "/work"),
    "a gap above 1": ('{"gap": 1.5}', "/gap"),
    "a seed of -1": ('{"seed": -1}', "/seed"),
    "a seed of 2^63": (f'{{"seed": {2**63}}}', "/seed"),
    "a seed of 1.5": ('{"seed": 1.5}', "/seed"),
    "a seed in quotes": ('{"seed": "7"}', "/seed"),
    "a deadline": ('{"deadline": 5}', "/deadline"),
    "no object": ("[]", ""),
    "no JSON": ("{", ""),
}


@SQLITE_ONLY
@pytest.mark.parametrize(("raw", "pointer"), WRONG_SOLVES.values(), ids=WRONG_SOLVES.keys())
async def test_a_wrong_solve_is_refused(api: Api, raw: str, pointer: str) -> None:
    url = await api.create()
    await api.refuses("POST", f"{url}/solves", raw=raw, pointer=pointer, about=url)
    assert await api.get(f"{url}/solves") == {"solves": []}


WRONG_INCIDENTS: dict[str, tuple[list[dict[str, Any]], int, str]] = {
    "a stranger": ([{"kind": "drop_out", "attendee": "q"}], 404, "/incidents/0/attendee"),
    "nobody": ([{"kind": "drop_out"}], 422, "/incidents/0/attendee"),
    "an unknown kind": ([{"kind": "party"}], 422, "/incidents/0/kind"),
    "a round that is not": (
        [{"kind": "drop_out", "attendee": "a", "round": 2}],
        422,
        "/incidents/0/round",
    ),
    "round 0": ([{"kind": "drop_out", "attendee": "a", "round": 0}], 422, "/incidents/0/round"),
    "a start without a schedule": (
        [{"kind": "round_started", "round": 1}],
        409,
        "/incidents/0/kind",
    ),
    "the second of two": (
        [{"kind": "drop_out", "attendee": "a"}, {"kind": "drop_out", "attendee": "q"}],
        404,
        "/incidents/1/attendee",
    ),
    "none": ([], 422, "/incidents"),
}


@pytest.mark.parametrize(
    ("rows", "status", "pointer"), WRONG_INCIDENTS.values(), ids=WRONG_INCIDENTS.keys()
)
async def test_a_wrong_incident_is_refused_with_its_batch(
    api: Api, rows: list[dict[str, Any]], status: int, pointer: str
) -> None:
    url = await api.create()
    batch = {"incidents": [{"id": f"i{k}"} | row for k, row in enumerate(rows)]}
    where = f"{url}/incidents"
    await api.refuses("POST", where, batch, status=status, pointer=pointer, about=url)
    assert await api.get(where) == {"incidents": [], "made": [], "published": []}
    assert (await api.send("POST", where, drop_out("a"))).status_code == 200


async def test_the_same_drop_out_twice_is_one(api: Api) -> None:
    url = await api.create()
    for number in (1, 1, 2):
        answer = await api.send("POST", f"{url}/incidents", drop_out("a", number))
        assert (answer.status_code, answer.json()["status"]) == (200, "unscheduled")
    assert len((await api.get(f"{url}/incidents"))["incidents"]) == 2
    assert (await api.get(f"{url}/attendees/a"))["absent_rounds"] == [1]
    assert await api.tag(url) == '"3.0"'  # both stand: undoing one leaves the other


async def test_everybody_may_drop_out(api: Api) -> None:
    url = await api.create()
    for number, attendee in enumerate("ab"):
        answer = await api.send("POST", f"{url}/incidents", drop_out(attendee, number))
        assert answer.status_code == 200
    assert [row["absent_rounds"] for row in (await api.get(url))["attendees"]] == [[1], [1]]


async def test_of_a_hundred_drop_outs_at_once_none_is_lost(api: Api) -> None:
    url = await api.create(attendees=[{"id": f"a{k}"} for k in range(100)])
    answers = await asyncio.gather(
        *(api.send("POST", f"{url}/incidents", drop_out(f"a{k}", k)) for k in range(100))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert all(row["absent_rounds"] == [1] for row in (await api.get(url))["attendees"])
    assert len((await api.get(f"{url}/incidents"))["incidents"]) == 100


async def test_of_dropping_out_and_coming_back_at_once_the_last_accepted_wins(api: Api) -> None:
    url = await api.create()
    kinds = ("drop_out", "late_arrival")
    batches = [
        {"incidents": [{"id": f"i{k}", "kind": kinds[k % 2], "attendee": "a"}]} for k in range(20)
    ]
    answers = await asyncio.gather(
        *(api.send("POST", f"{url}/incidents", batch) for batch in batches)
    )
    assert {answer.status_code for answer in answers} == {200}
    log = (await api.get(f"{url}/incidents"))["incidents"]
    assert sorted(row["id"] for row in log) == sorted(f"i{k}" for k in range(20))
    absent = [1] if log[-1]["kind"] == "drop_out" else []
    assert (await api.get(f"{url}/attendees/a"))["absent_rounds"] == absent


async def test_a_solve_asked_for_again_and_again_is_one(api: Api) -> None:
    url = await api.create()
    answers = await asyncio.gather(
        *(api.send("POST", f"{url}/solves", {"seconds": 1}) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_too_many_different_solves_are_put_off(api: Api) -> None:
    url = await api.create()
    answers = [
        await api.send("POST", f"{url}/solves", {"seconds": 1, "seed": seed}) for seed in range(20)
    ]
    assert {answer.status_code for answer in answers} == {202, 429}
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 429)
    assert len((await api.get(f"{url}/solves"))["solves"]) < 20


async def test_a_solve_is_stopped_once(api: Api) -> None:
    url = await api.create()
    solve = (await api.send("POST", f"{url}/solves", {"seconds": 1})).headers["Location"]
    for _ in range(2):
        answer = await api.send("DELETE", solve)
        assert (answer.status_code, answer.json()["state"]) == (200, "stopped")


@pytest.mark.parametrize("solve", ["x", "0" * 32, "%00", "1" * 5_000])
async def test_an_unknown_solve_is_not_found(api: Api, solve: str) -> None:
    url = await api.create()
    for verb, path in (("GET", ""), ("DELETE", ""), ("GET", "/progress")):
        where = f"{url}/solves/{solve}{path}"
        await api.refuses(verb, where, status=(404, 405), about=url)


async def test_a_solve_of_another_event_is_not_found(api: Api) -> None:
    one, other = await api.create(), await api.create()
    solve = (await api.send("POST", f"{one}/solves", {"seconds": 1})).json()["id"]
    await api.refuses("GET", f"{other}/solves/{solve}", status=404)
    await api.refuses("DELETE", f"{other}/solves/{solve}", status=404)
    assert (await api.get(f"{one}/solves/{solve}"))["state"] == "queued"


async def test_a_deleted_event_takes_its_solves_along(api: Api) -> None:
    url = await api.create()
    solve = (await api.send("POST", f"{url}/solves", {"seconds": 1})).headers["Location"]
    await api.send("DELETE", url, tag=await api.tag(url))
    for where in (solve, f"{url}/solves", f"{url}/incidents", f"{solve}/progress"):
        await api.refuses("GET", where, status=404)
    await api.refuses("POST", f"{url}/incidents", drop_out("a"), status=404)


async def test_an_incident_id_is_for_one_incident(api: Api) -> None:
    url = await api.create()
    await api.send("POST", f"{url}/incidents", drop_out("a"))
    where = f"{url}/incidents"
    await api.refuses(
        "POST", where, drop_out("b"), status=409, pointer="/incidents/0/id", about=url
    )
    twice = {"incidents": drop_out("b", 2)["incidents"] * 2}
    await api.refuses("POST", where, twice, pointer="/incidents/1/id", about=url)
    assert json.loads((await api.send("GET", where)).content)["incidents"][0]["attendee"] == "a"
