"""What a valid schedule is, told without any optimiser.

Reads only the documents: the event, the benefits with the pairs that may not meet, and the
schedule. Rules and figures are those of docs/model.md; nothing is shared with the code that
makes schedules, so that a mistake there is caught here before anybody sees it.

People are numbers here, their places in the order of ids, and a pair is ``low * n + high``: a
schedule is a table of meetings, and most rules are questions about its columns.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property
from itertools import combinations, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.base import permille
from schemas.benefits import BenefitColumns
from schemas.event import Attendee, Event
from schemas.schedule import Meeting, MeetingAsTold, Schedule, ScheduledRound
from solver.compatibility.secrecy import as_told
from solver.identity_cache import IdentityCache

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Gains = Mapping[str, Mapping[str, int]] | BenefitColumns
"""What each gains by meeting each other, in permille: ``gains[i][j]``, or by column."""
Trio = tuple[int, int, int]
Kind = TypeVar("Kind", bound=Hashable)


def find_violations(
    event: Event,
    gains: Gains,
    refused: Collection[tuple[str, str]],
    schedule: Schedule,
    public: Gains | None = None,
) -> list[str]:
    """Every broken rule and every false figure, in words that name ids only; empty if none.

    ``refused`` pairs have only refused reasons. ``public`` are the benefits as if no wish had been
    made that was not returned: what attendees are told goes by them. With ``event.published`` the
    first ``event.held_rounds`` rounds must be as published, but for meetings that were missed and
    for those added to the last of them since, and whoever came to them while they ran.
    """
    return [fault for fault, _ in _faults(event, gains, refused, schedule, public)]


def find_broken_rules(
    event: Event, gains: Gains, refused: Collection[tuple[str, str]], schedule: Schedule
) -> list[str]:
    """Those of the violations that no figure is: who meets, sits out or is absent wrongly."""
    return [fault for fault, rule in _faults(event, gains, refused, schedule) if rule]


def _faults(
    event: Event,
    gains: Gains,
    refused: Collection[tuple[str, str]],
    schedule: Schedule,
    public: Gains | None = None,
) -> Iterator[tuple[str, bool]]:
    """Every violation, and whether it breaks a rule."""
    wrong, false = list(_structure(event, schedule)), list[str]()
    if not wrong:
        rules = _Rules(event, refused)
        table = _Table(schedule, rules)
        check = _Check(rules, table, gains, schedule)
        wrong, false = list(check.rules_broken()), list(check.false_figures())
        secretive = public is not gains or schedule.told is not None
        if public is not None and secretive and not wrong and not false:
            false = list(_told_falsely(rules, table, public, schedule))
    yield from ((fault, True) for fault in wrong)
    yield from ((fault, False) for fault in false)


def _told_falsely(
    rules: "_Rules", table: "_Table", public: Gains, schedule: Schedule
) -> Iterator[str]:
    """What attendees read that is not as if no unreturned wish had been made."""
    read, event = as_told(schedule), rules.event
    unserved = tuple(row.id for row in read.attendees if row.satisfaction is None)
    check = _Check(rules, table, public, read.model_copy(update={"unserved": unserved}))
    yield from (f"as attendees read it: {fault}" for fault in check.false_tales())
    again = {frozenset(check.meetings[k].attendees) for k in np.flatnonzero(check.fresh)}
    before = _rows_as_told(event.published) if event.published else {}
    rows, held = _rows_as_told(schedule), schedule.rounds[: event.held_rounds]
    for pair in {frozenset(m.attendees) for block in held for m in block.meetings} - again:
        if rows.get(pair) != before.get(pair):
            yield f"what is told of {' and '.join(sorted(pair))} is not as it was"


def _rows_as_told(schedule: Schedule) -> Mapping[frozenset[str], MeetingAsTold]:
    told = schedule.told.meetings if schedule.told else ()
    return {frozenset(row.attendees): row for row in told}


def meetings_that_count(block: ScheduledRound) -> Iterator[Meeting]:
    """The meetings of a round that took place or will."""
    return (meeting for meeting in block.meetings if meeting.outcome != "missed")


def _structure(event: Event, schedule: Schedule) -> Iterator[str]:
    people = {attendee.id for attendee in event.attendees}
    numbers = [block.round for block in schedule.rounds]
    if numbers != list(range(1, len(event.rounds) + 1)):
        yield f"rounds are numbered {numbers}, not 1..{len(event.rounds)}"
    for block in schedule.rounds:
        for meeting in block.meetings:
            one, other = meeting.attendees
            if one == other or one not in people or other not in people:
                yield f"round {block.round}: a meeting without two attendees of this event"


class _Ledger:
    """Who gains what from whom, sorted; the same for all schedules of a day."""

    def __init__(self, n: int, who: Whole, whom: Whole, gain: Whole) -> None:
        order = np.argsort(who * n + whom, kind="stable")
        self.n, self.who, self.whom, self.gain = n, who[order], whom[order], gain[order]
        self.keys = self.who * n + self.whom
        self.returned = self.of(self.whom, self.who)
        self.largest_first = np.lexsort((-self.gain, self.who))

    def of(self, i: Whole, j: Whole) -> Whole:
        """What each of ``i`` gains by meeting the one of ``j``."""
        at = np.searchsorted(self.keys, i * self.n + j)
        known = np.append(self.keys, -1)[at] == i * self.n + j
        return np.where(known, np.append(self.gain, 0)[at], 0)


def _ledger_of(gains: BenefitColumns, ids: tuple[str, ...]) -> _Ledger:
    number = {v: k for k, v in enumerate(ids)}
    place = np.array([number[v] for v in gains.ids], np.int64)
    who, whom, gain = (np.asarray(c) for c in (gains.source, gains.target, gains.value))
    return _Ledger(len(ids), place[who], place[whom], gain.astype(np.int64))


_LEDGERS = IdentityCache[BenefitColumns, _Ledger](_ledger_of)


class _Rules:
    """What the event demands and forbids."""

    def __init__(self, event: Event, refused: Collection[tuple[str, str]]) -> None:
        self.event = event
        people = sorted(event.attendees, key=lambda attendee: attendee.id)
        self.ids = tuple(attendee.id for attendee in people)
        self.number = {v: k for k, v in enumerate(self.ids)}
        self.n, rounds = len(people), len(event.rounds)
        self.present = np.ones((self.n, rounds), np.bool_)
        for v, attendee in enumerate(people):
            self.present[v, [r - 1 for r in attendee.absent_rounds]] = False
        self.here = self.present.sum(axis=1)
        highest = (rounds if a.max_meetings is None else a.max_meetings for a in people)
        self.limit = np.fromiter(highest, np.int64, self.n)
        self.windows = [_windows(event, attendee) for attendee in people]
        rests = [_least_rests(self.present[v], rows) for v, rows in enumerate(self.windows)]
        self.most = np.minimum(self.limit, self.here - np.array(rests, np.int64))
        self.priority = [100 if a.priority is None else a.priority for a in people]
        self.least = np.array([attendee.min_meetings for attendee in people], np.int64)
        self.floor = permille(event.policy.min_benefit)

        avoided = ((a.id, other) for a in people for other in a.avoided)
        self.blocked = np.union1d(self._pairs(avoided), self._ruled("forbid"))
        self.required = self._ruled("require")
        self.met = np.setdiff1d(self._ruled("met"), self.blocked)
        self.costs = _pair_costs(event)
        self.places = [attendee.places for attendee in people]
        self.address, addresses = _classes((a.email or "").strip().casefold() for a in people)
        self.addressed = np.array([address != "" for address in addresses], np.bool_)
        self.group, self.apart_by_group = _groups(event, people)
        self.refused = self._pairs(refused)
        if event.policy.rematch == "forbid":
            self.refused = np.union1d(self.refused, self._ruled("met"))
        self.apart = event.policy.same_organisation == "forbid"
        self.house, houses = _classes((a.organisation or "").strip().casefold() for a in people)
        self.housed = np.array([name != "" for name in houses], np.bool_)
        tongues = (frozenset(word.casefold() for word in a.languages) for a in people)
        self.tongue, spoken = _classes(tongues)
        self.strangers = np.array(
            [[bool(a) and bool(b) and not a & b for b in spoken] for a in spoken], np.bool_
        ).reshape(len(spoken), len(spoken))

    def _ruled(self, kind: str) -> Whole:
        """Pairs of the rules of a kind, but of those that forbid one round only."""
        rules = (rule for rule in self.event.pair_rules if rule.kind == kind)
        return self._pairs(rule.pair for rule in rules if kind == "require" or rule.round is None)

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> Whole:
        """Pairs of ids as numbers, rising."""
        number, n = self.number, self.n
        known = (pair for pair in pairs if number.keys() >= {*pair})
        sides = ((number[one], number[other]) for one, other in known)
        return np.array(sorted({min(side) * n + max(side) for side in sides}), np.int64)

    def ledger(self, gains: Gains) -> _Ledger:
        """The benefits, by number."""
        if isinstance(gains, BenefitColumns):
            return _LEDGERS.of(gains, self.ids)
        number = self.number
        rows = [
            (number[i], number[j], gain)
            for i, of_i in gains.items()
            for j, gain in of_i.items()
            if i in number and j in number
        ]
        return _Ledger(self.n, *np.array(rows, np.int64).reshape(-1, 3).T)

    def may_meet(self, i: Whole, j: Whole) -> Flags:
        """H4."""
        pairs = np.minimum(i, j) * self.n + np.maximum(i, j)
        colleagues = (self.house[i] == self.house[j]) & self.housed[self.house[i]] & self.apart
        unlike = colleagues | self.strangers[self.tongue[i], self.tongue[j]]
        unlike |= (self.address[i] == self.address[j]) & self.addressed[self.address[i]]
        unlike |= self.apart_by_group[self.group[i], self.group[j]]
        unlike |= self._without_table(i, j)
        welcome = ~(unlike | _among(pairs, self.refused)) | _among(pairs, self.required)
        return np.asarray(welcome & ~_among(pairs, self.blocked), np.bool_)

    def _without_table(self, i: Whole, j: Whole) -> Flags:
        """Whether there is no table that is a place of both."""
        sets = list(dict.fromkeys(self.places))
        number = {tables: k for k, tables in enumerate(sets)}
        mine = np.array([number[tables] for tables in self.places], np.int64)
        both, which = np.unique(mine[i] * len(sets) + mine[j], return_inverse=True)
        pairs = ((sets[k // len(sets)], sets[k % len(sets)]) for k in both.tolist())
        disjoint = [bool(a) and bool(b) and not a & b for a, b in pairs]
        return np.array(disjoint, np.bool_)[which].reshape(i.shape)

    @cached_property
    def houses(self) -> list[tuple[str, str]]:
        """The organisation of each; who names none is alone."""
        people = {a.id: (a.organisation or "").strip().casefold() for a in self.event.attendees}
        return [(people[v], "" if people[v] else v) for v in self.ids]

    def counted_as(self, v: Whole, p: Whole) -> Whole:
        """As whom ``p`` counts for ``v``: with H9 all of one other organisation are one."""
        if self.event.policy.per_organisation == "any":
            return p
        house, _ = _classes(self.houses)
        return np.where(house[v] == house[p], p, self.n + house[p])

    def together(self, i: Whole, j: Whole) -> Flags:
        """Whether the two are both present in some round."""
        shared = np.zeros(len(i), np.bool_)
        for eight_rounds in np.packbits(self.present, axis=1).T:
            shared |= (eight_rounds[i] & eight_rounds[j]) > 0
        return shared

    def is_open(self, r: Whole, table: Whole) -> Flags:
        """Whether round ``r`` has the table, and it is not closed."""
        rounds = self.event.rounds
        counts = np.array([self.n // 2 if x.tables is None else x.tables for x in rounds], np.int64)
        closed = [(k, t) for k, x in enumerate(rounds) for t in x.closed_tables]
        shut = np.array([k * ROOM + t for k, t in closed], np.int64)
        there = (table >= 1) & (table <= counts[r])
        return np.asarray(there & ~_among(r * ROOM + table, np.sort(shut)), np.bool_)


AT_ONCE = 2_000_000
"""Pairs looked at together."""
ROOM = 10**10
"""More than any table's number."""


class _Table:
    """The meetings that count, by column: round from 0, both people, table."""

    def __init__(self, schedule: Schedule, rules: _Rules) -> None:
        self._rules, number = rules, rules.number
        rows = [
            (block.round - 1, m) for block in schedule.rounds for m in meetings_that_count(block)
        ]
        meetings = [meeting for _, meeting in rows]
        self.round = np.array([r for r, _ in rows], np.int64)
        self.table = np.array([m.table for m in meetings], np.int64)
        self.one = np.array([number[m.attendees[0]] for m in meetings], np.int64)
        self.other = np.array([number[m.attendees[1]] for m in meetings], np.int64)
        self.low, self.high = np.minimum(self.one, self.other), np.maximum(self.one, self.other)
        self.pair = self.low * rules.n + self.high

    @cached_property
    def trios(self) -> list[Trio]:
        """Three people all pairs of whom meet here or have met, in order."""
        n, later = self._rules.n, [set[int]() for _ in range(self._rules.n)]
        low, high = np.divmod(np.union1d(self.pair, self._rules.met), n)
        pairs = list(zip(low.tolist(), high.tolist(), strict=True))
        for one, other in pairs:
            later[one].add(other)
        return sorted((a, b, c) for a, b in pairs for c in later[a] & later[b])

    @cached_property
    def could(self) -> Whole:
        """How many meetings each could have had: by its rounds and limit, and by its partners.

        Looks from everybody's own place at the next few people, then at more, for as long as
        somebody has not found enough.
        """
        rules, n, known = self._rules, self._rules.n, np.sort(self.pair)
        found, seen = np.zeros(n, np.int64), np.zeros(0, np.int64)
        first, width = 1, 8
        needy = np.flatnonzero(rules.most > 0)
        while len(needy) and first < n:
            width = min(2 * width, max(8, AT_ONCE // len(needy)), n - first)
            v, step = (grid.ravel() for grid in np.meshgrid(needy, np.arange(first, first + width)))
            p = (v + step) % n
            possible = rules.may_meet(v, p) & rules.together(v, p)
            possible |= _among(np.minimum(v, p) * n + np.maximum(v, p), known)
            seen = np.union1d(seen, v[possible] * 2 * n + rules.counted_as(v, p)[possible])
            found = np.bincount(seen // (2 * n), minlength=n)
            first += width
            needy = np.flatnonzero(found < rules.most)
        return np.asarray(np.minimum(found, rules.most), np.int64)


class _Check:
    """A schedule under the rules, by some benefits; ``table`` is who sits where in it."""

    def __init__(self, rules: _Rules, table: _Table, gains: Gains, schedule: Schedule) -> None:
        self.event, self.schedule = rules.event, schedule
        self.rules, self.table, self.gains = rules, table, rules.ledger(gains)
        self.ids, self.n = rules.ids, rules.n
        self.meetings = [m for block in schedule.rounds for m in meetings_that_count(block)]
        self.counts = np.bincount(np.r_[self.table.low, self.table.high], minlength=self.n)
        self.fresh = (self.table.round >= self.event.held_rounds) | self._added()

    def rules_broken(self) -> Iterator[str]:
        """Who meets, sits out or is absent wrongly."""
        yield from self._seats()
        yield from self._new_meetings()
        yield from self._attendance()
        yield from self._notes()
        yield from self._held_rounds()
        yield from self._limits()
        yield from self._pins()
        yield from self._organisations()
        yield from self._breaks()
        yield from self._idle_rule()

    def false_figures(self) -> Iterator[str]:
        """What is told wrongly of meetings, people and the whole."""
        yield from self.false_tales()
        yield from self._filled_minimums()
        yield from self._quality()
        yield from self._wishes()

    def false_tales(self) -> Iterator[str]:
        """What is told wrongly of meetings and people."""
        yield from self._purposes()
        yield from self._triangles()
        yield from self._shares()

    def _names(self, pair: int) -> str:
        return f"{self.ids[pair // self.n]} and {self.ids[pair % self.n]}"

    def _where(self, k: int) -> str:
        return f"round {self.table.round[k] + 1}"

    def _who(self, k: int) -> str:
        return self._names(self.table.pair[k])

    # --- rules of one round ---------------------------------------------------------------------

    def _seats(self) -> Iterator[str]:
        """H1, H2 and H3: nobody, no pair and no table twice."""
        t, n = self.table, self.n
        for seat in _repeated(np.r_[t.round * n + t.low, t.round * n + t.high]):
            yield f"H1 round {seat // n + 1}: {self.ids[seat % n]} in two meetings"
        for pair in _repeated(t.pair):
            rounds = " and ".join(str(r + 1) for r in t.round[t.pair == pair].tolist())
            yield f"H2 {self._names(pair)} meet in rounds {rounds}"
        for place in _repeated(t.round * ROOM + t.table):
            yield f"H3 round {place // ROOM + 1}: table {place % ROOM} twice"

    def _new_meetings(self) -> Iterator[str]:
        """H1, H3 and H4 of open rounds, and of meetings added to the one that is running."""
        t, rules = self.table, self.rules
        for v in (t.low, t.high):
            for k in np.flatnonzero(self.fresh & ~rules.present[v, t.round]).tolist():
                yield f"H1 {self._where(k)}: {self.ids[v[k]]} absent"
        for k in np.flatnonzero(self.fresh & ~rules.may_meet(t.low, t.high)).tolist():
            yield f"H4 {self._where(k)}: {self._who(k)} may not meet"
        for k in np.flatnonzero(self.fresh).tolist():
            for v in (t.low[k], t.high[k]):
                if rules.places[v] and t.table[k] not in rules.places[v]:
                    yield f"H11 {self._where(k)}: {self.ids[v]} cannot sit at table {t.table[k]}"
        for k in np.flatnonzero(self.fresh & ~rules.is_open(t.round, t.table)).tolist():
            yield f"H3 {self._where(k)}: table {t.table[k]} is not open"

    def _attendance(self) -> Iterator[str]:
        for r, block in enumerate(self.schedule.rounds):
            if r < self.event.held_rounds:
                continue
            idle = self.rules.present[:, r].copy()
            mine = self.table.round == r
            idle[self.table.low[mine]] = idle[self.table.high[mine]] = False
            if self._listed(idle) != list(block.byes):
                yield f"round {r + 1}: the byes listed are not those who sit out"
            if self._listed(~self.rules.present[:, r]) != list(block.absent):
                yield f"round {r + 1}: the absent listed are not those who are absent"

    def _notes(self) -> Iterator[str]:
        """Who has no open table is noted; of held rounds what was published is."""
        held, was = self.event.held_rounds, self.event.published
        told = [(note.attendee, note.round or 0) for note in self.schedule.notes]
        noted = [(v, number) for v, number in told if number]
        before = [(n.attendee, n.round) for n in was.notes if n.round] if was else []
        kept = [(v, number) for v, number in before if number <= held]
        true = sorted([*kept, *self._without_place()])
        for v, number in sorted({*true} - {*noted}):
            yield f"round {number}: it is not noted that no table of {v} is open"
        for v, number in sorted({*noted} - {*true}):
            yield f"round {number}: it is noted wrongly that no table of {v} is open"
        if sorted(told) != told or len({*told}) < len(told):
            yield "the notes are not listed once each, by attendee and round"

    def _filled_minimums(self) -> Iterator[str]:
        """Who reaches a minimum only by open conversations is noted; what it costs is not asked."""
        notes = [note for note in self.schedule.notes if note.code == "minimum_filled"]
        told = {note.attendee: note.meetings for note in notes}
        open_ = Counter(v for m in self.meetings if m.purpose == "open" for v in m.attendees)
        count = dict(zip(self.ids, self.counts.tolist(), strict=True))
        for a in sorted(self.event.attendees, key=lambda a: a.id):
            filled = a.min_meetings - count[a.id] + open_[a.id]
            true = filled if filled > 0 and count[a.id] >= a.min_meetings > 0 else None
            if told.get(a.id) != true:
                yield f"it is noted wrongly how much of {a.id}'s minimum open conversations fill"

    def _without_place(self) -> Iterator[tuple[str, int]]:
        """Whoever is present in an open round that has none of their tables open."""
        rules = self.rules
        rows = [(v, table) for v, tables in enumerate(rules.places) for table in tables]
        v, table = np.array(rows, np.int64).reshape(-1, 2).T
        for r in range(self.event.held_rounds, len(self.event.rounds)):
            seated = np.unique(v[rules.is_open(np.full(len(v), r), table)])
            shut = np.setdiff1d(v, seated)
            yield from ((self.ids[k], r + 1) for k in shut[rules.present[shut, r]].tolist())

    def _listed(self, people: Flags) -> list[str]:
        return [self.ids[v] for v in np.flatnonzero(people).tolist()]

    # --- rules of the whole day -----------------------------------------------------------------

    def _published(self, r: int) -> ScheduledRound | None:
        published = self.event.published
        return published.rounds[r] if published and r < len(published.rounds) else None

    def _added(self) -> Flags:
        """Which meetings are new in the last held round, the only one that can be running."""
        last = self.event.held_rounds - 1
        was = self._published(last) if last >= 0 else None
        known = [meeting for meeting in was.meetings if meeting.added] if was else []
        mine = (self.table.round == last).tolist()
        new = (
            here and meeting.added and not any(_same_or_missed(meeting, m) for m in known)
            for here, meeting in zip(mine, self.meetings, strict=True)
        )
        return np.fromiter(new, np.bool_, len(mine))

    def _held_rounds(self) -> Iterator[str]:
        """H7: held rounds are as they were published; the day may take meetings out and put in."""
        new = {id(self.meetings[k]) for k in np.flatnonzero(self.fresh).tolist()}
        for r in range(self.event.held_rounds):
            block, was = self.schedule.rounds[r], self._published(r)
            if block is was or block == was:
                continue
            left = [meeting for meeting in block.meetings if id(meeting) not in new]
            if was is None or not _same_but_missed(left, _lasting(was, left)):
                yield f"H7 round {r + 1} is held and is not as it was published"
                continue
            listed = {*was.byes, *(v for meeting in was.meetings for v in meeting.attendees)}
            seated = {v for meeting in meetings_that_count(block) for v in meeting.attendees}
            came = {*block.byes, *seated} - listed
            for v in sorted(came - set(self._listed(self.rules.present[:, r]))):
                yield f"H7 round {r + 1} is held, and {v} was not there"
            update = {
                "meetings": block.meetings,
                "byes": tuple(sorted((listed | came) - seated)),
                "absent": tuple(v for v in was.absent if v not in came),
            }
            if block != was.model_copy(update=update):
                yield f"H7 round {r + 1} is held and is not as it was published"

    def _limits(self) -> Iterator[str]:
        """H5 and H6, waivers apart."""
        waived = {frozenset(w.pair) for w in self.schedule.waived if w.pair}
        excused = {w.attendee for w in self.schedule.waived if w.attendee}
        if self.event.published is None and (waived or excused):
            yield "rules are waived although this is no replan"
        for pair in np.setdiff1d(self.rules.required, self.table.pair).tolist():
            if frozenset((self.ids[pair // self.n], self.ids[pair % self.n])) not in waived:
                yield f"H5 {self._names(pair)} must meet and do not"
        t, rules = self.table, self.rules
        held = t.round < self.event.held_rounds
        had = np.bincount(np.r_[t.low[held], t.high[held]], minlength=self.n)
        for v in np.flatnonzero(self.counts < rules.least).tolist():
            if self.ids[v] not in excused:
                due = f"at least {rules.least[v]} are due"
                yield f"H6 {self.ids[v]} has {self.counts[v]} meetings, {due}"
        most = rules.limit if self.event.held_rounds else rules.most
        for v in np.flatnonzero(self.counts > np.maximum(most, had)).tolist():
            allowed = f"at most {most[v]} are allowed"
            yield f"H6 {self.ids[v]} has {self.counts[v]} meetings, {allowed}"

    def _idle_rule(self) -> Iterator[str]:
        """H8."""
        if self.event.policy.idle == "fill":
            return
        t = self.table
        stands = (self._values > 0) | self._cornered | _among(t.pair, self.rules.required)
        for k in np.flatnonzero((t.round >= self.event.held_rounds) & ~stands).tolist():
            told = "are neither mutual, required nor in a triangle"
            yield f"H8 {self._where(k)}: {self._who(k)} {told}"

    def _purposes(self) -> Iterator[str]:
        """What is told of each new meeting."""
        columns = (self._gained, self._given, self._values, self._cornered)
        rows = zip(self.meetings, *(c.tolist() for c in columns), strict=True)
        for k, (meeting, gained, given, value, cornered) in enumerate(rows):
            if not self.fresh[k]:
                continue
            one, other = meeting.attendees
            kind = "mutual" if value else "triangle" if cornered else "open"
            if meeting.purpose != kind:
                yield f"{self._where(k)}: {self._who(k)} are {kind}, not {meeting.purpose}"
            if meeting.benefits != {one: gained / 1000, other: given / 1000}:
                yield f"{self._where(k)}: the benefits of {self._who(k)} are false"
            if meeting.value != value / 1000:
                yield f"{self._where(k)}: the value of {self._who(k)} is false"

    # --- values ---------------------------------------------------------------------------------

    @cached_property
    def _gained(self) -> Whole:
        return self.gains.of(self.table.one, self.table.other)

    @cached_property
    def _given(self) -> Whole:
        return self.gains.of(self.table.other, self.table.one)

    @cached_property
    def _values(self) -> Whole:
        """``w`` of every meeting."""
        mutual = np.minimum(self._gained, self._given) >= self.rules.floor
        roots = np.sqrt(self._gained * self._given).astype(np.int64)  # exact below 2 ** 52
        return np.where(mutual, roots, 0)

    @cached_property
    def _closed(self) -> dict[Trio, tuple[int, int]]:
        """Closed triangles with their value and the round that closed them."""
        trios = self.table.trios
        i, j, k = np.array(trios, np.int64).reshape(-1, 3).T
        b = self.gains.of
        one_way = np.minimum.reduce([b(i, j), b(j, k), b(k, i)])
        other_way = np.minimum.reduce([b(j, i), b(k, j), b(i, k)])
        values = np.maximum(one_way, other_way).tolist()
        rounds = np.maximum.reduce([self._round_of(side) for side in _sides(i, j, k, self.n)])
        return {
            trio: (value, number)
            for trio, value, number in zip(trios, values, rounds.tolist(), strict=True)
            if value >= max(1, self.rules.floor) and number > 0
        }

    def _round_of(self, pairs: Whole) -> Whole:
        """The round in which each pair meets here; 0 for those that do not."""
        order = np.argsort(self.table.pair)
        met, rounds = np.r_[self.table.pair[order], -1], np.r_[self.table.round[order], -1]
        at = np.searchsorted(met[:-1], pairs)
        return np.where(met[at] == pairs, rounds[at] + 1, 0)

    @cached_property
    def _cornered(self) -> Flags:
        """Which meetings belong to a closed triangle."""
        i, j, k = np.array(list(self._closed), np.int64).reshape(-1, 3).T
        return _among(self.table.pair, np.unique(np.r_[tuple(_sides(i, j, k, self.n))]))

    @cached_property
    def _best(self) -> Whole:
        """What the rules let each gain at most."""
        rows, rules = self.gains.largest_first, self.rules
        worth = np.minimum(self.gains.gain, self.gains.returned)[rows]
        rows = rows[worth >= max(1, rules.floor)]
        v, p, gain = self.gains.who[rows], self.gains.whom[rows], self.gains.gain[rows]
        met = _among(np.minimum(v, p) * self.n + np.maximum(v, p), np.sort(self.table.pair))
        within_reach = met | (rules.together(v, p) & rules.may_meet(v, p))
        v, gain = v[within_reach], gain[within_reach]
        rank = np.arange(len(v)) - np.searchsorted(v, v)
        return _sums(v, np.where(rank < rules.most[v], gain, 0), self.n)

    @cached_property
    def _gain(self) -> Whole:
        """What each gains from mutual meetings."""
        mutual = self._values > 0
        people = np.r_[self.table.one, self.table.other]
        return _sums(people, np.r_[self._gained * mutual, self._given * mutual], self.n)

    # --- pins, companies, breaks ----------------------------------------------------------------

    def _pins(self) -> Iterator[str]:
        """H4 and H5 of rules that name a round."""
        t, held, n = self.table, self.event.held_rounds, self.n
        where = dict(zip(t.pair.tolist(), zip(t.round + 1, t.table, strict=True), strict=True))
        fresh = set(t.pair[self.fresh].tolist())
        waived = {frozenset(one.pair) for one in self.schedule.waived if one.pair}
        for rule in self.event.pair_rules:
            one, other = sorted(self.rules.number[v] for v in rule.pair)
            pair = one * n + other
            r, table = where.get(pair, (0, 0))
            if rule.round is None or (rule.kind == "require" and rule.round <= held):
                continue
            if rule.kind == "forbid" and r == rule.round and pair in fresh:
                yield f"H4 round {r}: {self._names(pair)} may not meet in this round"
            away = r != rule.round or rule.table not in (None, table)
            if rule.kind == "require" and away and frozenset(rule.pair) not in waived:
                at = f" at table {rule.table}" if rule.table else ""
                yield f"H5 {self._names(pair)} must meet in round {rule.round}{at}"

    def _organisations(self) -> Iterator[str]:
        """H9: who met whom counts, from the first round on; only new meetings are to blame."""
        way = self.event.policy.per_organisation
        if way == "any":
            return
        t, houses, used = self.table, self.rules.houses, set[Hashable]()
        for k in np.lexsort((t.pair, t.round)).tolist():
            low, high = int(t.low[k]), int(t.high[k])
            mine, theirs = houses[low], houses[high]
            if mine == theirs:
                continue
            keys: list[Hashable] = [(low, theirs), (high, mine)]
            if way == "one_pair":
                keys = [frozenset((mine, theirs))]
            if self.fresh[k] and not used.isdisjoint(keys):
                yield f"H9 {self._where(k)}: {self._who(k)}, whose organisations have met"
            used.update(keys)

    def _breaks(self) -> Iterator[str]:
        """H10: every window in which somebody has a new meeting has a round without one."""
        if not any(self.rules.windows):
            return
        t = self.table
        busy = np.zeros((self.n, len(self.event.rounds)), np.bool_)
        busy[t.low, t.round] = busy[t.high, t.round] = True
        fresh, low, high = np.zeros_like(busy), t.low[self.fresh], t.high[self.fresh]
        fresh[low, t.round[self.fresh]] = fresh[high, t.round[self.fresh]] = True
        for v, rows in enumerate(self.rules.windows):
            for first, last in rows:
                window = slice(first - 1, last)
                if busy[v, window].all() and fresh[v, window].any():
                    yield f"H10 {self.ids[v]}: no break in rounds {first} to {last}"

    # --- figures --------------------------------------------------------------------------------

    def _triangles(self) -> Iterator[str]:
        number = self.rules.number
        listed = {
            tuple(sorted(number.get(v, -1) for v in t.attendees)): (
                permille(t.value),
                t.round_closed,
            )
            for t in self.schedule.triangles
        }
        if listed != self._closed or len(listed) != len(self.schedule.triangles):
            yield "the triangles listed are not those closed"

    @cached_property
    def _satisfaction(self) -> Whole:
        """In permille; -1 of whom nobody can serve."""
        shares = np.minimum(1000, 1000 * self._gain // np.maximum(self._best, 500))
        return np.asarray(np.where(self._best > 0, shares, -1), np.int64)

    @cached_property
    def _byes(self) -> Whole:
        return np.asarray(np.maximum(0, self.table.could - self.counts), np.int64)

    def _shares(self) -> Iterator[str]:
        rows = self.schedule.attendees
        if [row.id for row in rows] != list(self.ids):
            yield "the attendees listed are not those of the event, in order"
            return
        if list(self.schedule.unserved) != self._listed(self._satisfaction < 0):
            yield "the unserved listed are not those whom nobody can serve"
        figures = (self.counts, self._byes, self._gain, self._best, self._satisfaction)
        for row, true in zip(rows, np.stack(figures, axis=1).tolist(), strict=True):
            satisfaction = -1 if row.satisfaction is None else permille(row.satisfaction)
            told = [row.meetings, row.byes, permille(row.benefit), permille(row.best), satisfaction]
            if told != true:
                yield f"the figures of attendee {row.id} are false"

    def _quality(self) -> Iterator[str]:
        quality, byes, shares = self.schedule.quality, self._byes, self._satisfaction
        if quality is None:
            yield "the quality is missing"
            return
        weights, rounds = self.event.weights, len(self.event.rounds)
        usual = min(75, 300 // max(1, rounds - 1))
        per_bye = 50 if weights.byes is None else weights.byes
        per_bye *= 1000 * (self.event.policy.idle == "fill")
        content = 100 if weights.fairness is None else weights.fairness
        parts = {
            "mutual": 100 * int(self._values.sum()),
            "triangles": (usual if weights.triangles is None else weights.triangles)
            * sum(value for value, _ in self._closed.values()),
            "fairness": sum(
                content * priority // 100 * _worth(max(0, s))
                for priority, s in zip(self.rules.priority, shares.tolist(), strict=True)
            ),
            "byes_cost": sum(
                per_bye * missed**2 * rounds // could
                for missed, could in zip(byes.tolist(), self.table.could.tolist(), strict=True)
                if could
            ),
            "pairs_cost": sum(
                self.rules.costs.get(frozenset((self.ids[p // self.n], self.ids[p % self.n])), 0)
                for p in self.table.pair.tolist()
            ),
        }
        total = parts["mutual"] + parts["triangles"] + parts["fairness"]
        total -= parts["byes_cost"] + parts["pairs_cost"]
        for name, points in {**parts, "objective": total}.items():
            if round(getattr(quality, name) * 100_000) != points:
                yield f"quality.{name} is false: it is {points} points"
        if quality.byes != byes.sum():
            yield "quality.byes is false"
        bound = None if quality.upper_bound is None else round(quality.upper_bound * 100_000)
        yield from _proof(quality.proof, bound, quality.gap, total)

    # --- wishes ---------------------------------------------------------------------------------

    def _wishes(self) -> Iterator[str]:
        """What became of wishes, of each person and of all."""
        wants = {a.id: {want.id for want in a.wants} for a in self.event.attendees if a.wants}
        meetings = {frozenset(meeting.attendees) for meeting in self.meetings}
        met = {v: sum(frozenset((v, w)) in meetings for w in wants[v]) for v in wants}
        both = {frozenset((v, w)) for v in wants for w in wants[v] if v in wants.get(w, ())}
        for row in self.schedule.attendees:
            told = row.wishes and (row.wishes.asked, row.wishes.met)
            true = (len(wants[row.id]), met[row.id]) if row.id in wants else None
            if told != true:
                yield f"the wishes of attendee {row.id} are told wrongly"
        quality, kept = self.schedule.quality, len(both.intersection(meetings))
        if quality is None:
            return
        asked, empty = sum(map(len, wants.values())), sum(not count for count in met.values())
        true_total = {
            "asked": asked, "met": sum(met.values()), "mutual": len(both), "mutual_met": kept,
            "empty_handed": empty,
        }  # fmt: skip
        if (quality.wishes and quality.wishes.model_dump()) != (true_total if asked else None):
            yield f"quality.wishes is false: it is {true_total if asked else None}"
        most = quality.mutual_wishes_at_most
        if (most is None) == bool(asked) or (most is not None and most < kept):
            yield "quality.mutual_wishes_at_most is false"


def _sides(i: Whole, j: Whole, k: Whole, n: int) -> Iterator[Whole]:
    """The three pairs of each triangle, as ``low * n + high``; its people are in order."""
    return (a * n + b for a, b in combinations((i, j, k), 2))


def _lasting(was: ScheduledRound, left: Sequence[Meeting]) -> list[Meeting]:
    """The published meetings but for those that were added, missed, and are not listed now."""
    added = {frozenset(meeting.attendees) for meeting in left if meeting.added}
    return [
        meeting
        for meeting in was.meetings
        if not meeting.added or meeting.outcome != "missed" or frozenset(meeting.attendees) in added
    ]


def _same_but_missed(now: Sequence[Meeting], before: Sequence[Meeting]) -> bool:
    """Whether these are the same meetings, in order; some may be missed in one of the two."""
    return len(now) == len(before) and all(map(_same_or_missed, now, before))


def _same_or_missed(now: Meeting, before: Meeting) -> bool:
    if now is before or now == before:
        return True
    missed = "missed" in (now.outcome, before.outcome)
    return missed and now.model_copy(update={"outcome": before.outcome}) == before


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


def _windows(event: Event, attendee: Attendee) -> list[tuple[int, int]]:
    """First and last round of which one is to be without a meeting of this person."""
    policy, rounds = event.policy, len(event.rounds)
    rows = [(one.first, one.last) for one in attendee.breaks or policy.breaks]
    longest = attendee.max_in_a_row or policy.max_in_a_row
    if longest:
        rows += [(r, r + longest) for r in range(1, rounds - longest + 1)]
    return [row for row in rows if row[1] <= rounds]


def _least_rests(present: Flags, rows: Sequence[tuple[int, int]]) -> int:
    """How few rounds of presence can be left out so that every window has one that is."""
    inside = [row for row in rows if present[row[0] - 1 : row[1]].all()]
    chosen: list[int] = []
    for first, last in sorted(inside, key=lambda row: row[1]):
        if not chosen or chosen[-1] < first:
            chosen.append(last)
    return len(chosen)


def _pair_costs(event: Event) -> dict[frozenset[str], int]:
    """What a meeting of two people costs, in points."""
    costs: dict[frozenset[str], int] = {}
    if event.policy.rematch == "seldom":
        for rule in event.pair_rules:
            if rule.kind == "met":
                pair, again = frozenset(rule.pair), 20_000 // (rule.events_ago or 1)
                costs[pair] = max(costs.get(pair, 0), again)
    for attendee in event.attendees:
        for other in set(attendee.rather_avoided):
            pair = frozenset((attendee.id, other))
            costs[pair] = costs.get(pair, 0) + 20_000
    return costs


def _groups(event: Event, people: Sequence[Attendee]) -> tuple[Whole, Flags]:
    """The group of each, and which groups are kept apart."""
    meet = event.policy.meet
    if meet is None:
        return np.zeros(len(people), np.int64), np.zeros((1, 1), np.bool_)
    allowed = {frozenset(value.strip().casefold() for value in pair) for pair in meet.pairs}
    group, values = _classes(a.labels.get(meet.label, "").strip().casefold() for a in people)
    strict = meet.unlabelled == "nobody"
    apart = [
        [frozenset((a, b)) not in allowed if a and b else strict for b in values] for a in values
    ]
    return group, np.array(apart, np.bool_).reshape(len(values), len(values))


@cache
def _worth(s: int) -> int:
    """``phi``: four lines of falling slope, floored."""
    corners = ((0, 0), (250, 400), (500, 700), (750, 900), (1000, 1000))
    for (x0, y0), (x1, y1) in pairwise(corners):
        if s <= x1:
            return y0 + int(Fraction(y1 - y0, x1 - x0) * (s - x0))
    return 1000


def _classes(kinds: Iterable[Kind]) -> tuple[Whole, list[Kind]]:
    """The number of each one's kind, and the kinds in that order."""
    listed = list(kinds)
    known = list(dict.fromkeys(listed))
    number = {kind: k for k, kind in enumerate(known)}
    return np.array([number[kind] for kind in listed], np.int64), known


def _among(numbers: Whole, known: Whole) -> Flags:
    """Which of the numbers are in ``known``, which rises."""
    at = np.searchsorted(known, numbers)
    return np.asarray(np.append(known, -1)[at] == numbers, np.bool_)


def _repeated(numbers: Whole) -> list[int]:
    values, counts = np.unique(numbers, return_counts=True)
    return list(values[counts > 1].tolist())


def _sums(people: Whole, amounts: Whole, n: int) -> Whole:
    return np.bincount(people, amounts, n).astype(np.int64)
