"""Result to Schedule: tables, purposes, reasons, shares and quality, under the caller's ids."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import rfc8785

from schemas.event import Event
from schemas.schedule import (
    Broken,
    Meeting,
    Purpose,
    Quality,
    Schedule,
    ScheduledRound,
    Share,
    StoppedBy,
    Triangle,
)
from schemas.solve import Progress, Waiver
from solver import objective
from solver.compatibility.graph import Compatibility
from solver.compatibility.purpose import Told, both_ways, purpose_of
from solver.compatibility.reasons import LEAST
from solver.instance import Edge, Instance, Matchings, Result
from solver.tables import Seating
from solver.translate.numbering import Numbering
from solver.translate.prepare import (
    explicit_rows,
    held_rounds,
    numbered,
    published_meetings,
    rooms,
)


def schedule_of(event: Event, graph: Compatibility, instance: Instance, result: Result) -> Schedule:
    """Write the answer out: tables, purposes, reasons, shares and quality."""
    return _Writer(event, graph, instance, result).schedule()


class _Writer:
    """One schedule being written; holds what its parts share."""

    def __init__(
        self,
        event: Event,
        graph: Compatibility,
        instance: Instance,
        result: Result,
    ) -> None:
        self.event, self.graph, self.instance, self.result = event, graph, instance, result
        self.names = Numbering.of(event)
        self.triangles = objective.closed_triangles(instance, result.matchings)
        self.in_triangle = {pair for i, j, k in self.triangles for pair in ((i, j), (j, k), (i, k))}
        fixed = {self.names.number[a.id]: a.table for a in event.attendees if a.table is not None}
        self.seating = Seating(fixed, {})

    def schedule(self) -> Schedule:
        rounds = tuple(self._round(r) for r in range(self.instance.rounds))
        shares = self._shares()
        return Schedule(
            seed=self.event.seed,
            input_sha256=input_sha256(self.event),
            rounds=rounds,
            triangles=self._triangles(),
            attendees=shares,
            unserved=tuple(share.id for share in shares if share.satisfaction is None),
            waived=self._waived(),
            quality=self._quality(shares),
        )

    def _round(self, r: int) -> ScheduledRound:
        if r < self.event.held_rounds:
            held = held_rounds(self.event)[r]
            self.seating.follow({self.names.edge(m.attendees): m.table for m in held.meetings})
            return held
        matching, present = self.result.matchings[r], self.instance.present[:, r]
        seats = self.seating.seat(matching, rooms(self.event)[r], self._promised_tables(r))
        seated = {v for pair in matching for v in pair}
        ids = self.names.ids
        return ScheduledRound(
            round=r + 1,
            starts_at=self.event.rounds[r].starts_at,
            meetings=tuple(
                self._meeting(pair, table)
                for pair, table in sorted(seats.items(), key=lambda seat: seat[1])
            ),
            byes=tuple(ids[v] for v in np.flatnonzero(present).tolist() if v not in seated),
            absent=tuple(ids[v] for v in np.flatnonzero(~present).tolist()),
        )

    def _promised_tables(self, r: int) -> dict[Edge, int]:
        """Where the meetings of a published round were to sit: people have been told."""
        published = self.event.published
        if published is None or r >= len(published.rounds):
            return {}
        return {self.names.edge(m.attendees): m.table for m in published.rounds[r].meetings}

    def _meeting(self, pair: Edge, table: int) -> Meeting:
        i, j = pair
        a, b = self.names.pair(pair)
        benefit = self.instance.benefits.get
        told = both_ways(self.graph, a, b)
        intent, line = purpose_of(told)
        return Meeting(
            table=table,
            attendees=(a, b),
            benefits={a: benefit(i, j) / 1000, b: benefit(j, i) / 1000},
            value=self.instance.value(i, j) / 1000,
            purpose=self._purpose(pair),
            intent=intent,
            purpose_line=line,
            why=_why(told),
        )

    def _purpose(self, pair: Edge) -> Purpose:
        if self.instance.value(*pair) > 0:
            return "mutual"
        return "triangle" if pair in self.in_triangle else "open"

    def _triangles(self) -> tuple[Triangle, ...]:
        closed_in = {
            pair: r + 1 for r, matching in enumerate(self.result.matchings) for pair in matching
        }
        ids = self.names.ids
        return tuple(
            Triangle(
                attendees=(ids[i], ids[j], ids[k]),
                value=value / 1000,
                round_closed=max(closed_in.get(p, 0) for p in ((i, j), (j, k), (i, k))),
            )
            for (i, j, k), value in self.triangles.items()
        )

    def _shares(self) -> tuple[Share, ...]:
        instance, matchings = self.instance, self.result.matchings
        counts = [0] * instance.n
        for i, j in objective.pairs(matchings):
            counts[i] += 1
            counts[j] += 1
        columns = zip(
            self.names.ids,
            counts,
            objective.byes(instance, matchings),
            objective.gains(instance, matchings),
            instance.best,
            objective.satisfactions(instance, matchings),
            strict=True,
        )
        return tuple(
            Share(
                id=v,
                meetings=count,
                byes=byes,
                benefit=gain / 1000,
                best=best / 1000,
                satisfaction=None if share is None else share / 1000,
            )
            for v, count, byes, gain, best, share in columns
        )

    def _waived(self) -> tuple[Waiver, ...]:
        pairs = [
            Waiver(pair=self.names.pair(pair), reason="these two can no longer meet")
            for pair in sorted(self.instance.waived)
        ]
        minimums = [
            Waiver(attendee=self.names.ids[v], reason="the minimum can no longer be reached")
            for v in sorted(self.instance.excused)
        ]
        return (*pairs, *minimums)

    def _quality(self, shares: Sequence[Share]) -> Quality:
        result, parts = self.result, objective.parts(self.instance, self.result.matchings)
        bound = result.bound
        return Quality(
            objective=on_wire(parts.points),
            mutual=on_wire(parts.mutual),
            triangles=on_wire(parts.triangles),
            fairness=on_wire(parts.fairness),
            byes_cost=on_wire(parts.byes),
            byes=sum(share.byes for share in shares),
            upper_bound=None if bound is None else on_wire(bound),
            gap=gap(parts.points, bound),
            proof="none" if bound is None else "optimal" if bound == parts.points else "bounded",
            seconds=round(result.seconds, 3),
            work=result.work,
            stopped_by=cast("StoppedBy", result.stopped_by),
            broken=broken(self.event, self.instance, result.matchings),
            table_changes=self.seating.changes,
        )


def _why(told: Told) -> tuple[str, ...]:
    """The evidence of both directions, each sentence once."""
    found: dict[str, None] = {}
    for side in told:
        allowed = [reason for reason in side if not reason.refused]
        strong = [reason for reason in allowed if reason.value >= LEAST] or allowed[:1]
        found.update((reason.evidence, None) for reason in strong)
    return tuple(found)


def on_wire(points: int) -> float:
    """Points as the objective of the wire, exact to five places."""
    return points / objective.SCALE


def gap(points: int, bound: int | None) -> float | None:
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
        gap=gap(result.points, bound),
    )


def possible_promises(event: Event, instance: Instance) -> Matchings:
    """Published meetings of open rounds whose two are still there and may meet."""
    published = published_meetings(event)
    return tuple(
        tuple(
            pair for pair in matching if r >= len(instance.held) and instance.may_meet_in(*pair, r)
        )
        for r, matching in enumerate(published)
    )


def broken(event: Event, instance: Instance, matchings: Matchings) -> Broken:
    """Count published meetings that were lost: by need, and by choice."""
    forced = chosen = 0
    published = published_meetings(event)
    for r, possible in enumerate(possible_promises(event, instance)):
        if r < len(instance.held):
            continue
        excess = max(0, len(possible) - instance.tables[r])
        forced += len(published[r]) - len(possible) + excess
        chosen += max(0, len(set(possible) - set(matchings[r])) - excess)
    return Broken(forced=forced, chosen=chosen)


def input_sha256(event: Event) -> str:
    """Digest of the event in canonical JSON (RFC 8785), its lists ordered by id."""
    rest = event.model_copy(update={"benefits": ()})
    document = json.loads(rest.model_dump_json(), parse_float=_shortest)
    document["attendees"].sort(key=lambda attendee: attendee["id"])
    for rule in document["pair_rules"]:
        for people in ("pair", "valuable", "would_refer"):
            rule[people].sort()
    document["pair_rules"].sort(key=_in_full)
    # Benefits may be millions and never become a document; before them come only attendees, in
    # whom nothing is called by their name and is a list.
    before, empty, after = canonical(document).partition(b'"benefits":[]')
    digest = hashlib.sha256(before + empty.removesuffix(b"]"))
    for text in _benefit_texts(event):
        digest.update(text.encode())
    digest.update(b"]" + after)
    return digest.hexdigest()


ROWS_AT_ONCE = 10_000


def _benefit_texts(event: Event) -> Iterator[str]:
    """The benefits in canonical JSON, ordered by id, many rows at a time."""
    names = Numbering.of(event)
    quoted = [json.dumps(v, ensure_ascii=False) for v in names.ids]
    shortest = [str(_shortest(str(value / 1000))) for value in range(1001)]
    i, j, b = numbered(explicit_rows(event), names)
    order = np.lexsort((j, i))
    for at in range(0, len(order), ROWS_AT_ONCE):
        some = order[at : at + ROWS_AT_ONCE]
        rows = zip(i[some].tolist(), j[some].tolist(), b[some].tolist(), strict=True)
        yield ("," if at else "") + ",".join(
            f'{{"attendee":{quoted[v]},"partner":{quoted[w]},"value":{shortest[value]}}}'
            for v, w, value in rows
        )


def _in_full(rule: dict[str, Any]) -> tuple[Any, ...]:
    told = (rule["reason"] or "", rule["valuable"], rule["would_refer"])
    return (rule["kind"], rule["pair"], *told)


def canonical(document: dict[str, Any]) -> bytes:
    """RFC 8785 of a document whose numbers are whole or short decimals and whose keys are ours.

    The library that does it for any document takes ten times as long, and large events have
    millions of numbers; it remains for labels with keys beyond the basic plane, which sort
    differently there.
    """
    if any(max(key) > "\uffff" for a in document["attendees"] for key in a["labels"]):
        return rfc8785.dumps(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _shortest(written: str) -> float | int:
    """A whole number without its point, as ECMAScript writes it."""
    value = float(written)
    return int(value) if value.is_integer() else value
