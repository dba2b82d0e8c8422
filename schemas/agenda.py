"""One person's day: whom they meet, where and what for, told from where they sit."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Id, Name, RoundNumber, TableNumber, Wire
from schemas.clock import LocalTime
from schemas.schedule import Intent, Outcome, Purpose


class Person(Wire):
    """Somebody to look for: the name and organisation that the event has, and no address."""

    id: Id
    """The attendee's id."""
    name: Name | None = None
    """What they are called; null if the event does not say."""
    organisation: Name | None = None
    """Where they are from; null if the event does not say."""


class Introduction(Wire):
    """Somebody whom one of the two could bring together with the other, and why.

    In a *triangle* all three meet; in a *triad* the one who introduces meets both of the others.
    """

    person: Person
    """Whom to bring together with the other of the two."""
    kind: Literal["triangle", "triad"]
    """`triangle`: all three meet; `triad`: the one who introduces meets both."""
    text: str
    """Why, in words."""


class Brief(Wire):
    """What to know before sitting down; "you" is the reader, sentences are ready to print.

    ``opens`` asks the opening question, and is the same in both briefs of a meeting. ``ask`` is
    for meetings with little else to go by. ``wish`` says that the reader asked for the meeting, or
    both did. ``you_introduce`` is whom the reader could introduce
    to the partner, ``they_introduce`` whom the partner could introduce to the reader.
    """

    opens: Id
    """The id of who asks the opening question."""
    question: str
    """The opening question."""
    wish: str | None = None
    """That the reader, or both, asked for the meeting; null otherwise."""
    they_can: tuple[str, ...] = ()
    """What the partner can do for the reader, in sentences."""
    you_can: tuple[str, ...] = ()
    """What the reader can do for the partner, in sentences."""
    together: tuple[str, ...] = ()
    """What both have in common as partners in business, in sentences."""
    shared_interest: str | None = None
    """What both like to talk about; null if that is not known."""
    ask: tuple[str, ...] = ()
    """Questions for a meeting with little else to go by."""
    you_introduce: Introduction | None = None
    """Whom the reader could introduce to the partner; null if nobody."""
    they_introduce: Introduction | None = None
    """Whom the partner could introduce to the reader; null if nobody."""


class AgendaMeeting(Wire):
    """A meeting as the schedule has it, its purpose as profiles say it now.

    ``purpose_text`` is the purpose with names for ids, if the two are still to meet. Without a
    ``brief`` it was missed, or the partner is gone or not to be met any more.
    """

    partner: Person
    """Whom the reader meets."""
    table: TableNumber
    """The number of the table, from 1."""
    purpose: Purpose
    """`mutual`, `triangle` or `open`."""
    intent: Intent
    """Whether it is for the relationship, or an agreed pitch."""
    purpose_line: str
    """What it is for in one sentence, with ids."""
    purpose_text: str = ""
    """The same with names; empty if the two are not to meet any more."""
    outcome: Outcome
    """`planned`, `held` or `missed`."""
    added: bool
    """Whether it came into a running round because a partner was missing."""
    brief: Brief | None = None
    """What to know before sitting down; null if there is no such meeting any more."""


class AgendaRound(Wire):
    """A round of somebody's day: where to be, and ``text`` for all of it, ready to print.

    Two meetings are those of a round in which the first partner was missing; the later one is
    last. ``standby`` is the place in the order of those who stand by, 1 the first. A *break* is a
    round without a meeting that the attendee needs; *place_closed* one in which no table that they
    have to sit at is open. *Unplanned* is a round in which the schedule
    does not know the attendee. The meetings of a *cancelled* round
    are those that the schedule still has, and do not take place.
    """

    round: RoundNumber
    """The number of the round, from 1."""
    starts_at: LocalTime | None = None
    """When it starts; null where rounds have no times."""
    minutes: Annotated[int, Field(ge=1)] | None = None
    """How long it lasts."""
    held: bool = False
    """Whether it is over or running."""
    running: bool = False
    """Whether it is running."""
    kind: Literal["meeting", "bye", "break", "place_closed", "absent", "cancelled", "unplanned"]
    """What the round is for the reader."""
    place: str
    """Where to be, in words."""
    standby: Annotated[int, Field(ge=1)] | None = None
    """The place in the order of who stands by, 1 the first; null if they do not."""
    meetings: tuple[AgendaMeeting, ...] = ()
    """Whom the reader meets; two where the first partner was missing."""
    text: str
    """All of the round, ready to print."""


class Agenda(Wire):
    """One person's rounds in order, of one version of the schedule."""

    event_id: str | None = None
    """The id of the event; null where it is not stored."""
    version: int | None = None
    """The version of the schedule; null where it is not stored."""
    status: Literal["draft", "published", "superseded"] = "draft"
    """The status of that version."""
    event: Name = ""
    """What the event is called."""
    timezone: str = "UTC"
    """The zone in which times are local."""
    attendee: Person
    """Whose agenda it is."""
    rounds: tuple[AgendaRound, ...] = ()
    """All rounds in order."""


class Briefs(Wire):
    """The agendas of a whole room, by id."""

    agendas: tuple[Agenda, ...] = ()
    """Everybody's agendas, by id."""
