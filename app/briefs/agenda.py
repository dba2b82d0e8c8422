"""Agendas: where somebody is to be in every round, and whom they meet there.

What a meeting is for is told as profiles say it now: consent may be withdrawn and a need become
private after publication. Whoever is gone, or kept apart since, is told by id alone.
"""

from collections.abc import Set
from functools import cached_property, lru_cache
from typing import Literal

from app.briefs.brief import Briefing
from app.briefs.day import Day, partner_of
from app.briefs.text import Card, printed
from schemas.agenda import Agenda, AgendaMeeting, AgendaRound, Briefs, Person
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.compatibility.forbidden import pair
from solver.compatibility.graph import compatibility
from solver.compatibility.text import Encoder

Kind = Literal["meeting", "bye", "absent", "unplanned"]

CROWD = 500
"""Among more people, one agenda is written from those it may speak of, not from a whole graph."""
STAY = "No meeting in this round. Stay near the tables: somebody's partner may be missing."
AWAY = "You are not expected in this round."
UNKNOWN = "This schedule was made without you. Ask the organiser where to be."


@lru_cache(maxsize=1)
def agendas_of(event: str, schedule: str, held: int) -> "Agendas":
    """The agendas of a schedule, given as JSON; the last ones are remembered.

    On the day everybody looks at once, and what takes time is found out once for all.
    """
    documents = Event.model_validate_json(event), Schedule.model_validate_json(schedule)
    return Agendas(*documents, held)


class Agendas:
    """The agendas of a schedule; ``held`` rounds are over or running."""

    def __init__(
        self, event: Event, schedule: Schedule, held: int = 0, encoder: Encoder | None = None
    ) -> None:
        self._event, self._schedule, self._held = event, schedule, held
        self._encoder = encoder
        self._people = {
            a.id: Person(id=a.id, name=a.name, organisation=a.organisation) for a in event.attendees
        }
        earlier = {pair(*rule.pair) for rule in event.pair_rules if rule.kind == "met"}
        self._day = Day(schedule, self._people, earlier)

    def everybody(self) -> Briefs:
        """The agendas of all attendees, by id."""
        return Briefs(agendas=tuple(self._agenda(v, self._room) for v in sorted(self._people)))

    def of(self, v: str) -> Agenda:
        """The agenda of one attendee of the event; KeyError if there is none of this id."""
        crowd = len(self._people) > CROWD
        return self._agenda(v, self._among(self._day.near(v)) if crowd else self._room)

    @cached_property
    def _room(self) -> Briefing:
        return self._among(self._people.keys())

    def _among(self, ids: Set[str]) -> Briefing:
        """What some of the attendees may be told about each other."""
        graph = compatibility(_profiles(self._event, ids), self._encoder)
        return Briefing(self._people, self._day, graph)

    def _agenda(self, v: str, briefing: Briefing) -> Agenda:
        schedule, told = self._schedule, set[str]()
        return Agenda(
            event_id=schedule.event_id,
            version=schedule.version,
            status=schedule.status,
            event=self._event.name,
            timezone=self._event.timezone,
            attendee=self._people[v],
            rounds=tuple(self._round(v, block, briefing, told) for block in schedule.rounds),
        )

    def _round(
        self, v: str, block: ScheduledRound, briefing: Briefing, told: set[str]
    ) -> AgendaRound:
        """A round of somebody's day; whom they are introduced to is added to ``told``."""
        held = block.round <= self._held
        published = [meeting for meeting in block.meetings if v in meeting.attendees]
        seats = [briefing.renewed(v, meeting, held) for meeting in published]
        meetings = tuple(_meeting(v, seat, briefing, told) for seat in seats)
        lines = [briefing.purpose_line(v, seat) for seat in seats]
        kind, place = _place(v, block, seats)
        return AgendaRound(
            round=block.round,
            starts_at=block.starts_at,
            minutes=self._minutes(block.round),
            held=held,
            kind=kind,
            place=place,
            meetings=meetings,
            text=printed(block, held, place, list(map(Card, meetings, lines))),
        )

    def _minutes(self, number: int) -> int | None:
        rounds = self._event.rounds
        return rounds[number - 1].minutes if number <= len(rounds) else None


def _meeting(v: str, meeting: Meeting, briefing: Briefing, told: set[str]) -> AgendaMeeting:
    partner = partner_of(v, meeting)
    meant = briefing.meant_to_meet(v, partner)
    brief = None
    if meant and meeting.outcome != "missed":
        brief = briefing.brief(v, partner, meeting, told)
        told.update(each.person.id for each in (brief.they_introduce,) if each)
    return AgendaMeeting(
        partner=briefing.person(partner) if meant else Person(id=partner),
        table=meeting.table,
        purpose=meeting.purpose,
        intent=meeting.intent,
        purpose_line=meeting.purpose_line,
        outcome=meeting.outcome,
        added=meeting.added,
        brief=brief,
    )


def _profiles(event: Event, ids: Set[str]) -> Event:
    """What some attendees say of themselves, without benefits given or held in its stead."""
    return event.model_copy(
        update={
            "attendees": tuple(a for a in event.attendees if a.id in ids),
            "pair_rules": tuple(
                rule for rule in event.pair_rules if all(v in ids for v in rule.pair)
            ),
            "benefits": (),
            "held_rounds": 0,
            "published": None,
        }
    )


def _place(v: str, block: ScheduledRound, seats: list[Meeting]) -> tuple[Kind, str]:
    """What somebody does in a round, and where to be."""
    if seats:
        return "meeting", f"Table {seats[-1].table}."
    if v in block.byes:
        return "bye", STAY
    return ("absent", AWAY) if v in block.absent else ("unplanned", UNKNOWN)
