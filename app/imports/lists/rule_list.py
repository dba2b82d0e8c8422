"""Pairs that must or must not meet into an event's rules; ``may`` takes a rule back."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from app.errors import from_validation
from app.imports import cells
from app.imports.lists.list_change import ListChange
from app.imports.lists.pairs import PairEntry
from app.imports.lists.problems import ListProblems
from app.imports.lists.words import read_rule_kind
from schemas.base import pair_of
from schemas.event import Event, PairRule, find_rule_faults
from schemas.imports import ListField

Two = tuple[str, str]
"""Ids of a pair, in order."""


class _RuleRow(NamedTuple):
    """What a row says of a pair: a rule, or None where they may meet or not."""

    pair: Two
    rule: PairRule | None
    row: int


def merge_rules(
    event: Event, entries: Iterable[PairEntry], replace: bool, problems: ListProblems
) -> ListChange:
    """The rules of an event with those of a list: of each pair in it, these stand for the others.

    Rules of other pairs stay unless all are to be replaced; who met before is none of this.
    """
    before = _by_pair(rule for rule in event.pair_rules if rule.kind != "met")
    rows = _each_once(_read(entries, problems), problems)
    while faults := dict(_faults(event, rows, replace)):
        for k, (code, message) in faults.items():
            why = FAULTS.get(code, message)
            problems.tell(rows[k].row, None, code, f"{why}: the row is left out")
        rows = [row for k, row in enumerate(rows) if k not in faults]
    told = _with_reasons(rows, before)
    same = {pair for pair, rules in told.items() if rules == before.get(pair, [])}
    new = [rule for pair in sorted(told.keys() - same) for rule in told[pair]]
    kept = [
        rule for rule in event.pair_rules
        if pair_of(*rule.pair) in same or _is_kept(rule, told, replace)
    ]  # fmt: skip
    lost = len(event.pair_rules) - len(kept)
    of_others = sum(len(rules) for pair, rules in told.items() if pair not in before)
    updated = min(len(new) - of_others, lost)
    return ListChange(
        fields={"pair_rules": (*kept, *new)} if new or lost else {},
        created=len(new) - updated,
        updated=updated,
        unchanged=sum(len(told[pair]) for pair in same),
        removed=lost - updated,
    )


FAULTS = {
    "require_and_forbid": "these two must not meet, by another row or what one of them says",
    "two_pins": "another rule has a place for this pair, or this table in this round",
    "two_places": "the two sit at fixed tables, and this is none that both may have",
}
"""What is wrong with a rule beside others, told without the places that they have in an event."""


def _read(entries: Iterable[PairEntry], problems: ListProblems) -> Iterator[_RuleRow]:
    """What each row says of its pair, if it is understood."""
    for entry in entries:
        pair = pair_of(entry.attendee, entry.partner)
        kind = read_rule_kind(entry.said.get("kind", ""))
        if kind is None:
            message = "say must, never or may: the row is left out"
            problems.tell(entry.row, entry.columns.get("kind"), "unknown_kind", message)
        elif kind == "may":
            yield _RuleRow(pair, None, entry.row)
        elif (rule := _rule(pair, kind, entry, problems)) is not None:
            yield _RuleRow(pair, rule, entry.row)


def _rule(pair: Two, kind: str, entry: PairEntry, problems: ListProblems) -> PairRule | None:
    fields: dict[str, Any] = {"kind": kind, "pair": pair}
    for field in PLACES:
        if cell := entry.said.get(field):
            fields[field] = cells.whole_number(cell)
            if not fields[field]:
                message = f"a {field} is a whole number from 1: the row is left out"
                problems.tell(entry.row, entry.columns[field], f"no_{field}", message)
                return None
    if "reason" in entry.said:
        fields["reason"] = entry.said["reason"]
    try:
        return PairRule(**fields)
    except ValidationError as error:
        fault = from_validation(error).errors[0]
        problems.tell(entry.row, None, fault.code, f"{fault.message}: the row is left out")
        return None


PLACES: tuple[ListField, ...] = ("round", "table")


def _each_once(rows: Iterable[_RuleRow], problems: ListProblems) -> list[_RuleRow]:
    """The rows without those that say a rule again; a pair with a rule is not free as well."""
    found: dict[object, _RuleRow] = {}
    for row in rows:
        found.setdefault((row.pair, row.rule and _what(row.rule)), row)
    ruled = {row.pair for row in found.values() if row.rule}
    for row in found.values():
        if row.rule is None and row.pair in ruled:
            message = "another row has a rule for these two, which stands"
            problems.tell(row.row, None, "said_twice", message)
    return [row for row in found.values() if row.rule or row.pair not in ruled]


def _faults(
    event: Event, rows: Sequence[_RuleRow], replace: bool
) -> Iterator[tuple[int, tuple[str, str]]]:
    """What is wrong with rows among the rules that stay, by the row's place."""
    pairs = {row.pair for row in rows}
    kept = [rule for rule in event.pair_rules if _is_kept(rule, pairs, replace)]
    ruled = [k for k, row in enumerate(rows) if row.rule]
    rules = (*kept, *(row.rule for row in rows if row.rule))
    for fault in find_rule_faults(event.model_copy(update={"pair_rules": rules})):
        place = fault.where[1]
        if isinstance(place, int) and place >= len(kept):
            yield ruled[place - len(kept)], (fault.code, fault.message)


def _is_kept(rule: PairRule, told: Container[Two], replace: bool) -> bool:
    """Whether a list that tells of these pairs leaves a rule as it is."""
    return rule.kind == "met" or not (replace or pair_of(*rule.pair) in told)


def _by_pair(rules: Iterable[PairRule]) -> Mapping[Two, list[PairRule]]:
    found = defaultdict[Two, list[PairRule]](list)
    for rule in rules:
        found[pair_of(*rule.pair)].append(rule)
    return found


def _with_reasons(
    rows: Iterable[_RuleRow], before: Mapping[Two, Sequence[PairRule]]
) -> Mapping[Two, list[PairRule]]:
    """The rules of each pair; one that was there is that one, if no other reason is given."""
    found = defaultdict[Two, list[PairRule]](list)
    for row in rows:
        rules = found[row.pair]  # none where they may meet or not
        if row.rule is not None:
            rules.append(_known(row.rule, before.get(row.pair, ())))
    for pair, rules in found.items():
        had = list(before.get(pair, ()))
        rules.sort(key=lambda rule: (had.index(rule) if rule in had else len(had), _order(rule)))
    return found


def _known(rule: PairRule, before: Iterable[PairRule]) -> PairRule:
    had = next((other for other in before if _what(other) == _what(rule)), rule)
    return had if rule.reason in (None, had.reason) else rule


def _what(rule: PairRule) -> tuple[str, int | None, int | None]:
    return rule.kind, rule.round, rule.table


def _order(rule: PairRule) -> tuple[str, int, int]:
    return rule.kind, rule.round or 0, rule.table or 0
