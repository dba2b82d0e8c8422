"""Sentences for people: what two can do for each other, told to one of them or to both.

Offers and needs are quoted in their owners' words. A private need is neither named nor hinted at:
whoever could serve it is told nothing of it, and its owner only that it counts.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from schemas.base import pair_of
from schemas.event import Attendee
from schemas.schedule import Meeting
from schemas.words.catalogue import in_all_languages
from schemas.words.message import Message, language_called, list_in_words, message, side_by_side
from solver.compatibility.evidence import (
    CAME,
    SURE,
    ReasonInWords,
    acquaintance,
    both_wished,
    common,
)
from solver.compatibility.graph import GIVEN, Compatibility
from solver.compatibility.purpose import (
    OPEN,
    Purpose,
    Told,
    help_sentence,
    main_reasons,
    purpose_of,
)
from solver.compatibility.reasons import COMPLEMENTS, LEAST
from solver.compatibility.stages import Stage
from solver.compatibility.wishes import PRIVATE

Names = Callable[[str], str]

QUESTION = message("How can I help you?")
CERTAIN = 500
"""From here on, in permille, an offer is said to help with a need; below, that it may."""
MOST_TOLD = 3
"""So many sentences of a kind are enough to start with."""
INVITED = message("The organiser would like you two to meet.")


class Help(NamedTuple):
    """An offer that meets a need which its owner shows to partners."""

    giver: str
    needy: str
    offer: str
    need: str
    value: int


class PairSentences:
    """What the graph knows about pairs, in sentences; ``called`` tells what people are called."""

    def __init__(self, graph: Compatibility, called: Names) -> None:
        self._graph, self._called = graph, called
        self._all = cache(graph.reasons)
        self._known: dict[tuple[str, str], list[ReasonInWords]] = {}

    def reasons(self, source: str, target: str) -> list[ReasonInWords]:
        """Why ``source`` gains from ``target``, the strongest first, as far as ``source`` may know.

        What is refused or weighs little is left out, and so is what rests on a private need of
        ``target``.
        """
        key = source, target
        if key not in self._known:
            told = [r for r in self._all(*key) if not r.refused and r.value >= LEAST]
            self._known[key] = [r for r in told if not self._is_private(r)]
        return self._known[key]

    def _both_ways(self, i: str, j: str) -> Told:
        """Why two people gain from each other; whose id comes first goes first."""
        first, second = pair_of(i, j)
        return self._all(first, second), self._all(second, first)

    def _is_private(self, reason: ReasonInWords) -> bool:
        """Whether a reason rests on a need which the target keeps to themselves.

        So does one that rests on what only one of two who met before has said.
        """
        if reason.kind == "known":
            return reason.private
        if reason.kind not in ("client", "goal") or reason.need is not None:
            return False
        ways = (reason.source, reason.target), (reason.target, reason.source)
        return reason.kind == "client" or not any(any(self._complements(*way)) for way in ways)

    def helps(self, giver: str, needy: str) -> list[Help]:
        """What the one can do for the other, the surest first; nothing private or far-fetched.

        That somebody may become a client is told as this, and so is the joy of giving.
        """
        served = [r for r in self.reasons(needy, giver) if r.kind == "served"]
        giving = [r for r in self.reasons(giver, needy) if r.kind in ("client", "goal")]
        found = {
            (r.offer, r.need): Help(giver, needy, r.offer, r.need, r.value)
            for r in reversed((*served, *giving))
            if r.offer is not None and r.need is not None and r.value >= SURE
        }
        return sorted(found.values(), key=lambda h: (-h.value, h.need, h.offer))

    def they_can(self, reader: str, partner: str, pitch: bool) -> Iterator[str]:
        """What the partner can do for the reader."""
        name = self._called(partner)
        gains = [r for r in self.reasons(reader, partner) if r.kind not in PRIVATE]
        if pitch and [r.agreed for r in gains[:1]] == [True]:
            yield message("{name} agreed to hear your pitch.", name=name)
        for each in self.helps(partner, reader):
            yield _they_help(each, name)
        if any(r.kind == "served" and r.need is None for r in self.reasons(reader, partner)):
            yield message(
                "{name} offers something you look for; you keep that need private.", name=name
            )
        for seeking, giving in self._goals(reader, partner):
            yield message(
                "{name} came {their_aim}, and you came {your_aim}.",
                name=name,
                their_aim=CAME[giving],
                your_aim=CAME[seeking],
            )

    def you_can(self, reader: str, partner: str) -> Iterator[str]:
        """What the reader can do for the partner."""
        name = self._called(partner)
        for each in self.helps(reader, partner):
            yield _you_help(each, name)
        for seeking, giving in self._goals(partner, reader):
            yield message(
                "You came {your_aim}, and {name} came {their_aim}.",
                name=name,
                your_aim=CAME[giving],
                their_aim=CAME[seeking],
            )

    def together(self, reader: str, partner: str) -> Iterator[str]:
        """What the two have or can do in common."""
        name = self._called(partner)
        if any(reason.kind == "referral" for reason in self.reasons(reader, partner)):
            yield message(
                "You can recommend each other: {clients}.",
                clients=self._your_clients(reader, partner),
            )
        if stage := self._stage(reader, partner):
            yield _you_met(stage, name)

    def helps_both(self, i: str, j: str) -> bool:
        """Whether each has a reason that both may hear, whatever came of an earlier meeting."""
        sides = self.reasons(i, j), self.reasons(j, i)
        return all(any(not reason.private for reason in side) for side in sides)

    def your_bond(self, reader: str, other: str) -> Message | None:
        """What the reader and somebody have in common, but for what they can do for each other."""
        if any(reason.kind == "referral" for reason in self.reasons(reader, other)):
            return self._your_clients(reader, other)
        shared = self.shared_interest(reader, other)
        return message("you share an interest in {interest}", interest=shared) if shared else None

    def their_bond(self, i: str, j: str) -> Message | None:
        """The same of two others."""
        if any(reason.kind == "referral" for reason in self.reasons(i, j)):
            if types := self._client_types(i, j):
                return message("they both serve {types}", types=types)
            return message(
                "they serve the same clients ({sphere}) as {mine} and {yours}", **self._sphere(i, j)
            )
        shared = self.shared_interest(i, j)
        return message("they share an interest in {interest}", interest=shared) if shared else None

    def shared_interest(self, i: str, j: str) -> str | None:
        """The first interest that two people share."""
        return next(iter(common(self._profile(i), self._profile(j), "interests")), None)

    def ask(self, reader: str, partner: str) -> Iterator[str]:
        """What to ask somebody with whom nothing else connects; all of it is open to everybody."""
        mine, theirs, name = self._profile(reader), self._profile(partner), self._called(partner)
        if tongues := [language_called(code) for code in common(mine, theirs, "languages")]:
            yield message(
                "Languages you both speak: {languages}.", languages=list_in_words(tongues)
            )
        offers = [offer.quote for offer in self._graph.scene.room.offers_of[self._number(partner)]]
        if offers:
            quoted = list_in_words(map(quote, offers[:2]))
            yield message(
                "Ask {name} about their work: they offer {offers}.", name=name, offers=quoted
            )
        if theirs.interests and not self.shared_interest(reader, partner):
            interests = list_in_words(sorted(theirs.interests)[:2])
            yield message("Ask {name} about {interests}.", name=name, interests=interests)
        yield message("Ask whom {name} hopes to meet today: you may know somebody.", name=name)

    def purpose(self, meeting: Meeting) -> Purpose:
        """What profiles say that a meeting is for, unless the organiser has said it.

        What was not published as a pitch never becomes one.
        """
        if is_given(meeting):
            return Purpose("relationship", GIVEN)
        now = purpose_of(self._both_ways(*meeting.attendees))
        return now if now.intent == meeting.intent or now.intent == "relationship" else OPEN

    def purpose_line(self, meeting: Meeting) -> str:
        """The same with names for ids."""
        now = self.purpose(meeting)
        if now.line == GIVEN:
            return INVITED
        if now == OPEN:
            return OPEN.line
        mains = main_reasons(self._both_ways(*meeting.attendees))
        return message("{sentence}.", sentence=side_by_side(map(self._main, mains)))

    def _main(self, reason: ReasonInWords) -> str:
        """The main reason of a meeting, in the same words to both."""
        if sentence := help_sentence(reason, self._called, quote):
            return sentence
        if reason.kind == "goal":
            return self._goal(reason)
        first, second = sorted((reason.source, reason.target))
        a, b = self._called(first), self._called(second)
        if reason.kind in PRIVATE:
            return both_wished(a, b)
        if reason.kind == "referral":
            return self._referral(first, second)
        if reason.kind == "interest":
            shared = self.shared_interest(first, second) or ""
            return message(
                "{a} and {b} share an interest in {interests}", a=a, b=b, interests=shared
            )
        return acquaintance(self._stage(first, second) or "visibility", a, b)

    def _referral(self, first: str, second: str) -> Message:
        ends = {"a": self._called(first), "b": self._called(second)}
        if types := self._client_types(first, second):
            return message(
                "{a} and {b} both serve {types}, with different offers", types=types, **ends
            )
        return message(
            "{a} and {b} serve the same clients ({sphere}) as {mine} and {yours}, "
            "with different offers",
            **self._sphere(first, second),
            **ends,
        )

    def _goal(self, reason: ReasonInWords) -> Message:
        for seeker, giver in ((reason.source, reason.target), (reason.target, reason.source)):
            for seeking, giving in self._complements(seeker, giver):
                return message(
                    "{seeker} came {aim}, {giver} {other_aim}",
                    seeker=self._called(seeker),
                    aim=CAME[seeking],
                    giver=self._called(giver),
                    other_aim=CAME[giving],
                )
        a, b = self._called(reason.source), self._called(reason.target)
        if reason.need is None:
            return message("{source} can help {target}", source=a, target=b)
        return message(
            "{target} can help {source} with {need}", target=a, source=b, need=quote(reason.need)
        )

    def _goals(self, seeker: str, giver: str) -> Iterator[tuple[str, str]]:
        """What the one came for and the other came to give, if that counts at this event."""
        if any(reason.kind == "goal" for reason in self.reasons(seeker, giver)):
            yield from self._complements(seeker, giver)

    def _complements(self, seeker: str, giver: str) -> Iterator[tuple[str, str]]:
        sought, given = self._profile(seeker).intents, self._profile(giver).intents
        yield from (each for each in COMPLEMENTS if each[0] in sought and each[1] in given)

    def _your_clients(self, reader: str, other: str) -> Message:
        """Whom both serve without competing."""
        if types := self._client_types(reader, other):
            return message("you both serve {types}", types=types)
        return message(
            "you serve the same clients ({sphere}) as {mine} and {yours}",
            **self._sphere(reader, other),
        )

    def _client_types(self, i: str, j: str) -> str:
        """The client types of both, as they were written; nothing without any."""
        types = common(self._profile(i), self._profile(j), "client_types")
        return list_in_words(types) if types else ""

    def _sphere(self, i: str, j: str) -> dict[str, str]:
        """The clients that the professions of two people have in common, to stand in a message."""
        sphere, mine, yours = self._graph.scene.spheres.told(self._number(i), self._number(j))
        return {"sphere": sphere, "mine": mine, "yours": yours}

    def _stage(self, i: str, j: str) -> Stage | None:
        """How far two people have come in earlier meetings, if they had any."""
        first, second = sorted((self._number(i), self._number(j)))
        history = self._graph.scene.past.get((first, second))
        return history.stage if history else None

    def _profile(self, v: str) -> Attendee:
        return self._graph.scene.room.attendees[self._number(v)]

    def _number(self, v: str) -> int:
        return self._graph.number[v]


def is_given(meeting: Meeting) -> bool:
    """Whether the organiser has said what it is worth; in whatever language the event was then."""
    return meeting.purpose_line == GIVEN or meeting.purpose_line in in_all_languages(GIVEN)


def _they_help(help_: Help, name: str) -> Message:
    told = {"name": name, "need": help_.need, "offer": help_.offer}
    if help_.value >= CERTAIN:
        return message('{name} can help you with "{need}": they offer "{offer}".', **told)
    return message('{name} may be able to help you with "{need}": they offer "{offer}".', **told)


def _you_help(help_: Help, name: str) -> Message:
    told = {"name": name, "need": help_.need, "offer": help_.offer}
    if help_.value >= CERTAIN:
        return message('You can help {name} with "{need}": you offer "{offer}".', **told)
    return message('You may be able to help {name} with "{need}": you offer "{offer}".', **told)


def _you_met(stage: Stage, name: str) -> Message:
    """What the reader and somebody who met at an earlier event both know of it."""
    if stage == "profitability":
        return message(
            "You and {name} met at an earlier event, and each would refer the other.", name=name
        )
    if stage == "credibility":
        return message(
            "You and {name} met at an earlier event, and both found it worth their time.", name=name
        )
    return message("You and {name} met at an earlier event.", name=name)


def quote(text: str) -> Message:
    """Somebody's own words."""
    return message('"{text}"', text=text)
