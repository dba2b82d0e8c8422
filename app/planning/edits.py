"""Edits by hand: each is carried out, priced and held against the rules; the whole is verified.

An edit changes open rounds alone. It is refused if the schedule after it breaks a rule, and the
rule is named. Nothing else is moved for its sake, but for two things: whom a *pair* leaves meet
each other where they may and no point is lost by it, and tables are given anew where one was taken.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from app.day.notices.changes import changed_seats, partner_changes, table_changes
from app.errors import Invalid, Refused, StateConflict
from app.planning.edit_pins import PinnedEvent, pins_of, with_pins, without_pins
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
    event: Event
    """The event that it is of: with pins, if they were asked for."""


def edit_schedule(
    event: Event,
    graph: Compatibility,
    schedule: Schedule,
    edits: Sequence[ScheduleEdit],
    pin: bool = False,
) -> EditedSchedule:
    """Carry out edits one after the other on a version of the event, of which some rounds are held.

    With ``pin`` the event gets rules that keep them, in place of older pins of the same pairs.
    Raises StateConflict if the version does not fit the event as it is, Invalid with the rule that
    an edit breaks.
    """
    if not _is_of(event, schedule):
        raise _outdated("people or rounds of it are gone")
    editing = Editing(event, graph, schedule)
    if found := next(editing.complaints(editing.rows), None):
        raise _outdated(found[1])
    if pin:
        editing = Editing(without_pins(event, edits), graph, schedule)
    rows, costs = _carried_out(editing, edits)
    tables = _wanted_tables(rows, edits, editing.names)
    rules = pins_of(edits, editing.names, editing.rows, rows, tables)
    now = with_pins(event, rules) if pin else PinnedEvent(event, None)
    _check_tables(now.event, rows, edits, tables)
    if pin:
        editing = Editing(now.event, graph, schedule)
        if found := next(editing.complaints(rows), None):
            raise Invalid.at("/edits", *found)
    made = _written(editing, rows, tables)
    told = EditedVersion(
        version=None,
        objective=on_wire(editing.points(rows)),
        cost=on_wire(editing.points(editing.rows) - editing.points(rows)),
        touched=_touched(schedule, made),
        edits=tuple(costs),
        rules=rules,
        pins=now.pins,
    )
    return EditedSchedule(made, told, now.event)


def _carried_out(
    editing: "Editing", edits: Sequence[ScheduleEdit]
) -> tuple[Rows, Sequence[EditCost]]:
    """Who meets after the edits, and what each of them costs; Invalid with the rule one breaks."""
    costs, rows = [], editing.rows
    known = {*editing.complaints(rows)}  # of two whom only a pin let meet, until they are parted
    for k, asked in enumerate(edits):
        before, rows = rows, editing.after(rows, asked, f"/edits/{k}")
        if found := next((one for one in editing.complaints(rows) if one not in known), None):
            raise Invalid.at(f"/edits/{k}", *found)
        costs.append(editing.cost(before, rows, asked))
    return rows, costs


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


def _written(editing: Editing, rows: Rows, tables: Mapping[Edge, int]) -> Schedule:
    """The schedule after the edits, with meetings at the ``tables`` they were given; verified."""
    event, names, matchings = editing.event, editing.names, editing.matchings(rows)
    result = Result(matchings, editing.points(rows), None, 0, 0.0, "stopped")
    seats = [
        PairRule(kind="require", pair=names.pair(pair), round=r + 1, table=tables[pair])
        for r, row in enumerate(rows)
        for pair in sorted(row & tables.keys())
        if r >= event.held_rounds
    ]
    seated = event.model_copy(update={"pair_rules": (*event.pair_rules, *seats)})
    bare = event.model_copy(update={"published": None, "held_rounds": 0})
    made = schedule_of(seated, editing.graph, editing.instance, result, asked=bare)
    verify_schedule(event, editing.graph, made)
    return made


def _touched(before: Schedule, after: Schedule) -> tuple[str, ...]:
    """Whose meetings, byes or tables differ."""
    old, new = changed_seats(before, after)
    touched = {change.attendee for change in partner_changes(old, new)}
    return tuple(sorted(touched | {v for v, _ in table_changes(old, new)}))


def _wanted_tables(rows: Rows, edits: Sequence[ScheduleEdit], names: Numbering) -> dict[Edge, int]:
    """The table of each meeting that an edit gives one; the last word on a table counts."""
    rounds = {pair: r for r, row in enumerate(rows) for pair in row}
    taken = dict[tuple[int, int], Edge]()
    for one in edits:
        pair = names.edge(one.attendees)
        if one.table is not None and pair in rounds:
            taken = {place: other for place, other in taken.items() if other != pair}
            taken[rounds[pair], one.table] = pair
    return {pair: table for (_, table), pair in taken.items()}


def _check_tables(
    event: Event, rows: Rows, edits: Sequence[ScheduleEdit], tables: Mapping[Edge, int]
) -> None:
    """Raise Invalid where an edit wants a table that is closed, or that a rule gives others."""
    names = Numbering.of(event)
    rounds = {pair: r for r, row in enumerate(rows) for pair in row}
    for k, one in enumerate(edits):
        pair, where = names.edge(one.attendees), f"/edits/{k}/table"
        if one.table is None or tables.get(pair) != one.table:
            continue
        r = rounds[pair]
        if not round_tables(event)[r].has(one.table):
            message = f"table {one.table} is not open in round {r + 1}"
            raise Invalid.at(where, "table_closed", message)
        for row in event.attendees:
            if row.id in one.attendees and row.places and one.table not in row.places:
                raise Invalid.at(where, "place", f"{row.id} has to sit at another table")
        if found := _table_rule(event, one, r + 1):
            raise Invalid.at(where, "table_pinned", found)


def _table_rule(event: Event, asked: ScheduleEdit, number: int) -> str | None:
    """The rule that seats two elsewhere, or others at their table; None if there is none."""
    for rule in event.pair_rules:
        if rule.table is None or rule.round != number:
            continue
        mine = {*rule.pair} == {*asked.attendees}
        if mine != (rule.table == asked.table):
            a, b = rule.pair
            return (
                f"a rule of the organiser puts {a} and {b} at table {rule.table} in round {number}"
            )
    return None
