"""Pages: templates in the reader's language, with a policy that lets nothing run but our own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChainableUndefined, Environment, FileSystemLoader

from app.console.api_client import NOT_OPEN, ApiError
from app.http.access import find_caller
from app.http.keys import Caller
from app.http.policy import is_open_to
from app.http.problems import answer_http, answer_parameters
from schemas.words import message as messages
from schemas.words.catalogue import first_held, say

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; worker-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do for a page: files and answers of this service, and nothing inline."""

HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
"""Of every page; a browser that sends no referrer hides its origin from forms as well."""


@cache
def templates() -> Environment:
    """All templates; what people wrote is escaped wherever it stands."""
    folder = str(resources.files("app.console").joinpath("templates"))
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=ChainableUndefined,  # the api leaves out what nobody said, and what none may see
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock_time
    return environment


def clock_time(moment: str | None) -> str:
    """Hours and minutes of a time as the api writes it; nothing of none."""
    return f"{datetime.fromisoformat(moment):%H:%M}" if moment else ""


class Reader(NamedTuple):
    """Whoever reads a page: their language, as far as the catalogue holds one of theirs."""

    language: str

    def say(self, text: str, /, **places: Any) -> str:
        """A message of a template, which writes it out, in their language."""
        return say(messages.message(text, **places), self.language)

    def say_all(self, words: Mapping[str, str]) -> dict[str, str]:
        """Messages for a script of ours, in their language, with their places still open."""
        return {name: say(text, self.language) for name, text in words.items()}

    def tell(self, one: str, many: str, count: int, /, **places: Any) -> str:
        """A message that counts, in their language."""
        return say(messages.counted(one, many, count, **places), self.language)


def get_reader(request: Request) -> Reader:
    """The reader by what the browser prefers."""
    return Reader(first_held(preferred_languages(request.headers.get("Accept-Language", ""))))


def preferred_languages(header: str) -> list[str]:
    """Codes of an Accept-Language header, dearest first, without regions."""
    wishes = []
    for place, part in enumerate(header[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), place, tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [code for _, _, code in sorted(wishes)]


IN_A_PAGE = 100
"""Rows of a list or a grid that are shown at once; in files there are all of them."""


class ListPart(NamedTuple):
    """As many rows of a list as a page shows; ``number`` counts pages from 1."""

    rows: Sequence[Any]
    number: int
    is_last: bool


def part_of(rows: Sequence[Any], number: int) -> ListPart:
    """The rows of one page of a list."""
    first = (number - 1) * IN_A_PAGE
    return ListPart(rows[first : first + IN_A_PAGE], number, first + IN_A_PAGE >= len(rows))


class Pages:
    """Writes pages for one reader, who is offered what their key opens."""

    def __init__(self, request: Request, reader: Reader, caller: Caller | None) -> None:
        self._request, self.reader, self._caller = request, reader, caller

    def may(self, operation: str) -> bool:
        """Whether the reader's key opens an operation of the api."""
        caller = self._caller
        of_event = caller is not None and caller.event is not None
        return caller is not None and is_open_to(operation, caller.role, of_event=of_event)

    def check_may(self, operation: str) -> None:
        """Refuse a page of what the reader's key does not open, rather than show it empty."""
        if self._caller is None:
            raise ApiError(401, {})
        if not self.may(operation):
            raise ApiError(403, {"title": self.reader.say(NOT_OPEN)})

    def page(self, name: str, /, **told: Any) -> Response:
        """A page, or a part of one, with what it tells."""
        return self._written(name, 200, told)

    def _written(self, name: str, status: int, told: Mapping[str, Any]) -> Response:
        common = {
            "language": self.reader.language,
            "_": self.reader.say,
            "counted": self.reader.tell,
            "path": self._request.url.path,
            "may": self.may,
            "can_sign_out": not self._request.app.state.keys.is_open,
        }
        text = templates().get_template(name).render({**common, **told})
        return HTMLResponse(text, status, headers=HEADERS)

    def refusal(self, problem: Mapping[str, Any], status: int) -> Response:
        """What the api refused, as a page of its own or as a part, in plain words.

        Without a problem there is nothing to say but that nothing is there.
        """
        is_part = "hx-request" in self._request.headers
        name = "parts/problem.html" if is_part else "refused.html"
        return self._written(name, status, {"problem": problem, "status": status})

    def go(self, path: str) -> Response:
        """Lead the browser to another page."""
        if "hx-request" in self._request.headers:
            return Response(headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)


async def get_pages(request: Request) -> Pages:
    """Pages for whoever asks."""
    return Pages(request, get_reader(request), await find_caller(request))


PagesDep = Annotated[Pages, Depends(get_pages)]


API = "/v1/"
"""Below this nothing is a page, whoever asks."""


def asks_for_page(request: Request) -> bool:
    """Whether a browser wants something to show at an address where the api is not."""
    is_page = not request.url.path.startswith(API)
    return is_page and "text/html" in request.headers.get("Accept", "").lower()


async def show_no_page(request: Request, error: Exception) -> Response:
    """The handler of addresses that are of no page: it says so to browsers, in HTML."""
    if not asks_for_page(request):
        answer = answer_parameters if isinstance(error, RequestValidationError) else answer_http
        return await answer(request, error)
    pages = await get_pages(request)
    return pages.refusal({}, 404)


async def show_refusal(request: Request, refusal: Exception) -> Response:
    """The handler of ApiError: a page that says what was wrong, or the one to sign in on."""
    if not isinstance(refusal, ApiError):
        raise refusal
    pages = await get_pages(request)
    if refusal.status == 401:
        return pages.go("/sign-in")
    return pages.refusal(refusal.problem, refusal.status)
