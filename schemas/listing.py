"""What the service says about stored things: receipts, summaries, pages."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas import limits
from schemas.base import Id, Objection, Wire, refuse
from schemas.event import MOST_FINDINGS, Attendee
from schemas.incident import Incident
from schemas.problem import ProblemError
from schemas.schedule import Proof
from schemas.solve import Conflict, Solve


class EventReceipt(Wire):
    """The event as it is now stored; the ETag header is what `If-Match` wants.

    ``solve`` is the repair that an edit of a published event asked for.
    """

    id: str
    revision: int
    attendees: int
    solve: str | None = None


class EventSummary(Wire):
    """One row of the list of events."""

    id: str
    name: str
    revision: int
    attendees: int
    rounds: int
    held_rounds: int
    created_at: datetime
    updated_at: datetime


class EventPage(Wire):
    """Newest events first; ``next`` is the cursor of the following page, null on the last."""

    events: tuple[EventSummary, ...]
    next: str | None


class Attendees(Wire):
    """A list of attendees, as a whole event has it."""

    attendees: Annotated[tuple[Attendee, ...], Field(max_length=limits.ATTENDEES)]

    @model_validator(mode="after")
    def _different(self) -> Self:
        refuse("Attendees", islice(_duplicates(self.attendees), MOST_FINDINGS))
        return self


def _duplicates(attendees: tuple[Attendee, ...]) -> Iterator[Objection]:
    seen: dict[str, int] = {}
    for k, attendee in enumerate(attendees):
        first = seen.setdefault(attendee.id, k)
        if first != k:
            message = f"the id of /attendees/{first} again: ids must differ"
            yield Objection(("attendees", k, "id"), "duplicate_id", message)


class AttendeePage(Wire):
    """Attendees in the event's order; ``next`` is the cursor of the following page."""

    attendees: tuple[Attendee, ...]
    next: str | None


class Departure(Wire):
    """What deleting an attendee did: removed, dropped out of what is published, or erased."""

    attendee: Id
    outcome: Literal["removed", "dropped_out", "erased"]
    solve: str | None = None


class ScheduleSummary(Wire):
    """One version, without its rounds."""

    version: int
    status: Literal["draft", "published", "superseded"]
    created_at: datetime
    objective: float | None
    upper_bound: float | None
    gap: float | None
    proof: Proof | None
    stale: tuple[str, ...] = ()


class ScheduleList(Wire):
    """Every version, newest first."""

    schedules: tuple[ScheduleSummary, ...]


class SolveList(Wire):
    """Every solve of an event, repairs included, newest first."""

    solves: tuple[Solve, ...]


class Made(Wire):
    """A version that was made when the log held this many ``incidents``.

    ``sha256`` is of the schedule's JSON without id, version, status and times; ``work`` is what
    a search was given to improve on a repair.
    """

    version: int
    cause: Literal["solve", "repair", "edit", "improvement", "by_hand"]
    incidents: int
    sha256: str
    work: int | None = None


class Publication(Wire):
    """A version that was published when the log held this many ``incidents``."""

    version: int
    incidents: int


class IncidentLog(Wire):
    """Every incident that was accepted, oldest first, and what became of the schedule."""

    incidents: tuple[Incident, ...]
    made: tuple[Made, ...] = ()
    published: tuple[Publication, ...] = ()


class Oversight(Wire):
    """What is accepted and surely not meant, as the diagnosis finds it, and whom it is about."""

    code: Literal["registered_twice", "unknown_group", "group_without_partners", "crowded_places"]
    message: str
    attendees: tuple[Id, ...] = ()


class Validation(Wire):
    """Contradictions that can be seen without solving; ``valid`` when there are none.

    ``warnings`` do not make an event invalid.
    """

    valid: bool
    errors: tuple[ProblemError, ...] = ()
    conflict: tuple[Conflict, ...] = ()
    warnings: tuple[Oversight, ...] = ()
