"""The one handler: every failure becomes a problem (RFC 9457) that tells only what is safe."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.errors import (
    MOST_ERRORS,
    BrokenBody,
    Defect,
    Gone,
    Invalid,
    Malformed,
    MissingPrecondition,
    NoRoom,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    StateConflict,
    TooFast,
    TooLarge,
    TooMany,
    TooManyWrongKeys,
    TooSlow,
    Unauthorised,
    Unavailable,
    Unsupported,
    clip_text,
)
from app.http.metrics import Metrics
from app.plain_words import say_error
from schemas.problem import Problem, ProblemError

PROBLEM_JSON = "application/problem+json"
MOST_BYTES = 16_000

CLOSE = {"Connection": "close"}
"""After an answer that leaves part of the body unread."""
RETRY_AFTER = {"Retry-After": "5"}

ANSWERS: Mapping[type[Refused], tuple[int, Mapping[str, str]]] = {
    Malformed: (400, {}),
    BrokenBody: (400, CLOSE),
    Unauthorised: (401, {"WWW-Authenticate": "Bearer"}),
    NotAllowed: (403, {}),
    NotFound: (404, {}),
    TooSlow: (408, CLOSE),
    StateConflict: (409, {}),
    Gone: (410, {}),
    Stale: (412, {}),
    TooLarge: (413, CLOSE),
    Unsupported: (415, {}),
    Invalid: (422, {}),
    Refused: (422, {}),
    MissingPrecondition: (428, {}),
    TooMany: (429, RETRY_AFTER),
    TooFast: (429, {"Retry-After": "10"}),
    TooManyWrongKeys: (429, {"Retry-After": "60", **CLOSE}),
    Defect: (500, {}),
    Unavailable: (503, RETRY_AFTER),
    NoRoom: (503, RETRY_AFTER | CLOSE),
}
"""Status and headers of each refusal; those that are not named are answered as their kind is."""

log = structlog.get_logger(__name__)


def answer_to(kind: type[Refused]) -> tuple[int, Mapping[str, str]]:
    """The status and the headers with which a refusal of this kind is answered."""
    return next(ANSWERS[ancestor] for ancestor in kind.__mro__ if ancestor in ANSWERS)


def problem_answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response: pure ASCII and small, whatever was sent."""
    body = problem.model_dump_json(ensure_ascii=True)
    while len(body) > MOST_BYTES and (problem.errors or problem.conflict or problem.advice):
        problem = _halved(problem)
        body = problem.model_dump_json(ensure_ascii=True)
    return Response(body, problem.status, headers, media_type=PROBLEM_JSON)


def _halved(problem: Problem) -> Problem:
    """The problem with the first half of what it lists, and no advice beside one row of it."""
    errors, conflict = problem.errors, problem.conflict
    halves = {"errors": errors[: len(errors) // 2], "conflict": conflict[: len(conflict) // 2]}
    few = len(errors) + len(conflict) <= 1
    return problem.model_copy(update=halves | ({"advice": None} if few else {}))


def install_handlers(app: FastAPI) -> None:
    """Answer every failure of ``app`` with a problem."""
    app.add_exception_handler(Refused, _answer_refused)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(RequestValidationError, answer_parameters)
    app.add_exception_handler(exc.OperationalError, _answer_busy)
    app.add_exception_handler(exc.TimeoutError, _answer_busy)


def refusal_answer(refused: Refused) -> Response:
    """The answer to a request that is refused."""
    status, headers = answer_to(type(refused))
    problem = Problem(
        title=refused.title,
        status=status,
        errors=refused.errors,
        conflict=refused.conflict,
        advice=refused.advice,
    )
    return problem_answer(problem, headers)


async def _answer_refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)  # noqa: S101 - registered for this class
    _metrics(request).count_problem(type(refused).__name__, refused.errors)
    return refusal_answer(refused)


async def answer_http(request: Request, error: Exception) -> Response:
    """No such path, or not this verb; the framework's own words may hold the caller's."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    title = HTTPStatus(error.status_code).phrase.lower()
    _metrics(request).count_problem(HTTPStatus(error.status_code).name)
    return problem_answer(Problem(title=title, status=error.status_code), headers)


def _allowed(request: Request) -> str:
    """Every verb of the address; the framework names those of the first route alone."""
    return ", ".join(
        verb
        for verb in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(
            route.matches({**request.scope, "method": verb})[0] is Match.FULL
            for route in request.app.routes
        )
    )


async def _answer_busy(request: Request, error: Exception) -> Response:
    """The database is away, locked, or has no connection to spare."""
    _metrics(request).count_problem(type(error).__name__)
    log.warning("no database", error=type(error).__name__)
    return problem_answer(Problem(title=Unavailable.title, status=503), RETRY_AFTER)


async def answer_parameters(request: Request, error: Exception) -> Response:
    """Query, header and path parameters, as the framework checked them."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    errors = tuple(
        ProblemError(
            pointer=":".join(str(part) for part in row["loc"][:2]),
            code=row["type"],
            message=clip_text(say_error(row, row["input"])),
        )
        for row in error.errors()[:MOST_ERRORS]
    )
    _metrics(request).count_problem(Invalid.__name__, errors)
    return problem_answer(Problem(title=Invalid.title, status=422, errors=errors))


def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics
