"""The service: what is mounted where, and what lives as long as the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from app.http import problems
from app.http.access import Keys
from app.http.guard import Guard
from app.routes import (
    agenda,
    attendees,
    diagnosis,
    events,
    explain,
    feedback,
    graph,
    health,
    incidents,
    live,
    schedules,
    series,
    solves,
    stateless,
)
from app.service.live_feed import LiveFeed
from app.settings import Settings
from app.store.engine import Store
from app.workers.gc_tuning import tune_gc
from app.workers.improvement_timer import running_repairs
from app.workers.queue import running_jobs
from app.workers.tasks import TaskRunner
from app.workers.text_prefetch import TextPrefetch
from schemas.event import Attendee, Event
from schemas.feedback import FeedbackBatch
from schemas.incident import Incidents
from schemas.listing import Attendees
from schemas.problem import Problem
from schemas.series import NewSeries
from schemas.solve import SolveRequest

DESCRIPTION = """Event in, schedule out: rounds of one-to-one meetings in which both gain.

Every refusal is `application/problem+json` and points at what was wrong."""


def create_app(settings: Settings) -> FastAPI:
    """The whole service; its database is opened and brought up to date when it starts."""
    app = FastAPI(
        title="Tertius",
        version="1",
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.keys = Keys(settings.access)
    app.state.store = Store(settings.store_url)
    app.state.errands, app.state.graphs, app.state.agendas = (
        TaskRunner(),
        TaskRunner(),
        TaskRunner(),
    )
    app.state.learning = TextPrefetch()
    app.state.watching = LiveFeed(app.state.store)
    modules = (
        health,
        stateless,
        events,
        attendees,
        agenda,
        graph,
        diagnosis,
        solves,
        schedules,
        explain,
        incidents,
        live,
        feedback,
        series,
    )
    for module in modules:
        app.include_router(module.router)
    problems.install_handlers(app)
    app.add_middleware(Guard)
    app.openapi = lambda: app.openapi_schema or _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    tune_gc()
    store: Store = app.state.store
    await store.migrate()
    try:
        async with (
            running_jobs(app.state.settings, store) as app.state.jobs,
            running_repairs(app.state.settings, store, app.state.jobs) as app.state.repairs,
        ):
            yield
    finally:
        app.state.errands.close()
        app.state.graphs.close()
        app.state.agendas.close()
        await app.state.learning.close()
        app.state.watching.close()
        await store.close()


SENT = (Attendee, Attendees, Event, FeedbackBatch, Incidents, NewSeries, SolveRequest)
"""Documents that bodies hold; they are read raw, so the framework does not know them."""


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The framework's OpenAPI, with the bodies' schemas and the one shape of every refusal."""
    described: dict[str, Any] = FastAPI.openapi(app)
    known: dict[str, Any] = described["components"]["schemas"]
    modes: list[Any] = [(model, "validation") for model in (*SENT, Problem)]
    _, definitions = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    for name, schema in definitions["$defs"].items():
        known.setdefault(name, schema)
    for name in ("HTTPValidationError", "ValidationError"):
        known.pop(name, None)
    for path in described["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = REFUSAL
            for parameter in operation.get("parameters", ()):
                parameter["required"] |= parameter["name"] == "if-match"
    return described


REFUSAL = {
    "description": "Refused, and why",
    "content": {problems.PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
