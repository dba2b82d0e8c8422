"""The first page: all events, or how to begin where there are none."""

import json
from importlib import resources

from fastapi import APIRouter, Depends, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.http.access import check_own_page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def show_events(pages: PagesDep, api: ApiDep, cursor: str | None = None) -> Response:
    """The organisation's events, newest first."""
    found = await api.get("/v1/events", cursor=cursor)
    return pages.page("events.html", events=found["events"], following=found["next"])


@router.post("/demo", dependencies=[Depends(check_own_page)])
async def begin_demo(pages: PagesDep, api: ApiDep) -> Response:
    """Keep the invented event, to be tried."""
    event = json.loads(resources.files("app.demo").joinpath("event.json").read_text("utf-8"))
    made = await api.send("POST", "/v1/events", event)
    return pages.go(f"/events/{made.document['id']}")
