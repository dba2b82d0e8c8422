"""One person's day: whom they meet, where and what for, told from where they sit."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Id, Name, RoundNumber, TableNumber, Wire
from schemas.clock import LocalTime
from schemas.schedule import Intent, Outcome, Purpose


class Person(Wire):
    """Somebody to look for: the name and organisation that the event has, and no address."""

    id: Id
    name: Name | None = None
    organisation: Name | None = None


class Introduction(Wire):
    """Somebody whom one of the two could bring together with the other, and why.

    In a *triangle* all three meet; in a *triad* the one who introduces meets both of the others.
    """

    person: Person
    kind: Literal["triangle", "triad"]
    text: str


class Brief(Wire):
    """What to know before sitting down; "you" is the reader, sentences are ready to print.

    ``opens`` asks the opening question, and is the same in both briefs of a meeting. ``ask`` is
    for meetings with little else to go by. ``wish`` says that the reader asked for the meeting, or
    both did. ``you_introduce`` is whom the reader could introduce
    to the partner, ``they_introduce`` whom the partner could introduce to the reader.
    """

    opens: Id
    question: str
    wish: str | None = None
    they_can: tuple[str, ...] = ()
    you_can: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    shared_interest: str | None = None
    ask: tuple[str, ...] = ()
    you_introduce: Introduction | None = None
    they_introduce: Introduction | None = None


class AgendaMeeting(Wire):
    """A meeting as the schedule has it, its purpose as profiles say it now.

    ``purpose_text`` is the purpose with names for ids, if the two are still to meet. Without a
    ``brief`` it was missed, or the partner is gone or not to be met any more.
    """

    partner: Person
    table: TableNumber
    purpose: Purpose
    intent: Intent
    purpose_line: str
    purpose_text: str = ""
    outcome: Outcome
    added: bool
    brief: Brief | None = None


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
    starts_at: LocalTime | None = None
    minutes: Annotated[int, Field(ge=1)] | None = None
    held: bool = False
    running: bool = False
    kind: Literal["meeting", "bye", "break", "place_closed", "absent", "cancelled", "unplanned"]
    place: str
    standby: Annotated[int, Field(ge=1)] | None = None
    meetings: tuple[AgendaMeeting, ...] = ()
    text: str


class Agenda(Wire):
    """One person's rounds in order, of one version of the schedule."""

    event_id: str | None = None
    version: int | None = None
    status: Literal["draft", "published", "superseded"] = "draft"
    event: Name = ""
    timezone: str = "UTC"
    attendee: Person
    rounds: tuple[AgendaRound, ...] = ()


class Briefs(Wire):
    """The agendas of a whole room, by id."""

    agendas: tuple[Agenda, ...] = ()
