"""Rules in words, added and taken away."""

from typing import Any

import pytest

from app.console.rules import blocks_of, is_replaced, rule_in, wishes_of
from tests.api import READER, Api
from tests.app.console.reader import PageReader, event_with
from tests.app.console.stored import planned_event

pytestmark = pytest.mark.anyio

TWO = [{"id": "a", "name": "Anna"}, {"id": "b", "name": "Bob"}]
EVENT: dict[str, Any] = {"attendees": TWO}


def test_a_rule_names_people_and_only_what_the_form_says() -> None:
    form = {"kind": "forbid", "a": "anna", "b": "b", "round": "", "reason": " "}
    assert rule_in(form, EVENT) == {"kind": "forbid", "pair": ["a", "b"]}
    assert rule_in(form | {"round": "2"}, EVENT)["round"] == 2


def test_a_pin_takes_the_place_of_an_older_one_of_the_two() -> None:
    pin = {"kind": "require", "pair": ["a", "b"], "round": 2}
    assert is_replaced({"kind": "require", "pair": ["b", "a"]}, pin)
    assert not is_replaced({"kind": "forbid", "pair": ["a", "b"]}, pin)
    assert not is_replaced({"kind": "require", "pair": ["a", "c"]}, pin)


def test_bans_of_two_rounds_stand_beside_each_other() -> None:
    ban = {"kind": "forbid", "pair": ["a", "b"], "round": 2}
    assert not is_replaced(ban | {"round": 1}, ban)
    assert is_replaced(ban, ban)


def test_wishes_and_blocks_are_read_whichever_way_they_are_written() -> None:
    people = [
        {"id": "a", "wants": [{"id": "b", "must": True}, "c"], "avoid": ["d"]},
        {"id": "b", "avoid": [{"id": "c", "soft": True}]},
    ]
    assert list(wishes_of({"attendees": people})) == [("a", ["b", "c"])]
    assert list(blocks_of({"attendees": people})) == [("a", "d", False), ("b", "c", True)]


async def test_a_rule_is_added_told_and_taken_away(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, attendees=TWO)
    path, place = f"/events/{event}/rules", f"/v1/events/{event}"
    rule = {"kind": "forbid", "a": "Anna", "b": "Bob", "reason": "a dispute"}
    await signed_in.submit(f"{path}/add", etag=await api.tag(place), **rule)
    text = await signed_in.page(path)
    assert "Anna and Bob never meet." in text
    assert "a dispute" in text
    await signed_in.submit(f"{path}/remove", etag=await api.tag(place), place="0")
    assert not (await api.get(place)).get("pair_rules")


async def test_a_rule_is_not_taken_away_over_another_change(
    api: Api, signed_in: PageReader
) -> None:
    rules = [{"kind": "forbid", "pair": ["a", "b"]}]
    event = await event_with(api, attendees=TWO, pair_rules=rules)
    stale = await api.tag(f"/v1/events/{event}")
    await signed_in.submit(f"/events/{event}/rules/policy", etag=stale, rematch="seldom")
    answer = await signed_in.submit(f"/events/{event}/rules/remove", etag=stale, place="0")
    assert answer.status_code == 412
    assert (await api.get(f"/v1/events/{event}"))["policy"]["rematch"] == "seldom"


async def test_who_may_meet_whom_by_a_label_is_told(api: Api, signed_in: PageReader) -> None:
    meet = {"label": "role", "pairs": [["buyer", "seller"]], "unlabelled": "nobody"}
    event = await event_with(api, policy={"meet": meet, "max_in_a_row": 3})
    text = await signed_in.page(f"/events/{event}/rules")
    assert "By “role”: “buyer” may meet “seller”." in text
    assert "Whoever has no “role” meets nobody." in text
    assert "After 3 meetings in a row" in text


async def test_somebody_unknown_is_said_to_be_nobody(api: Api, signed_in: PageReader) -> None:
    event = await event_with(api, attendees=TWO)
    answer = await signed_in.submit(f"/events/{event}/rules/add", kind="forbid", a="Zoe", b="Bob")
    assert answer.status_code == 422
    assert "Nobody of this event is called so" in answer.text


@pytest.mark.parametrize("page", ["rules", "settings", "diagnosis", "after", "schedules/1/quality"])
async def test_what_is_the_organisers_is_refused_to_readers_and_not_shown_empty(
    api: Api, visitor: PageReader, page: str
) -> None:
    event = await planned_event(api)
    await visitor.sign_in(READER)
    assert 'class="card bad"' in await visitor.page(f"/events/{event}/{page}", 403)
