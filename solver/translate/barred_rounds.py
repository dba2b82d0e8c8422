"""What keeps two people apart in single rounds: rules, closed places, breaks, full tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from schemas.event import Event
from schemas.explanation import Code
from schemas.rests import Rests
from schemas.schedule import Schedule, ScheduledRound
from solver.instance import Edge, Instance
from solver.translate.numbering import Numbering
from solver.translate.prepare import round_tables


class BarredRounds:
    """Rounds are counted from 0, and those meant are open; ids are those of the event."""

    def __init__(
        self, event: Event, instance: Instance, names: Numbering, schedule: Schedule
    ) -> None:
        self.rests = Rests(event, schedule)
        self._instance, self._names, self._blocks = instance, names, schedule.rounds
        self._rooms = round_tables(event)

    def by_code(self, rounds: Sequence[int], a: str, b: str, hidden: set[Code]) -> dict[Code, str]:
        """Why two people who share these rounds meet in none, and in which for each reason.

        Nothing where one of the rounds is free for them; ``hidden`` codes are taken not to be.
        """
        found = {r: [code for code in self._codes(r, a, b) if code not in hidden] for r in rounds}
        if not all(found.values()):
            return {}
        told = dict.fromkeys(code for codes in found.values() for code in codes)
        return {code: _when([r for r in rounds if code in found[r]], len(rounds)) for code in told}

    def rules_in(self, r: int, a: str, b: str) -> Iterator[Code]:
        """What the rules have against a meeting in one round."""
        pair, others = self._names.edge((a, b)), {self._names.number[v] for v in (a, b)}
        if (pair, r) in self._instance.apart:
            yield "apart"
        pinned = self._instance.pinned[r] if self._instance.pinned else ()
        if any(other != pair and not others.isdisjoint(other) for other in pinned):
            yield "pinned"
        places = self._instance.places
        if places and any(places.tables[k, r] == 0 for k in places.asked_by(*pair)):
            yield "place_closed"

    def place_closed(self, r: int, v: str) -> bool:
        """Whether no table is open at which somebody may sit."""
        places = self._instance.places
        k = -1 if places is None else int(places.of[self._names.number[v]])
        return places is not None and k >= 0 and places.tables[k, r] == 0

    def place_full(self, r: int, a: str, b: str) -> bool:
        """Whether others take all the tables at which both may sit."""
        places = self._instance.places
        if places is None or r >= len(self._blocks):
            return False
        pair = self._names.edge((a, b))
        taken = Counter(
            k for m in self._meetings[r] if not {*m} & {*pair} for k in places.asked_by(*m)
        )
        return any(taken[k] >= places.tables[k, r] > 0 for k in places.asked_by(*pair))

    def room_full(self, r: int) -> bool:
        """Whether every open table of a round is taken while some sit idle for want of one."""
        if r >= len(self._blocks):
            return False
        room, block = self._rooms[r], self._blocks[r]
        taken = [meeting for meeting in block.meetings if meeting.outcome != "missed"]
        return len(taken) >= room.count - len(room.closed) and len(block.byes) > 1

    def _codes(self, r: int, a: str, b: str) -> Iterator[Code]:
        yield from self.rules_in(r, a, b)
        if r < len(self._blocks) and not self.rests.on_break(r + 1).isdisjoint((a, b)):
            yield "on_break"
        if self.room_full(r) or self.place_full(r, a, b):
            yield "tables_full"

    @cached_property
    def _meetings(self) -> list[list[Edge]]:
        return [[*self._pairs(block)] for block in self._blocks]

    def _pairs(self, block: ScheduledRound) -> Iterator[Edge]:
        """The meetings of people whom the event still has."""
        for meeting in block.meetings:
            known = self._names.number.keys() >= {*meeting.attendees}
            if known and meeting.outcome != "missed":
                yield self._names.edge(meeting.attendees)


def _when(rounds: Sequence[int], of: int) -> str:
    """Rounds in words, of so many that two people share."""
    if len(rounds) == of:
        return "every open round that both share"
    *most, last = (str(r + 1) for r in rounds)
    return f"rounds {', '.join(most)} and {last}" if most else f"round {last}"
