"""The room as it is now, and the news that its watchers are told."""

from datetime import datetime
from typing import Literal

from schemas.agenda import Person
from schemas.base import Id, Name, RoundNumber, TableNumber, Wire
from schemas.clock import LocalTime
from schemas.day import Reason as Absence
from schemas.difference import PersonDifference, StartDifference, TableDifference
from schemas.incident import Kind
from schemas.rests import Rest
from schemas.schedule import Outcome

Reason = Literal["bye", "partner_missing", "absent", "unplanned"] | Rest | Absence
"""Why somebody has no partner; *absent* by their own profile, *unplanned* by no schedule yet.

*Place_closed*: no table that they have to sit at is open.
"""

State = Literal["unpublished", "before", "running", "between", "over"]


class LiveSeats(Wire):
    """Two people at a table; a missed meeting is shown beside the one added in its place."""

    table: TableNumber
    people: tuple[Person, Person]
    outcome: Outcome
    added: bool


class Idle(Wire):
    """Somebody without a partner; who stands by has a ``place`` to wait and a ``turn``, 1 first."""

    person: Person
    reason: Reason
    place: str | None = None
    turn: int | None = None


class LiveRound(Wire):
    """A round as people see it: who sits where by table, who stands by, who is not there."""

    round: RoundNumber
    starts_at: LocalTime | None = None
    minutes: int
    seats: tuple[LiveSeats, ...] = ()
    idle: tuple[Idle, ...] = ()


class LastChange(Wire):
    """The newest publication: how many people it changed something for, and what in short."""

    version: int
    at: datetime
    people: int
    text: str


class Clock(Wire):
    """The time at the server, and whole seconds from it; negative when that is over.

    ``seconds`` to the planned start of the next round, ``ends_in`` to the planned end of the
    running one; None where times are not known.
    """

    now: datetime
    seconds: int | None = None
    ends_in: int | None = None


class Live(Clock):
    """The room now. Without a published version there are no rounds to show.

    ``state`` goes by what was reported, not by the clock. ``next`` leaves out cancelled rounds.
    ``away`` counts whom incidents keep from the running round, else from the next.
    """

    event: Name = ""
    timezone: str = "UTC"
    version: int | None = None
    state: State
    rounds: int
    running: LiveRound | None = None
    next: LiveRound | None = None
    starts_at: LocalTime | None = None
    cancelled_rounds: tuple[RoundNumber, ...] = ()
    checked_in: int = 0
    away: int = 0
    last_change: LastChange | None = None


class ReportedIncident(Wire):
    """An incident as everybody may know it."""

    id: Id
    kind: Kind


class Announcement(Wire):
    """One piece of news: a version that was published, or incidents that were accepted.

    ``told`` is for how many people the version changes something; they and the tables are listed
    unless it is the first one, or they are too many: then the schedules and their diff tell.
    """

    position: int
    kind: Literal["published", "incidents"]
    at: datetime
    version: int | None = None
    previous: int | None = None
    told: int = 0
    text: str = ""
    people: tuple[PersonDifference, ...] = ()
    tables: tuple[TableDifference, ...] = ()
    starts: tuple[StartDifference, ...] = ()
    incidents: tuple[ReportedIncident, ...] = ()
