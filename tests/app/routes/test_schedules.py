"""Schedules over HTTP: versions never change, one is published, none that no longer fits."""

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from app.planning.document import to_written, write_event
from app.store import events, schedules
from app.store.sealed import EventText
from app.store.tables import idempotency
from schemas.schedule import Meeting, Quality, Schedule, ScheduledRound
from tests.api import Api
from tests.stored import add_version

pytestmark = pytest.mark.anyio

FOUR = [{"id": v} for v in "abcd"]
QUALITY = Quality(
    objective=1.0, mutual=0.00001, triangles=1e-7, fairness=0.1, byes_cost=0.0, byes=0,
    upper_bound=None, gap=None, proof="none", seconds=0.25, work=7, stopped_by="work",
)  # fmt: skip
Rounds = Sequence[Sequence[str]]


async def test_without_a_schedule_there_is_none(api: Api) -> None:
    url = await api.create()
    await api.refuses("GET", f"{url}/schedule", status=404)
    assert await api.get(f"{url}/schedules") == {"schedules": []}


async def test_the_newest_is_shown_until_one_is_published(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab", "cd"]], [["ac", "bd"]])
    assert (await api.get(f"{url}/schedule"))["version"] == 2
    shown = await publish(api, url, 1)
    assert (shown["version"], shown["status"]) == (1, "published")
    assert await api.get(f"{url}/schedule") == shown
    assert await api.get(f"{url}/schedules/1") == shown
    assert shown["event_id"] == url.rpartition("/")[2]
    rows = (await api.get(f"{url}/schedules"))["schedules"]
    assert [(row["version"], row["status"]) for row in rows] == [(2, "draft"), (1, "published")]


async def test_publishing_supersedes_and_rolling_back_works(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab", "cd"]], [["ac", "bd"]])
    for version, statuses in ((1, ["draft", "published"]), (2, ["published", "superseded"])):
        await publish(api, url, version)
        rows = (await api.get(f"{url}/schedules"))["schedules"]
        assert [row["status"] for row in rows] == statuses
    await publish(api, url, 1)
    assert (await api.get(f"{url}/schedule"))["version"] == 1


async def test_publishing_again_changes_nothing(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab"]])
    first = await publish(api, url, 1)
    before = await api.seen(url)
    assert await publish(api, url, 1) == first
    assert await api.seen(url) == before


async def test_publishing_with_a_key_keeps_no_copy_and_is_answered_again_to_the_byte(
    api: Api,
) -> None:
    url = await event(api, 1)
    made = to_written(schedule_of([["ab", "cd"]]).model_copy(update={"quality": QUALITY}))
    event_id = url.rpartition("/")[2]
    async with api.store.write() as connection:
        await add_version(connection, event_id, made)
    keys = [{"Idempotency-Key": f"{event_id}-{k}"} for k in range(3)]
    where = f"{url}/schedules/1/publish"
    first = [await api.send("POST", where, headers=key) for key in keys]
    assert {answer.content for answer in first} == {first[0].content}
    bound = QUALITY.model_copy(update={"upper_bound": 1.25, "gap": 0.2, "proof": "bounded"})
    async with api.store.write() as connection:
        kept = await connection.execute(sa.select(idempotency.c.body))
        assert max(len(body) for body in kept.scalars()) < 100 < len(first[0].content)
        found = await schedules.find(connection, event_id, 1)
        assert found is not None
        await schedules.save_bound(connection, found, bound, None)
    await store(api, url, [["ac"]])
    await publish(api, url, 2)
    before = await api.seen(url)
    for answer, key in zip(first, keys, strict=True):
        again = await api.send("POST", where, headers=key)
        assert (again.status_code, again.content) == (200, answer.content)
        assert again.headers["ETag"] == answer.headers["ETag"]
    assert await api.seen(url) == before


async def test_an_answer_that_was_kept_whole_is_given_whole(api: Api) -> None:
    """As releases before this one kept it."""
    url = await event(api, 1)
    await store(api, url, [["ab"]])
    key = {"Idempotency-Key": f"{url[-9:]}-whole"}
    first = await api.send("POST", f"{url}/schedules/1/publish", headers=key)
    async with api.store.write() as connection:
        mine = idempotency.c.key == key["Idempotency-Key"]
        whole = (
            idempotency.update()
            .where(mine)
            .values(body=EventText(url.rpartition("/")[2], first.content))
        )
        await connection.execute(whole)
    again = await api.send("POST", f"{url}/schedules/1/publish", headers=key)
    assert again.content == first.content


async def test_the_event_shows_what_is_published(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab"]])
    assert (await api.get(url))["published"] is None
    tag = await api.tag(url)
    shown = await publish(api, url, 1)
    assert (await api.get(url))["published"] == shown
    assert await api.tag(url) != tag


async def test_nobody_who_left_is_published_again(api: Api) -> None:
    url = await event(api, 2)
    await store(api, url, [["ab", "cd"], ["ac", "bd"]], [["cd"], ["bd"]])
    await publish(api, url, 2)
    away = {"absent_rounds": [1, 2]}
    edit = await api.send("PATCH", f"{url}/attendees/a", away, tag=await api.tag(url))
    await api.app.state.repairs.begin(edit.json()["solve"], edit.json()["id"])
    where = f"{url}/schedules/1/publish"
    problem = await api.refuses("POST", where, status=409, code="absent", about=url)
    assert [error["pointer"] for error in problem["errors"]] == [
        "/rounds/0/meetings/0",
        "/rounds/1/meetings/0",
    ]
    assert "a is not there" in problem["errors"][0]["message"]


async def test_nobody_who_keeps_apart_by_now_is_published_together(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab", "cd"]])
    await api.send("PATCH", f"{url}/attendees/a", {"avoid": ["b"]}, tag=await api.tag(url))
    where = f"{url}/schedules/1/publish"
    await api.refuses("POST", where, status=409, code="forbidden_pair", about=url)


async def test_a_held_round_is_not_rewritten(api: Api) -> None:
    url = await event(api, 2)
    await store(api, url, [["ab"], ["ac"]], [["ad"], ["ac"]])
    await publish(api, url, 1)
    await hold(api, url, 1)
    await store(api, url, [["ab"], ["ad"]])
    where = f"{url}/schedules/2/publish"
    await api.refuses(
        "POST", where, status=409, code="held_round", pointer="/rounds/0/meetings", about=url
    )
    await publish(api, url, 3)


async def test_held_rounds_stay_in_the_event(api: Api) -> None:
    url = await event(api, 2)
    await store(api, url, [["ab"], ["ac"]])
    await publish(api, url, 1)
    await hold(api, url, 2)
    tag = await api.tag(url)
    await api.refuses(
        "PATCH", url, {"rounds": [{}]}, status=409, pointer="/rounds", tag=tag, about=url
    )
    read = await api.send("GET", url)
    assert read.json()["held_rounds"] == 2
    same = await api.send("PUT", url, raw=read.content, tag=tag)
    assert (same.status_code, same.json()["revision"]) == (200, 2)
    for wrong in ({"held_rounds": 1}, {"held_rounds": 2}, {"published": None}):
        (name,) = wrong
        await api.refuses("PATCH", url, wrong, pointer=f"/{name}", tag=tag, about=url)


async def test_a_version_for_other_rounds_is_refused(api: Api) -> None:
    url = await event(api, 2)
    await store(api, url, [["ab"]])
    await api.refuses("POST", f"{url}/schedules/1/publish", status=409, pointer="/rounds")


async def test_a_difference_names_everybody_it_concerns(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab", "cd"]], [["ac"]])
    told = await api.get(f"{url}/schedules/2/diff?from=1")
    assert (told["from_version"], told["version"], told["starts"]) == (1, 2, [])
    assert told["changes"] == [
        {"attendee": "a", "round": 1, "from": "b", "to": "c"},
        {"attendee": "b", "round": 1, "from": "a", "to": None},
        {"attendee": "c", "round": 1, "from": "d", "to": "a"},
        {"attendee": "d", "round": 1, "from": "c", "to": None},
    ]
    assert [person["attendee"] for person in told["people"]] == ["a", "b", "c", "d"]
    assert told["people"][0] == {
        "attendee": "a",
        "name": None,
        "rounds": [
            {
                "round": 1,
                "from": {"partner": "b", "table": 1, "closed": False},
                "to": {"partner": "c", "table": 1, "closed": False},
            }
        ],
        "words": ["Round 1: you now meet c at table 1 instead of b."],
    }
    assert [row["words"] for row in told["tables"]] == [
        "Table 1, round 1: a and c (was: a and b).",
        "Table 2, round 1: empty (was: c and d).",
    ]


async def test_a_difference_can_be_of_one_attendee(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab", "cd"]], [["ac"]])
    where = f"{url}/schedules/2/diff?from=1"
    alone = await api.get(f"{where}&attendee=d")
    assert [row["attendee"] for row in (*alone["people"], *alone["changes"])] == ["d", "d"]
    assert [row["table"] for row in alone["tables"]] == [2]
    await api.refuses("GET", f"{where}&attendee=z", status=404)
    await api.refuses("GET", f"{url}/schedules/2/diff?from=3", status=404)
    await api.refuses("GET", f"{url}/schedules/3/diff?from=1", status=404)


async def test_a_version_is_cached_by_its_tag(api: Api) -> None:
    url = await event(api, 1)
    await store(api, url, [["ab"]])
    tag = await api.tag(f"{url}/schedule")
    for path in ("/schedule", "/schedules/1"):
        answer = await api.send("GET", url + path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
    await publish(api, url, 1)
    assert await api.tag(f"{url}/schedule") != tag


FILE_NAMES = {
    "": "attachment; filename=\"schedule v1.json\"; filename*=UTF-8''schedule%20v1.json",
    "../../etc/passwd": (
        "attachment; filename=\"etc-passwd v1.json\"; filename*=UTF-8''etc-passwd%20v1.json"
    ),
    'a"b\\c;d': "attachment; filename=\"a-b-c-d v1.json\"; filename*=UTF-8''a-b-c-d%20v1.json",
    "Fr\u00fchst\u00fcck": (
        "attachment; filename=\"Fruhstuck v1.json\"; filename*=UTF-8''Fr%C3%BChst%C3%BCck%20v1.json"
    ),
    "\u65e9\u9910": (
        "attachment; filename=\"v1.json\"; filename*=UTF-8''%E6%97%A9%E9%A4%90%20v1.json"
    ),
}


@pytest.mark.parametrize(("name", "header"), FILE_NAMES.items())
async def test_a_download_has_a_safe_file_name(api: Api, name: str, header: str) -> None:
    url = await event(api, 1, name=name)
    await store(api, url, [["ab"]])
    answer = await api.send("GET", f"{url}/schedule?download=true")
    assert answer.headers["Content-Disposition"] == header
    assert (await api.send("GET", f"{url}/schedule")).headers.get("Content-Disposition") is None


async def test_a_long_name_makes_a_short_file_name(api: Api) -> None:
    url = await event(api, 1, name="\U0001f41d" * 100 + "x" * 100)
    await store(api, url, [["ab"]])
    answer = await api.send("GET", f"{url}/schedules/1?download=true")
    assert answer.headers["Content-Disposition"].isascii()
    assert "x" * 99 in answer.headers["Content-Disposition"]


async def event(api: Api, rounds: int, name: str = "Spring") -> str:
    return await api.create(name=name, rounds=[{}] * rounds, attendees=FOUR)


async def publish(api: Api, url: str, version: int) -> dict[str, object]:
    answer = await api.send("POST", f"{url}/schedules/{version}/publish")
    assert answer.status_code == 200, answer.text
    shown: dict[str, object] = answer.json()
    return shown


async def store(api: Api, url: str, *versions: Rounds) -> None:
    """Store versions, written as the pairs of each round."""
    async with api.store.write() as connection:
        for rounds in versions:
            made = to_written(schedule_of(rounds))
            await add_version(connection, url.rpartition("/")[2], made)


def schedule_of(rounds: Rounds) -> Schedule:
    return Schedule(
        rounds=tuple(
            ScheduledRound(
                round=k + 1,
                meetings=tuple(
                    Meeting(table=t + 1, attendees=(pair[0], pair[1]))
                    for t, pair in enumerate(pairs)
                ),
                byes=tuple(v for v in "abcd" if v not in "".join(pairs)),
            )
            for k, pairs in enumerate(rounds)
        )
    )


async def hold(api: Api, url: str, rounds: int) -> None:
    """Let the first ``rounds`` be over."""
    async with api.store.write() as connection:
        stored = await events.find(connection, url.rpartition("/")[2])
        assert stored is not None
        held = (await stored.event()).model_copy(update={"held_rounds": rounds})
        await events.save(connection, stored, write_event(held))
