"""Health: whether the process lives, and whether it can do its work."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response

from app.http.conditional import json_answer
from app.http.state import from_state
from app.service.readiness import ReadinessProbe
from schemas.base import Wire

router = APIRouter(tags=["health"])

ReadinessDep = Annotated[ReadinessProbe, from_state("readiness")]


class Health(Wire):
    """The process lives."""

    status: Literal["ok"] = "ok"
    """Always `ok`."""


class Readiness(Wire):
    """Whether each part that requests need is there."""

    status: Literal["ok", "unready"]
    """`ok` if all parts are there."""
    database: bool
    """Whether the database can be written."""
    worker: bool
    """Whether a worker lives."""


@router.get("/healthz", response_model=Health)
async def healthz() -> Response:
    """The process answers."""
    return json_answer(Health())


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
async def readyz(readiness: ReadinessDep) -> Response:
    """The database can be written, and a worker lives, or did a second ago."""
    database, worker = await readiness.condition()
    ready = database and worker
    health = Readiness(status="ok" if ready else "unready", database=database, worker=worker)
    return json_answer(health, status=200 if ready else 503)
