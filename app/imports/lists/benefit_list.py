"""Scores of pairs into an event's benefits: a row or a cell a direction, and maybe one back."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.imports.lists.list_change import ListChange
from app.imports.lists.pairs import PairEntry
from app.imports.lists.problems import ListProblems
from app.imports.lists.scale import ONE, Score, choose_scale, read_scale, read_score
from app.imports.lists.words import is_nothing
from schemas.benefits import BenefitColumns, triples_of
from schemas.event import Event

Direction = int
"""The place of who gains, times the number of people, plus the place of the partner."""


class _Given(NamedTuple):
    """The score of a direction, and where it stands."""

    direction: Direction
    score: Score
    row: int
    column: str


def merge_benefits(
    event: Event,
    entries: Iterable[PairEntry],
    scale: str | None,
    replace: bool,
    problems: ListProblems,
) -> ListChange:
    """The benefits of an event with those of a list; raises Invalid for an unknown scale.

    Those of other directions stay unless they are to be replaced.
    """
    place = {attendee.id: k for k, attendee in enumerate(event.attendees)}
    given = [*_scores(entries, place, problems)]
    if not given:
        chosen = ONE if scale is None else read_scale(scale)
    else:
        chosen = choose_scale(row.score for row in given) if scale is None else read_scale(scale)
    told: dict[Direction, int] = {}
    for row in given:
        worth = chosen.permille_of(row.score.number)
        if worth is None:
            message = f"not on the scale {chosen}: left out"
            problems.tell(row.row, row.column, "out_of_scale", message)
        elif told.setdefault(row.direction, worth) != worth:
            message = "another value of these two than further up: the first one is taken"
            problems.tell(row.row, row.column, "said_twice", message)
    before = {place[i] * len(place) + place[j]: b for i, j, b in triples_of(event.benefits)}
    return _merged(event, before, told, replace, f"Values are read on the scale {chosen}.")


def _scores(
    entries: Iterable[PairEntry], place: Mapping[str, int], problems: ListProblems
) -> Iterator[_Given]:
    """The scores of a list, there and back."""
    for entry in entries:
        i, j = place[entry.attendee], place[entry.partner]
        for field, cell in entry.said.items():
            if is_nothing(cell):
                continue
            direction = j * len(place) + i if field == "value_back" else i * len(place) + j
            score, column = read_score(cell), entry.columns[field]
            if score is None:
                problems.tell(entry.row, column, "no_number", "not a number: left out")
            else:
                yield _Given(direction, score, entry.row, column)


def _merged(
    event: Event,
    before: Mapping[Direction, int],
    told: Mapping[Direction, int],
    replace: bool,
    note: str,
) -> ListChange:
    """What there was in its order, then what is new in that of the attendees."""
    kept = [way for way in before if way in told or not replace]
    new = sorted(way for way in told if way not in before)
    updated = sum(before[way] != told[way] for way in kept if way in told)
    removed = len(before) - len(kept)
    fields = {}
    if new or updated or removed:
        ways = [*kept, *new]
        worth = [told[way] if way in told else before[way] for way in ways]
        fields["benefits"] = _columns([a.id for a in event.attendees], ways, worth)
    unchanged = len(told) - len(new) - updated
    return ListChange(fields, len(new), updated, unchanged, removed, (note,))


def _columns(ids: Sequence[str], ways: Iterable[Direction], worth: Iterable[int]) -> BenefitColumns:
    source, target = array("i"), array("i")
    for way in ways:
        i, j = divmod(way, len(ids))
        source.append(i)
        target.append(j)
    return BenefitColumns(ids, source, target, array("h", worth))
