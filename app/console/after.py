"""Afterwards: what people said of their meetings, who should be introduced, and series."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.console.schedule import names_of

router = APIRouter(prefix="/events/{event_id}/after", include_in_schema=False)

EventPath = Annotated[str, Path()]
MOST_INTRODUCTIONS = 50


@router.get("")
async def show_after(pages: PagesDep, api: ApiDep, event_id: EventPath) -> Response:
    """Feedback in numbers, people who should be introduced, and the series of the organisation."""
    place = f"/v1/events/{event_id}"
    event = await api.get(place)
    open_triangles = await api.find(f"{place}/introductions", limit=MOST_INTRODUCTIONS)
    listed = (await api.get("/v1/series"))["series"]
    return pages.page(
        "after.html",
        event=event | {"id": event_id},
        names=names_of(event),
        feedback=await api.get(f"{place}/feedback"),
        introductions=open_triangles and open_triangles["introductions"],
        series=[await api.get(f"/v1/series/{one['id']}") for one in listed[:10]],
    )
