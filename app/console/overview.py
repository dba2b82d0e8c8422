"""One event: how it stands, what to do next, its versions, and a solve as it runs."""

from fastapi import APIRouter, Depends, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.console.people import names_of, with_named_people
from app.http.access import check_own_page
from app.http.body import FormDep

router = APIRouter(prefix="/events/{event_id}", include_in_schema=False)

SECONDS = (5, 20, 60, 300)
"""How long a solve may be asked to search."""


@router.get("")
async def show_event(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """The event at a glance."""
    place = f"/v1/events/{event_id}"
    event = (await api.event(event_id)).document
    versions = (await api.get(f"{place}/schedules"))["schedules"]
    solves = (await api.get(f"{place}/solves"))["solves"]
    running = next((solve for solve in solves if solve["state"] in ("queued", "running")), None)
    failed = solves[0] if solves and solves[0]["state"] in ("infeasible", "failed") else None
    return pages.page(
        "event.html",
        event=event,
        versions=versions,
        running=running,
        failed=failed,
        seconds=SECONDS,
    )


@router.get("/findings")
async def show_findings(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """What the diagnosis found, for the page of the event: it takes a moment to find."""
    event = (await api.event(event_id)).document
    found = await api.get(f"/v1/events/{event_id}/diagnosis")
    findings = with_named_people(found["findings"], names_of(event))
    return pages.page("parts/first_look.html", findings=findings, guests=found["guests"])


@router.post("/solve", dependencies=[Depends(check_own_page)])
async def start_solve(pages: PagesDep, api: ApiDep, event_id: str, form: FormDep) -> Response:
    """Begin to plan meetings, and watch."""
    seconds = form.get("seconds", "20")
    asked = {"seconds": float(seconds) if seconds.isdecimal() else 20.0}
    begun = await api.send("POST", f"/v1/events/{event_id}/solves", asked)
    return pages.go(f"/events/{event_id}/solves/{begun.document['id']}")


@router.get("/solves/{solve_id}")
async def show_solve(pages: PagesDep, api: ApiDep, event_id: str, solve_id: str) -> Response:
    """A solve while it runs; once it is done, what it made."""
    solve = await api.get(f"/v1/events/{event_id}/solves/{solve_id}")
    if solve["version"] is not None and solve["state"] not in ("queued", "running"):
        return pages.go(f"/events/{event_id}/schedules/{solve['version']}")
    event = (await api.event(event_id)).document
    return pages.page("solve.html", event=event, solve=solve)


@router.post("/solves/{solve_id}/stop", dependencies=[Depends(check_own_page)])
async def stop_solve(pages: PagesDep, api: ApiDep, event_id: str, solve_id: str) -> Response:
    """Stop, and keep the best."""
    await api.send("DELETE", f"/v1/events/{event_id}/solves/{solve_id}")
    return pages.go(f"/events/{event_id}/solves/{solve_id}")
