"""What the meetings of a schedule use up between two companies (H9)."""

from collections.abc import Mapping
from functools import cached_property

from schemas.base import pair_of
from schemas.schedule import Schedule
from solver.compatibility.forbidden import Pair
from solver.instance import Companies
from solver.translate.numbering import Numbering

Use = tuple[int, int]


class CompanyMeetings:
    """Which meeting of a schedule keeps other people of two organisations apart."""

    def __init__(self, companies: Companies | None, names: Numbering, schedule: Schedule) -> None:
        self._companies, self._names, self._schedule = companies, names, schedule

    def instead_of(self, a: str, b: str) -> Pair | None:
        """The first meeting that leaves none to ``a`` and ``b``."""
        uses = self._uses(a, b)
        return next((self._meetings[use] for use in uses if use in self._meetings), None)

    @cached_property
    def _meetings(self) -> Mapping[Use, Pair]:
        """By what each meeting uses up, the first of its kind."""
        known, found = self._names.number.keys(), dict[Use, Pair]()
        for block in self._schedule.rounds if self._companies else ():
            for meeting in block.meetings:
                if meeting.outcome != "missed" and known >= {*meeting.attendees}:
                    for use in self._uses(*meeting.attendees):
                        found.setdefault(use, pair_of(*meeting.attendees))
        return found

    def _uses(self, a: str, b: str) -> tuple[Use, ...]:
        if self._companies is None:
            return ()
        i, j = self._names.number[a], self._names.number[b]
        ours, theirs = int(self._companies.house[i]), int(self._companies.house[j])
        if ours == theirs:
            return ()
        if self._companies.in_pairs:
            return ((min(ours, theirs), max(ours, theirs)),)
        return (i, theirs), (j, ours)
