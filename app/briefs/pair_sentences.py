"""Sentences for people: what two can do for each other, told to one of them or to both.

Offers and needs are quoted in their owners' words. A private need is neither named nor hinted at:
whoever could serve it is told nothing of it, and its owner only that it counts.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from schemas.event import Attendee
from schemas.language import language_name
from schemas.schedule import Meeting
from solver.compatibility.evidence import (
    CAME,
    KNOWN,
    SURE,
    WISHED_BOTH,
    ReasonInWords,
    common,
)
from solver.compatibility.forbidden import pair
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
from solver.compatibility.wishes import PRIVATE

Names = Callable[[str], str]

QUESTION = "How can I help you?"
CERTAIN = 500
"""From here on, in permille, an offer is said to help with a need; below, that it may."""
MOST_TOLD = 3
"""So many sentences of a kind are enough to start with."""
INVITED = "The organiser would like you two to meet."


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
        first, second = pair(i, j)
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
            yield f"{name} agreed to hear your pitch."
        for each in self.helps(partner, reader):
            yield f'{name} {_can(each)} help you with "{each.need}": they offer "{each.offer}".'
        if any(r.kind == "served" and r.need is None for r in self.reasons(reader, partner)):
            yield f"{name} offers something you look for; you keep that need private."
        for seeking, giving in self._goals(reader, partner):
            yield f"{name} came {CAME[giving]}, and you came {CAME[seeking]}."

    def you_can(self, reader: str, partner: str) -> Iterator[str]:
        """What the reader can do for the partner."""
        name = self._called(partner)
        for each in self.helps(reader, partner):
            yield f'You {_can(each)} help {name} with "{each.need}": you offer "{each.offer}".'
        for seeking, giving in self._goals(partner, reader):
            yield f"You came {CAME[giving]}, and {name} came {CAME[seeking]}."

    def together(self, reader: str, partner: str) -> Iterator[str]:
        """What the two have or can do in common."""
        name = self._called(partner)
        if any(reason.kind == "referral" for reason in self.reasons(reader, partner)):
            yield f"You can recommend each other: you {self._clients(reader, partner)}."
        if before := self._before(reader, partner):
            yield before.format("You", name) + "."

    def helps_both(self, i: str, j: str) -> bool:
        """Whether each has a reason that both may hear, whatever came of an earlier meeting."""
        sides = self.reasons(i, j), self.reasons(j, i)
        return all(any(not reason.private for reason in side) for side in sides)

    def bond(self, i: str, j: str) -> str | None:
        """What two people have in common, but for what they can do for each other."""
        if any(reason.kind == "referral" for reason in self.reasons(i, j)):
            return self._clients(i, j)
        shared = self.shared_interest(i, j)
        return f"share an interest in {shared}" if shared else None

    def shared_interest(self, i: str, j: str) -> str | None:
        """The first interest that two people share."""
        return next(iter(common(self._profile(i), self._profile(j), "interests")), None)

    def ask(self, reader: str, partner: str) -> Iterator[str]:
        """What to ask somebody with whom nothing else connects; all of it is open to everybody."""
        mine, theirs, name = self._profile(reader), self._profile(partner), self._called(partner)
        tongues = [language_name(code) for code in common(mine, theirs, "languages")]
        if tongues:
            yield f"Languages you both speak: {list_in_words(tongues)}."
        offers = [offer.quote for offer in self._graph.scene.room.offers_of[self._number(partner)]]
        if offers:
            quoted = list_in_words(map(quote, offers[:2]))
            yield f"Ask {name} about their work: they offer {quoted}."
        if theirs.interests and not self.shared_interest(reader, partner):
            yield f"Ask {name} about {list_in_words(sorted(theirs.interests)[:2])}."
        yield f"Ask whom {name} hopes to meet today: you may know somebody."

    def purpose(self, meeting: Meeting) -> Purpose:
        """What profiles say that a meeting is for, unless the organiser has said it.

        What was not published as a pitch never becomes one.
        """
        if meeting.purpose_line == GIVEN:
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
        return "; ".join(dict.fromkeys(map(self._main, mains))) + "."

    def _main(self, reason: ReasonInWords) -> str:
        """The main reason of a meeting, in the same words to both."""
        if sentence := help_sentence(reason, self._called, quote):
            return sentence
        if reason.kind == "goal":
            return self._goal(reason)
        first, second = sorted((reason.source, reason.target))
        if reason.kind in PRIVATE:
            return WISHED_BOTH.format(self._called(first), self._called(second))
        both = f"{self._called(first)} and {self._called(second)}"
        if reason.kind == "referral":
            return f"{both} {self._clients(first, second)}, with different offers"
        if reason.kind == "interest":
            return f"{both} share an interest in {self.shared_interest(first, second)}"
        return self._before(first, second).format(self._called(first), self._called(second))

    def _goal(self, reason: ReasonInWords) -> str:
        for seeker, giver in ((reason.source, reason.target), (reason.target, reason.source)):
            for seeking, giving in self._complements(seeker, giver):
                ends = f"{self._called(giver)} {CAME[giving]}"
                return f"{self._called(seeker)} came {CAME[seeking]}, {ends}"
        return (
            f"{self._called(reason.source)} can help {self._called(reason.target)}{_with(reason)}"
        )

    def _goals(self, seeker: str, giver: str) -> Iterator[tuple[str, str]]:
        """What the one came for and the other came to give, if that counts at this event."""
        if any(reason.kind == "goal" for reason in self.reasons(seeker, giver)):
            yield from self._complements(seeker, giver)

    def _complements(self, seeker: str, giver: str) -> Iterator[tuple[str, str]]:
        sought, given = self._profile(seeker).intents, self._profile(giver).intents
        yield from (each for each in COMPLEMENTS if each[0] in sought and each[1] in given)

    def _clients(self, i: str, j: str) -> str:
        """Whom both serve without competing."""
        types = common(self._profile(i), self._profile(j), "client_types")
        if types:
            return f"both serve {list_in_words(types)}"
        sphere, mine, yours = self._graph.scene.spheres.told(self._number(i), self._number(j))
        return f"serve the same clients ({sphere}) as {mine} and {yours}"

    def _before(self, i: str, j: str) -> str:
        """What both know of earlier meetings, with places for two names; nothing without any."""
        first, second = sorted((self._number(i), self._number(j)))
        history = self._graph.scene.past.get((first, second))
        return KNOWN[history.stage] if history else ""

    def _profile(self, v: str) -> Attendee:
        return self._graph.scene.room.attendees[self._number(v)]

    def _number(self, v: str) -> int:
        return self._graph.number[v]


def _can(help_: Help) -> str:
    return "can" if help_.value >= CERTAIN else "may be able to"


def _with(reason: ReasonInWords) -> str:
    return "" if reason.need is None else f" with {quote(reason.need)}"


def quote(text: str) -> str:
    """Somebody's own words."""
    return f'"{text}"'


def list_in_words(words: Iterable[str]) -> str:
    """One after the other, with an "and" before the last."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
