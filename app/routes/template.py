"""The template: an empty list of people to fill, for whoever asks."""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Response

from app.exports.schedule_file import KINDS, TemplateFormat
from app.http.conditional import not_modified
from app.http.departure import RequestTasks, tasks_of_request
from app.http.openapi import REVALIDATED, headed
from app.http.reader_view import OfNobody
from app.http.state import from_state
from app.workers.tasks import template_of

router = APIRouter(prefix="/v1", tags=["attendees"])

Made = Annotated[dict[str, bytes], from_state("templates")]
TasksDep = Annotated[RequestTasks, tasks_of_request("file_tasks")]


def _answers(wanted: TemplateFormat, schema: Mapping[str, str]) -> dict[int | str, dict[str, Any]]:
    """What a route answers that gives the template in a format."""
    content = {"content": {KINDS[wanted].media_type: {"schema": dict(schema)}}}
    return REVALIDATED | {200: headed("ETag", "Content-Disposition") | content}


@router.get(
    "/template.xlsx",
    response_class=OfNobody,
    responses=_answers("xlsx", {"type": "string", "format": "binary"}),
)
async def get_template_workbook(made: Made, tasks: TasksDep) -> Response:
    """A workbook with a sheet to fill, and one that explains each column."""
    return await _template("xlsx", made, tasks)


@router.get("/template.csv", response_class=OfNobody, responses=_answers("csv", {"type": "string"}))
async def get_template_csv(made: Made, tasks: TasksDep) -> Response:
    """The names of the same columns, as CSV."""
    return await _template("csv", made, tasks)


async def _template(
    wanted: TemplateFormat, made: dict[str, bytes], tasks: RequestTasks
) -> Response:
    """The template; the first who asks has a child make it, for everybody after them."""
    if wanted not in made:
        made[wanted] = await tasks.run(partial(template_of, wanted=wanted), "")
    etag = f'"{sha256(made[wanted]).hexdigest()[:32]}"'
    if same := not_modified(tasks.request, etag):
        return same
    name = f'attachment; filename="people.{KINDS[wanted].suffix}"'
    headers = {"ETag": etag, "Content-Disposition": name}
    return OfNobody(made[wanted], headers=headers, media_type=KINDS[wanted].media_type)
