"""Afterwards: what people said of their meetings, who should be introduced, and series."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.console.people import names_of
from app.console.series import read_series

router = APIRouter(prefix="/events/{event_id}/after", include_in_schema=False)

MOST_INTRODUCTIONS = 50


@router.get("")
async def show_after(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """Feedback in numbers, people who should be introduced, and the series it is part of."""
    pages.check_may("get_feedback")
    place = f"/v1/events/{event_id}"
    event = (await api.event(event_id)).document
    open_triangles = await api.find(f"{place}/introductions", limit=MOST_INTRODUCTIONS)
    series = await read_series(api) if pages.may("list_series") else []
    return pages.page(
        "after.html",
        event=event,
        names=names_of(event),
        feedback=await api.get(f"{place}/feedback"),
        introductions=open_triangles and open_triangles["introductions"],
        series=[one for one in series if is_in(event_id, one)],
        others=[one for one in series if not is_in(event_id, one)],
    )


def is_in(event_id: str, series: Mapping[str, Any]) -> bool:
    """Whether an event is one of a series."""
    return any(member["event"] == event_id for member in series["events"])
