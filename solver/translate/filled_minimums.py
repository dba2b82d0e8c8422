"""Whose minimum of meetings is reached by open conversations, and what others would cost.

The price is that of a plain exchange: the two meet in a round in which one sits in an open
conversation, and whom they leave meet each other if they may. It is a schedule that keeps every
rule, so no more need be lost. Where rules bind beyond pairs and rounds no exchange is looked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from schemas.event import Event
from schemas.schedule import InsteadOfOpen, Note, ScheduledRound
from solver import objective
from solver.instance import Edge, Instance, Matchings, edge
from solver.translate.numbering import Numbering

EXCHANGES = 30_000
"""Exchanges looked at are no more than this over the attendees: reckoning one looks at each."""


def filled_minimums(
    event: Event, instance: Instance, matchings: Matchings, rounds: Sequence[ScheduledRound]
) -> Iterator[Note]:
    """A note for everybody who has their minimum only thanks to open conversations, by id."""
    least = {a.id: a.min_meetings for a in event.attendees if a.min_meetings}
    if not least:
        return
    meetings = [m for block in rounds for m in block.meetings if m.outcome != "missed"]
    all_of = Counter(v for m in meetings for v in m.attendees)
    open_ = Counter(v for m in meetings if m.purpose == "open" for v in m.attendees)
    pricing = _Exchanges(Numbering.of(event), instance, matchings)
    for v, need in sorted(least.items()):
        filled = need - (all_of[v] - open_[v])
        if filled > 0 and all_of[v] >= need:
            price = pricing.price(v, rounds)
            yield Note(code="minimum_filled", attendee=v, meetings=filled, price=price)


class _Exchanges:
    """Schedules that differ from one by one exchange, as long as the budget for them lasts."""

    def __init__(self, names: Numbering, instance: Instance, matchings: Matchings) -> None:
        self.names, self.instance, self.matchings = names, instance, matchings
        plain = instance.fill and not instance.is_strict and not instance.held
        self.left = EXCHANGES // max(1, instance.n) if plain else 0
        self.met = {pair for row in matchings for pair in row}
        self.counts = Counter(v for pair in self.met for v in pair)
        self.fixed = {*instance.required, *(pair for row in instance.pinned for pair in row)}

    def price(self, attendee: str, rounds: Sequence[ScheduledRound]) -> InsteadOfOpen | None:
        """The cheapest exchange for the best partner there is one with; None if there is none."""
        v = self.names.number[attendee]
        sits = [
            block.round - 1
            for block in rounds
            for meeting in block.meetings
            if meeting.purpose == "open" and attendee in meeting.attendees
        ]
        for partner in self._best_first(v) if self.left else ():
            costs = [(p, r) for r in sits if (p := self._cost(v, partner, r)) is not None]
            if costs:
                points, r = min(costs)
                return InsteadOfOpen(
                    partner=self.names.ids[partner],
                    round=r + 1,
                    points=max(0, points) / objective.SCALE,
                )
        return None

    def _best_first(self, v: int) -> list[int]:
        """Whom it would be worth while to meet and ``v`` does not, the most valuable first."""
        b = self.instance.benefits
        known = b.target[b.start[v] : b.start[v + 1]].tolist()
        values = {p: self.instance.value(v, p) for p in known if edge(v, p) not in self.met}
        return sorted((p for p, w in values.items() if w), key=lambda p: (-values[p], p))

    def _cost(self, v: int, partner: int, r: int) -> int | None:
        """Points lost if ``v`` meets the partner in round ``r``; None if rules forbid it."""
        changed = self._exchanged(edge(v, partner), r)
        if changed is None or self.left <= 0:
            return None
        self.left -= 1
        tally = objective.Tally(self.instance, changed)
        return objective.tally_of(self.instance, self.matchings).parts.points - tally.parts.points

    def _exchanged(self, new: Edge, r: int) -> Matchings | None:
        """The schedule with the new meeting, those left over paired; None if rules forbid it."""
        instance, row = self.instance, self.matchings[r]
        gone = [pair for pair in row if not {*pair}.isdisjoint(new)]
        if not instance.may_meet_in(*new, r) or not self.fixed.isdisjoint(gone):
            return None
        others = sorted({v for pair in gone for v in pair}.difference(new))
        rest: Iterable[Edge] = ()
        if len(others) == 2 and self._may_meet_now(edge(*others), r):
            rest = (edge(*others),)
        kept = tuple(sorted({*row} - {*gone} | {new, *rest}))
        changed = (*self.matchings[:r], kept, *self.matchings[r + 1 :])
        return changed if self._keeps_limits(changed) else None

    def _may_meet_now(self, pair: Edge, r: int) -> bool:
        return pair not in self.met and self.instance.may_meet_in(*pair, r)

    def _keeps_limits(self, changed: Matchings) -> bool:
        """Whether nobody falls below a minimum or comes above a maximum by it."""
        counts = Counter(v for row in changed for pair in row for v in pair)
        least, most, had = self.instance.least, self.instance.most, self.counts
        return all(
            counts[v] >= min(least[v], had[v]) and counts[v] <= max(most[v], had[v])
            for v in counts.keys() | had.keys()
            if counts[v] != had[v]
        )
