"""What the service says about stored things: receipts, summaries, pages."""

from datetime import datetime
from typing import Literal

from schemas.base import Id, Wire
from schemas.event import Attendee
from schemas.incident import Change
from schemas.problem import ProblemError
from schemas.schedule import Proof
from schemas.solve import Conflict


class EventReceipt(Wire):
    """The event as it is now stored; the ETag header is what `If-Match` wants."""

    id: str
    revision: int
    attendees: int


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


class ScheduleList(Wire):
    """Every version, newest first."""

    schedules: tuple[ScheduleSummary, ...]


class Difference(Wire):
    """What changes for whom between two versions, by attendee and round."""

    from_version: int
    version: int
    changes: tuple[Change, ...]


class Validation(Wire):
    """Contradictions that can be seen without solving; ``valid`` when there are none."""

    valid: bool
    errors: tuple[ProblemError, ...] = ()
    conflict: tuple[Conflict, ...] = ()
