"""The body of every error: RFC 9457, with a pointer to each thing that was wrong."""

from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from schemas.base import Id, Wire
from schemas.solve import Advice, Conflict


class ProblemError(Wire):
    """One thing wrong: where (JSON pointer, or ``query:NAME``, ``header:NAME``, ``path:NAME``)."""

    pointer: str
    """Where: a JSON pointer into the body, or `query:`, `header:` or `path:` and a name."""
    code: str
    """What kind of fault; stable."""
    message: str
    """What is wrong, in words; never what was sent."""
    id: Id | None = None
    """The caller's own id of the attendee, incident or feedback it is about; left out where there
    is none."""

    @model_serializer(mode="wrap")
    def _but_for_no_id(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in written(self).items() if value is not None}


class Problem(Wire):
    """`application/problem+json`; never holds a value the caller sent."""

    type: str = "about:blank"
    """What kind of problem, as a URI; `about:blank` where the status says all."""
    title: str
    """What is wrong as a whole, in words."""
    status: int
    """The HTTP status."""
    detail: str | None = None
    """More about it; null where there is nothing more to say."""
    errors: tuple[ProblemError, ...] = Field(default=(), max_length=20)
    """Each thing that was wrong, where that can be told."""
    conflict: tuple[Conflict, ...] = ()
    """Rules of the event that cannot hold together."""
    advice: Advice | None = None
    """What of the event binds, and what would mend it; null where no rules contradict each
    other."""
