"""The audit log of the organisation, for its owner."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.http.access import CallerDep
from app.http.conditional import json_answer
from app.http.cursor import Cursor, open_cursor, seal_cursor
from app.http.state import StoreDep
from app.store import audit_log
from app.store.audit_log import StoredAct
from app.store.ids import ID
from schemas.audit import Act, ActPage

router = APIRouter(prefix="/v1/audit", tags=["keys"])

MOST_IN_PAGE = 1_000
CSV = "text/csv"
SHOWN: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}


@router.get("", response_model=ActPage, responses=SHOWN)
async def list_audit(
    caller: CallerDep,
    store: StoreDep,
    limit: Annotated[int, Query(ge=1, le=MOST_IN_PAGE, description="How many in a page.")] = 50,
    cursor: Cursor = None,
    wanted: Annotated[
        Literal["json", "csv"], Query(alias="format", description="The page as JSON or as CSV.")
    ] = "json",
) -> Response:
    """Who did what, newest first: changes, files taken out, and what a role was refused.

    The cursor of the next page is in the JSON alone: whoever wants all of it as CSV asks for both.
    """
    scope = f"audit of {caller.organisation}"
    before = None if cursor is None else open_cursor(scope, cursor, ID)
    async with store.read() as connection:
        rows = await audit_log.page(connection, caller.organisation, before, limit + 1)
    if wanted == "csv":
        return Response(_csv_of(rows[:limit]), media_type=CSV)
    following = seal_cursor(scope, rows[limit - 1].id) if len(rows) > limit else None
    return json_answer(ActPage(acts=tuple(map(_shown, rows[:limit])), next=following))


def _csv_of(rows: Sequence[StoredAct]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, list(Act.model_fields))
    writer.writeheader()
    writer.writerows(_shown(row).model_dump(mode="json") for row in rows)
    return text.getvalue()


def _shown(row: StoredAct) -> Act:
    return Act.model_validate(
        {
            "at": row.at,
            "key": row.key,
            "role": row.role,
            "operation": row.operation,
            "event": row.event_id,
            "status": row.status,
        }
    )
