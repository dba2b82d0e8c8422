"""A spreadsheet becomes an event: tried first, with what each column was taken for, then kept."""

import json
from collections.abc import Mapping
from typing import Any, get_args

from fastapi import APIRouter, Depends, Request, Response

from app.console.api_client import ApiDep
from app.console.page import PagesDep
from app.http.access import check_own_page
from schemas.imports import ColumnField

router = APIRouter(include_in_schema=False)

FIELDS = get_args(ColumnField)


@router.get("/new")
async def show_upload(pages: PagesDep) -> Response:
    """Where a file is chosen or dropped for a new event."""
    return pages.page("upload.html", event=None)


@router.get("/events/{event_id}/import")
async def show_import(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """The same for an event that is there."""
    return pages.page("upload.html", event=await api.get(f"/v1/events/{event_id}"))


@router.post("/new/file", dependencies=[Depends(check_own_page)])
async def take_new_file(
    request: Request, pages: PagesDep, api: ApiDep, mapping: str | None = None, keep: bool = False
) -> Response:
    """What becomes of a file for a new event: told, or kept."""
    query = {"mapping": mapping, "dry_run": _written(not keep)}
    receipt = await _send(request, api, "/v1/imports", query)
    if keep:
        return pages.go(f"/events/{receipt['event']}")
    return pages.page("parts/import.html", report=receipt, fields=FIELDS)


@router.post("/events/{event_id}/file", dependencies=[Depends(check_own_page)])
async def take_file(
    request: Request,
    pages: PagesDep,
    api: ApiDep,
    event_id: str,
    mapping: str | None = None,
    keep: bool = False,
) -> Response:
    """The same for an event that is there; once its day has begun nothing is kept."""
    query = {"mapping": mapping, "dry_run": _written(not keep)}
    receipt = await _send(request, api, f"/v1/events/{event_id}/imports", query)
    if keep and receipt["applied"]:
        return pages.go(f"/events/{event_id}")
    return pages.page("parts/import.html", report=receipt, fields=FIELDS)


async def _send(request: Request, api: ApiDep, path: str, query: Mapping[str, Any]) -> Any:
    """Pass the file on as it comes, so that nothing of it is held here."""
    headers = {name: request.headers[name] for name in ("Content-Type", "Content-Length")}
    return (
        await api.send("POST", path, raw=request.stream(), query=query, headers=headers)
    ).document


def _written(truth: bool) -> str:
    return json.dumps(truth)
