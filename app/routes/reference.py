"""What the service can do: the OpenAPI document, and the same as a page."""

from functools import cached_property

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from pydantic_core import to_json
from starlette.responses import Response

from app.http.api_page import POLICY, write_api_page
from app.http.conditional import JSON
from app.http.parameters import check_open_parameters

router = APIRouter(include_in_schema=False, dependencies=[Depends(check_open_parameters)])


class Reference:
    """Both documents of a service, each made once it is asked for."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    @cached_property
    def openapi(self) -> bytes:
        """The OpenAPI document, in JSON."""
        return to_json(self._app.openapi())

    @cached_property
    def page(self) -> str:
        """The page, in HTML."""
        return write_api_page(self._app.openapi())


@router.get("/openapi.json")
@router.get("/v1/openapi.json")
async def get_openapi(request: Request) -> Response:
    """The OpenAPI document, for machines."""
    return Response(request.app.state.reference.openapi, media_type=JSON)


@router.get("/docs")
async def get_docs(request: Request) -> Response:
    """The same, for people."""
    page: str = request.app.state.reference.page
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
