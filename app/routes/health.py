"""Health: whether the process lives, and whether it can do its work."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError

from app.http.conditional import json_answer
from app.http.state import StoreDep
from app.store import leases
from schemas.base import Wire

router = APIRouter(tags=["health"])

PATIENCE_SECONDS = 5


class Health(Wire):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Readiness(Wire):
    """Whether each part that requests need is there."""

    status: Literal["ok", "unready"]
    database: bool
    worker: bool


@router.get("/healthz", response_model=Health)
async def healthz() -> Response:
    """The process answers."""
    return json_answer(Health())


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
async def readyz(store: StoreDep) -> Response:
    """The database answers, and a worker was there a moment ago."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), store.read() as connection:
            worker = bool(await leases.live(connection, leases.WORKER))
    except (SQLAlchemyError, OSError, TimeoutError):
        return _readiness(database=False, worker=False)
    return _readiness(database=True, worker=worker)


def _readiness(*, database: bool, worker: bool) -> Response:
    ready = database and worker
    health = Readiness(status="ok" if ready else "unready", database=database, worker=worker)
    return json_answer(health, status=200 if ready else 503)
