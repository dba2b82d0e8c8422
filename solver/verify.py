"""What a valid schedule is, told without any optimiser.

Reads only the documents: the event, the benefits with the pairs that may not meet, and the
schedule. Rules and figures are those of docs/model.md; nothing is shared with the code that
makes schedules, so that a mistake there is caught here before anybody sees it.
"""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice, pairwise
from math import isqrt

from schemas.base import permille
from schemas.event import Event
from schemas.schedule import Meeting, Schedule, ScheduledRound

Pair = frozenset[str]
Gains = Mapping[str, Mapping[str, int]]
"""``gains[i][j]``: what ``i`` gains by meeting ``j``, in permille."""


def violations(
    event: Event, gains: Gains, refused: Collection[tuple[str, str]], schedule: Schedule
) -> list[str]:
    """Every broken rule and every false figure, in words that name ids only; empty if none.

    ``refused`` pairs have only refused reasons. With ``event.published`` the first
    ``event.held_rounds`` rounds must be as published.
    """
    return list(_Check(event, gains, refused, schedule).all())


class _Check:
    def __init__(
        self,
        event: Event,
        gains: Gains,
        refused: Collection[tuple[str, str]],
        schedule: Schedule,
    ) -> None:
        self.event, self.gains, self.schedule = event, gains, schedule
        self.people = {attendee.id: attendee for attendee in event.attendees}
        self.held = event.held_rounds
        rounds = set(range(1, len(event.rounds) + 1))
        self.present = {v: rounds - set(a.absent_rounds) for v, a in self.people.items()}
        self.blocked = {
            frozenset((v, other)) for v, a in self.people.items() for other in a.avoid
        } | self._ruled("forbid")
        self.required = self._ruled("require")
        self.met = self._ruled("met") - self.blocked
        self.floor = permille(event.policy.min_benefit)
        self.houses = {v: _folded(a.organisation) for v, a in self.people.items()}
        self.spoken = {v: {word.casefold() for word in a.languages} for v, a in self.people.items()}
        rematch = event.policy.rematch == "forbid"
        self.refused = {frozenset(pair) for pair in refused} | (
            self._ruled("met") if rematch else set()
        )
        self.apart = event.policy.same_organisation == "forbid"
        self.round_of: dict[Pair, int] = {}
        self.partners: dict[str, set[str]] = {v: set() for v in self.people}

    def _ruled(self, kind: str) -> set[Pair]:
        return {frozenset(rule.pair) for rule in self.event.pair_rules if rule.kind == kind}

    def all(self) -> Iterator[str]:
        faults = list(self._structure())
        yield from faults
        if faults:
            return
        for block in self.schedule.rounds:
            yield from self._round(block)
        yield from self._held_rounds()
        yield from self._limits()
        yield from self._idle_rule()
        yield from self._purposes()
        yield from self._figures()

    def _structure(self) -> Iterator[str]:
        numbers = [block.round for block in self.schedule.rounds]
        if numbers != list(range(1, len(self.event.rounds) + 1)):
            yield f"rounds are numbered {numbers}, not 1..{len(self.event.rounds)}"
        for block in self.schedule.rounds:
            for meeting in block.meetings:
                known = all(v in self.people for v in meeting.attendees)
                if not known or meeting.attendees[0] == meeting.attendees[1]:
                    yield f"round {block.round}: a meeting without two attendees of this event"

    # --- rules of one round ---------------------------------------------------------------------

    def _round(self, block: ScheduledRound) -> Iterator[str]:
        r, seated, tables = block.round, set[str](), set[int]()
        for meeting in counted(block):
            pair = frozenset(meeting.attendees)
            if seated & pair:
                yield f"H1 round {r}: {_names(seated & pair)} in two meetings"
            seated |= pair
            if meeting.table in tables:
                yield f"H3 round {r}: table {meeting.table} twice"
            tables.add(meeting.table)
            if pair in self.round_of:
                yield f"H2 {_names(pair)} meet in rounds {self.round_of[pair]} and {r}"
            self.round_of[pair] = r
            self._acquaint(pair)
            if r > self.held:
                yield from self._open_meeting(r, meeting)
        if r > self.held:
            yield from self._attendance(block, seated)

    def _acquaint(self, pair: Pair) -> None:
        a, b = pair
        self.partners[a].add(b)
        self.partners[b].add(a)

    def _open_meeting(self, r: int, meeting: Meeting) -> Iterator[str]:
        pair = frozenset(meeting.attendees)
        absent = {v for v in pair if r not in self.present[v]}
        if absent:
            yield f"H1 round {r}: {_names(absent)} absent"
        if not self._may_meet(pair):
            yield f"H4 round {r}: {_names(pair)} may not meet"
        if not self._is_open(r, meeting.table):
            yield f"H3 round {r}: table {meeting.table} is not open"

    def _is_open(self, r: int, table: int) -> bool:
        spec = self.event.rounds[r - 1]
        count = len(self.people) // 2 if spec.tables is None else spec.tables
        return 1 <= table <= count and table not in spec.closed_tables

    def _attendance(self, block: ScheduledRound, seated: set[str]) -> Iterator[str]:
        here = {v for v, rounds in self.present.items() if block.round in rounds}
        if sorted(here - seated) != list(block.byes):
            yield f"round {block.round}: the byes listed are not those who sit out"
        if sorted(self.people.keys() - here) != list(block.absent):
            yield f"round {block.round}: the absent listed are not those who are absent"

    def _may_meet(self, pair: Pair) -> bool:
        """H4."""
        if pair in self.blocked:
            return False
        if pair in self.required:
            return True
        a, b = pair
        if self.apart and self.houses[a] and self.houses[a] == self.houses[b]:
            return False
        if self.spoken[a] and self.spoken[b] and not self.spoken[a] & self.spoken[b]:
            return False
        return pair not in self.refused

    # --- rules of the whole day -----------------------------------------------------------------

    def _held_rounds(self) -> Iterator[str]:
        """H7: held rounds are as they were published."""
        published = self.event.published
        for r in range(self.held):
            if published is None or self.schedule.rounds[r] != published.rounds[r]:
                yield f"H7 round {r + 1} is held and is not as it was published"

    def _limits(self) -> Iterator[str]:
        """H5 and H6, waivers apart."""
        waived = {frozenset(w.pair) for w in self.schedule.waived if w.pair}
        excused = {w.attendee for w in self.schedule.waived if w.attendee}
        if self.event.published is None and (waived or excused):
            yield "rules are waived although this is no replan"
        for pair in sorted(self.required - self.round_of.keys() - waived, key=sorted):
            yield f"H5 {_names(pair)} must meet and do not"
        for v, attendee in self.people.items():
            count = len(self.partners[v])
            if count < attendee.min_meetings and v not in excused:
                yield f"H6 {v} has {count} meetings, at least {attendee.min_meetings} are due"
            if count > max(self._most(v), self._meetings_held(v)):
                yield f"H6 {v} has {count} meetings, at most {self._most(v)} are allowed"

    def _most(self, v: str) -> int:
        highest, here = self.people[v].max_meetings, len(self.present[v])
        return here if highest is None else min(highest, here)

    def _meetings_held(self, v: str) -> int:
        return sum(
            1 for other in self.partners[v] if self.round_of[frozenset((v, other))] <= self.held
        )

    def _idle_rule(self) -> Iterator[str]:
        """H8."""
        if self.event.policy.idle == "fill":
            return
        for pair, r in self.round_of.items():
            stands = self._value(pair) > 0 or pair in self.required or pair in self._cornered
            if r > self.held and not stands:
                yield f"H8 round {r}: {_names(pair)} are neither mutual, required nor in a triangle"

    def _purposes(self) -> Iterator[str]:
        for block in self.schedule.rounds[self.held :]:
            for meeting in counted(block):
                pair = frozenset(meeting.attendees)
                a, b = meeting.attendees
                value = self._value(pair)
                kind = "mutual" if value else "triangle" if pair in self._cornered else "open"
                if meeting.purpose != kind:
                    yield f"round {block.round}: {_names(pair)} are {kind}, not {meeting.purpose}"
                told = {v: permille(x) for v, x in meeting.benefits.items()}
                if told != {a: self._b(a, b), b: self._b(b, a)}:
                    yield f"round {block.round}: the benefits of {_names(pair)} are false"
                if permille(meeting.value) != value:
                    yield f"round {block.round}: the value of {_names(pair)} is false"

    # --- values ---------------------------------------------------------------------------------

    def _b(self, i: str, j: str) -> int:
        return self.gains.get(i, {}).get(j, 0)

    def _value(self, pair: Pair) -> int:
        a, b = pair
        return self._worth_of(self._b(a, b), self._b(b, a))

    def _worth_of(self, x: int, y: int) -> int:
        return isqrt(x * y) if x >= self.floor and y >= self.floor else 0

    def _triangle(self, i: str, j: str, k: str) -> int:
        b = self._b
        return max(min(b(i, j), b(j, k), b(k, i)), min(b(j, i), b(k, j), b(i, k)))

    @cached_property
    def _cornered(self) -> set[Pair]:
        return {frozenset(side) for trio in self._closed for side in combinations(trio, 2)}

    @cached_property
    def _closed(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """Closed triangles with their value and the round that closed them."""
        known = {v: set(partners) for v, partners in self.partners.items()}
        for a, b in self.met:
            known[a].add(b)
            known[b].add(a)
        closed: dict[tuple[str, str, str], tuple[int, int]] = {}
        for a, b in self.round_of:
            for c in known[a] & known[b]:
                i, j, k = sorted((a, b, c))
                sides = (frozenset(side) for side in combinations((i, j, k), 2))
                last = max(self.round_of.get(side, 0) for side in sides)
                if value := self._triangle(i, j, k):
                    closed[i, j, k] = (value, last)
        return closed

    def _best(self, v: str) -> int:
        """What the rules let ``v`` gain at most."""
        mutual = [
            (b, p)
            for p, b in self.gains.get(v, {}).items()
            if b and self._worth_of(b, self._b(p, v)) > 0
        ]
        within = (b for b, p in sorted(mutual, reverse=True) if self._within_reach(v, p))
        return sum(islice(within, self._most(v)))

    def _within_reach(self, v: str, p: str) -> bool:
        if p in self.partners[v]:
            return True
        together = not self.present[v].isdisjoint(self.present[p])
        return together and self._may_meet(frozenset((v, p)))

    def _gain(self, v: str) -> int:
        return sum(self._b(v, p) for p in self.partners[v] if self._value(frozenset((v, p))) > 0)

    # --- figures --------------------------------------------------------------------------------

    def _figures(self) -> Iterator[str]:
        listed = {
            tuple(sorted(t.attendees)): (permille(t.value), t.round_closed)
            for t in self.schedule.triangles
        }
        if listed != self._closed or len(listed) != len(self.schedule.triangles):
            yield "the triangles listed are not those closed"
        best = {v: self._best(v) for v in self.people}
        share = {
            v: min(1000, 1000 * self._gain(v) // max(best[v], 500)) for v in best if best[v] > 0
        }
        byes = {v: max(0, self._most(v) - len(self.partners[v])) for v in self.people}
        yield from self._shares(best, share, byes)
        yield from self._quality(share, byes)

    def _shares(
        self, best: dict[str, int], share: dict[str, int], byes: dict[str, int]
    ) -> Iterator[str]:
        if [row.id for row in self.schedule.attendees] != sorted(self.people):
            yield "the attendees listed are not those of the event, in order"
            return
        if list(self.schedule.unserved) != sorted(v for v in best if v not in share):
            yield "the unserved listed are not those whom nobody can serve"
        for row in self.schedule.attendees:
            v = row.id
            told = (row.meetings, row.byes, permille(row.benefit), permille(row.best))
            satisfaction = None if row.satisfaction is None else permille(row.satisfaction)
            true = (len(self.partners[v]), byes[v], self._gain(v), best[v])
            if told != true or satisfaction != share.get(v):
                yield f"the figures of attendee {v} are false"

    def _quality(self, share: dict[str, int], byes: dict[str, int]) -> Iterator[str]:
        quality = self.schedule.quality
        if quality is None:
            yield "the quality is missing"
            return
        weights, rounds = self.event.weights, len(self.event.rounds)
        usual = min(75, 300 // max(1, rounds - 1))
        per_bye = 50 if weights.byes is None else weights.byes
        parts = {
            "mutual": 100 * sum(self._value(pair) for pair in self.round_of),
            "triangles": (usual if weights.triangles is None else weights.triangles)
            * sum(value for value, _ in self._closed.values()),
            "fairness": (100 if weights.fairness is None else weights.fairness)
            * sum(_worth(s) for s in share.values()),
            "byes_cost": 1000
            * (per_bye if self.event.policy.idle == "fill" else 0)
            * sum(k * k for k in byes.values()),
        }
        total = parts["mutual"] + parts["triangles"] + parts["fairness"] - parts["byes_cost"]
        for name, points in {**parts, "objective": total}.items():
            if round(getattr(quality, name) * 100_000) != points:
                yield f"quality.{name} is false: it is {points} points"
        if quality.byes != sum(byes.values()):
            yield "quality.byes is false"
        bound = None if quality.upper_bound is None else round(quality.upper_bound * 100_000)
        yield from _proof(quality.proof, bound, quality.gap, total)


def counted(block: ScheduledRound) -> Iterator[Meeting]:
    """The meetings of a round that took place or will."""
    return (meeting for meeting in block.meetings if meeting.outcome != "missed")


def _proof(proof: str, bound: int | None, gap: float | None, points: int) -> Iterator[str]:
    if bound is None:
        if proof != "none" or gap is not None:
            yield "a proof or a gap is claimed without a bound"
        return
    if bound < points:
        yield f"the bound of {bound} points is below the {points} points reached"
    if gap is None or abs(gap - (bound - points) / max(abs(bound), 1)) > 1e-9:
        yield "quality.gap is false"
    if proof != ("optimal" if bound == points else "bounded"):
        yield f"the proof is not {proof}"


def _worth(s: int) -> int:
    """``phi``: four lines of falling slope, floored."""
    corners = ((0, 0), (250, 400), (500, 700), (750, 900), (1000, 1000))
    for (x0, y0), (x1, y1) in pairwise(corners):
        if s <= x1:
            return y0 + int(Fraction(y1 - y0, x1 - x0) * (s - x0))
    return 1000


def _folded(name: str | None) -> str:
    return (name or "").strip().casefold()


def _names(ids: Collection[str]) -> str:
    return " and ".join(sorted(ids))
