"""Prints over HTTP: what was printed is remembered, and only what changed is printed again."""

from io import BytesIO
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from app.paper.reprint import CardStock
from app.routes.prints import find_stock
from app.store.tables import printed_cards, prints
from tests.api import OTHER, READER, Api
from tests.app.routes.test_schedule_files import planned
from tests.app.routes.test_schedules import publish
from tests.databases import SQLITE_ONLY

pytestmark = pytest.mark.anyio

FIRST, SECOND = [["ab", "cd"], ["ac", "bd"]], [["ab", "cd"], ["ad"]]
"""In the second b and c have no meeting in round 2, and a and d another one."""
THIRD = [["ab", "cd"], ["ac"]]
"""As the first, but for b and d, who have no meeting in round 2."""


async def printed(api: Api, url: str, version: int = 1, **how: Any) -> Any:
    order = {"paper": "badges", "version": version}
    answer = await api.send("POST", f"{url}/prints", order, **how)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def again(api: Api, url: str, paper: str = "badges") -> tuple[Any, ...]:
    """What must be printed again: changed, new, gone."""
    told = await api.get(f"{url}/prints?paper={paper}")
    assert told["count"] == len(told["changed"]) + len(told["new"])
    return tuple("".join(told[name]) for name in ("changed", "new", "gone"))


async def rename(api: Api, url: str, v: str, name: str) -> None:
    answer = await api.send("PATCH", f"{url}/attendees/{v}", {"name": name}, tag=await api.tag(url))
    assert answer.status_code == 200, answer.text


async def rows_of(api: Api, table: sa.Table, url: str) -> list[Any]:
    async with api.store.read() as connection:
        ours = table.c.event_id == url.rpartition("/")[2]
        return [*await connection.execute(sa.select(table).where(ours))]


async def test_before_the_first_print_every_card_is_new(api: Api) -> None:
    url = await planned(api)
    told = await api.get(f"{url}/prints")
    assert (told["paper"], told["version"], told["last"]) == ("badges", 1, None)
    assert await again(api, url) == ("", "abcd", "")


async def test_after_it_none_is_and_other_paper_is_not_meant(api: Api) -> None:
    url = await planned(api)
    told = await printed(api, url)
    assert (told["number"], told["version"], told["cards"]) == (1, 1, 4)
    assert (await api.get(f"{url}/prints"))["last"] == told
    assert await again(api, url) == ("", "", "")
    assert await again(api, url, "cards") == ("", "abcd", "")


async def test_of_a_new_version_whoever_meets_somebody_else_is_told(api: Api) -> None:
    url = await planned(api, FIRST, THIRD)
    await printed(api, url)
    assert await again(api, url) == ("bd", "", "")
    await printed(api, url, 2)
    assert await again(api, url) == ("", "", "")
    await publish(api, url, 1)  # what is published counts, not what is newest
    assert await again(api, url) == ("bd", "", "")


async def test_a_name_changes_the_cards_of_all_who_meet_them(api: Api) -> None:
    url = await planned(api)
    await printed(api, url)
    await rename(api, url, "a", "Ada")
    assert await again(api, url) == ("abc", "", "")


async def test_a_time_changes_everybodys(api: Api) -> None:
    url = await planned(api)
    await printed(api, url)
    later = [{"starts_at": f"2027-03-04T{hour}:00:00", "minutes": 10} for hour in ("09", "11")]
    answer = await api.send("PATCH", url, {"rounds": later}, tag=await api.tag(url))
    assert answer.status_code == 200, answer.text
    assert await again(api, url) == ("abcd", "", "")


async def test_what_is_told_of_rounds_that_are_held_does_not_count(api: Api) -> None:
    other = [["ac", "bd"], ["ac", "bd"]]
    url = await planned(api, FIRST, other)
    await publish(api, url, 1)
    await printed(api, url, 2)  # by mistake
    assert await again(api, url) == ("abcd", "", "")
    begun = {"incidents": [{"id": "i1", "kind": "round_started", "round": 1}]}
    assert (await api.send("POST", f"{url}/incidents", begun)).status_code == 200
    assert await again(api, url) == ("", "", "")


async def test_who_came_has_a_new_card_and_who_left_needs_none(api: Api) -> None:
    url = await planned(api, [["ab", "cd"], ["ac", "bd"]])
    await publish(api, url, 1)
    await printed(api, url)
    gone = {"incidents": [{"id": "i1", "kind": "drop_out", "attendee": "d"}]}
    wait = {"Prefer": "wait=30"}
    answer = await api.send("POST", f"{url}/incidents", gone, headers=wait)
    assert answer.status_code == 200, answer.text
    changed, new, left = await again(api, url)
    assert (left, new) == ("d", "")
    assert {*changed} >= {"b", "c"}


async def test_only_changed_cards_are_printed_with_their_names(api: Api) -> None:
    url = await planned(api, FIRST, THIRD)
    path = f"{url}/schedules/2?format=pdf&only=changed"
    await api.refuses("GET", path, status=409, pointer="query:only", code="no_print")
    await printed(api, url)
    answer = await api.send("GET", path)
    assert 'filename="Spring v2 changed badges.pdf"' in answer.headers["Content-Disposition"]
    text = pypdf.PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert text.count("You meet") == 2
    assert "No meeting" in text
    await printed(api, url, 2)
    await api.refuses("GET", path, status=409, code="nothing_to_print")
    tags = {answer.headers["ETag"]}
    await printed(api, url, 1)
    tags.add((await api.send("GET", path)).headers["ETag"])
    assert len(tags) == 2


async def test_saying_it_again_adds_nothing(api: Api) -> None:
    url = await planned(api)
    first = await printed(api, url, headers={"Idempotency-Key": "p-1"})
    assert await printed(api, url, headers={"Idempotency-Key": "p-1"}) == first
    assert await printed(api, url) == first
    assert len(await rows_of(api, prints, url)) == 1
    await rename(api, url, "a", "Ada")
    assert (await printed(api, url))["number"] == 2
    assert len(await rows_of(api, prints, url)) == 2


async def test_what_was_printed_of_an_older_event_is_refused(api: Api) -> None:
    url = await planned(api)
    tag = await api.tag(url)
    assert await printed(api, url, tag=tag)
    await rename(api, url, "a", "Ada")
    order = {"paper": "badges", "version": 1}
    await api.refuses("POST", f"{url}/prints", order, status=412, tag=tag)


async def test_an_event_that_changes_meanwhile_is_looked_at_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await planned(api)

    async def slowly(*given: Any) -> CardStock:
        stock = await find_stock(*given)
        await rename(api, url, "a", "Ada")
        return stock

    monkeypatch.setattr("app.routes.prints.find_stock", slowly)
    answer = await api.send("POST", f"{url}/prints", {"paper": "badges", "version": 1})
    assert answer.status_code == 409
    assert await rows_of(api, prints, url) == []


async def test_an_erased_attendee_leaves_no_mark(api: Api) -> None:
    url = await planned(api)
    await printed(api, url)
    assert {row.attendee for row in await rows_of(api, printed_cards, url)} == set("abcd")
    answer = await api.send("DELETE", f"{url}/attendees/d?erase=true", tag=await api.tag(url))
    assert answer.status_code == 200, answer.text
    assert {row.attendee for row in await rows_of(api, printed_cards, url)} == set("abc")


async def test_prints_go_with_their_event(api: Api) -> None:
    url = await planned(api)
    await printed(api, url)
    await api.send("DELETE", url, tag=await api.tag(url))
    assert await rows_of(api, prints, url) == []
    assert await rows_of(api, printed_cards, url) == []


async def test_prints_are_the_organisers_alone(api: Api) -> None:
    url = await planned(api)
    order = {"paper": "badges", "version": 1}
    for key, status in ((READER, 403), (OTHER, 404)):
        await api.as_(key).refuses("POST", f"{url}/prints", order, status=status)
        await api.as_(key).refuses("GET", f"{url}/prints", status=status)


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"paper": "badges", "version": 9}, 404),
        ({"paper": "tents", "version": 1}, 422),
        ({"paper": "badges", "version": 0}, 422),
        ({"paper": "badges"}, 422),
        ({"paper": "badges", "version": 1, "count": 4}, 422),
    ],
)
async def test_what_cannot_have_been_printed_is_refused(
    api: Api, order: dict[str, Any], status: int
) -> None:
    url = await planned(api)
    await api.refuses("POST", f"{url}/prints", order, status=status, about=url)


async def test_without_a_schedule_there_are_no_cards(api: Api) -> None:
    url = await api.create()
    await api.refuses("GET", f"{url}/prints", status=404)
    await api.refuses("GET", f"{url}/prints?paper=plan", pointer="query:paper")


@SQLITE_ONLY
async def test_whose_name_cannot_be_printed_is_told_by_id(api: Api) -> None:
    people = [{"id": v, "name": v + "\ue000" * (v == "c")} for v in "abcd"]
    url = await planned(api, attendees=people)
    told = await api.get(f"{url}/prints")
    assert told["unprintable"] == [{"attendee": "c", "characters": "U+E000"}]
    answer = await api.send("GET", f"{url}/schedule?format=pdf")
    *_, last = pypdf.PdfReader(BytesIO(answer.content)).pages
    assert "c: U+E000" in last.extract_text()
