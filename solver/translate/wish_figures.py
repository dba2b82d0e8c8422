"""What becomes of wishes in a schedule, and what attendees may be told of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from schemas.event import Event
from schemas.schedule import (
    Meeting,
    MeetingAsTold,
    Purpose,
    ScheduleAsTold,
    ScheduledRound,
    Share,
    Triangle,
    Wishes,
    WishShare,
)
from solver.b_matching import most_pairs
from solver.compatibility.wishes import wants_of
from solver.instance import Edge, Instance, Matchings, edge
from solver.objective import Tally, pairs_of, sides_of
from solver.translate.numbering import Numbering
from solver.translate.prepare import Rows, benefits_of, held_rounds
from solver.translate.shares import shares_of


class WishFigures:
    """The wishes of an event and what becomes of them in a schedule."""

    def __init__(self, event: Event, instance: Instance, matchings: Matchings) -> None:
        number, self._instance = Numbering.of(event).number, instance
        self._wants = wants_of(event.attendees)
        self._asked = [(number[i], number[j]) for i, js in self._wants.items() for j in js]
        self._meet = set(pairs_of(matchings))
        self._met = [(i, j) for i, j in self._asked if edge(i, j) in self._meet]
        known = set(self._asked)
        self._mutual = {edge(i, j) for i, j in self._asked if (j, i) in known}
        self._number = number

    def share(self, v: str) -> WishShare | None:
        """What becomes of somebody's wishes; None if they have none."""
        if v not in self._wants:
            return None
        kept = sum(edge(self._number[v], self._number[w]) in self._meet for w in self._wants[v])
        return WishShare(asked=len(self._wants[v]), met=kept)

    def total(self) -> Wishes | None:
        """What becomes of all of them; None if there are none."""
        if not self._asked:
            return None
        return Wishes(
            asked=len(self._asked),
            met=len(self._met),
            mutual=len(self._mutual),
            mutual_met=len(self._mutual & self._meet),
            empty_handed=len(self._wants) - len({i for i, _ in self._met}),
        )

    def mutual_at_most(self) -> int | None:
        """No schedule lets more pairs meet who wished for each other; None without wishes."""
        return most_pairs(self._instance, self._mutual) if self._asked else None


def schedule_as_told(
    event: Event,
    public: Rows,
    instance: Instance,
    matchings: Matchings,
    rounds: Iterable[ScheduledRound],
    shares: Iterable[Share],
) -> ScheduleAsTold:
    """What attendees may read of ``rounds`` and ``shares``: what the ``public`` benefits come to.

    What was told of a held meeting stays as it was, and of a missed one until the two meet again.
    """
    names, before = Numbering.of(event), event.published and event.published.told
    heard = {frozenset(each.attendees): each for each in before.meetings} if before else {}
    over = [meeting for block in held_rounds(event) for meeting in block.meetings]
    held = {frozenset(m.attendees) for m in over}
    met = {frozenset(m.attendees) for m in over if m.outcome != "missed"}
    kept = {two: heard[two] for two in held & heard.keys()}
    tally = Tally(replace(instance, benefits=benefits_of(public, names)), matchings)
    for meeting, told in _meetings_as_told(tally, matchings, names, rounds):
        two = frozenset(meeting.attendees)
        if two not in met and (two in kept or _differs(meeting, told)):
            kept[two] = told
    return ScheduleAsTold(
        meetings=tuple(sorted(kept.values(), key=lambda each: each.attendees)),
        triangles=tuple(_triangles(tally, matchings, names)),
        attendees=tuple(_other_shares(shares, shares_of(tally, names.ids))),
    )


def _meetings_as_told(
    tally: Tally, matchings: Matchings, names: Numbering, rounds: Iterable[ScheduledRound]
) -> Iterator[tuple[Meeting, MeetingAsTold]]:
    figures = (column.tolist() for column in (tally.gained, tally.given, tally.values))
    of_pair = dict(zip(pairs_of(matchings), zip(*figures, strict=True), strict=True))
    in_triangle = {side for trio in tally.triangles for side in sides_of(trio)}
    for meeting in (m for block in rounds for m in block.meetings if m.outcome != "missed"):
        pair = names.edge(meeting.attendees)
        gained, given, value = of_pair[pair]
        a, b = names.pair(pair)
        other: Purpose = "triangle" if pair in in_triangle else "open"
        yield (
            meeting,
            MeetingAsTold(
                attendees=meeting.attendees,
                benefits={a: gained / 1000, b: given / 1000},
                value=value / 1000,
                purpose="mutual" if value else other,
            ),
        )


def _differs(meeting: Meeting, told: MeetingAsTold) -> bool:
    return any(
        getattr(meeting, name) != getattr(told, name) for name in ("benefits", "value", "purpose")
    )


def _other_shares(shares: Iterable[Share], told: Iterable[Share]) -> Iterator[Share]:
    """Those that are told otherwise."""
    for mine, row in zip(shares, told, strict=True):
        if mine.model_copy(update={"wishes": None}) != row:
            yield row


def _triangles(tally: Tally, matchings: Matchings, names: Numbering) -> Iterator[Triangle]:
    ids, round_of = names.ids, _rounds_of(matchings)
    for trio, value in tally.triangles.items():
        i, j, k = (ids[v] for v in trio)
        last = max(round_of.get(side, 0) for side in sides_of(trio))
        yield Triangle(attendees=(i, j, k), value=value / 1000, round_closed=last)


def _rounds_of(matchings: Matchings) -> Mapping[Edge, int]:
    return {pair: r for r, matching in enumerate(matchings, 1) for pair in matching}
