"""All pages, and the files that they bring along."""

from importlib import resources
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

from app.console import (
    after,
    attendees,
    changes,
    day,
    diagnosis,
    event_list,
    me,
    overview,
    quality,
    rules,
    schedule,
    series,
    settings,
    sign_in,
    upload,
    webhooks,
)
from app.console.api_client import ApiError
from app.console.page import show_no_page, show_refusal

MAY_FETCH = {"Content-Security-Policy": "default-src 'none'; connect-src 'self'"}

MODULES = (
    sign_in,
    event_list,
    upload,
    overview,
    attendees,
    settings,
    webhooks,
    rules,
    diagnosis,
    schedule,
    quality,
    changes,
    day,
    after,
    series,
    me,
)


def install_console(app: FastAPI) -> None:
    """Let the service show pages, and say in one where there is none.

    After the handlers of the api, whose answers to wrong addresses stay for all but browsers.
    """
    router = APIRouter()
    for module in MODULES:
        router.include_router(module.router)
    app.include_router(router)
    folder = Path(str(resources.files("app.console").joinpath("static")))
    worker = folder / "service-worker.js"

    @app.get(f"/{worker.name}", include_in_schema=False)
    async def get_service_worker() -> FileResponse:
        """The worker that keeps pages; what it may answer for lies below its own address."""
        return FileResponse(worker, media_type="text/javascript", headers=MAY_FETCH)

    app.mount("/static", StaticFiles(directory=folder), name="static")
    app.add_exception_handler(ApiError, show_refusal)
    for refusal in (404, 405, RequestValidationError):
        app.add_exception_handler(refusal, show_no_page)
