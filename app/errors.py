"""Errors a caller can act on: their status, and what was wrong where, without the values."""

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import ValidationError

from schemas.event import OBJECT, PLAIN
from schemas.problem import ProblemError
from schemas.solve import Conflict

MOST_ERRORS = 20
LONGEST_SEGMENT = 64
LONGEST_POINTER = 300
LONGEST_MESSAGE = 300


class Refused(Exception):  # noqa: N818 - the field's word
    """A request that cannot be done, with the status and what the caller can act on."""

    status = 422
    title = "the request cannot be done"

    def __init__(
        self,
        status: int | None = None,
        title: str | None = None,
        errors: Iterable[ProblemError] = (),
        conflict: Iterable[Conflict] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status or type(self).status
        self.title = title or type(self).title
        self.errors = tuple(errors)[:MOST_ERRORS]
        self.conflict = tuple(conflict)
        self.headers = dict(headers or {})
        super().__init__(self.title)

    @classmethod
    def at(
        cls,
        pointer: str,
        code: str,
        message: str,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """One error at one place."""
        error = ProblemError(pointer=pointer, code=code, message=message)
        return cls(status, errors=[error], headers=headers)


class Invalid(Refused):
    """The body, a query parameter or a header is not what it must be."""

    status, title = 422, "the request is not valid"


class NotFound(Refused):
    """No such thing, or not this caller's."""

    status, title = 404, "not found"


class StateConflict(Refused):
    """The request is sound, but not as things stand."""

    status, title = 409, "this contradicts what is stored"


def from_validation(error: ValidationError) -> Invalid:
    """What pydantic found, as pointers, without the values."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return Invalid(
        errors=[
            ProblemError(
                pointer=pointer(row["loc"]), code=row["type"], message=clip_text(row["msg"])
            )
            for row in found[:MOST_ERRORS]
        ]
    )


def pointer(where: Iterable[str | int]) -> str:
    """The JSON pointer of a place; it ends at the parent of a name too long to repeat."""
    text = ""
    for segment in where:
        if segment in (PLAIN, OBJECT, "[key]"):
            continue
        step = "/" + str(segment).replace("~", "~0").replace("/", "~1")
        if len(step) > LONGEST_SEGMENT + 1 or len(text) + len(step) > LONGEST_POINTER:
            break
        text += step
    return text


def clip_text(message: str) -> str:
    """A message of bounded length."""
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1] + "…"
