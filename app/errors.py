"""Errors a caller can act on, in one tree: what was wrong where, without the values.

::

    Refused                 the request cannot be done
    |- Invalid              what was sent is not what it must be
    |- Malformed            it cannot be read at all
    |  `- BrokenBody        and what is left of the body is not worth reading
    |- Unauthorised         nobody we know
    |- NotAllowed           somebody we know, who may not
    |- NotFound             no such thing, or not this caller's
    |- TooSlow              the body did not come in time
    |- StateConflict        sound, but not as things stand
    |- Gone                 done before, and what was answered then is kept no more
    |- Stale                made from an older state than the present one
    |- TooLarge             more bytes than are taken
    |- Unsupported          a type or an encoding that is not taken
    |- MissingPrecondition  does not say which state it changes
    |- TooMany              more than one caller may have under way
    |  |- TooFast           or more than one key may ask in ten seconds
    |  `- TooManyWrongKeys  or more wrong keys than one address may try
    |- OutOfMemory          it would take more memory than one request may have
    |- Defect               something of ours is wrong
    `- Unavailable          not now; the same request may do in a moment
       |- ChildDied         the process that worked on it ended before its answer
       |- OutOfTime         the process that worked on it took longer than it may
       |- Closing           the service ends before the answer is there
       |- NoRoom            too many bytes of other bodies are held
       `- TooBusy           no process was free to work on it

Whatever raises them knows no HTTP: ``app.http.problems`` alone says with which status and headers
each is answered. What keeps the optimiser from an answer is told in ``solver.errors``, and what
ends a command of the terminal is a ``Failure`` (``app.terminal.failure``).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.plain_words import say_error, say_unknown
from schemas.base import Objection, first_of_each, is_id
from schemas.event import OBJECT, PLAIN
from schemas.misspelt_fields import Where, fields_at, meant_field
from schemas.problem import ProblemError
from schemas.solve import Advice, Conflict

MOST_ERRORS = 20
LONGEST_SEGMENT = 64
LONGEST_POINTER = 300
LONGEST_MESSAGE = 300


class Refused(Exception):  # noqa: N818 - the field's word, as for all that follow
    """A request that cannot be done, and what the caller can act on."""

    title = "the request cannot be done"

    def __init__(
        self,
        title: str | None = None,
        errors: Iterable[ProblemError] = (),
        conflict: Iterable[Conflict] = (),
        advice: Advice | None = None,
    ) -> None:
        self.title = title or type(self).title
        self.errors = tuple(errors)[:MOST_ERRORS]
        self.conflict, self.advice = tuple(conflict), advice
        super().__init__(self.title)

    @classmethod
    def at(cls, pointer: str, code: str, message: str) -> Self:
        """One error at one place."""
        return cls(errors=[ProblemError(pointer=pointer, code=code, message=message)])


class Invalid(Refused):
    """The body, a query parameter or a header is not what it must be."""

    title = "the request is not valid"


class Malformed(Refused):
    """The request cannot be read."""

    title = "the request is not valid"


class BrokenBody(Malformed):
    """The body cannot be read to its end: the connection ends with the answer."""


class Unauthorised(Refused):
    """Nobody we know."""


class NotAllowed(Refused):
    """Somebody we know, who may not do this."""


class NotFound(Refused):
    """No such thing, or not this caller's."""

    title = "not found"


class TooSlow(Refused):
    """The body did not come in time."""


class StateConflict(Refused):
    """The request is sound, but not as things stand."""

    title = "this contradicts what is stored"


class Gone(Refused):
    """The request had its effect before; what it was answered then was erased."""

    title = "this was done before, and its answer was erased since"


class Stale(Refused):
    """The caller has not seen the newest state."""

    title = "it has changed since it was read; read it again"


class TooLarge(Refused):
    """More bytes than are taken."""

    title = "the request is not valid"


class Unsupported(Refused):
    """A type or an encoding that is not taken."""

    title = "the request is not valid"


class MissingPrecondition(Refused):
    """A change that does not say what it believes to change."""


class TooMany(Refused):
    """More than one caller may have under way."""


class TooFast(TooMany):
    """More requests with one key than may come in ten seconds."""

    title = "too many requests have come with this key: wait a moment"


class TooManyWrongKeys(TooMany):
    """More wrong keys from one address than somebody tries who has the right one."""

    title = "too many wrong keys have come from here"


class OutOfMemory(Refused):
    """What it takes to answer is more memory than one request may have."""

    title = "this needs more memory than one request may have: ask about fewer people or texts"


class Defect(Refused):
    """Something of ours is wrong; the log says what, the answer does not."""

    title = "something went wrong on our side"


class Unavailable(Refused):
    """Not now; the same request may do in a moment."""

    title = "try again in a moment"


class ChildDied(Unavailable):
    """The process that worked on the request ended before it had answered, and so did another."""

    title = "the process that worked on this ended too early, twice: try again in a moment"


class OutOfTime(Unavailable):
    """The process that worked on the request took longer than one request may, and was ended."""

    title = (
        "this took longer than one request may, and was given up: ask about fewer people, or with"
        " shorter texts"
    )


class Closing(Unavailable):
    """The service was told to end, and does so before the request is answered."""

    title = "the service is closing: send this again to the next one"


class NoRoom(Unavailable):
    """A body that is not read, for those before it hold all there is for bodies."""

    title = "too many other bodies are being read: try again in a moment"


class TooBusy(Unavailable):
    """No process was free within the time one may wait."""

    title = "every process that could work on this is busy: try again in a moment"


def from_validation(error: ValidationError, document: Any = None) -> Invalid:
    """What pydantic found, as pointers, without the values; ids are those of the ``document``."""
    found = error.errors(include_url=False, include_input=False)
    base = ("attendees", 0) if error.title == "Attendee" else ()
    objections = (
        Objection((*base, *row["loc"]), row["type"], message)
        for row, message in _told(error.title, found, document)
    )
    return Invalid(
        errors=[
            ProblemError(
                pointer=pointer(one.where[len(base) :]),
                code=one.code,
                message=clip_text(one.message),
                id=_id_at(document, one.where),
            )
            for one in islice(first_of_each(objections), MOST_ERRORS)
        ]
    )


def _told(
    title: str, found: list[ErrorDetails], document: Any
) -> Iterator[tuple[ErrorDetails, str]]:
    """Each error and its sentence, but for those that others bring about.

    A field is not missing that is there, misspelt, and a list not too short whose rows are wrong.
    """
    unknown = [row["loc"] for row in found if row["type"] == "extra_forbidden"]
    meant = {where: meant_field(title, where) for where in unknown[:MOST_ERRORS]}
    explained = {("missing", (*where[:-1], name)) for where, name in meant.items()}
    explained |= {("too_short", row["loc"][:k]) for row in found for k in range(len(row["loc"]))}
    for row in found:
        if (row["type"], row["loc"]) in explained:
            continue
        if row["type"] == "extra_forbidden":
            yield row, say_unknown(fields_at(title, row["loc"][:-1]), meant.get(row["loc"]))
        else:
            yield row, say_error(row, _value_at(document, row["loc"]))


def _value_at(document: Any, where: Where) -> Any:
    """What a document says at a place; None where it says nothing."""
    for step in where:
        if isinstance(document, dict):
            document = document.get(step) if step not in (PLAIN, OBJECT) else document
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
    return document


WITH_IDS = ("attendees", "incidents", "feedback")
"""Lists whose rows have ids of their own."""


def _id_at(document: Any, where: Where) -> str | None:
    """The caller's own id of the row that a place is in; None where there is none, or a bad one."""
    if not isinstance(document, dict) or len(where) < len(("list", "row")):
        return None
    name, place, *_ = where
    rows = document.get(name) if name in WITH_IDS else None
    row = rows[place] if isinstance(rows, list) and isinstance(place, int) else None
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) and is_id(found) else None


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
