"""Pins: rules with a round that keep later solves from undoing what was edited by hand."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.planning.edit_rules import Rows
from schemas.edit import EditPins, ScheduleEdit
from schemas.event import Event, PairRule
from solver.instance import Edge
from solver.translate.numbering import Numbering

Two = frozenset[str]


def without_pins(event: Event, edits: Iterable[ScheduleEdit]) -> Event:
    """The event as edits that are pinned find it: no older pin of their pairs binds them.

    Two whom a pin wants to meet must still meet, unless they are parted: such a rule also lets
    them, whatever else keeps them apart.
    """
    named = {frozenset(one.attendees) for one in edits if one.kind != "swap"}
    parted = {frozenset(one.attendees) for one in edits if one.kind == "part"}

    def loosened() -> Iterator[PairRule]:
        for rule in event.pair_rules:
            two = frozenset(rule.pair)
            if rule.round is None or two not in named:
                yield rule
            elif rule.kind == "require" and two not in parted:
                yield rule.model_copy(update={"round": None, "table": None})

    return event.model_copy(update={"pair_rules": tuple(loosened())})


class PinnedEvent(NamedTuple):
    """An event with pins among its rules, and what became of its rules."""

    event: Event
    pins: EditPins | None


def with_pins(event: Event, rules: Iterable[PairRule]) -> PinnedEvent:
    """The event with ``rules`` in place of older pins of the same pairs."""
    pins = defaultdict[Two, list[PairRule]](list)
    for rule in rules:
        pins[frozenset(rule.pair)].append(rule)
    kept, replaced, standing = list[PairRule](), list[PairRule](), set[object]()
    for old in event.pair_rules:
        new = pins.get(frozenset(old.pair), ())
        if any(_meaning(old) == _meaning(rule) for rule in new):
            standing.add(_meaning(old))
        elif any(_replaces(rule, old) for rule in new):
            replaced.append(old)
            continue
        kept.append(old)
    added = [rule for two in pins.values() for rule in two if _meaning(rule) not in standing]
    told = EditPins(added=tuple(added), replaced=tuple(replaced))
    return PinnedEvent(event.model_copy(update={"pair_rules": (*kept, *added)}), told)


def _meaning(rule: PairRule) -> tuple[object, ...]:
    return rule.kind, frozenset(rule.pair), rule.round, rule.table


def _replaces(new: PairRule, old: PairRule) -> bool:
    """A pair is wanted in one round at most, and in no round both wanted and unwanted."""
    return old.round is not None and (old.kind == "require" or old.round == new.round)


def pins_of(
    edits: Sequence[ScheduleEdit],
    names: Numbering,
    before: Rows,
    after: Rows,
    tables: Mapping[Edge, int],
) -> tuple[PairRule, ...]:
    """What keeps each edit: its pairs that meet now, where they do, and its pair that does not."""
    rules = dict[tuple[Edge, int], PairRule]()
    for asked in edits:
        two = names.edge(asked.attendees)
        for r, row in enumerate(after):
            for pair in sorted(row):
                if _is_by(asked, two, pair, r, before):
                    rules[pair, r] = PairRule(
                        kind="require", pair=names.pair(pair), round=r + 1, table=tables.get(pair)
                    )
        old = next((r for r, row in enumerate(before) if two in row), None)
        if asked.kind == "part" and old is not None and two not in after[old]:
            rules[two, old] = PairRule(kind="forbid", pair=names.pair(two), round=old + 1)
    return tuple(rules.values())


def _is_by(asked: ScheduleEdit, two: Edge, pair: Edge, r: int, before: Rows) -> bool:
    """Whether an edit asks for a meeting: for that of its two, or a new one of those it swaps."""
    if asked.kind == "swap":
        return asked.round == r + 1 and bool({*two} & {*pair}) and pair not in before[r]
    return asked.kind != "part" and pair == two
