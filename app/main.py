"""The service: what is mounted where, and what lives as long as the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from app.console.routes import install_console
from app.http import problems
from app.http.attendee_access import check_own_parameters, lend_reader_to
from app.http.audit import Audit, AuditTrail
from app.http.body import lend_reader
from app.http.byte_budget import ByteBudget
from app.http.guard import Guard
from app.http.key_file import watch_keys
from app.http.key_rates import KeyRates
from app.http.keys import Keys, watch_stored_keys
from app.http.metrics import Metrics
from app.http.openapi import ABOUT, describe_api
from app.http.parameters import check_parameters
from app.http.policy_check import check_policy
from app.http.reader_view import ReaderView
from app.http.request_places import RequestPlaces
from app.http.visitors import Visitors
from app.http.wrong_keys import WrongKeys
from app.routes import (
    agenda,
    attendees,
    audit,
    diagnosis,
    edits,
    events,
    explain,
    feedback,
    graph,
    health,
    imports,
    incidents,
    keys,
    link_cards,
    links,
    live,
    matching,
    me,
    metrics,
    presets,
    prints,
    proposals,
    reference,
    report,
    schedules,
    security_contact,
    series,
    solves,
    stateless,
    template,
    ticks,
    understanding,
    webhooks,
)
from app.service.live_feed import LiveFeed
from app.service.readiness import ReadinessProbe
from app.service.retention import keep_retention
from app.settings import Settings
from app.store.attendee_links import LinkHolder
from app.store.engine import Store
from app.workers.body_reader import BodyReader
from app.workers.child_pool import Limits
from app.workers.gc_tuning import tune_gc
from app.workers.improvement_timer import running_repairs
from app.workers.proposal_search import ProposalSearch
from app.workers.queue import running_jobs
from app.workers.tasks import TaskRunner
from app.workers.text_prefetch import TextPrefetch
from app.workers.trim import share_one_heap, trim_memory
from app.workers.waiting import in_background
from app.workers.wake import shared_signal

WATCHERS_OF_ONE = 4
"""Devices on which one attendee's page is told at once of what changes; others ask."""


def create_app(settings: Settings) -> FastAPI:
    """The whole service; its database is opened and brought up to date when it starts."""
    app = FastAPI(
        **ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        lifespan=_lifespan,
    )
    install_state(app, settings)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(security_contact.router)
    app.include_router(reference.router)
    modules = (
        stateless,
        presets,
        events,
        attendees,
        links,
        link_cards,
        imports,
        template,
        agenda,
        graph,
        diagnosis,
        understanding,
        matching,
        solves,
        schedules,
        prints,
        edits,
        explain,
        report,
        incidents,
        proposals,
        live,
        ticks,
        feedback,
        series,
        webhooks,
        keys,
        audit,
    )
    every = [Depends(check_parameters), Depends(lend_reader)]
    for module in modules:
        app.include_router(module.router, dependencies=every)
    own = [Depends(check_own_parameters), Depends(lend_reader_to)]
    app.include_router(me.door)
    app.include_router(me.router, dependencies=own)
    problems.install_handlers(app)
    install_console(app)
    app.add_middleware(ReaderView)
    app.add_middleware(Audit)
    app.add_middleware(Guard, most=settings.requests_at_once, metrics=app.state.metrics)
    check_policy(app)
    app.openapi = lambda: describe_api(app)  # type: ignore[method-assign]
    return app


def install_state(app: FastAPI, settings: Settings) -> None:
    """Give ``app`` what lives as long as the process, as it is before anything has happened."""
    app.state.settings = settings
    app.state.metrics = Metrics()
    app.state.places = RequestPlaces(settings.key_requests)
    app.state.own_watchers = RequestPlaces[str](settings.requests_at_once // 2)
    app.state.watchers_of_one = RequestPlaces[LinkHolder](WATCHERS_OF_ONE)
    app.state.key_rates = KeyRates(settings.key_rate)
    app.state.wrong_keys = WrongKeys(settings.wrong_keys)
    app.state.wrong_names = WrongKeys(settings.wrong_keys)
    app.state.visitors = Visitors(
        settings.connections, settings.address_connections, settings.unread_bytes
    )
    app.state.store = Store(settings)
    app.state.keys = Keys(settings.access, app.state.store)
    app.state.audit = AuditTrail(app.state.store, settings.audit_days)
    limits = Limits(settings.task_seconds, settings.child_bytes)
    app.state.contradiction_tasks, app.state.graph_tasks = TaskRunner(limits), TaskRunner(limits)
    app.state.agenda_tasks, app.state.file_tasks = TaskRunner(limits), TaskRunner(limits)
    app.state.templates = {}
    app.state.byte_budget, app.state.body_reader = ByteBudget(settings.event_bytes), BodyReader()
    app.state.text_prefetch = TextPrefetch(settings.child_bytes)
    app.state.live_feed = LiveFeed(app.state.store, TaskRunner(limits))
    app.state.proposals = ProposalSearch(app.state.store, limits)
    app.state.reference = reference.Reference(app)
    app.state.readiness = ReadinessProbe(settings, app.state.store)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    share_one_heap()
    tune_gc()
    store: Store = app.state.store
    await store.migrate()
    await app.state.keys.begin()
    try:
        async with (
            running_jobs(app.state.settings, store) as app.state.jobs,
            running_repairs(
                app.state.settings,
                store,
                app.state.proposals,
                app.state.metrics.repair_seconds.observe,
            ) as app.state.repairs,
            shared_signal(app.state.settings, store),
            in_background(trim_memory(store)),
            in_background(keep_retention(store, app.state.settings.retention_days)),
            in_background(watch_keys(app.state.settings, app.state.keys, app.state.visitors)),
            in_background(watch_stored_keys(app.state.keys, app.state.visitors)),
            in_background(app.state.audit.run()),
        ):
            yield
    finally:
        app.state.contradiction_tasks.close()
        app.state.graph_tasks.close()
        app.state.agenda_tasks.close()
        app.state.file_tasks.close()
        app.state.body_reader.close()
        await app.state.text_prefetch.close()
        await app.state.live_feed.close()
        await app.state.proposals.close()
        await app.state.readiness.close()
        await app.state.audit.close()
        await store.close()
