"""What the service says about stored things: receipts, summaries, pages."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas import limits
from schemas.base import Id, Objection, Wire, refuse
from schemas.event import MOST_FINDINGS, Attendee
from schemas.incident import Incident, Proposal
from schemas.problem import ProblemError
from schemas.schedule import Proof
from schemas.solve import Advice, Conflict, Solve


class EventReceipt(Wire):
    """The event as it is now stored; the ETag header is what `If-Match` wants.

    ``solve`` is the repair that an edit of a published event asked for.
    """

    id: str
    """The id of the event."""
    revision: int
    """How often it was stored; rises with every change."""
    attendees: int
    """How many attendees it has."""
    solve: str | None = None
    """The id of the repair that mends what is published; null if none is needed."""


class EventSummary(Wire):
    """One row of the list of events."""

    id: str
    """The id of the event."""
    name: str
    """What it is called."""
    revision: int
    """How often it was stored."""
    attendees: int
    """How many attendees it has."""
    rounds: int
    """How many rounds it has."""
    held_rounds: int
    """How many of them are over or running."""
    created_at: datetime
    """When it was first stored."""
    updated_at: datetime
    """When it was last changed."""


class EventPage(Wire):
    """Newest events first; ``next`` is the cursor of the following page, null on the last."""

    events: tuple[EventSummary, ...]
    """Events, newest first."""
    next: str | None
    """The `cursor` of the following page; null on the last."""


class Attendees(Wire):
    """A list of attendees, as a whole event has it."""

    attendees: Annotated[tuple[Attendee, ...], Field(max_length=limits.ATTENDEES)]
    """All of them: who is left out is taken off the list by a `PUT`."""

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
    """Attendees, in the event's order."""
    next: str | None
    """The `cursor` of the following page; null on the last."""


class Departure(Wire):
    """What deleting an attendee did: removed, dropped out of what is published, or erased."""

    attendee: Id
    """Who leaves."""
    outcome: Literal["removed", "dropped_out", "erased"]
    """`removed` from the list, `dropped_out` of what is published, or `erased`."""
    solve: str | None = None
    """The id of the repair that mends what is published; null if none is needed."""


class ScheduleSummary(Wire):
    """One version, without its rounds."""

    version: int
    """Its number within the event, from 1."""
    status: Literal["draft", "published", "superseded"]
    """`draft`, `published`, or `superseded` by a later one."""
    created_at: datetime
    """When it was stored."""
    objective: float | None
    """What it is worth; null if that was not reckoned."""
    upper_bound: float | None
    """No schedule is worth more; null if that is not proved."""
    gap: float | None
    """How far the objective is from the bound, as a share of it; null without both."""
    proof: Proof | None
    """`optimal`, `bounded` or `none`; null if nothing was reckoned."""
    stale: tuple[str, ...] = ()
    """Pointers to what was changed in the event since."""


class ScheduleList(Wire):
    """Every version, newest first."""

    schedules: tuple[ScheduleSummary, ...]
    """Every version, newest first."""


class ProposalList(Wire):
    """What is proposed for the schedule as it is published now."""

    proposals: tuple[Proposal, ...]
    """The proposal; none if nothing is worth it, or nothing was found yet."""
    searching: bool
    """Whether it is being looked for."""


class SolveList(Wire):
    """Every solve of an event, repairs included, newest first."""

    solves: tuple[Solve, ...]
    """Every solve, newest first."""


class Made(Wire):
    """A version that was made when the log held this many ``incidents``.

    ``sha256`` is of the schedule's JSON without id, version, status and times; ``work`` is what
    a search was given to improve on a repair.
    """

    version: int
    """The version that was made."""
    cause: Literal["solve", "repair", "edit", "improvement", "by_hand", "proposal"]
    """What made it."""
    incidents: int
    """How many incidents the log held then."""
    sha256: str
    """The digest of its JSON without id, version, status and times."""
    work: int | None = None
    """What the search was given to improve on a repair; null of others."""


class Publication(Wire):
    """A version that was published when the log held this many ``incidents``."""

    version: int
    """The version that was published."""
    incidents: int
    """How many incidents the log held then."""


class IncidentLog(Wire):
    """Every incident that was accepted, oldest first, and what became of the schedule."""

    incidents: tuple[Incident, ...]
    """Every incident, oldest first."""
    made: tuple[Made, ...] = ()
    """Versions in the order in which they were made."""
    published: tuple[Publication, ...] = ()
    """Versions in the order in which they were published."""


class Oversight(Wire):
    """What is accepted and surely not meant, as the diagnosis finds it, and whom it is about."""

    code: Literal[
        "registered_twice",
        "unknown_label",
        "unknown_group",
        "group_without_partners",
        "crowded_places",
    ]
    """What is surely not meant; stable."""
    message: str
    """The same in words."""
    attendees: tuple[Id, ...] = ()
    """Ids of whom it is about."""


class Validation(Wire):
    """Contradictions that can be seen without solving; ``valid`` when there are none.

    ``warnings`` do not make an event invalid.
    """

    valid: bool
    """Whether no contradiction is to be seen."""
    errors: tuple[ProblemError, ...] = ()
    """What is wrong, and where."""
    conflict: tuple[Conflict, ...] = ()
    """Rules that cannot hold together."""
    advice: Advice | None = None
    """What binds and what would mend it, as far as that is seen without solving; null where no
    rules contradict each other."""
    warnings: tuple[Oversight, ...] = ()
    """What is accepted and surely not meant."""
