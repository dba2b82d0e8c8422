"""Edits by hand on the command line: carried out, and told in a few lines."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from app.errors import Refused
from app.planning.edits import EditedSchedule, edit_schedule
from app.terminal.documents import failure_of
from app.terminal.summary import Names, names, points
from schemas.edit import EditedVersion, EditPins, ScheduleEdit, ScheduleEdits
from schemas.event import Event, PairRule
from schemas.schedule import Schedule
from solver.compatibility.graph import build_graph


def edit_event(
    event: Event, schedule: Schedule, held: int | None, asked: ScheduleEdits, path: Path
) -> EditedSchedule:
    """The schedule after the edits in ``path``; one that breaks a rule ends the command."""
    if held is not None:
        event = event.model_copy(update={"held_rounds": held})
    try:
        return edit_schedule(event, build_graph(event), schedule, asked.edits, asked.pin)
    except Refused as refusal:
        raise failure_of(path, refusal) from None


def with_rules_of(event: Event, done: EditedSchedule) -> Event:
    """The event as it was given, with the rules it has after the edits."""
    return event.model_copy(update={"pair_rules": done.event.pair_rules})


def edits_report(
    event: Event, edits: Sequence[ScheduleEdit], told: EditedVersion
) -> RenderableType:
    """What every edit cost, and whom all of them touch."""
    name = names(event)
    lines = [Text(_line(one, cost.cost)) for one, cost in zip(edits, told.edits, strict=True)]
    touched = ", ".join(_who(v, name) for v in told.touched) or "nobody"
    pins = told.pins or EditPins(added=(), replaced=())
    changes = [*(f"Rule added: {_rule(one)}" for one in pins.added)]
    changes += [f"Rule replaced: {_rule(one)}" for one in pins.replaced]
    return Group(
        *lines,
        Text(f"In all {_price(told.cost)}: objective {points(told.objective)}", style="bold"),
        Text(f"To be told: {touched}"),
        *map(Text, changes),
    )


def _rule(rule: PairRule) -> str:
    table = f", table {rule.table}" if rule.table else ""
    return f"{rule.kind} {' and '.join(rule.pair)}, round {rule.round}{table}"


def _line(one: ScheduleEdit, cost: float) -> str:
    where = [f"round {one.round}"] if one.round else []
    where += [f"to round {one.to_round}"] if one.to_round else []
    where += [f"table {one.table}"] if one.table else []
    what = f"{one.kind} {' and '.join(one.attendees)}"
    return f"{', '.join((what, *where))}: {_price(cost)}"


def _price(cost: float) -> str:
    if cost == 0:
        return "costs nothing"
    return f"costs {points(cost)} points" if cost > 0 else f"wins {points(-cost)} points"


def _who(v: str, name: Names) -> str:
    return v if name(v) == v else f"{name(v)} ({v})"
