"""What binds where rules contradict each other, and what would mend it, in the organiser's words.

A remedy is told only if the event with it was seen to have a schedule, and called the least only
where less was proven not to be enough. All questions have a budget of work and no clock.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from schemas import limits
from schemas.event import Attendee, Event
from schemas.solve import Advice, LowerMinimum, Remedy, Shortage
from schemas.text import list_some
from solver.budget import STEPS_A_SECOND, Budget, Meter
from solver.errors import Rule
from solver.feasibility.counting import find_impossible_demands, hopeless_demands
from solver.feasibility.decide import decide_feasibility, enough_pairs
from solver.feasibility.rules import without_demands
from solver.feasibility.shortages import Bottleneck, find_shortages
from solver.feasibility.waive import (
    EACH_PERSON,
    QUESTION,
    GivenUp,
    give_up_fewest,
    highest_minimums,
)
from solver.instance import Edge, Instance
from solver.translate.numbering import Numbering
from solver.translate.prepare import Rows, instance_of, round_tables

EACH = STEPS_A_SECOND // 5
"""Steps that looking for one remedy may take."""
PAIRS_ASKED = 150_000
"""Pairs of somebody who needs meetings and somebody else up to which remedies are looked for: one
question takes seconds beyond.
"""
PAIRS_DECIDED = 2_000
"""Pairs that may matter, up to which it is looked for the fewest demands to give up."""
MOST_MORE = 12
"""More rounds than this are no advice."""
MOST_SHORTAGES = 20
NAMED_IN_WORDS = 20
"""So many people, or pairs, are named in one sentence."""


def advise(
    event: Event, rows: Rows, refused: Iterable[tuple[str, str]], rules: Iterable[Rule]
) -> Advice:
    """What binds and what would mend it; these rules of the event contradict each other.

    ``rows`` and ``refused`` as for ``instance_of``. The same event has the same advice.
    """
    return _Adviser(event, rows, refused).advise(rules)


def advise_in_sight(event: Event, rules: Iterable[Rule]) -> Advice:
    """The same as far as it is to be seen without benefits, which are not known yet.

    Where they could stand in the way of a remedy, as meetings that stand by nothing or are
    refused, there is none.
    """
    filling = event.policy.model_copy(update={"idle": "fill"})
    adviser = _Adviser(event.model_copy(update={"policy": filling}), (), ())
    minimums = any(attendee.min_meetings for attendee in event.attendees)
    if minimums and (event.policy.idle == "leave" or any(map(_has_profile, event.attendees))):
        return Advice(shortages=tuple(adviser.shortages()))
    return adviser.advise(rules)


def _has_profile(attendee: Attendee) -> bool:
    """Whether there is anything from which a reason to meet, and its refusal, could come."""
    return bool(attendee.offers or attendee.needs or attendee.intents or attendee.client_types)


class _Adviser:
    def __init__(self, event: Event, rows: Rows, refused: Iterable[tuple[str, str]]) -> None:
        self.event, self.rows, self.refused = event, rows, tuple(refused)
        self.names = Numbering.of(event)

    def advise(self, rules: Iterable[Rule]) -> Advice:
        shortages = list(self.shortages())
        remedies = list(self._remedies()) if self._is_answerable() else []
        more = next((remedy.rounds for remedy in remedies if remedy.rounds), None)
        if more and not shortages:
            shortages = [self._too_few_altogether(rules, more)]
        return Advice(shortages=tuple(shortages), remedies=tuple(remedies))

    def _is_answerable(self) -> bool:
        """Whether it is quick to ask if other rules could hold; what has begun is for incidents."""
        needy = sum(need > 0 for need in self.instance.needed)
        return needy * self.instance.n <= PAIRS_ASKED and not self.event.held_rounds

    def shortages(self) -> Iterator[Shortage]:
        """What counting shows to be too little."""
        for found in find_shortages(self.instance)[:MOST_SHORTAGES]:
            yield self._shortage(found)

    @cached_property
    def instance(self) -> Instance:
        return self._instance_of(self.event)

    def _instance_of(self, event: Event) -> Instance:
        return instance_of(event, self.rows, self.refused)

    def _too_few_altogether(self, rules: Iterable[Rule], more: int) -> Shortage:
        """That rounds bind, where it takes a proof to see it."""
        demanding = {v for rule in rules if rule.kind in ("require", "min") for v in rule.who}
        rounds = len(self.event.rounds)
        found = Bottleneck("rounds", rounds + more, rounds, tuple(sorted(demanding)))
        return self._shortage(found, TOGETHER)

    def _shortage(self, found: Bottleneck, sentence: str | None = None) -> Shortage:
        people = [self.names.ids[v] for v in found.people]
        partners = [self.names.ids[v] for v in found.partners]
        listed = people[: limits.NAMED], partners[: limits.NAMED]
        sentence = sentence or (WITH if partners else BY_THEMSELVES)[found.kind]
        return Shortage(
            kind=found.kind,
            needed=found.needed,
            available=found.available,
            attendees=tuple(listed[0]),
            partners=tuple(listed[1]),
            others=len(people) + len(partners) - sum(map(len, listed)),
            message=sentence.format(
                who=_listed(people),
                whom=_listed(partners),
                needed=found.needed,
                available=found.available,
            ),
        )

    def _remedies(self) -> Iterator[Remedy]:
        for look in (self._more_rounds, self._more_tables, self._fewer_demands):
            if (found := look(Meter(Budget(work=EACH)))) is not None:
                yield found

    def _more_rounds(self, meter: Meter) -> Remedy | None:
        rounds = len(self.event.rounds)
        most = min(MOST_MORE, limits.ROUNDS - rounds)
        more = self._least(self._with_rounds, range(1, most + 1), meter)
        if more is None:
            return None
        message = f"add {_counted(more, 'round')} like the last one: {rounds + more} in all"
        return Remedy(kind="add_rounds", message=message, rounds=more)

    def _with_rounds(self, more: int) -> Event:
        """The event with more rounds like the last one, for those who are there in that one."""
        rounds = len(self.event.rounds)
        added = range(rounds + 1, rounds + more + 1)
        attendees = tuple(
            a.model_copy(update={"absent_rounds": (*a.absent_rounds, *added)})
            if rounds in a.absent_rounds
            else a
            for a in self.event.attendees
        )
        last = (self.event.rounds[-1],) * more
        update = {"attendees": attendees, "rounds": (*self.event.rounds, *last)}
        return self.event.model_copy(update=update)

    def _more_tables(self, meter: Meter) -> Remedy | None:
        short = self._short_rounds()
        open_tables = [self.instance.tables[r] for r in short]
        lacking = len(self.event.attendees) // 2 - min(open_tables, default=0)
        counts = range(self._least_tables(len(short)), lacking + 1) if short else range(0)
        more = self._least(self._with_tables, counts, meter)
        if more is None:
            return None
        listed = ", ".join(str(r + 1) for r in short)
        where = f"in round{'s' if len(short) > 1 else ''} {listed}"
        message = f"have {_counted(more, 'table')} more {where}"
        return Remedy(kind="add_tables", message=message, tables=more)

    def _short_rounds(self) -> list[int]:
        """Rounds in which not everybody who is there can sit."""
        instance = self.instance
        here = instance.present.sum(axis=0).tolist()
        return [r for r in instance.open_rounds if instance.tables[r] < here[r] // 2]

    def _least_tables(self, short: int) -> int:
        """Fewer more in each short round are too few for the meetings that are needed."""
        found = (s for s in find_shortages(self.instance) if s.kind == "tables")
        lacking = max((s.needed - s.available for s in found), default=1)
        return -(-lacking // max(1, short))

    def _with_tables(self, more: int) -> Event:
        """The event with so many tables more in every round in which not everybody can sit."""
        rounds = list(self.event.rounds)
        for r in self._short_rounds():
            room = round_tables(self.event)[r]
            tables = {"tables": room.count + more, "closed_tables": tuple(sorted(room.closed))}
            rounds[r] = rounds[r].model_copy(update=tables)
        return self.event.model_copy(update={"rounds": tuple(rounds)})

    def _least(
        self, change: Callable[[int], Event], sizes: Iterable[int], meter: Meter
    ) -> int | None:
        """The first size of a change with which the rules can hold; None if that is not known."""
        for size in sizes:
            if meter.stopped_by() is not None:
                return None
            instance = self._instance_of(change(size))
            meter.spend(QUESTION)
            if find_impossible_demands(instance):
                continue
            verdict = decide_feasibility(instance, meter)
            meter.spend(EACH_PERSON * instance.n)
            if verdict.matchings is not None:
                return size
            if verdict.impossible is None:
                return None
        return None

    def _fewer_demands(self, meter: Meter) -> Remedy | None:
        """The fewest demands that have to be given up, and how far a minimum has to be lowered."""
        before = self.instance
        eased = without_demands(before, *hopeless_demands(before))
        pairs_left = enough_pairs(eased)
        if pairs_left is None or len(pairs_left) > PAIRS_DECIDED:
            given_up = GivenUp(eased, proven=True)
        else:
            given_up = give_up_fewest(before, meter)
        if decide_feasibility(given_up.instance, meter).matchings is None:
            return None
        pairs = sorted(given_up.instance.waived - before.waived)
        lowered = highest_minimums(before, given_up.instance, meter)
        held = len(before.required) - len(pairs)
        known = given_up.proven and not any(before.needed)
        ids = self.names.ids
        return Remedy(
            kind="give_up",
            message=self._words(pairs, lowered, held if known else None, given_up.proven),
            cancel=tuple(map(self.names.pair, pairs)),
            lower=tuple(
                LowerMinimum(attendee=ids[v], min_meetings=low) for v, low in lowered.items()
            ),
            fewest=given_up.proven,
            held_at_most=held if known else None,
        )

    def _words(
        self, pairs: Sequence[Edge], lowered: dict[int, int], held: int | None, proven: bool
    ) -> str:
        parts = list[str]()
        if pairs:
            required = len(self.instance.required)
            named = _listed([" and ".join(self.names.pair(pair)) for pair in pairs])
            parts.append(f"cancel {len(pairs)} of the {required} required meetings ({named})")
        if lowered:
            parts.append(f"lower the minimum {self._lowered(lowered)}")
        if held is not None:
            parts.append(f"at most {held} can be held")
        return ", and ".join(parts) + ("" if proven else "; fewer may do")

    def _lowered(self, lowered: dict[int, int]) -> str:
        """``from 5 to 4 of ada, bo, from 3 to 1 of cy``."""
        alike = defaultdict[tuple[int, int], list[str]](list)
        for v, low in lowered.items():
            alike[self.instance.least[v], low].append(self.names.ids[v])
        return ", ".join(
            f"from {least} to {low} of {_listed(people)}" for (least, low), people in alike.items()
        )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    """As many as one reads, and how many more there are."""
    return list_some(names[:NAMED_IN_WORDS], len(names))


TOGETHER = (
    "{who}: what they have to do takes {needed} rounds, one meeting of each a round, and there "
    "are {available}"
)
"""Where it takes a proof to see it."""
WITH = {
    "rounds": "{who}: {needed} meetings each (with {whom}), one a round, and rounds: {available}",
    "attendee_rounds": "{who}: {needed} meetings each (with {whom}), and time for at most "
    "{available}: absences, a maximum or breaks leave no more",
    "partners": "{who}: {needed} meetings in all, and at most {available} with those whom they "
    "may meet ({whom})",
    "partner_rounds": "{who}: {needed} meetings in all, and those whom they may meet ({whom}) have "
    "time for at most {available}",
}
"""What is too little, by kind, where it is with somebody."""
BY_THEMSELVES = {
    "shared_rounds": "{who}: there is no round in which these two can meet",
    "rounds": "{who}: {needed} meetings each, one a round, and rounds: {available}",
    "attendee_rounds": "{who}: {needed} meetings each, and time for at most {available}: "
    "absences, a maximum or breaks leave no more",
    "tables": "tables: at least {needed} meetings are needed, and there is room for {available} "
    "in all rounds together",
    "meetings": "people: at least {needed} meetings are needed, and those who are there can have "
    "{available}",
    "partners": "{who}: {needed} meetings in all, and nobody whom they may meet",
}
"""The same where it is with nobody in particular."""
