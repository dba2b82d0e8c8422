"""What differs between two versions: who is told what, and the grid, marked."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.console.api_client import ApiDep
from app.console.overview import SECONDS
from app.console.page import PagesDep
from app.console.people import names_of
from app.console.schedule import VersionPath, table_rows

router = APIRouter(prefix="/events/{event_id}/schedules/{version}", include_in_schema=False)

Earlier = Annotated[int, Query(alias="from", ge=1)]


@router.get("/changes")
async def show_changes(
    pages: PagesDep,
    api: ApiDep,
    event_id: str,
    version: VersionPath,
    earlier: Earlier,
    whole: bool = False,
) -> Response:
    """What a version changes of an earlier one, person by person and table by table."""
    place = f"/v1/events/{event_id}"
    event = (await api.event(event_id)).document
    found = await api.get(f"{place}/schedules/{version}/diff", **{"from": earlier})
    versions = (await api.get(f"{place}/schedules"))["schedules"]
    before, after = [await api.get(f"{place}/schedules/{k}") for k in (earlier, version)]
    return pages.page(
        "changes.html",
        event=event,
        schedule=after,
        earlier=earlier,
        versions=versions,
        names=names_of(event),
        cost=cost_of(before, after),
        people=found["people"],
        starts=found["starts"],
        rows=[row for row in compared_rows(before, after) if whole or row["changed"]],
        is_whole=whole,
        seconds=SECONDS,
    )


def cost_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> float | None:
    """By how much the objective falls; None where one of the two has none."""
    known = [one["quality"]["objective"] for one in (before, after) if one.get("quality")]
    return known[0] - known[1] if len(known) == 2 else None


def compared_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a table, and a cell a round: who sat there, who sits there now, and whether it changed.

    Versions may differ in rounds and tables: what one of them lacks is empty.
    """
    old, new = seats_of(before), seats_of(after)
    rounds = max(len(before["rounds"]), len(after["rounds"]))
    tables = sorted({table for _, table in (*old, *new)})
    return [_row(table, [_cell(old, new, (k, table)) for k in range(rounds)]) for table in tables]


def _row(table: int, cells: list[dict[str, Any]]) -> dict[str, Any]:
    return {"table": table, "cells": cells, "changed": any(cell["changed"] for cell in cells)}


def seats_of(schedule: Mapping[str, Any]) -> dict[tuple[int, int], tuple[str, ...]]:
    """Who sits where, by the place of the round and the number of the table."""
    return {
        (k, row["table"]): tuple(sorted(meeting["attendees"]))
        for row in table_rows(schedule)
        for k, meeting in enumerate(row["meetings"])
        if meeting
    }


Seats = Mapping[tuple[int, int], tuple[str, ...]]


def _cell(old: Seats, new: Seats, at: tuple[int, int]) -> dict[str, Any]:
    was, now = old.get(at, ()), new.get(at, ())
    return {"from": was, "to": now, "changed": was != now}
