"""The room as it is now, and the news that its watchers are told."""

from datetime import datetime
from typing import Literal

from schemas.agenda import Person
from schemas.base import Id, Name, RoundNumber, TableNumber, Wire
from schemas.clock import LocalTime
from schemas.day import Reason as Absence
from schemas.difference import PersonDifference, StartDifference, TableDifference
from schemas.incident import Kind, Proposal
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
    """The number of the table, from 1."""
    people: tuple[Person, Person]
    """The two who sit there."""
    outcome: Outcome
    """`planned`, `held` or `missed`."""
    added: bool
    """Whether it came into the running round because a partner was missing."""


class Idle(Wire):
    """Somebody without a partner; who stands by has a ``place`` to wait and a ``turn``, 1 first."""

    person: Person
    """Who has no partner."""
    reason: Reason
    """Why."""
    place: str | None = None
    """Where they wait; null for who does not stand by."""
    turn: int | None = None
    """Their place in the order of who stands by, 1 the first; null for who does not."""


class LiveRound(Wire):
    """A round as people see it: who sits where by table, who stands by, who is not there."""

    round: RoundNumber
    """The number of the round, from 1."""
    starts_at: LocalTime | None = None
    """When it starts; null where rounds have no times."""
    minutes: int
    """How long it lasts."""
    tables: int
    """How many tables there are, the closed ones among them; they are numbered from 1."""
    closed_tables: tuple[TableNumber, ...] = ()
    """Numbers of tables where nobody is seated."""
    seats: tuple[LiveSeats, ...] = ()
    """Who sits where, by table."""
    idle: tuple[Idle, ...] = ()
    """Who has no partner."""


class LastChange(Wire):
    """The newest publication: how many people it changed something for, and what in short."""

    version: int
    """The version that was published."""
    at: datetime
    """When."""
    people: int
    """For how many people it changed something."""
    text: str
    """What, in short."""


class Clock(Wire):
    """The time at the server, and whole seconds from it; negative when that is over.

    ``seconds`` to the planned start of the next round, ``ends_in`` to the planned end of the
    running one; None where times are not known.
    """

    now: datetime
    """The time at the server."""
    seconds: int | None = None
    """Seconds to the planned start of the next round, negative once it is over; null without
    times."""
    ends_in: int | None = None
    """Seconds to the planned end of the running round, negative once it is over; null without
    times."""


class Live(Clock):
    """The room now. Without a published version there are no rounds to show.

    ``state`` goes by what was reported, not by the clock. ``next`` leaves out cancelled rounds.
    ``away`` counts whom incidents keep from the running round, else from the next.
    """

    event: Name = ""
    """What the event is called."""
    timezone: str = "UTC"
    """The zone in which times are local."""
    version: int | None = None
    """The published version; null before there is one."""
    state: State
    """Where the day stands, by what was reported."""
    rounds: int
    """How many rounds there are."""
    running: LiveRound | None = None
    """The running round; null if none runs."""
    next: LiveRound | None = None
    """The next round that takes place; null after the last."""
    starts_at: LocalTime | None = None
    """When the next round starts; null where rounds have no times."""
    cancelled_rounds: tuple[RoundNumber, ...] = ()
    """Numbers of rounds that do not take place."""
    checked_in: int = 0
    """How many people have arrived."""
    away: int = 0
    """How many people incidents keep from the running round, else from the next."""
    last_change: LastChange | None = None
    """The newest publication; null before there is one."""
    proposals: tuple[Proposal, ...] = ()
    """What few moves would do for those whom the day leaves short; organisers alone are told."""


class ReportedIncident(Wire):
    """An incident as everybody may know it."""

    id: Id
    """The caller's own id of the incident."""
    kind: Kind
    """What happened."""


class Announcement(Wire):
    """One piece of news: a version published, incidents or ticks accepted, or a proposal found.

    ``told`` is for how many people the version changes something; they and the tables are listed
    unless it is the first one, or they are too many: then the schedules and their diff tell.
    """

    position: int
    """Its place in the stream of news."""
    kind: Literal["published", "incidents", "proposed", "ticks"]
    """Whether a version was published, incidents were accepted, a proposal was found, or somebody
    was ticked as told."""
    at: datetime
    """When."""
    version: int | None = None
    """The version that was published; null of incidents."""
    previous: int | None = None
    """The version published before; null if there was none."""
    told: int = 0
    """For how many people the version changes something."""
    text: str = ""
    """All of it in short."""
    people: tuple[PersonDifference, ...] = ()
    """Who must be told, and what, unless they are too many."""
    tables: tuple[TableDifference, ...] = ()
    """Which tables change, unless they are too many."""
    starts: tuple[StartDifference, ...] = ()
    """Which rounds start at another time."""
    incidents: tuple[ReportedIncident, ...] = ()
    """The incidents that were accepted."""
