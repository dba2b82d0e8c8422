"""The diagnosis with names, and counts that would tell who somebody is."""

from typing import Any

import pytest

from app.console.diagnosis import bars_of, largest_topics
from tests.api import Api
from tests.app.console.reader import PageReader, event_with

pytestmark = pytest.mark.anyio


def topic(name: str, supply: int | None, demand: int | None) -> dict[str, Any]:
    return {"name": name, "supply": supply, "demand": demand, "unmet": 0}


def test_one_or_two_people_are_drawn_between_and_told_as_such() -> None:
    assert bars_of([topic("tax", None, 4), topic("web", 3, 0)], "supply") == {
        "values": [1.5, 3],
        "texts": ["1\N{EN DASH}2", "3"],
    }


def test_the_topic_of_most_people_comes_first() -> None:
    topics = [topic("tax", None, 0), topic("web", 3, 9), topic("cake", 4, 4)]
    assert [one["name"] for one in largest_topics(topics)] == ["web", "cake", "tax"]


async def test_the_page_tells_what_nobody_meets_and_whom_to_invite(
    api: Api, signed_in: PageReader
) -> None:
    people = [
        {"id": f"p{k}", "name": f"Person {k}", "offers": ["tax advice"], "needs": ["a bakery"]}
        for k in range(6)
    ]
    event = await event_with(api, attendees=people)
    text = await signed_in.page(f"/events/{event}/diagnosis")
    assert "6 of 6 needs are met by nobody." in text
    assert "Person 3" in text
    assert "This will not work as it is" in text
