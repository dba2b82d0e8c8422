"""A spreadsheet becomes an event: tried first, with what each column was taken for, then kept."""

from typing import get_args

from fastapi import APIRouter, Depends, Request, Response

from app.console.api_client import ApiClient, ApiDep
from app.console.page import Pages, PagesDep
from app.http.access import check_own_page
from schemas.imports import ColumnField

router = APIRouter(include_in_schema=False)

FIELDS = get_args(ColumnField)


@router.get("/new")
async def show_upload(pages: PagesDep) -> Response:
    """Where a file is chosen or dropped for a new event."""
    pages.check_may("import_event")
    return pages.page("upload.html", event=None)


@router.get("/events/{event_id}/import")
async def show_import(pages: PagesDep, api: ApiDep, event_id: str) -> Response:
    """The same for an event that is there."""
    pages.check_may("import_attendees")
    return pages.page("upload.html", event=(await api.event(event_id)).document)


@router.post("/new/file", dependencies=[Depends(check_own_page)])
async def take_new_file(
    request: Request, pages: PagesDep, api: ApiDep, mapping: str | None = None, keep: bool = False
) -> Response:
    """What becomes of a file for a new event: told, or kept."""
    return await _take(request, pages, api, "/v1/imports", mapping, keep)


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
    return await _take(request, pages, api, f"/v1/events/{event_id}/imports", mapping, keep)


async def _take(
    request: Request, pages: Pages, api: ApiClient, path: str, mapping: str | None, keep: bool
) -> Response:
    """Pass the file on as it comes, so that nothing of it is held here."""
    sent = await api.send(
        "POST",
        path,
        raw=request.stream(),
        query={"mapping": mapping, "dry_run": not keep},
        headers={name: request.headers[name] for name in ("Content-Type", "Content-Length")},
    )
    report = sent.document
    if report["applied"]:
        return pages.go(f"/events/{report['event']}")
    return pages.page("parts/import.html", report=report, fields=FIELDS)
