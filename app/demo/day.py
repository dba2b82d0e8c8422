"""The main job on an invented event: solve, hold some rounds, lose some people, mend, verify."""

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.day.incidents.apply import apply_incidents, day_of, event_to_replan, seats_of
from app.planning.plan import complaints_about
from app.presets.catalogue import fill_in
from app.strict_json import parse_as
from app.terminal.documents import write_file
from app.terminal.failure import Failure
from app.terminal.summary import (
    Names,
    agenda,
    names,
    replan_summary,
    round_sheet,
    schedule_summary,
)
from app.terminal.watch import plan_with_display
from schemas.event import Event
from schemas.graph import Graph
from schemas.incident import Incident, Incidents
from schemas.preset import PresetName
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph

Document = TypeVar("Document", bound=BaseModel)


def play_demo(folder: Path, budget: Budget, console: Console) -> None:
    """Play the day through in front of ``console``, leaving every document in ``folder``."""
    _make(folder)
    event, incidents = (
        shipped_documents(Event, "event.json"),
        shipped_documents(Incidents, "incidents.json"),
    )

    graph, schedule = _solved(event, budget, console)

    asked, day = event_to_replan(event, schedule, held=0), day_of(schedule, held=0)
    after, day, _ = apply_incidents(asked, day, incidents.incidents, seats_of(schedule))
    console.print(Rule(f"3  {after.held_rounds} rounds later"))
    console.print(_told(incidents.incidents, names(event)))
    mended = plan_with_display(after, budget, console, day)
    console.print(replan_summary(after, mended))

    console.print(Rule("4  Verified, by code that shares nothing with the optimiser"))
    console.print(_verified(event, schedule), _verified(after, mended), sep="\n")

    console.print(Rule("5  The documents"))
    documents: dict[str, tuple[BaseModel, str]] = {
        "event.json": (event, "the event: people, rounds, rules"),
        "graph.json": (graph, "who gains from whom and why, and who may not meet"),
        "schedule.json": (schedule, "the schedule, with its bound and gap"),
        "incidents.json": (incidents, "what happened on the day"),
        "event-after.json": (after, "the event after it, with what was published and held"),
        "replanned.json": (mended, "the mended schedule"),
    }
    console.print(_written(folder, documents))
    console.print("Next: tertius demo --serve, for the same in a browser")


def play_preset(name: PresetName, folder: Path, budget: Budget, console: Console) -> None:
    """Solve an invented event of one kind in front of ``console``; documents as in the demo."""
    _make(folder)
    event = preset_event(name)
    graph, schedule = _solved(event, budget, console)
    console.print(round_sheet(event, schedule, _fullest(schedule)))
    console.print(Rule("3  Verified, by code that shares nothing with the optimiser"))
    console.print(_verified(event, schedule))
    console.print(Rule("4  The documents"))
    documents: dict[str, tuple[BaseModel, str]] = {
        "event.json": (event, "the event: people, rounds, rules"),
        "graph.json": (graph, "who gains from whom and why, and who may not meet"),
        "schedule.json": (schedule, "the schedule, with its bound and gap"),
    }
    console.print(_written(folder, documents))
    console.print(f"Next: tertius new {name} --out my-event.json, for an event of your own")


def preset_event(name: PresetName) -> Event:
    """The invented event of a preset: its people and times, the rest as the preset has it."""
    file = resources.files("app.demo") / "presets" / f"{name}.json"
    return parse_as(Event, fill_in(name, file.read_bytes()))


def _solved(event: Event, budget: Budget, console: Console) -> tuple[Graph, Schedule]:
    """The first two chapters: the event and who gains from whom, and the schedule."""
    console.print(Rule("1  The event, and who gains from whom"), _event(event))
    graph = Graph.model_validate_json("".join(node_link(build_graph(event))))
    console.print(_graph(graph))

    console.print(Rule("2  The schedule"))
    schedule = plan_with_display(event, budget, console)
    console.print(schedule_summary(event, schedule))
    console.print(agenda(event, schedule, _busiest(schedule)))
    return graph, schedule


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder}: {error.strerror}") from None


def shipped_documents(model: type[Document], name: str) -> Document:
    """A document that comes with the package."""
    file = resources.files("app.demo") / name
    return model.model_validate_json(file.read_bytes())


def _event(event: Event) -> Text:
    people, day = len(event.attendees), event.rounds
    when = f", the first at {day[0].starts_at:%H:%M}" if day[0].starts_at else ""
    return Text(
        f"{event.name}: {people} invented people, {len(day)} rounds of {day[0].minutes} minutes"
        f"{when}, {event.timezone}"
    )


def _graph(graph: Graph) -> Text:
    codes = Counter(code for row in graph.forbidden for code in row.codes)
    why = ", ".join(f"{code.replace('_', ' ')} {count}" for code, count in sorted(codes.items()))
    apart = f"{len(graph.forbidden)} pairs among them and in rules may not meet ({why})"
    return Text(
        f"{len(graph.edges)} benefits found in what they offer and need; "
        + (apart if graph.forbidden else "all of them may meet")
    )


def _busiest(schedule: Schedule) -> str:
    """Whose day shows most of why people meet."""
    told: Counter[str] = Counter()
    for block in schedule.rounds:
        for meeting in block.meetings:
            told.update({attendee: len(meeting.why) for attendee in meeting.attendees})
    return max(sorted(told), key=told.__getitem__)


def _fullest(schedule: Schedule) -> int:
    """The round with most meetings, the first of those."""
    return max(schedule.rounds, key=lambda block: len(block.meetings)).round


def _told(incidents: Iterable[Incident], name: Names) -> Text:
    gone = [name(row.attendee or "") for row in incidents if row.kind == "drop_out"]
    return Text.assemble("Dropped out: ", (", ".join(gone), "bold"))


def _verified(event: Event, schedule: Schedule) -> Text:
    """Say that the schedule holds; a demo that shows a schedule that does not is no demo."""
    if found := complaints_about(event, build_graph(event), schedule):
        raise Failure("the schedule is not valid:", *found)
    held = f"; rounds 1 to {event.held_rounds} as they were published" if event.published else ""
    return Text(f"  valid: every rule holds and every figure is true{held}")


def _written(folder: Path, documents: Mapping[str, tuple[BaseModel, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, (document, what) in documents.items():
        write_file(document, folder / name, as_given=isinstance(document, Event))
        table.add_row(f"  {folder / name}", Text(what, style="dim"))
    return table
