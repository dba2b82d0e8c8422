"""What an event is called, where it is, and when its rounds are."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.http.access import check_own_page
from app.http.body import Form, FormDep
from schemas.words.catalogue import held_languages

router = APIRouter(prefix="/events/{event_id}/settings", include_in_schema=False)


TEXTS = ("name", "timezone", "language")
TO_THE_MINUTE = "%Y-%m-%dT%H:%M"
"""How a browser writes a time."""
NUMBERS = ("count", "minutes", "break_minutes", "tables")
MOST_DIGITS = 12
"""More than any number has that the api takes."""


@cache
def zones() -> tuple[str, ...]:
    """Names of zones that a place has."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


@router.get("")
async def show_settings(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """The event's own fields and its rounds, to be changed."""
    pages.check_may("patch_event")
    found = await api.event(event_id)
    return pages.page(
        "settings.html",
        event=found.document,
        etag=found.etag,
        series=series_of(found.document),
        is_even=is_even(found.document),
        zones=zones(),
        languages=sorted(held_languages()),
    )


def series_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The rounds as a series: that of the first, and the break before the second."""
    rounds = event["rounds"]
    first = rounds[0]
    breaks = breaks_of(event)
    given = {
        "count": len(rounds),
        "minutes": first["minutes"],
        "break_minutes": max(breaks[0], 0) if breaks else 0,
    }
    start = local_start(event, first)
    more = {
        "first_starts_at": start and f"{start:{TO_THE_MINUTE}}",
        "tables": first.get("tables"),
    }
    return given | {name: value for name, value in more.items() if value is not None}


def breaks_of(event: Mapping[str, Any]) -> list[int]:
    """Minutes between each two rounds that have times."""
    breaks = []
    for one, other in pairwise(event["rounds"]):
        starts = [local_start(event, each) for each in (one, other)]
        if starts[0] and starts[1]:
            apart = (starts[1] - starts[0]).total_seconds() / 60
            breaks.append(round(apart) - int(one["minutes"]))
    return breaks


def local_start(event: Mapping[str, Any], one: Mapping[str, Any]) -> datetime | None:
    """When a round starts by the clocks of the place; None if it has no time."""
    if not one.get("starts_at"):
        return None
    start = datetime.fromisoformat(one["starts_at"])
    return (
        start.astimezone(ZoneInfo(event["timezone"])).replace(tzinfo=None)
        if start.tzinfo
        else start
    )


def is_even(event: Mapping[str, Any]) -> bool:
    """Whether all rounds are alike, so that a series says all of them."""
    rounds = event["rounds"]
    kinds = {(r["minutes"], r.get("tables"), bool(r.get("starts_at"))) for r in rounds}
    closed = {tuple(r.get("closed_tables", ())) for r in rounds}
    return len(set(breaks_of(event))) < 2 and len(kinds) == 1 and len(closed) == 1


@router.post("", dependencies=[Depends(check_own_page)])
async def change_settings(pages: PagesDep, api: ApiDep, event_id: str, form: FormDep) -> Response:
    """Keep what was changed, unless somebody else changed the event meanwhile."""
    place = f"/v1/events/{event_id}"
    before = await api.get(place)
    await api.patch(place, changes_in(form, before), form.get("etag", ""))
    return pages.go(f"/events/{event_id}/settings")


def changes_in(form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch of the form: rounds only where it says them otherwise than they are."""
    patch: dict[str, Any] = {
        name: form[name].strip()
        for name in TEXTS
        if name in form and form[name].strip() != before.get(name, "")
    }
    asked = series_in(form)
    if asked and asked != series_of(before):
        patch["rounds"] = asked | {"closed_tables": before["rounds"][0].get("closed_tables", [])}
        if start := asked.get("first_starts_at"):
            patch["rounds"]["first_starts_at"] = f"{start}:00"
    return patch


def series_in(form: Form) -> dict[str, Any]:
    """The series of rounds that a form asks for; fields that are left empty are not said."""
    said = {name: form[name].strip() for name in (*NUMBERS, "first_starts_at") if name in form}
    numbers = {
        name: int(said[name][:MOST_DIGITS]) for name in NUMBERS if said.get(name, "").isdecimal()
    }
    start = said.get("first_starts_at")
    return numbers | ({"first_starts_at": start[: len("2027-03-04T09:00")]} if start else {})
