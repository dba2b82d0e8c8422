"""A schedule as its people live it: whom they meet and when, who opens, whose triangles close."""

from collections import defaultdict
from collections.abc import Container, Mapping, Set
from functools import cached_property

from schemas.base import pair_of
from schemas.schedule import Meeting, Schedule
from solver.compatibility.forbidden import Pair


class DayMeetings:
    """The meetings of the ``people`` of a schedule, but for those missed; ``earlier`` pairs met."""

    def __init__(self, schedule: Schedule, people: Container[str], earlier: Set[Pair]) -> None:
        self._schedule, self._people, self._earlier = schedule, people, earlier
        self.round_of = {pair_of(*meeting.attendees): r for r, meeting in self._meetings()}

    def meet(self, i: str, j: str) -> bool:
        """Whether two people meet in this schedule."""
        return pair_of(i, j) in self.round_of

    def acquainted(self, i: str, j: str) -> bool:
        """Whether two people meet in this schedule or have met at an earlier event."""
        return self.meet(i, j) or self.met_earlier(i, j)

    def met_earlier(self, i: str, j: str) -> bool:
        """Whether two people have met at an earlier event."""
        return pair_of(i, j) in self._earlier

    def have_met(self, i: str, j: str, before: int) -> bool:
        """Whether two acquainted people know each other when round ``before`` begins."""
        return self.acquainted(i, j) and self.round_of.get(pair_of(i, j), 0) < before

    @cached_property
    def partners(self) -> Mapping[str, list[str]]:
        """Whom each attendee meets, in order of rounds."""
        partners = defaultdict[str, list[str]](list)
        for i, j in self.round_of:
            partners[i].append(j)
            partners[j].append(i)
        return partners

    def near(self, v: str) -> set[str]:
        """Everybody of whom an agenda of ``v`` may speak: partners, theirs, and third corners."""
        partners = self.partners[v]
        further = {k for partner in partners for k in self.partners[partner]}
        corners = {k for partner in partners for k in self.corners[pair_of(v, partner)]}
        return {v, *partners} | further | corners

    @cached_property
    def openers(self) -> Mapping[Pair, str]:
        """Who opens each meeting: whoever has opened less, then gains less, then by id.

        Told round by round, so that later rounds change nothing about earlier ones. Gains are not
        told of two who met before: what they said of it is in them.
        """
        openers: dict[Pair, str] = {}
        lead = defaultdict[str, int](int)
        for _, meeting in self._meetings():
            gains = {} if self.met_earlier(*meeting.attendees) else meeting.benefits
            ends = sorted((lead[v], gains.get(v, 0), v) for v in meeting.attendees)
            opens, answers = (v for _, _, v in ends)
            openers[pair_of(opens, answers)] = opens
            lead[opens] += 1
            lead[answers] -= 1
        return openers

    @cached_property
    def corners(self) -> Mapping[Pair, list[str]]:
        """The third corners of the closed triangles of each pair, the best triangle first."""
        corners = defaultdict[Pair, list[str]](list)
        for triangle in sorted(self._schedule.triangles, key=lambda t: (-t.value, t.attendees)):
            i, j, k = triangle.attendees
            sides = ((pair_of(i, j), k), (pair_of(j, k), i), (pair_of(i, k), j))
            if all(self.acquainted(*side) for side, _ in sides):
                for side, corner in sides:
                    corners[side].append(corner)
        return corners

    def _meetings(self) -> list[tuple[int, Meeting]]:
        return [
            (block.round, meeting)
            for block in self._schedule.rounds
            for meeting in block.meetings
            if meeting.outcome != "missed" and all(v in self._people for v in meeting.attendees)
        ]


def partner_of(v: str, meeting: Meeting) -> str:
    """The other of the two who meet."""
    i, j = meeting.attendees
    return j if v == i else i
