"""Who met at earlier events into the history of an event: rules ``met``, added to what is known."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from app.imports import cells
from app.imports.lists.list_change import ListChange
from app.imports.lists.pairs import PairEntry
from app.imports.lists.problems import ListProblems
from app.imports.lists.rule_list import Two
from app.imports.lists.words import is_nothing
from app.imports.times import read_moments
from schemas import limits
from schemas.base import pair_of
from schemas.event import Event, PairRule


class _Meeting(NamedTuple):
    """That a pair met, and when, as far as the list says: so many events ago, or on a day."""

    pair: Two
    ago: int | None = None
    day: date | None = None


def merge_history(
    event: Event, entries: Iterable[PairEntry], replace: bool, problems: ListProblems
) -> ListChange:
    """The history of an event with that of a list; what was known stays unless it is replaced.

    A pair has a rule for each event at which it met; the newest day of the list is one event ago.
    """
    told = _agos([*_read(entries, problems)])
    before = [rule for rule in event.pair_rules if rule.kind == "met"]
    known = {(pair_of(*rule.pair), rule.events_ago or 1) for rule in before}
    pairs = {pair for pair, _ in known}
    new = [
        (pair, ago) for pair, ago in told
        if (pair not in pairs if ago is None else (pair, ago) not in known)
    ]  # fmt: skip
    named = {(pair, ago or 1) for pair, ago in told}
    undated = {pair for pair, ago in told if ago is None}
    kept = [
        rule for rule in event.pair_rules
        if rule.kind != "met" or not replace
        or (pair_of(*rule.pair), rule.events_ago or 1) in named or pair_of(*rule.pair) in undated
    ]  # fmt: skip
    removed = len(event.pair_rules) - len(kept)
    rules = [_rule(pair, ago) for pair, ago in new]
    fields = {"pair_rules": (*kept, *rules)} if rules or removed else {}
    return ListChange(fields, len(new), 0, len(told) - len(new), removed)


def _rule(pair: Two, ago: int | None) -> PairRule:
    if ago is None:
        return PairRule(kind="met", pair=pair)
    return PairRule(kind="met", pair=pair, events_ago=ago)


def _read(entries: Iterable[PairEntry], problems: ListProblems) -> Iterator[_Meeting]:
    """The meetings that a list tells, as far as they are understood."""
    for entry in entries:
        if (has_met := _has_met(entry.said.get("met"))) is None:
            message = "neither yes nor no: left out"
            problems.tell(entry.row, entry.columns.get("met"), "unclear", message)
        elif has_met:
            yield _meeting(entry, problems)


def _has_met(cell: str | None) -> bool | None:
    """Whether a pair met: a row says so, and so does a yes or how often; None: unclear."""
    if cell is None:
        return True
    if is_nothing(cell) or cells.is_no(cell):
        return False
    return True if cells.is_yes(cell) or cells.whole_number(cell) else None


def _meeting(entry: PairEntry, problems: ListProblems) -> _Meeting:
    """A meeting; when it was is left out where it is not understood."""
    pair = pair_of(entry.attendee, entry.partner)
    if cell := entry.said.get("events_ago"):
        ago = cells.whole_number(cell)
        if ago and ago <= limits.EVENTS_AGO:
            return _Meeting(pair, ago)
        message = f"a whole number from 1 to {limits.EVENTS_AGO:,} is needed: when is left out"
        problems.tell(entry.row, entry.columns.get("events_ago"), "no_number", message)
    if cell := entry.said.get("date"):
        days = {moment.day for moment in read_moments(cell)}
        if len(days) == 1 and (day := days.pop()) is not None:
            return _Meeting(pair, day=day)
        message = "not one day, written as 2026-03-09: when is left out"
        problems.tell(entry.row, entry.columns.get("date"), "no_date", message)
    return _Meeting(pair)


def _agos(meetings: Iterable[_Meeting]) -> list[tuple[Two, int | None]]:
    """How many events ago each pair met, each once, in order; None where no row says it."""
    meetings = list(meetings)
    days = sorted({meeting.day for meeting in meetings if meeting.day}, reverse=True)
    ago_of = {day: min(k, limits.EVENTS_AGO) for k, day in enumerate(days, 1)}
    found = {(m.pair, ago_of[m.day] if m.day else m.ago) for m in meetings}
    dated = {pair for pair, ago in found if ago is not None}
    once = (row for row in found if row[1] is not None or row[0] not in dated)
    return sorted(once, key=lambda row: (row[0], row[1] or 0))
