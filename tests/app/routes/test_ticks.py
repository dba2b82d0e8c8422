"""Ticks over HTTP: who was told what is known to all stewards, once, and changes nothing else."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.store.tables import ticks
from tests.api import OTHER, READER, Api
from tests.app.routes.test_schedules import publish, store

pytestmark = pytest.mark.anyio

PEOPLE = [{"id": v, "name": v.upper()} for v in "abcd"]
FIRST, SECOND = [["ab", "cd"], ["ac", "bd"]], [["ab", "cd"], ["ad", "bc"]]


async def day(api: Api) -> str:
    """An event whose second version is published after the first."""
    url = await api.create(rounds=[{}, {}], attendees=PEOPLE)
    await store(api, url, FIRST, SECOND)
    await publish(api, url, 1)
    await publish(api, url, 2)
    return url


def tick(name: str, attendee: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "version": 2, "attendee": attendee} | fields


async def send(api: Api, url: str, *sent: dict[str, Any]) -> None:
    answer = await api.send("POST", f"{url}/ticks", {"ticks": sent})
    assert (answer.status_code, answer.json()) == (200, {"accepted": len(sent)}), answer.text


async def told(api: Api, url: str) -> list[tuple[int, str, str]]:
    """Who was told of which version, and by whom."""
    rows = (await api.get(f"{url}/ticks"))["told"]
    return [(row["version"], row["attendee"], row["by"]) for row in rows]


async def rows_of(api: Api, url: str) -> list[Any]:
    async with api.store.read() as connection:
        ours = ticks.c.event_id == url.rpartition("/")[2]
        return [*await connection.execute(sa.select(ticks).where(ours))]


async def everything(api: Api, url: str) -> list[str]:
    """What ticks must leave alone: the event, its log and its versions, with their tags."""
    paths = ("", "/schedule", "/schedules", "/schedules/1", "/incidents", "/attendees/a/agenda")
    answers = [await api.send("GET", url + path) for path in paths]
    return [f"{answer.headers.get('ETag')} {answer.text}" for answer in answers]


async def test_everybody_learns_who_was_told_and_by_whom(api: Api) -> None:
    url = await day(api)
    assert await told(api, url) == []
    await send(api, url, tick("1", "c", by=" Mia "), tick("2", "a"), tick("3", "a", version=1))
    assert await told(api, url) == [(2, "c", "Mia"), (2, "a", ""), (1, "a", "")]


async def test_a_tick_sent_again_counts_once(api: Api) -> None:
    url = await day(api)
    await send(api, url, tick("1", "a", by="Mia"))
    before = await api.get(f"{url}/ticks"), (await api.get(f"{url}/incidents"))
    mark = (await api.send("GET", f"{url}/live")).headers["ETag"]
    await send(api, url, tick("1", "a", by="Mia"))
    assert (await api.get(f"{url}/ticks"), await api.get(f"{url}/incidents")) == before
    assert (await api.send("GET", f"{url}/live")).headers["ETag"] == mark
    assert len(await rows_of(api, url)) == 1


async def test_whoever_ticked_it_anybody_takes_it_back_and_late_copies_change_nothing(
    api: Api,
) -> None:
    url = await day(api)
    await send(api, url, tick("1", "a", by="Mia"), tick("2", "b", by="Mia"))
    await send(api, url, tick("3", "a", told=False, by="Jon"))
    assert await told(api, url) == [(2, "b", "Mia")]
    await send(api, url, tick("1", "a", by="Mia"))
    assert await told(api, url) == [(2, "b", "Mia")]
    await send(api, url, tick("4", "a", by="Jon"))
    assert await told(api, url) == [(2, "b", "Mia"), (2, "a", "Jon")]


async def test_ticks_change_nothing_of_the_event_its_log_or_its_schedules(api: Api) -> None:
    url = await day(api)
    before = await everything(api, url)
    await send(api, url, tick("1", "a", by="Mia"), tick("2", "a", told=False))
    assert await everything(api, url) == before


async def test_ticks_are_the_organisers_alone(api: Api) -> None:
    url = await day(api)
    await send(api, url, tick("1", "a", by="Mia"))
    for key, status in ((READER, 403), (OTHER, 404)):
        await api.as_(key).refuses(
            "POST", f"{url}/ticks", {"ticks": [tick("2", "a")]}, status=status
        )
        await api.as_(key).refuses("GET", f"{url}/ticks", status=status)


@pytest.mark.parametrize(
    ("sent", "status", "pointer", "code"),
    [
        ([tick("1", "b")], 409, "/ticks/0/id", "id_of_another_tick"),
        ([tick("2", "b"), tick("2", "b")], 422, "/ticks/1/id", "duplicate_id"),
        ([tick("2", "b"), tick("3", "z")], 404, "/ticks/1/attendee", "unknown_attendee"),
        ([tick("2", "b", version=3)], 404, "/ticks/0/version", "unknown_version"),
        ([tick("2", "b", version=0)], 422, "/ticks/0/version", None),
        ([tick("2", "b", by="x" * 41)], 422, "/ticks/0/by", None),
        ([tick("2", "b", by="Mia\x00")], 422, "/ticks/0/by", None),
        ([tick("2", "b", at="2027-03-04T09:00:00Z")], 422, "/ticks/0/at", None),
        ([], 422, "/ticks", None),
    ],
)
async def test_what_cannot_be_ticked_is_refused_whole(
    api: Api, sent: list[dict[str, Any]], status: int, pointer: str, code: str | None
) -> None:
    url = await day(api)
    await send(api, url, tick("1", "a"))
    how: dict[str, Any] = {"status": status, "pointer": pointer, "code": code}
    await api.refuses("POST", f"{url}/ticks", {"ticks": sent}, about=url, **how)
    assert await told(api, url) == [(2, "a", "")]


async def test_ticks_go_with_whom_they_are_about(api: Api) -> None:
    url = await day(api)
    await send(api, url, tick("1", "a", by="Mia"), tick("2", "b"))
    erased = await api.send("DELETE", f"{url}/attendees/a?erase=true", tag="*")
    assert erased.status_code in (200, 202), erased.text
    assert [row.attendee for row in await rows_of(api, url)] == ["b"]
    late = {"ticks": [tick("1", "a", by="Mia")]}
    await api.refuses("POST", f"{url}/ticks", late, status=409, code="erased_attendee")


async def test_ticks_go_with_their_event(api: Api) -> None:
    url = await day(api)
    await send(api, url, tick("1", "a", by="Mia"), tick("2", "b"))
    await api.send("DELETE", url, tag=await api.tag(url))
    assert await rows_of(api, url) == []
