"""The diagnosis of an event as pictures: supply and demand, who is unserved, whom to invite."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.console.people import names_of, with_named_people

router = APIRouter(prefix="/events/{event_id}/diagnosis", include_in_schema=False)

SIDES = ("supply", "demand", "unmet")
FEW = 1.5
"""How a count is drawn that is one or two: the api does not say which."""
EN_DASH = "\N{EN DASH}"
MOST_TOPICS = 25
"""So many topics are drawn; the table has all."""


@router.get("")
async def show_diagnosis(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """How the event stands before it is planned, with names in the place of ids."""
    event = (await api.event(event_id)).document
    pages.check_may("get_diagnosis")
    found = await api.get(f"/v1/events/{event_id}/diagnosis")
    names = names_of(event)
    topics = largest_topics(found["topics"])
    return pages.page(
        "diagnosis.html",
        event=event,
        names=names,
        diagnosis=found,
        findings=with_named_people(found["findings"], names),
        topics=topics,
        sides={side: bars_of(topics, side) for side in SIDES},
    )


def largest_topics(topics: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The topics of most people, those of most first."""
    most = {topic["name"]: max(map(drawn, (topic[side] for side in SIDES))) for topic in topics}
    return sorted(topics, key=lambda topic: -most[topic["name"]])[:MOST_TOPICS]


def drawn(count: int | None) -> float:
    """How long the bar of a count is."""
    return FEW if count is None else count


def told(count: int | None) -> str:
    """What a count is said to be."""
    return f"1{EN_DASH}2" if count is None else str(count)


def bars_of(topics: Iterable[Mapping[str, Any]], side: str) -> dict[str, Any]:
    """The bars of one side of topics, and the words beside them."""
    counts = [topic[side] for topic in topics]
    return {"values": [drawn(count) for count in counts], "texts": [told(n) for n in counts]}
