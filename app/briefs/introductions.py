"""Whom one person could introduce to another: the third corner of their triangle, or a triad.

Of a closed triangle all three meet, so that a word beforehand is enough, and afterwards a
recommendation. In an open triad the one who introduces meets both of the others, who neither meet
nor know each other and may meet; there one of the two must be able to help the other. Nobody is
introduced across a block.
"""

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from app.briefs.day import DayMeetings
from app.briefs.pair_sentences import CERTAIN, Help, Names, PairSentences, quote
from schemas.base import pair_of
from schemas.words.message import Message, message
from solver.compatibility.forbidden import STANDING, ForbiddenPairs


class Link(NamedTuple):
    """Whom somebody is introduced to; or hears recommended, if they have ``met`` by then.

    ``help`` is what one of the two can do for the other, if that is certain.
    """

    third: str
    help: Help | None
    closed: bool
    met: bool = False


class Introductions:
    """The introductions of a day, found by who could help whom."""

    def __init__(self, day: DayMeetings, words: PairSentences, forbidden: ForbiddenPairs) -> None:
        self._day, self._words, self._forbidden = day, words, forbidden

    def link(self, introducer: str, partner: str, reader: str, told: Set[str]) -> Link | None:
        """Whom ``introducer`` could introduce to ``partner``, as ``reader``, one of them, sees it.

        A need is told to those only who meet its owner; nobody who was ``told`` comes again.
        """
        corners = [k for k in self._corners(introducer, partner) if k not in told]
        strangers = [k for k in self._strangers(introducer, partner) if k not in told]
        found = self._closed(introducer, partner, corners) or self._open(partner, strangers)
        if found is None or found.help is None or self._may_read(reader, found.help.needy):
            return found
        if found.closed and not found.met and self._words.their_bond(partner, found.third):
            return found._replace(help=None)
        return None

    def barred(self, i: str, j: str) -> bool:
        """Whether one of the two keeps away from the other, or the organiser keeps them apart."""
        return not STANDING.isdisjoint(self._forbidden.codes(pair_of(i, j)))

    def _closed(self, introducer: str, partner: str, corners: Sequence[str]) -> Link | None:
        """A corner for whom there is a reason, those still to be met first; none without one."""
        now = self._day.round_of[pair_of(introducer, partner)]
        met = [k for k in corners if self._day.have_met(partner, k, now)]
        to_meet = [k for k in corners if k not in met]
        for thirds in (to_meet, met):
            helps = [*self._by(thirds, partner), *self._of(thirds, partner)]
            if helps:
                return Link(*_surest(helps), closed=True, met=thirds is met)
        bound = [k for k in to_meet if self._words.their_bond(partner, k)]
        return Link(bound[0], None, closed=True) if bound else None

    def _open(self, partner: str, strangers: Sequence[str]) -> Link | None:
        """Somebody who can help the partner, as both may know; else whom the partner can help."""
        helps = self._by(strangers, partner) or self._of(strangers, partner)
        return Link(*_surest(helps), closed=False) if helps else None

    def _corners(self, introducer: str, partner: str) -> Iterator[str]:
        """Third corners of the triangles of two people, the best triangle first."""
        for k in self._day.corners.get(pair_of(introducer, partner), ()):
            if not self.barred(introducer, k) and not self.barred(partner, k):
                yield k

    def _strangers(self, introducer: str, partner: str) -> Iterator[str]:
        """Partners of the one whom the other does not know and may meet."""
        for k in self._day.partners[introducer]:
            if k == partner or self._day.acquainted(k, partner) or self.barred(introducer, k):
                continue
            if pair_of(k, partner) not in self._forbidden:
                yield k

    def _by(self, thirds: Sequence[str], partner: str) -> list[tuple[str, Help]]:
        """The best that each of them can do for the partner, where one may vouch for it."""
        found = [(k, each) for k in thirds for each in self._words.helps(k, partner)[:1]]
        return [(k, each) for k, each in found if each.value >= CERTAIN]

    def _of(self, thirds: Sequence[str], partner: str) -> list[tuple[str, Help]]:
        """The best that the partner can do for each of them."""
        found = [(k, each) for k in thirds for each in self._words.helps(partner, k)[:1]]
        return [(k, each) for k, each in found if each.value >= CERTAIN]

    def _may_read(self, reader: str, needy: str) -> bool:
        return reader == needy or self._day.meet(reader, needy)


def _surest(helps: list[tuple[str, Help]]) -> tuple[str, Help]:
    return min(helps, key=lambda found: (-found[1].value, found[0], found[1].giver))


class IntroductionSentences:
    """Links in words, as the reader, who introduces or is introduced, reads them.

    ``called`` tells names, ``full`` organisations too.
    """

    def __init__(self, day: DayMeetings, words: PairSentences, called: Names, full: Names) -> None:
        self._day, self._words, self._called, self._full = day, words, called, full

    def told(self, link: Link, introducer: str, partner: str, reader: str) -> Message:
        """Whom one of the two could introduce to whom, what for, and when they meet."""
        could = self._could(link, introducer, partner, reader)
        why, when = self._why(link, partner, reader), self._when(link, introducer, partner, reader)
        if why is None:
            return message("{introduction}. {meetings}.", introduction=could, meetings=when)
        return message(
            "{introduction}: {reason}. {meetings}.", introduction=could, reason=why, meetings=when
        )

    def _could(self, link: Link, introducer: str, partner: str, reader: str) -> Message:
        third = self._full(link.third)
        if introducer == reader:
            told = {"third": third, "partner": self._called(partner)}
            if link.met:
                return message("You could recommend {third} to {partner}", **told)
            return message("You could introduce {partner} to {third}", **told)
        told = {"third": third, "introducer": self._called(introducer)}
        if link.met:
            return message("{introducer} could recommend {third} to you", **told)
        return message("{introducer} could introduce you to {third}", **told)

    def _why(self, link: Link, partner: str, reader: str) -> Message | None:
        if link.help is None:
            bond = self._words.your_bond if partner == reader else self._words.their_bond
            return bond(partner, link.third)
        told = {"need": quote(link.help.need), "offer": quote(link.help.offer)}
        needy, giver = self._called(link.help.needy), self._called(link.help.giver)
        if link.help.needy == reader:
            return message("you look for {need}, and {giver} offers {offer}", giver=giver, **told)
        if link.help.giver == reader:
            return message("{needy} looks for {need}, and you offer {offer}", needy=needy, **told)
        return message(
            "{needy} looks for {need}, and {giver} offers {offer}", needy=needy, giver=giver, **told
        )

    def _when(self, link: Link, introducer: str, partner: str, reader: str) -> Message:
        """When each of the two meets the third; whom the second sentence calls "them"."""
        first = self._meets(introducer, link.third, reader)
        second = self._meets_them(partner, link.third, reader)
        return message("{first}; {second}", first=first, second=second)

    def _meets(self, v: str, third: str, reader: str) -> Message:
        told, number = {"who": self._called(v), "third": self._called(third)}, self._round(v, third)
        if v == reader:
            if number is not None:
                return message("You meet {third} in round {number}", number=number, **told)
            if self._day.acquainted(v, third):
                return message("You met {third} at an earlier event", **told)
            return message("You do not meet {third} today", **told)
        if number is not None:
            return message("{who} meets {third} in round {number}", number=number, **told)
        if self._day.acquainted(v, third):
            return message("{who} met {third} at an earlier event", **told)
        return message("{who} does not meet {third} today", **told)

    def _meets_them(self, v: str, third: str, reader: str) -> Message:
        told, number = {"who": self._called(v), "third": self._called(third)}, self._round(v, third)
        # Translators: "them" is one person, whom {third} would name again.
        if v == reader:
            if number is not None:
                return message("you meet them in round {number}", number=number, **told)
            if self._day.acquainted(v, third):
                return message("you met them at an earlier event", **told)
            return message("you do not meet them today", **told)
        if number is not None:
            return message("{who} meets them in round {number}", number=number, **told)
        if self._day.acquainted(v, third):
            return message("{who} met them at an earlier event", **told)
        return message("{who} does not meet them today", **told)

    def _round(self, v: str, third: str) -> int | None:
        return self._day.round_of.get(pair_of(v, third))
