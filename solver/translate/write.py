"""Result to Schedule: tables, purposes, reasons, shares and quality, under the caller's ids."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from schemas.event import Event
from schemas.rests import people_without_place
from schemas.schedule import (
    Broken,
    Intent,
    Meeting,
    Note,
    Purpose,
    Quality,
    Schedule,
    ScheduleAsTold,
    ScheduledRound,
    Share,
    StoppedBy,
    Triangle,
)
from schemas.solve import Progress, Waiver
from schemas.words.catalogue import first_held, teller
from solver import objective
from solver.compatibility.graph import Compatibility
from solver.compatibility.purpose import Told, both_ways, purpose_of
from solver.instance import Edge, Instance, Matchings, Result, among, columns_of, rising
from solver.possible import within_tables
from solver.tables import RoundTables, TableSeating
from solver.translate.digest import input_sha256
from solver.translate.filled_minimums import filled_minimums
from solver.translate.numbering import Numbering
from solver.translate.prepare import held_rounds, published_meetings, round_tables
from solver.translate.shares import shares_of
from solver.translate.wish_figures import WishFigures, schedule_as_told

MET, NO_LONGER = "these two have met already", "these two can no longer meet"
"""Why a pair need not meet, or not in the round that was asked for."""
Kept = Mapping[frozenset[str], Meeting]
"""Meetings as they were written before, by their two people."""


def schedule_of(
    event: Event,
    graph: Compatibility,
    instance: Instance,
    result: Result,
    kept: Kept = MappingProxyType({}),
    added: Sequence[Edge] = (),
    asked: Event | None = None,
) -> Schedule:
    """Write the answer out: tables, purposes, reasons, shares and quality.

    ``kept`` are meetings of open rounds written before, by their two people, whose words would be
    the same again. ``added`` are new meetings of the last held round, which is running. The input
    that the schedule tells the digest of is ``asked``, or else ``event``.
    """
    digest = input_sha256(asked or event)
    return _Writer(event, graph, instance, result, kept, added).schedule(digest)


class _Writer:
    """One schedule being written; holds what its parts share."""

    def __init__(
        self,
        event: Event,
        graph: Compatibility,
        instance: Instance,
        result: Result,
        kept: Kept,
        added: Sequence[Edge],
    ) -> None:
        self.event, self.graph, self.instance, self.result = event, graph, instance, result
        self.kept, self.added = kept, added
        self.names = Numbering.of(event)
        self.tally = objective.tally_of(instance, result.matchings)
        self.in_triangle = {
            pair for trio in self.tally.triangles for pair in objective.sides_of(trio)
        }
        figures = (self.tally.gained, self.tally.given, self.tally.values)
        listed = zip(*(column.tolist() for column in figures), strict=True)
        self.figures = dict(zip(objective.pairs_of(result.matchings), listed, strict=True))
        places = {self.names.number[a.id]: a.places for a in event.attendees if a.places}
        self.seating = TableSeating(places, {})
        self.pinned = {
            self.names.edge(rule.pair): rule.table
            for rule in event.pair_rules
            if rule.kind == "require" and rule.table is not None
        }
        self.rooms = round_tables(event)
        self.wishes = WishFigures(event, instance, result.matchings)

    def schedule(self, digest: str) -> Schedule:
        rounds = tuple(self._round(r) for r in range(self.instance.rounds))
        shares = shares_of(self.tally, self.names.ids, self.wishes.share)
        triangles = self._triangles()
        return Schedule(
            seed=self.event.seed,
            input_sha256=digest,
            rounds=rounds,
            triangles=triangles,
            attendees=shares,
            unserved=tuple(share.id for share in shares if share.satisfaction is None),
            waived=self._waived(),
            notes=self._notes(rounds),
            quality=self._quality(shares),
            told=self._told(rounds, triangles, shares),
        )

    def _told(
        self,
        rounds: Sequence[ScheduledRound],
        triangles: tuple[Triangle, ...],
        shares: tuple[Share, ...],
    ) -> ScheduleAsTold | None:
        """What attendees are told, where a wish that was not returned makes a difference."""
        public = self.graph.public
        if public is self.graph:
            return None
        matchings = self.result.matchings
        told = schedule_as_told(
            self.event, public.columns, self.instance, matchings, rounds, shares
        )
        return None if told == ScheduleAsTold(triangles=triangles) else told

    def _round(self, r: int) -> ScheduledRound:
        if r < self.event.held_rounds:
            return self._held(r)
        matching, present = self.result.matchings[r], self.instance.present[:, r]
        seats = self.seating.seat(matching, self.rooms[r], self._promised_tables(r), self.pinned)
        here = present.copy()
        here[[v for pair in matching for v in pair]] = False
        ids = self.names.ids
        return ScheduledRound(
            round=r + 1,
            starts_at=self.event.rounds[r].starts_at,
            meetings=tuple(
                self._meeting(pair, table)
                for pair, table in sorted(seats.items(), key=lambda seat: seat[1])
            ),
            byes=tuple(ids[v] for v in np.flatnonzero(here).tolist()),
            absent=tuple(ids[v] for v in np.flatnonzero(~present).tolist()),
        )

    def _held(self, r: int) -> ScheduledRound:
        """A round that is over, as it was, or the one that is running, with what is added to it."""
        block = held_rounds(self.event)[r]
        if self.added and r == self.event.held_rounds - 1:
            block = self._joined(block)
        counted = (m for m in block.meetings if m.outcome != "missed")
        self.seating.follow({self.names.edge(m.attendees): m.table for m in counted})
        return block

    def _joined(self, block: ScheduledRound) -> ScheduledRound:
        """The running round with its new meetings, the stranded staying where they sat."""
        taken = {m.table for m in block.meetings if m.outcome != "missed"}
        last = {self.names.number[v]: m.table for m in block.meetings for v in m.attendees}
        room = self.rooms[block.round - 1]
        free = RoundTables(room.count, room.closed | taken)
        seats = TableSeating(self.seating.places, last).seat(self.added, free, {})
        new = [
            self._written(pair, table).model_copy(update={"added": True})
            for pair, table in seats.items()
        ]
        busy = {v for meeting in new for v in meeting.attendees}
        meetings = sorted((*block.meetings, *new), key=lambda meeting: meeting.table)
        byes = tuple(v for v in block.byes if v not in busy)
        return block.model_copy(update={"meetings": tuple(meetings), "byes": byes})

    def _promised_tables(self, r: int) -> dict[Edge, int]:
        """Where the meetings of a published round were to sit: people have been told."""
        published = self.event.published
        if published is None or r >= len(published.rounds):
            return {}
        return {self.names.edge(m.attendees): m.table for m in published.rounds[r].meetings}

    def _meeting(self, pair: Edge, table: int) -> Meeting:
        """The meeting as it was written before, if it was and both gain what they gained.

        Its table and purpose may be others. What two people gain can depend on who else comes.
        """
        before = self.kept.get(frozenset(self.names.pair(pair)))
        if before is None or before.benefits != self._gains(pair):
            return self._written(pair, table)
        purpose = "mutual" if before.value else self._purpose(pair)
        if (before.table, before.purpose) == (table, purpose):
            return before
        return before.model_copy(update={"table": table, "purpose": purpose})

    def _written(self, pair: Edge, table: int) -> Meeting:
        a, b = self.names.pair(pair)
        value = self.figures[pair][2]
        intent, line, why = words_of(self.graph, a, b)
        return Meeting(
            table=table,
            attendees=(a, b),
            benefits=self._gains(pair),
            value=value / 1000,
            purpose="mutual" if value else self._purpose(pair),
            intent=intent,
            purpose_line=line,
            why=why,
        )

    def _gains(self, pair: Edge) -> dict[str, float]:
        a, b = self.names.pair(pair)
        gained, given, _ = self.figures[pair]
        return {a: gained / 1000, b: given / 1000}

    def _purpose(self, pair: Edge) -> Purpose:
        """What a meeting is that is not mutual."""
        return "triangle" if pair in self.in_triangle else "open"

    def _triangles(self) -> tuple[Triangle, ...]:
        closed_in = {
            pair: r + 1 for r, matching in enumerate(self.result.matchings) for pair in matching
        }
        before = self.event.published.triangles if self.event.published else ()
        known = {(t.attendees, t.value, t.round_closed): t for t in before}
        ids, found = self.names.ids, []
        for (i, j, k), value in self.tally.triangles.items():
            last = max(closed_in.get(side, 0) for side in ((i, j), (j, k), (i, k)))
            told = ((ids[i], ids[j], ids[k]), value / 1000, last)
            found.append(known.get(told) or _triangle(*told))
        return tuple(found)

    def _waived(self) -> tuple[Waiver, ...]:
        met = self.instance.held_pairs
        pairs = [
            Waiver(pair=self.names.pair(pair), reason=MET if pair in met else NO_LONGER)
            for pair in sorted(self.instance.waived)
        ]
        minimums = [
            Waiver(attendee=self.names.ids[v], reason="the minimum can no longer be reached")
            for v in sorted(self.instance.excused)
        ]
        return (*pairs, *minimums)

    def _notes(self, rounds: Sequence[ScheduledRound]) -> tuple[Note, ...]:
        """Whose minimum is filled, and who sits out an open round for want of a table.

        Of held rounds what was noted stays.
        """
        held, closed = self.event.held_rounds, people_without_place(self.event)
        before = self.event.published.notes if self.event.published else ()
        notes = [note for note in before if note.round and note.round <= held]
        notes += filled_minimums(self.event, self.instance, self.result.matchings, rounds)
        for block in rounds[held:] if closed else ():
            shut = closed[block.round].intersection(block.byes)
            notes += [Note(code="place_closed", attendee=v, round=block.round) for v in shut]
        return tuple(sorted(notes, key=lambda note: (note.attendee, note.round or 0)))

    def _quality(self, shares: Sequence[Share]) -> Quality:
        result, parts = self.result, self.tally.parts
        return Quality(
            objective=on_wire(parts.points),
            mutual=on_wire(parts.mutual),
            triangles=on_wire(parts.triangles),
            fairness=on_wire(parts.fairness),
            byes_cost=on_wire(parts.byes),
            pairs_cost=on_wire(parts.pairs),
            byes=sum(share.byes for share in shares),
            **proof_of(parts.points, result.bound),
            seconds=round(result.seconds, 3),
            work=result.work,
            stopped_by=cast("StoppedBy", result.stopped_by),
            broken=broken_meetings(self.event, self.instance, result.matchings),
            table_changes=self.seating.changes,
            wishes=self.wishes.total(),
            mutual_wishes_at_most=self.wishes.mutual_at_most(),
        )


def _triangle(attendees: tuple[str, str, str], value: float, last: int) -> Triangle:
    return Triangle(attendees=attendees, value=value, round_closed=last)


def words_of(graph: Compatibility, a: str, b: str) -> tuple[Intent, str, tuple[str, ...]]:
    """What is told of a meeting in the event's language: its intent, what it is for, and why."""
    told, tell = both_ways(graph, a, b), teller(first_held([graph.event.language]))
    intent, line = purpose_of(told)
    return intent, tell(line), tuple(map(tell, _why(told)))


def _why(told: Told) -> Iterable[str]:
    """The evidence of both directions, each sentence once; none of two who meet by chance."""
    return dict.fromkeys(r.evidence for side in told for r in side if r.is_told)


def on_wire(points: int) -> float:
    """Points as the objective of the wire, exact to five places."""
    return points / objective.SCALE


def proof_of(points: int, bound: int | None) -> dict[str, Any]:
    """What a quality says of the bound on its points."""
    return {
        "upper_bound": None if bound is None else on_wire(bound),
        "gap": gap_of(points, bound),
        "proof": "none" if bound is None else "optimal" if bound == points else "bounded",
    }


def gap_of(points: int, bound: int | None) -> float | None:
    """``(bound - points) / |bound|``, with at least one point below the line."""
    return None if bound is None else (bound - points) / max(abs(bound), 1)


def progress_of(result: Result) -> Progress:
    """An incumbent on its way to those who watch."""
    bound = result.bound
    return Progress(
        seconds=round(result.seconds, 3),
        work=result.work,
        objective=on_wire(result.points),
        upper_bound=None if bound is None else on_wire(bound),
        gap=gap_of(result.points, bound),
    )


def possible_promises(event: Event, instance: Instance) -> Matchings:
    """Published meetings of open rounds whose two are still there and may meet."""
    listed = published_meetings(event)[len(instance.held) :]
    i, j = columns_of(objective.pairs_of(listed))
    r = np.repeat(np.arange(len(listed)) + len(instance.held), [len(row) for row in listed])
    possible = instance.present[i, r] & instance.present[j, r]
    possible &= instance.permissions.of_pairs(i, j)
    if instance.apart:
        pairs = zip(i.tolist(), j.tolist(), r.tolist(), strict=True)
        possible &= np.array([((a, b), q) not in instance.apart for a, b, q in pairs], np.bool_)
    possible &= ~among(i * instance.n + j, rising(instance.held_pairs, instance.n))
    left = iter(possible.tolist())
    open_rounds = tuple(tuple(pair for pair in row if next(left)) for row in listed)
    return ((),) * len(instance.held) + open_rounds


def broken_meetings(event: Event, instance: Instance, matchings: Matchings) -> Broken:
    """Count published meetings that were lost: by need, and by choice."""
    forced = chosen = 0
    published = published_meetings(event)
    for r, possible in enumerate(possible_promises(event, instance)):
        if r < len(instance.held):
            continue
        excess = len(possible) - len(within_tables(instance, possible, r))
        forced += len(published[r]) - len(possible) + excess
        chosen += max(0, len(set(possible) - set(matchings[r])) - excess)
    return Broken(forced=forced, chosen=chosen)
