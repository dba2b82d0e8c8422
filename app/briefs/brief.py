"""Briefs: everything two people are told of each other before they sit down.

Sentences rest on the profiles as they are now; names come from the event and go no further.
"""

from collections.abc import Container, Iterator, Mapping, Set
from itertools import islice
from types import MappingProxyType

from app.briefs.day import DayMeetings, partner_of
from app.briefs.introductions import Introductions, IntroductionSentences, Link
from app.briefs.pair_sentences import MOST_TOLD, QUESTION, PairSentences, is_given
from app.briefs.plain_text import name_for, name_of
from schemas.agenda import Brief, Introduction, Person
from schemas.base import pair_of
from schemas.schedule import Meeting
from schemas.words.catalogue import Say
from schemas.words.message import Message, message
from solver.compatibility.graph import Compatibility
from solver.compatibility.purpose import Purpose


class Briefing:
    """What ``people`` may be told about each other's meetings, from what a graph knows of them.

    ``wants`` are their wishes; what is not returned is told to whoever wished, and the schedule and
    the graph are those of a room that knows nothing of it.
    """

    def __init__(
        self,
        people: Mapping[str, Person],
        day: DayMeetings,
        graph: Compatibility,
        wants: Mapping[str, Container[str]] = MappingProxyType({}),
    ) -> None:
        self._people, self._day, self._wants = people, day, wants
        self._words = PairSentences(graph, self._called)
        self._introductions = Introductions(day, self._words, graph.forbidden)

    def person(self, v: str) -> Person:
        """Somebody as the event has them; only an id if they are gone."""
        return self._people.get(v) or Person(id=v)

    def meant_to_meet(self, v: str, partner: str) -> bool:
        """Whether the partner is still there, and neither keeps away from the other."""
        return partner in self._people and not self._introductions.barred(v, partner)

    def renewed(self, v: str, meeting: Meeting, held: bool) -> Meeting:
        """The meeting with its purpose as profiles say it now: consent may be gone, needs private.

        What has been held keeps its intent.
        """
        now, meant = Purpose("relationship", ""), self.meant_to_meet(v, partner_of(v, meeting))
        if meant:
            now = self._words.purpose(meeting)
        told = {"intent": meeting.intent if held else now.intent, "purpose_line": now.line}
        if self._day.met_earlier(*meeting.attendees) and not is_given(meeting):
            mutual = meant and self._words.helps_both(*meeting.attendees)
            told["purpose"] = "mutual" if mutual else "open"  # as if neither had said anything
        return meeting.model_copy(update=told)

    def purpose_line(self, v: str, meeting: Meeting) -> str:
        """What a meeting is for, in the same words to both; with names, if they are to meet."""
        if not self.meant_to_meet(v, partner_of(v, meeting)):
            return ""
        return self._words.purpose_line(meeting)

    def brief(self, v: str, partner: str, meeting: Meeting, told: Set[str], say: Say) -> Brief:
        """What ``v`` is told before meeting ``partner``; nobody who was ``told`` comes again."""
        words = self._words
        they_can = _first(words.they_can(v, partner, meeting.intent == "pitch"), say)
        you_can = _first(words.you_can(v, partner), say)
        together = _first(words.together(v, partner), say)
        at_ease = meeting.purpose != "open" and (they_can or you_can or together)
        return Brief(
            opens=self._day.openers[pair_of(v, partner)],
            question=say(QUESTION),
            wish=self._wish(v, partner, say),
            they_can=they_can,
            you_can=you_can,
            together=together,
            shared_interest=words.shared_interest(v, partner),
            ask=() if at_ease else tuple(map(say, words.ask(v, partner))),
            you_introduce=self._introduction(v, partner, v, frozenset(), say),
            they_introduce=self._introduction(partner, v, v, told, say),
        )

    def _wish(self, v: str, partner: str, say: Say) -> str | None:
        """That ``v`` asked for this meeting; that the partner did only if ``v`` did, too."""
        if partner not in self._wants.get(v, ()):
            return None
        both = v in self._wants.get(partner, ())
        if both:
            return say(message("You both asked to meet."))
        return say(message("You asked to meet {name}.", name=self._called(partner)))

    def _introduction(
        self, introducer: str, partner: str, reader: str, told: Set[str], say: Say
    ) -> Introduction | None:
        link = self._introductions.link(introducer, partner, reader, told)
        if link is None:
            return None
        return Introduction(
            person=self.person(link.third),
            kind="triangle" if link.closed else "triad",
            text=say(self._in_words(link, introducer, partner, reader)),
        )

    def _in_words(self, link: Link, introducer: str, partner: str, reader: str) -> Message:
        telling = IntroductionSentences(
            self._day, self._words, self._called, lambda v: name_for(self.person(v))
        )
        return telling.told(link, introducer, partner, reader)

    def _called(self, v: str) -> str:
        return name_of(self.person(v))


def _first(sentences: Iterator[str], say: Say) -> tuple[str, ...]:
    return tuple(map(say, islice(sentences, MOST_TOLD)))
