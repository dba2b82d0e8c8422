"""Follow-ups: whom somebody met, who of the two can help whom, and whom to be introduced to.

Runs where graphs are made. Names enter here, as they do in briefs, and go no further.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from app.briefs.agenda import CROWD
from app.briefs.pair_sentences import CERTAIN, PairSentences, quote
from app.briefs.plain_text import name_for, name_of
from app.day.people import languages_of, people_of
from app.feedback.introductions import Trio, find_open_triangles, pairs_to_meet
from app.feedback.meetings import Way, held_meetings, took_place
from schemas.agenda import Agenda
from schemas.base import Pair, pair_of
from schemas.benefits import Benefit, triples_of
from schemas.day import DayState
from schemas.event import SAID_OF_MEETING, Event
from schemas.feedback import (
    Feedback,
    FollowUp,
    FollowUps,
    OpenTriangle,
    OpenTriangles,
    Said,
    SuggestedIntroduction,
)
from schemas.schedule import Meeting, Schedule
from schemas.words.catalogue import say
from schemas.words.message import Message, message
from solver.compatibility.graph import Compatibility, build_graph
from solver.compatibility.secrecy import as_told
from solver.compatibility.wishes import without_unreturned

MOST_SUGGESTED = 10
"""Introductions for one person: more than anybody asks for."""


class FeedbackContext(NamedTuple):
    """What feedback tells: what was ``said``, with which partners the reader is ``mutual``.

    Nobody who was ``erased`` is named.
    """

    said: Mapping[Way, Feedback]
    mutual: Set[str] = frozenset()
    erased: Set[str] = frozenset()


def find_follow_ups(room: "EventPeople", agenda: Agenda, told: FeedbackContext) -> FollowUps:
    """The list of the agenda's reader; ``told`` holds what they said, and nobody else did."""
    return FollowUps(
        event_id=agenda.event_id,
        event=agenda.event,
        attendee=agenda.attendee,
        meetings=tuple(_met(agenda, told)),
        introductions=tuple(room.suggested(agenda.attendee.id, told)),
    )


def _met(agenda: Agenda, told: FeedbackContext) -> Iterator[FollowUp]:
    """Whom the reader met; whoever is gone for good or kept apart since has no brief."""
    for block in agenda.rounds:
        for meeting in block.meetings if block.held else ():
            partner = meeting.partner.id
            said = told.said.get((agenda.attendee.id, partner))
            if meeting.brief is None or partner in told.erased or (said and not said.held):
                continue
            yield FollowUp(
                partner=meeting.partner,
                round=block.round,
                said=_own(said),
                mutual=partner in told.mutual,
                they_can=meeting.brief.they_can,
                you_can=meeting.brief.you_can,
            )


def _own(said: Feedback | None) -> Said | None:
    return Said(**said.model_dump(include=set(Said.model_fields))) if said else None


@lru_cache(maxsize=1)
def event_people(event: str, day: str) -> "EventPeople":
    """The room of an event with its published schedule, given as JSON; the last is remembered."""
    asked = without_opinions(without_wishes(Event.model_validate_json(event)))
    return EventPeople(asked, DayState.model_validate_json(day))


def without_wishes(event: Event) -> Event:
    """The event as if nobody had wished for somebody who did not wish for them."""
    published = event.published and as_told(event.published)
    people = without_unreturned(event.attendees)
    return event.model_copy(update={"attendees": people, "published": published})


def without_opinions(event: Event) -> Event:
    """The event as if nobody had said anything of earlier meetings: attendees read what it tells.

    The benefits of two who have met again hold what they had said, and are worked out anew.
    """
    nothing = dict.fromkeys(SAID_OF_MEETING, ())
    met = {pair_of(*rule.pair) for rule in event.pair_rules if rule.kind == "met"}

    def told(meeting: Meeting) -> Meeting:
        again = pair_of(*meeting.attendees) in met
        return meeting.model_copy(update={"benefits": {}}) if again else meeting

    rules = tuple(rule.model_copy(update=nothing) for rule in event.pair_rules)
    published = _schedule_of(event.published, told)
    return event.model_copy(update={"pair_rules": rules, "published": published})


class EventPeople:
    """The people of an event that has a schedule, and what they are to each other."""

    def __init__(self, event: Event, day: DayState, graph: Compatibility | None = None) -> None:
        quiet = event.policy.model_copy(update={"silent": "none"})  # who is silent asks for nobody
        self._event, self._made = event.model_copy(update={"policy": quiet}), graph
        schedule, held = event.published or Schedule(rounds=()), event.held_rounds
        self._sittings = held_meetings(schedule, held, day)
        self._coming = pairs_to_meet(schedule, held, day.cancelled_rounds)
        self._people, self._languages = people_of(event), languages_of(event)

    def open_triangles(self, told: FeedbackContext, limit: int) -> OpenTriangles:
        """The ``limit`` best open triangles."""
        found = find_open_triangles(self._graph, self._met(told), self._coming)
        return OpenTriangles(introductions=tuple(map(self._named, found[:limit])))

    def suggested(self, v: str, told: FeedbackContext) -> Iterator[SuggestedIntroduction]:
        """Whom ``v`` should be introduced to, the best first, each by the best introducer."""
        met = self._met(told)
        graph = self._graph if len(self._people) <= CROWD else self._around(v, met)
        best = dict[str, Trio]()
        for trio in find_open_triangles(graph, met, self._coming, v):
            best.setdefault(_other(trio.people, v), trio)
        words = PairSentences(graph, self._called)
        for third, trio in islice(best.items(), MOST_SUGGESTED):
            yield SuggestedIntroduction(
                person=self._people[third],
                through=self._people[trio.introducer],
                text=say(self._text(words, v, third, trio.introducer), self._languages[v]),
            )

    @cached_property
    def _graph(self) -> Compatibility:
        return self._made or build_graph(self._event)

    def _met(self, told: FeedbackContext) -> Set[Pair]:
        met = took_place(self._sittings, told.said)
        return {two for two in met if told.erased.isdisjoint(two)}

    def _around(self, v: str, met: Set[Pair]) -> Compatibility:
        """The graph of those whom ``v`` has met, and of those whom these have met."""
        partners = defaultdict[str, set[str]](set)
        earlier = (rule.pair for rule in self._event.pair_rules if rule.kind == "met")
        for i, j in (*met, *earlier):
            partners[i].add(j)
            partners[j].add(i)
        near = {v, *partners[v]}.union(*(partners[w] for w in partners[v]))
        return build_graph(_among(self._event, near))

    def _named(self, trio: Trio) -> OpenTriangle:
        i, j = (self._people[w] for w in trio.people)
        introducer = self._people[trio.introducer]
        return OpenTriangle(introducer=introducer, people=(i, j), value=trio.value / 1000)

    def _called(self, v: str) -> str:
        return name_of(self._people[v])

    def _text(self, words: PairSentences, v: str, third: str, introducer: str) -> Message:
        """What to ask for. A need is told to those only who meet its owner: it is the reader's."""
        whom = {"introducer": self._called(introducer), "person": name_for(self._people[third])}
        why = self._why(words, v, third)
        if why is None:
            return message("Ask {introducer} to introduce you to {person}.", **whom)
        return message(
            "Ask {introducer} to introduce you to {person}: {reason}.", reason=why, **whom
        )

    def _why(self, words: PairSentences, v: str, third: str) -> Message | None:
        for each in words.helps(third, v)[:1]:
            if each.value >= CERTAIN:
                return message(
                    "you look for {need}, and {giver} offers {offer}",
                    need=quote(each.need),
                    giver=self._called(third),
                    offer=quote(each.offer),
                )
        return words.your_bond(v, third)


def _other(two: Pair, v: str) -> str:
    return two[1] if two[0] == v else two[0]


def _among(event: Event, ids: set[str]) -> Event:
    """The event as far as it is about some of its people."""
    rules = tuple(rule for rule in event.pair_rules if ids.issuperset(rule.pair))
    return event.model_copy(
        update={
            "attendees": tuple(a for a in event.attendees if a.id in ids),
            "pair_rules": rules,
            "benefits": tuple(_benefits_among(event, ids)),
            "published": _schedule_of(
                event.published, lambda m: m if ids.issuperset(m.attendees) else None
            ),
        }
    )


def _benefits_among(event: Event, ids: set[str]) -> Iterator[Benefit]:
    for i, j, value in triples_of(event.benefits):
        if i in ids and j in ids:
            yield Benefit(attendee=i, partner=j, value=value / 1000)


def _schedule_of(
    schedule: Schedule | None, told: Callable[[Meeting], Meeting | None]
) -> Schedule | None:
    """The schedule with what is told of each meeting, if anything."""
    if schedule is None:
        return None
    rounds = tuple(
        block.model_copy(update={"meetings": tuple(filter(None, map(told, block.meetings)))})
        for block in schedule.rounds
    )
    return schedule.model_copy(update={"rounds": rounds})
