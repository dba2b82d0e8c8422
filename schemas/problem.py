"""The body of every error: RFC 9457, with a pointer to each thing that was wrong."""

from pydantic import Field

from schemas.base import Wire
from schemas.solve import Conflict


class ProblemError(Wire):
    """One thing wrong: where (JSON pointer, or ``query:NAME``, ``header:NAME``, ``path:NAME``)."""

    pointer: str
    code: str
    message: str


class Problem(Wire):
    """`application/problem+json`; never holds a value the caller sent."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: tuple[ProblemError, ...] = Field(default=(), max_length=20)
    conflict: tuple[Conflict, ...] = ()
