"""All pages, and the files that they bring along."""

from importlib import resources

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from app.console import attendees, event_list, overview, schedule, sign_in, upload
from app.console.api_client import ApiError
from app.console.page import show_refusal

MODULES = (sign_in, event_list, upload, overview, attendees, schedule)


def install_console(app: FastAPI) -> None:
    """Let the service show pages."""
    router = APIRouter()
    for module in MODULES:
        router.include_router(module.router)
    app.include_router(router)
    folder = str(resources.files("app.console").joinpath("static"))
    app.mount("/static", StaticFiles(directory=folder), name="static")
    app.add_exception_handler(ApiError, show_refusal)
