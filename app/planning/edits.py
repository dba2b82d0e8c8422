"""Edits by hand: each is carried out, priced and held against the rules; the whole is verified.

An edit changes open rounds alone. It is refused if the schedule after it breaks a rule, and the
rule is named. Nothing else is moved for its sake, but for two things: whom a *pair* leaves meet
each other where they may and no point is lost by it, and tables are given anew where one was taken.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from app.day.notices.changes import changed_seats, partner_changes, table_changes
from app.errors import Invalid, Refused, StateConflict
from app.planning.edit_rules import Complaint, EditRules, Rows
from app.planning.plan import verify_schedule
from schemas.edit import EditCost, EditedVersion, EditOffer, ScheduleEdit
from schemas.event import Event, PairRule
from schemas.schedule import Schedule
from solver.compatibility.graph import Compatibility
from solver.instance import Edge, Matchings, Result, edge
from solver.objective import points_of, supported_pairs
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of, published_meetings, round_tables, waived_in
from solver.translate.write import on_wire, schedule_of


@dataclass(frozen=True)
class EditedSchedule:
    """A verified schedule after edits, and what is told of them."""

    schedule: Schedule
    told: EditedVersion


def edit_schedule(
    event: Event, graph: Compatibility, schedule: Schedule, edits: Sequence[ScheduleEdit]
) -> EditedSchedule:
    """Carry out edits one after the other on a version of the event, of which some rounds are held.

    Raises StateConflict if the version does not fit the event as it is, Invalid with the rule that
    an edit breaks.
    """
    if not _is_of(event, schedule):
        raise _outdated("people or rounds of it are gone")
    editing = Editing(event, graph, schedule)
    if found := next(editing.complaints(editing.rows), None):
        raise _outdated(found[1])
    costs, rows = [], editing.rows
    for k, asked in enumerate(edits):
        before, rows = rows, editing.after(rows, asked, f"/edits/{k}")
        if found := next(editing.complaints(rows), None):
            raise Invalid.at(f"/edits/{k}", *found)
        costs.append(editing.cost(before, rows, asked))
    return _written(editing, rows, edits, costs)


def offer_pair(
    event: Event, graph: Compatibility, schedule: Schedule, two: tuple[str, str]
) -> EditOffer | None:
    """The edit that brings two together at the least cost; None if no open round allows it."""
    if not _is_of(event, schedule):
        return None
    editing, best = Editing(event, graph, schedule), None
    if next(editing.complaints(editing.rows), None):
        return None
    for r in editing.instance.open_rounds:
        asked = ScheduleEdit(kind="pair", attendees=two, round=r + 1)
        try:
            rows = editing.after(editing.rows, asked, "")
        except Refused:
            continue
        if next(editing.complaints(rows), None) is None:
            told = editing.cost(editing.rows, rows, asked)
            offer = EditOffer(round=r + 1, cost=told.cost, touched=told.touched)
            best = offer if best is None or offer.cost < best.cost else best
    return best


def _is_of(event: Event, schedule: Schedule) -> bool:
    """Whether the event still has everybody and every round of a version."""
    listed = {attendee.id for attendee in event.attendees}
    named = {v for block in schedule.rounds for m in block.meetings for v in m.attendees}
    return named <= listed and len(schedule.rounds) == len(event.rounds)


def _outdated(reason: str) -> StateConflict:
    message = f"this version does not fit the event as it is now: {reason}"
    return StateConflict.at("", "outdated", message)


class Editing:
    """A version of an event whose open rounds are changed by hand."""

    def __init__(self, event: Event, graph: Compatibility, schedule: Schedule) -> None:
        self.event = event.model_copy(update={"published": schedule})
        self.graph, self.schedule = graph, schedule
        self.names = Numbering.of(event)
        waived, excused = waived_in(schedule, self.names)
        instance = instance_of(self.event, graph.columns, graph.refused)
        self.instance = replace(instance, waived=waived, excused=excused)
        self.rows = tuple(map(frozenset, published_meetings(self.event)))
        self._rules = EditRules(self.instance, graph, self.names)

    def matchings(self, rows: Rows) -> Matchings:
        """The schedule as the solver takes it."""
        return tuple(tuple(sorted(row)) for row in rows)

    def points(self, rows: Rows) -> int:
        """What a schedule is worth."""
        return points_of(self.instance, self.matchings(rows))

    def cost(self, before: Rows, after: Rows, asked: ScheduleEdit) -> EditCost:
        """What an edit costs and whom it touches."""
        met = {(v, r, pair) for r, row in enumerate(before) for pair in row for v in pair}
        meet = {(v, r, pair) for r, row in enumerate(after) for pair in row for v in pair}
        touched = {self.names.ids[v] for v, _, _ in met ^ meet}
        if asked.table is not None:
            touched |= {*asked.attendees}
        lost = self.points(before) - self.points(after)
        return EditCost(cost=on_wire(lost), touched=tuple(sorted(touched)))

    # --- what an edit does ----------------------------------------------------------------------

    def after(self, rows: Rows, asked: ScheduleEdit, where: str) -> Rows:
        """The schedule after an edit; Invalid where it makes no sense, or the round is held."""
        a, b = (self._number(v, where) for v in asked.attendees)
        match asked.kind:
            case "swap":
                r = self._open_round(asked.round, where)
                return _with(rows, r, _swapped(rows[r], a, b))
            case "pair":
                r = self._open_round(asked.round, where)
                return self._paired(_without(rows, edge(a, b), self.instance.open_rounds), r, a, b)
            case "part":
                r = self._round_of(rows, edge(a, b), asked.round, where)
                return _with(rows, r, rows[r] - {edge(a, b)})
            case "move":
                return self._moved(rows, edge(a, b), asked, where)

    def _number(self, who: str, where: str) -> int:
        if who not in self.names.number:
            raise Invalid.at(f"{where}/attendees", "unknown", f"{who} is not on the list")
        return self.names.number[who]

    def _open_round(self, number: int | None, where: str, name: str = "round") -> int:
        rounds = self.instance.rounds
        if number is None or number > rounds:
            raise Invalid.at(f"{where}/{name}", "unknown_round", f"there are {rounds} rounds")
        if number <= len(self.instance.held):
            message = f"round {number} is over or running: it stays as it was"
            raise Invalid.at(f"{where}/{name}", "held", message)
        return number - 1

    def _round_of(self, rows: Rows, pair: Edge, number: int | None, where: str) -> int:
        found = [r for r, row in enumerate(rows) if pair in row]
        if not found or (number is not None and number - 1 not in found):
            at = "" if number is None else f" in round {number}"
            message = f"{' and '.join(self.names.pair(pair))} do not meet{at}"
            raise Invalid.at(f"{where}/attendees", "no_meeting", message)
        return self._open_round(found[0] + 1, where)

    def _paired(self, rows: Rows, r: int, a: int, b: int) -> Rows:
        left = [p for p in (_partner(rows[r], a), _partner(rows[r], b)) if p is not None]
        row = frozenset(pair for pair in rows[r] if not {a, b} & {*pair}) | {edge(a, b)}
        alone = _with(rows, r, row)
        if len(left) < 2 or any(edge(*left) in other for other in rows):
            return alone
        both = _with(rows, r, row | {edge(*left)})
        allowed = next(self.complaints(both), None) is None
        return both if allowed and self.points(both) >= self.points(alone) else alone

    def _moved(self, rows: Rows, pair: Edge, asked: ScheduleEdit, where: str) -> Rows:
        r = self._round_of(rows, pair, asked.round, where)
        if asked.to_round is None:
            return rows
        q = self._open_round(asked.to_round, where, "to_round")
        busy = [v for v in pair if q != r and _partner(rows[q], v) is not None]
        if busy:
            who = " and ".join(self.names.ids[v] for v in busy)
            message = f"{who} would have two meetings in round {q + 1}"
            raise Invalid.at(f"{where}/to_round", "busy", message)
        return _with(_with(rows, r, rows[r] - {pair}), q, rows[q] | {pair})

    def complaints(self, rows: Rows) -> Iterator[Complaint]:
        """Every rule that open rounds break, in words with ids."""
        yield from self._rules.broken_by(rows)
        if not self.instance.fill:
            standing = supported_pairs(self.instance, self.matchings(rows))
            for r in self.instance.open_rounds:
                yield from self._rules.one_sided(rows[r] - {*standing})


def _partner(row: Set[Edge], v: int) -> int | None:
    return next((sum(pair) - v for pair in row if v in pair), None)


def _with(rows: Rows, r: int, row: Set[Edge]) -> Rows:
    return (*rows[:r], frozenset(row), *rows[r + 1 :])


def _without(rows: Rows, pair: Edge, rounds: range) -> Rows:
    return tuple(row - {pair} if r in rounds else row for r, row in enumerate(rows))


def _swapped(row: Set[Edge], a: int, b: int) -> Set[Edge]:
    """Each sits where the other sat; nothing changes for two who meet each other."""
    other = {a: b, b: a}
    if edge(a, b) in row:
        return row
    return {edge(other.get(i, i), other.get(j, j)) for i, j in row}


# The answer


def _written(
    editing: Editing, rows: Rows, edits: Sequence[ScheduleEdit], costs: Sequence[EditCost]
) -> EditedSchedule:
    """The schedule after the edits, verified, and the account of them."""
    instance, matchings = editing.instance, editing.matchings(rows)
    points = points_of(instance, matchings)
    result = Result(matchings, points, None, 0, 0.0, "stopped")
    seated = _with_tables(editing.event, rows, edits, editing.names)
    bare = editing.event.model_copy(update={"published": None, "held_rounds": 0})
    schedule = schedule_of(seated, editing.graph, instance, result, asked=bare)
    verify_schedule(editing.event, editing.graph, schedule)
    old, new = changed_seats(editing.schedule, schedule)
    touched = {change.attendee for change in partner_changes(old, new)}
    touched |= {v for v, _ in table_changes(old, new)}
    told = EditedVersion(
        version=None,
        objective=on_wire(points),
        cost=on_wire(editing.points(editing.rows) - points),
        touched=tuple(sorted(touched)),
        edits=tuple(costs),
        rules=tuple(_rules(edits, editing, rows)),
    )
    return EditedSchedule(schedule, told)


def _with_tables(
    event: Event, rows: Rows, edits: Sequence[ScheduleEdit], names: Numbering
) -> Event:
    """The event with rules that seat meetings where the edits want them; the last word counts."""
    wanted = {names.edge(one.attendees): one.table for one in edits if one.table is not None}
    rules = [
        PairRule(kind="require", pair=names.pair(pair), round=r + 1, table=wanted[pair])
        for r, row in enumerate(rows)
        for pair in sorted(row & wanted.keys())
        if r >= event.held_rounds
    ]
    for k, one in enumerate(edits):
        if one.table is not None:
            _check_table(event, rows, one, names, f"/edits/{k}/table")
    return event.model_copy(update={"pair_rules": (*event.pair_rules, *rules)})


def _check_table(
    event: Event, rows: Rows, asked: ScheduleEdit, names: Numbering, where: str
) -> None:
    pair = names.edge(asked.attendees)
    r = next((r for r, row in enumerate(rows) if pair in row), None)
    if r is None or asked.table is None:
        return
    if not round_tables(event)[r].has(asked.table):
        message = f"table {asked.table} is not open in round {r + 1}"
        raise Invalid.at(where, "table_closed", message)
    for one in event.attendees:
        if one.id in asked.attendees and one.places and asked.table not in one.places:
            raise Invalid.at(where, "place", f"{one.id} has to sit at another table")


def _rules(edits: Sequence[ScheduleEdit], editing: Editing, rows: Rows) -> Iterator[PairRule]:
    """What keeps each edit: its pairs that meet now, where they do, and its pair that does not."""
    seen = set[tuple[Edge, str]]()
    for asked in edits:
        two = editing.names.edge(asked.attendees)
        people = {*two} if asked.kind == "swap" else set[int]()
        for r, row in enumerate(rows):
            for pair in sorted(row - editing.rows[r]):
                mine = pair == two or (people & {*pair} and asked.round == r + 1)
                if mine and (pair, "require") not in seen:
                    seen.add((pair, "require"))
                    yield PairRule(kind="require", pair=editing.names.pair(pair), round=r + 1)
        if asked.kind == "part" and (two, "forbid") not in seen:
            seen.add((two, "forbid"))
            old = next((r + 1 for r, row in enumerate(editing.rows) if two in row), None)
            yield PairRule(kind="forbid", pair=editing.names.pair(two), round=old)
