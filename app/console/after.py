"""Afterwards: what people said of their meetings, who should be introduced, and series."""

from fastapi import APIRouter, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.console.people import names_of

router = APIRouter(prefix="/events/{event_id}/after", include_in_schema=False)

MOST_INTRODUCTIONS = 50


@router.get("")
async def show_after(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """Feedback in numbers, people who should be introduced, and the series of the organisation."""
    place = f"/v1/events/{event_id}"
    event = (await api.event(event_id)).document
    open_triangles = await api.find(f"{place}/introductions", limit=MOST_INTRODUCTIONS)
    listed = (await api.get("/v1/series"))["series"]
    return pages.page(
        "after.html",
        event=event,
        names=names_of(event),
        feedback=await api.get(f"{place}/feedback"),
        introductions=open_triangles and open_triangles["introductions"],
        series=[await api.get(f"/v1/series/{one['id']}") for one in listed[:10]],
    )
