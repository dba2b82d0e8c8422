"""Agendas: where somebody is to be in every round, and whom they meet there.

What a meeting is for is told as profiles say it now: consent may be withdrawn and a need become
private after publication. Whoever is gone, or kept apart since, is told by id alone.
"""

from collections.abc import Set
from datetime import datetime
from functools import cached_property, lru_cache

from app.briefs.brief import Briefing
from app.briefs.day import DayMeetings, partner_of
from app.briefs.places import Places
from app.briefs.plain_text import agenda_heading, agenda_text
from app.day.people import languages_of, people_of
from app.day.seats import meetings_as_told
from schemas.agenda import Agenda, AgendaMeeting, AgendaRound, Briefs, Person
from schemas.base import pair_of
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound
from schemas.words.catalogue import Say, teller
from solver.compatibility.graph import Compatibility, build_graph
from solver.compatibility.recent import RECENT
from solver.compatibility.secrecy import as_told
from solver.compatibility.wishes import wants_of, without_unreturned
from solver.meaning.similarity import Comparison

CROWD = 500
"""Among more people, one agenda is written from those it may speak of, not from a whole graph."""


@lru_cache(maxsize=1)
def agendas_of(event: str, schedule: str, held: int, day: str) -> "Agendas":
    """The agendas of a schedule on a day, given as JSON; the last ones are remembered.

    On the day everybody looks at once, and what takes time is found out once for all.
    """
    documents = Event.model_validate_json(event), Schedule.model_validate_json(schedule)
    return Agendas(*documents, held, DayState.model_validate_json(day))


class Agendas:
    """The agendas of a schedule; ``held`` rounds are over or running, as ``day`` says."""

    def __init__(
        self,
        event: Event,
        schedule: Schedule,
        held: int = 0,
        day: DayState | None = None,
        comparison: Comparison | None = None,
    ) -> None:
        public = {"held_rounds": held, "attendees": without_unreturned(event.attendees)}
        self._event, self._wants = event.model_copy(update=public), wants_of(event.attendees)
        self._schedule = schedule = as_told(schedule)
        self._held = held
        self._comparison = comparison
        self._people, self._languages = people_of(event), languages_of(event)
        earlier = {pair_of(*rule.pair) for rule in event.pair_rules if rule.kind == "met"}
        self._day = DayMeetings(schedule, self._people, earlier)
        self._places = Places(self._event, schedule, day or DayState())

    def everybody(self) -> Briefs:
        """The agendas of all attendees, by id."""
        return Briefs(agendas=tuple(self._agenda(v, self._room) for v in sorted(self._people)))

    def of(self, v: str) -> Agenda:
        """The agenda of one attendee of the event; KeyError if there is none of this id."""
        crowd = len(self._people) > CROWD
        return self._agenda(v, self._among(self._day.near(v)) if crowd else self._room)

    def language_of(self, v: str) -> str:
        """The language in which an attendee of the event is told things."""
        return self._languages[v]

    @cached_property
    def _room(self) -> Briefing:
        """What everybody may be told; made anew only where profiles changed since the last."""
        profiles = _profiles(self._event, self._people.keys())
        if self._comparison is None:
            return self._briefing(RECENT.graph(profiles))
        return self._briefing(build_graph(profiles, self._comparison))

    def _among(self, ids: Set[str]) -> Briefing:
        """What some of the attendees may be told about each other."""
        return self._briefing(build_graph(_profiles(self._event, ids), self._comparison))

    def _briefing(self, graph: Compatibility) -> Briefing:
        return Briefing(self._people, self._day, graph, self._wants)

    def _agenda(self, v: str, briefing: Briefing) -> Agenda:
        schedule, told, say = self._schedule, set[str](), teller(self.language_of(v))
        return Agenda(
            event_id=schedule.event_id,
            version=schedule.version,
            status=schedule.status,
            event=self._event.name,
            timezone=self._event.timezone,
            attendee=self._people[v],
            rounds=tuple(self._round(v, block, briefing, told, say) for block in schedule.rounds),
        )

    def _round(
        self, v: str, block: ScheduledRound, briefing: Briefing, told: set[str], say: Say
    ) -> AgendaRound:
        """A round of somebody's day; whom they are introduced to is added to ``told``."""
        held = block.round <= self._held
        mine = (meeting for meeting in meetings_as_told(block) if v in meeting.attendees)
        published = sorted(mine, key=lambda meeting: meeting.outcome != "missed")
        seats = [briefing.renewed(v, meeting, held) for meeting in published]
        meetings = tuple(_meeting(v, seat, briefing, told, say) for seat in seats)
        place = self._places.of(v, block, seats)
        starts_at, minutes = self._time(block)
        head = agenda_heading(block.round, starts_at, self._event.timezone)
        return AgendaRound(
            round=block.round,
            starts_at=starts_at,
            minutes=minutes,
            held=held,
            running=self._places.running(block.round),
            kind=place.kind,
            place=say(place.text),
            standby=place.standby,
            meetings=meetings,
            text=agenda_text(head, held, place, meetings, say),
        )

    def _time(self, block: ScheduledRound) -> tuple[datetime | None, int | None]:
        """Start and minutes of a round, after every delay that was reported."""
        if block.round > len(self._event.rounds):
            return block.starts_at, None
        now = self._event.rounds[block.round - 1]
        return now.starts_at or block.starts_at, now.minutes


def _meeting(
    v: str, meeting: Meeting, briefing: Briefing, told: set[str], say: Say
) -> AgendaMeeting:
    partner = partner_of(v, meeting)
    meant = briefing.meant_to_meet(v, partner)
    brief = None
    if meant and meeting.outcome != "missed":
        brief = briefing.brief(v, partner, meeting, told, say)
        told.update(each.person.id for each in (brief.they_introduce,) if each)
    return AgendaMeeting(
        partner=briefing.person(partner) if meant else Person(id=partner),
        table=meeting.table,
        purpose=meeting.purpose,
        intent=meeting.intent,
        purpose_line=say(meeting.purpose_line),
        purpose_text=say(briefing.purpose_line(v, meeting)),
        outcome=meeting.outcome,
        added=meeting.added,
        brief=brief,
    )


def _profiles(event: Event, ids: Set[str]) -> Event:
    """What some attendees say of themselves, without what is given or happens on the day.

    Nothing is made of those who say nothing: it would tell what is given.

    So the day's incidents leave it as it is, and with it the graph that is made of it.
    """
    people = (a for a in event.attendees if a.id in ids)
    return event.model_copy(
        update={
            "attendees": tuple(a.model_copy(update={"absent_rounds": ()}) for a in people),
            "pair_rules": tuple(
                rule for rule in event.pair_rules if all(v in ids for v in rule.pair)
            ),
            "rounds": (),
            "benefits": (),
            "policy": event.policy.model_copy(update={"silent": "none"}),
            "held_rounds": 0,
            "published": None,
        }
    )
