"""Event in, schedule out: nothing is kept."""

import asyncio
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict

from app.deps import JobsDep
from app.errors import Defect, Invalid, OutOfMemory
from app.http.access import CallerDep
from app.http.body import Sent, event_body, openapi_body
from app.http.conditional import json_answer
from app.http.departure import unless_gone
from app.http.keys import Caller
from app.http.openapi import refuses
from app.http.state import SettingsDep
from app.planning.document import write_whole_event
from app.service.solves import with_limits
from app.settings import Settings
from app.workers.child import SECONDS_IN_FRONT
from app.workers.child_pool import Child
from app.workers.messages import (
    Contradicted,
    Exhausted,
    Failed,
    Improved,
    Outdated,
    Planned,
    PlanOrder,
    PlanReply,
)
from app.workers.queue import Jobs
from app.workers.solve_job import NO_SCHEDULE
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.solve import Progress, SolveRequest
from solver.budget import Budget

router = APIRouter(prefix="/v1/solve", tags=["solve"])

log = structlog.get_logger(__name__)


class SolveQuery(SolveRequest):
    """The same request in the address, where numbers are text."""

    model_config = ConfigDict(strict=False)


@router.post("", response_model=Schedule, openapi_extra=openapi_body(Event))
@refuses(Invalid, Defect, OutOfMemory)
async def solve_event(
    request: Request,
    caller: CallerDep,
    settings: SettingsDep,
    jobs: JobsDep,
    sent: Annotated[Sent[str], Depends(event_body(write_whole_event))],
    query: Annotated[SolveQuery, Query()],
) -> Response:
    """Schedule an event, or replan it when it has `published`; a caller who leaves ends it."""
    asked = with_limits(query, settings, "query:seconds")
    order = PlanOrder(
        event=sent.document,
        budget=Budget(asked.seconds, asked.work, asked.gap),
        asked=SolveRequest(**asked.model_dump()),  # whose module a child may load
        seconds_in_front=SECONDS_IN_FRONT,
    )
    return _response(await unless_gone(request, _plan(jobs, settings, order, caller)))


async def _plan(jobs: Jobs, settings: Settings, order: PlanOrder, caller: Caller) -> PlanReply:
    """Have a child plan, for at most as long as any solve may take."""

    async def unwatched(_: Progress) -> None:
        """Nobody hears of the progress."""

    async def plan(child: Child) -> PlanReply:
        clock = asyncio.get_running_loop()
        end = clock.call_later(settings.longest_solve_seconds, child.stop)
        try:
            return await child.plan(order, unwatched)
        finally:
            end.cancel()

    return await jobs.children.use(plan, settings.stateless_patience, caller.organisation)


def _response(answer: PlanReply) -> Response:
    """The answer as the caller sees it."""
    match answer:
        case Contradicted(conflict, advice):
            raise Invalid("these rules contradict each other", conflict=conflict, advice=advice)
        case Exhausted():
            raise Invalid.at("query:seconds", "no_schedule_in_time", NO_SCHEDULE.message)
        case Failed(whereabouts):
            log.error("failed", **whereabouts)
            raise Defect
        case Improved() | Outdated():
            raise AssertionError("nobody asked for an improvement")
        case Planned(written):
            return json_answer(written.alone())
