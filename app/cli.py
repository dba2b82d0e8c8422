"""The command line: files in, files out, and an account of it for people.

Exit codes: 0 done; 2 bad input or usage, or a schedule that is not valid; 3 infeasible; 1 for a
defect of our own.
Commands import what they need when they run, so that help comes at once.
"""

import asyncio
import os
import sys
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from app.terminal.failure import BAD_INPUT, Failure
from solver.errors import UnknownEncoderError

if TYPE_CHECKING:
    from rich.console import Console

    from schemas.day import DayState
    from schemas.event import Event
    from schemas.problem import ProblemError
    from solver.budget import Budget

THE_LOG = "The log, as the service gives it, or a list of incidents."
STANDARD = Path("-")
DEFAULT_SECONDS = 10.0
MOST_SHOWN = 20


class Commands(TyperGroup):
    """Every command; a failure is told on standard error and ends with its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            for line in failure.lines:
                typer.echo(line, err=True)
            raise typer.Exit(failure.exit_code) from None
        except UnknownEncoderError as error:
            typer.echo(error, err=True)
            raise typer.Exit(BAD_INPUT) from None


commands = typer.Typer(
    name="tertius",
    cls=Commands,
    help="Rounds of one-to-one meetings in which both gain, with a proof of how good they are.",
    epilog="Exit codes: 0 done, 2 bad input or usage, 3 infeasible.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Input = Annotated[
    Path, typer.Argument(metavar="INPUT", help="The event as JSON; - is standard input.")
]
EventFile = Annotated[Path, typer.Argument(metavar="EVENT", help="The event as JSON.")]
ScheduleFile = Annotated[Path, typer.Argument(metavar="SCHEDULE", help="A schedule as JSON.")]
IncidentsFile = Annotated[Path, typer.Argument(metavar="INCIDENTS", help="What happened.")]
Out = Annotated[Path, typer.Option(help="Where to write it; - is standard output.")]
AlsoOut = Annotated[
    Path | None, typer.Option("--out", help="Also write it as JSON; - is standard output.")
]
Seconds = Annotated[float | None, typer.Option(help="Search for so long (10 without --work).")]
Work = Annotated[
    int | None, typer.Option(help="Search for so many steps: the same answer every time.")
]
Gap = Annotated[float | None, typer.Option(help="Stop once so close to the bound: 0.01 is 1 %.")]
Seed = Annotated[int | None, typer.Option(help="Instead of the event's own seed.")]
Rounds = Annotated[
    int | None,
    typer.Option(min=1, max=400, help="So many rounds, where a list of people has none."),
]
Held = Annotated[int | None, typer.Option(min=0, help="So many rounds are over or running.")]
Data = Annotated[
    Path | None, typer.Option(help="The folder of the databases, instead of TERTIUS_DATA.")
]


@commands.command()
def solve(
    input_file: Annotated[
        Path,
        typer.Argument(metavar="INPUT", help="The event as JSON (- is standard input), or a list."),
    ],
    out: Out,
    seconds: Seconds = None,
    work: Work = None,
    gap: Gap = None,
    seed: Seed = None,
    rounds: Rounds = None,
) -> None:
    """Schedule an event, or the people of a .csv or .xlsx list.

    Ctrl-C stops the search and keeps the best schedule found.
    """
    from app.terminal.documents import check_writable, read_file, write_file
    from schemas.event import Event

    budget = _budget(seconds, work, gap, seed)
    check_writable(out)
    from app.terminal.imports import import_people, import_view, is_sheet

    if is_sheet(input_file):
        event, report = import_people(input_file, None, rounds=rounds)
        _console(stderr=True).print(import_view(report))
    elif rounds is not None:
        raise Failure("--rounds is for lists of people: an event says its rounds itself")
    else:
        event = read_file(Event, input_file)
    event = _seeded(event, seed)

    from app.terminal.summary import schedule_summary
    from app.terminal.watch import (
        plan_with_display,  # the solver takes a second to load: bad input is told first
    )

    schedule = plan_with_display(event, budget, _console(stderr=True))
    write_file(schedule, out)
    _account(out).print(schedule_summary(event, schedule))


@commands.command(name="import")
def import_(
    input_file: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv or .xlsx list.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the event.")] = None,
    event_file: Annotated[
        Path | None, typer.Option("--event", help="The event they come to, instead of a new one.")
    ] = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="What a column is; repeatable."),
    ] = None,
    rounds: Rounds = None,
    kind: Annotated[
        str,
        typer.Option(
            "--as", help="people, or pairs of them: benefits, wants, pairs (rules) or history."
        ),
    ] = "people",
    scale: Annotated[
        str | None,
        typer.Option(metavar="WORST..BEST", help="Of benefits: what values mean, such as 1..5."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Of pairs: take out what the file does not have.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done.")
    ] = False,
) -> None:
    """Take people, or a list of pairs, from a file into an event; tell what became of each row."""
    from app.terminal.documents import check_writable, read_file, write_file
    from app.terminal.imports import import_pairs, import_people, import_view, list_order
    from schemas.event import Event

    pairs = list_order(kind, scale, replace, has_event=event_file is not None)
    if out is None and not dry_run:
        raise Failure("--out: say where to write the event, or --dry-run to write nothing")
    if event_file is not None and rounds is not None:
        raise Failure("--rounds is for a new event: this one says its rounds itself")
    if out is not None:
        check_writable(out)
    before = None if event_file is None else read_file(Event, event_file)
    if before is not None and pairs is not None:
        event, report = import_pairs(input_file, before, pairs, corrections or ())
    else:
        event, report = import_people(input_file, before, corrections or (), rounds)
    if out is not None and not dry_run:
        write_file(event, out, as_given=True)
    _console(stderr=out == STANDARD and not dry_run).print(import_view(report))


@commands.command()
def replan(
    event_file: EventFile,
    schedule_file: ScheduleFile,
    incidents_file: IncidentsFile,
    out: Out,
    held: Held = None,
    event_out: Annotated[
        Path | None, typer.Option(help="Also write the event with the incidents applied.")
    ] = None,
    proposal: Annotated[
        Path | None, typer.Option(help="Also write what a few moves more would make of it, if any.")
    ] = None,
    seconds: Seconds = None,
    work: Work = None,
    gap: Gap = None,
    seed: Seed = None,
) -> None:
    """Mend a published schedule after incidents; held rounds stay as they were."""
    from app.terminal.documents import check_writable, write_file

    budget = _budget(seconds, work, gap, seed)
    for path in filter(None, (out, event_out, proposal)):
        check_writable(path)
    event, day = _to_replan(event_file, schedule_file, held, incidents_file)
    event = _seeded(event, seed)

    from app.day.running_round import event_after_day
    from app.planning.proposal import propose_after
    from app.terminal.summary import replan_summary
    from app.terminal.watch import plan_with_display

    schedule = plan_with_display(event, budget, _console(stderr=True), day)
    write_file(schedule, out)
    if event_out is not None:
        write_file(event_after_day(event, day), event_out, as_given=True)
    proposed = propose_after(event, schedule)
    if proposal is not None and proposed is not None:
        write_file(proposed.schedule, proposal)
    told = None if proposed is None else proposed.told
    _account(out).print(replan_summary(event, schedule, told))


@commands.command()
def replay(
    event_file: EventFile,
    log_file: Annotated[Path, typer.Argument(metavar="INCIDENTS", help=THE_LOG)],
    solved: Annotated[
        list[Path] | None,
        typer.Option("--schedule", help="A version that was solved on the day; repeatable."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for the versions that come out.")
    ] = None,
) -> None:
    """Live a day again from its log: 0 if the versions are the same to the byte, else 2."""
    from app.terminal.replay import replay_log

    if not replay_log(event_file, log_file, solved or [], out, _console()):
        raise typer.Exit(2)


@commands.command()
def graph(input_file: Input, out: Out) -> None:
    """Write the compatibility graph: who gains from whom and why, and who may not meet."""
    from app.terminal.documents import check_writable, read_file, write_parts
    from schemas.event import Event
    from solver.compatibility.export import node_link
    from solver.compatibility.graph import build_graph

    check_writable(out)
    made = build_graph(read_file(Event, input_file))
    write_parts(node_link(made), out)
    size = f"{len(made.ids)} attendees, {len(made.columns)} benefits"
    _account(out).print(f"{size}, {len(made.listed)} forbidden pairs listed")


@commands.command()
def diagnose(
    input_file: Input,
    out: AlsoOut = None,
) -> None:
    """Tell how an event stands before it is solved, and whom to invite."""
    from app.terminal.diagnosis import diagnose_event, diagnosis_report
    from app.terminal.documents import check_writable, read_file, write_file
    from schemas.event import Event

    if out is not None:
        check_writable(out)
    event = read_file(Event, input_file)
    found = diagnose_event(event)
    if out is not None:
        write_file(found, out)
    _console(stderr=out == STANDARD).print(diagnosis_report(event, found))


@commands.command()
def briefs(
    event_file: EventFile,
    schedule_file: ScheduleFile,
    out: Out,
    attendee: Annotated[
        str | None, typer.Option(help="The agenda of this attendee alone, by id.")
    ] = None,
) -> None:
    """Write everybody's agenda with a brief for each meeting; as text to print if OUT is .txt."""
    from app.briefs.agenda import Agendas
    from app.terminal.briefs import brief_sheets
    from app.terminal.documents import check_writable, read_file, write_file, write_parts
    from schemas.agenda import Agenda
    from schemas.event import Event
    from schemas.schedule import Schedule

    check_writable(out)
    event = read_file(Event, event_file)
    if attendee is not None and all(row.id != attendee for row in event.attendees):
        raise Failure("--attendee: no attendee of this event has this id")
    room = Agendas(event, read_file(Schedule, schedule_file), event.held_rounds)
    told = room.everybody() if attendee is None else room.of(attendee)
    if out.suffix == ".txt":
        write_parts(brief_sheets([told] if isinstance(told, Agenda) else told.agendas), out)
    else:
        write_file(told, out)


@commands.command()
def explain(
    event_file: EventFile,
    schedule_file: ScheduleFile,
    pair: Annotated[str | None, typer.Option(help="Two ids with a comma between them.")] = None,
    attendee: Annotated[str | None, typer.Option(help="Whose seat, by id.")] = None,
    number: Annotated[int | None, typer.Option("--round", help="In which round.")] = None,
    audience: Annotated[
        str, typer.Option(help="organiser, or attendee: without what is not for attendees.")
    ] = "organiser",
    out: AlsoOut = None,
) -> None:
    """Tell why two people meet, why they do not and what it would cost, or why a seat is empty."""
    from app.terminal.documents import check_writable, read_file, write_file
    from app.terminal.explain import explain_event, explanation_report, question_of
    from schemas.event import Event
    from schemas.schedule import Schedule

    question = question_of(pair, attendee, number, audience)
    if out is not None:
        check_writable(out)
    event = read_file(Event, event_file)
    told = explain_event(event, read_file(Schedule, schedule_file), question)
    if out is not None:
        write_file(told, out)
    _console(stderr=out == STANDARD).print(explanation_report(event, told))


@commands.command()
def edit(
    event_file: EventFile,
    schedule_file: ScheduleFile,
    edits_file: Annotated[
        Path, typer.Argument(metavar="EDITS", help="The changes, as JSON; - is standard input.")
    ],
    out: Out,
    held: Held = None,
    pin: Annotated[
        bool, typer.Option("--pin", help="Let rules keep it; --event-out says where to.")
    ] = False,
    event_out: Annotated[
        Path | None, typer.Option(help="Where to write the event with such rules.")
    ] = None,
) -> None:
    """Change a schedule by hand: swap, move, pair, part; tell what each costs and whom it touches.

    An edit that would break a rule is refused, with the rule; then nothing is written.
    """
    from app.terminal.documents import check_writable, read_file, write_file
    from app.terminal.edits import edit_event, edits_report, with_rules_of
    from schemas.edit import ScheduleEdits
    from schemas.event import Event
    from schemas.schedule import Schedule

    for path in filter(None, (out, event_out)):
        check_writable(path)
    event = read_file(Event, event_file)
    edits = read_file(ScheduleEdits, edits_file)
    if (pin or edits.pin) != (event_out is not None):
        raise Failure("pinned edits are rules of the event: name its new file by --event-out")
    asked = edits.model_copy(update={"pin": event_out is not None})
    done = edit_event(event, read_file(Schedule, schedule_file), held, asked, edits_file)
    write_file(done.schedule, out)
    if event_out is not None:
        write_file(with_rules_of(event, done), event_out, as_given=True)
    _account(out).print(edits_report(event, edits.edits, done.told))


@commands.command()
def report(
    event_file: EventFile,
    schedule_file: ScheduleFile,
    price: Annotated[
        bool, typer.Option("--price", help="Also tell what priorities cost: takes seconds.")
    ] = False,
    work: Annotated[
        int | None, typer.Option(min=1, help="How many steps the price may take.")
    ] = None,
    out: AlsoOut = None,
) -> None:
    """Tell what the people of each label get of a schedule, and what priorities cost."""
    from app.terminal.documents import check_writable, read_file, write_file
    from app.terminal.report import report_of, report_view
    from schemas.event import Event
    from schemas.report import PRICE_WORK
    from schemas.schedule import Schedule

    if out is not None:
        check_writable(out)
    steps = (work or PRICE_WORK) if price else None
    told = report_of(read_file(Event, event_file), read_file(Schedule, schedule_file), steps)
    if out is not None:
        write_file(told, out)
    _console(stderr=out == STANDARD).print(report_view(told))


@commands.command()
def export(
    event_file: EventFile,
    out: Out,
    schedule_file: Annotated[
        Path | None,
        typer.Argument(metavar="SCHEDULE", help="A schedule as JSON; without, the event itself."),
    ] = None,
    wanted: Annotated[
        str | None,
        typer.Option("--format", help="json, csv, xlsx, ics, zoom or pdf; else by OUT's end."),
    ] = None,
    rows: Annotated[
        str | None, typer.Option(help="What a row of a csv is: meetings (usual) or people.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--round", min=1, help="Of which round a zoom list is.")
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Of xlsx: tell what changed since this schedule. Of a pdf: only those cards.",
        ),
    ] = None,
    paper: Annotated[
        str | None,
        typer.Option(
            help="What a pdf is of: badges (usual), cards, tents, boards-a4, boards-a3, grid, plan."
        ),
    ] = None,
    link: Annotated[
        str | None,
        typer.Option(
            help="Where the QR code of a card leads, with {id}: https://…/{id}. Codes that open"
            " attendees' own pages are the service's to print: POST …/links/cards."
        ),
    ] = None,
) -> None:
    """Write a schedule for other programs: spreadsheets, calendars, Zoom's rooms; or on paper.

    Without a schedule, write the event as a workbook, to be edited and imported again.
    """
    from app.exports.schedule_file import FileRequest
    from app.terminal.documents import check_writable, read_file, write_bytes, write_file
    from app.terminal.export import exported_event, exported_file, file_request
    from schemas.event import Event
    from schemas.schedule import Schedule

    request = file_request(wanted, out, rows, number, paper, link, earlier)
    check_writable(out)
    if schedule_file is None:
        if request != FileRequest("xlsx") or earlier is not None:
            raise Failure("SCHEDULE: an event itself is an xlsx alone; for others name a schedule")
        write_bytes(exported_event(read_file(Event, event_file)), out)
        return
    event, schedule = read_file(Event, event_file), read_file(Schedule, schedule_file)
    if request.format == "json":
        write_file(schedule, out)
        return
    before = read_file(Schedule, earlier) if earlier else None
    exported = exported_file(event, schedule, request, before)
    write_bytes(exported.content, out)
    for line in exported.told:
        _console(stderr=True).print(line)


@commands.command()
def verify(
    event_file: EventFile,
    schedule_file: ScheduleFile,
    graph_file: Annotated[
        Path | None, typer.Option("--graph", help="An exported graph, instead of a new one.")
    ] = None,
    published: Annotated[
        Path | None, typer.Option("--from", help="The published schedule that was replanned.")
    ] = None,
    incidents: Annotated[
        Path | None, typer.Option(help="The incidents it was replanned for.")
    ] = None,
    held: Held = None,
) -> None:
    """Check a schedule against every rule and recount its figures: 0 valid, 2 not."""
    from app.terminal.check import faults_by_graph, schedule_faults
    from app.terminal.documents import read_file
    from schemas.event import Event
    from schemas.graph import Graph
    from schemas.schedule import Schedule

    if published is not None:
        event, _ = _to_replan(event_file, published, held, incidents)
    elif incidents is None and held is None:
        event = read_file(Event, event_file)
    else:
        raise Failure("--incidents and --held say what happened to a schedule: name it by --from")
    schedule = read_file(Schedule, schedule_file)
    if graph_file:
        found = faults_by_graph(event, read_file(Graph, graph_file), schedule)
    else:
        found = schedule_faults(event, schedule)
    if found:
        print(*found[:MOST_SHOWN], sep="\n")
        raise Failure(f"not valid: {len(found)} broken rules or false figures")
    print("valid")


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8000,
    data: Data = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that solve, started beside the service.")
    ] = 1,
) -> None:
    """Run the service."""
    from app.serve import serve as run

    try:
        run(host, port, data, workers)
    except SystemExit as ended:  # the server's own exit code could be read as infeasible
        raise typer.Exit(BAD_INPUT if ended.code else 0) from None


@commands.command()
def worker(data: Data = None) -> None:
    """Run one process that solves for a service started with the same data or database."""
    from app.workers.worker import main as run

    run(data)


key_commands = typer.Typer(help="Make, list and revoke keys of the service.", no_args_is_help=True)
commands.add_typer(key_commands, name="key")


@key_commands.command()
def add(
    role: Annotated[str, typer.Option(help="owner, organiser, steward or reader.")],
    organisation: Annotated[str, typer.Option(help="Whose events it opens.")],
    event: Annotated[
        str | None, typer.Option(help="The id of the only event it opens; a steward's needs one.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, in UTC, it ends.")
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: Data = None,
) -> None:
    """Make a key and print its secret, this once: the secret alone on standard output."""
    from app.terminal.keys import add_key

    key, secret = asyncio.run(add_key(data, role, organisation, event, until, label))
    print(secret)
    _console(stderr=True).print(f"key {key.id}: keep the secret, it is shown this once")


@key_commands.command("list")
def list_all(data: Data = None) -> None:
    """List every key, without its secret."""
    from app.terminal.keys import list_keys

    _console().print(asyncio.run(list_keys(data)))


@key_commands.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As tertius key list has it.")],
    data: Data = None,
) -> None:
    """Revoke a key: a running service opens nothing by it from two seconds later on."""
    from app.terminal.keys import revoke_key

    key = asyncio.run(revoke_key(data, key_id))
    _console().print(f"revoked: {key.role} of {key.organisation}, {key.prefix}…")


@commands.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    data: Data = None,
) -> None:
    """Write the embedded database to one file, also while the service runs."""
    from app.terminal.backups import back_up

    typer.echo(back_up(data, file))


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What tertius backup wrote.")],
    data: Data = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Keep aside what is there, instead of refusing.")
    ] = False,
) -> None:
    """Put a backup into a data folder on which nothing runs, once all of it was checked."""
    from app.terminal.backups import restore_from

    typer.echo(restore_from(file, data, replace=replace))


@commands.command()
def openapi(out: Out = STANDARD) -> None:
    """Write the OpenAPI document of the service, to make clients from."""
    from pydantic_core import to_json

    from app.main import create_app
    from app.terminal.configured import settings_or_failure
    from app.terminal.documents import check_writable, write_parts

    check_writable(out)
    described = create_app(settings_or_failure()).openapi()
    write_parts((to_json(described, indent=2).decode(), "\n"), out)


@commands.command()
def new(
    preset: Annotated[
        str | None, typer.Argument(metavar="PRESET", help="Which; without one all are listed.")
    ] = None,
    out: Out = STANDARD,
) -> None:
    """Write an event of a usual kind, to be filled in with people, and tell why it is so."""
    from app.terminal.documents import check_writable, write_parts
    from app.terminal.presets import event_text, preset_named, preset_report, presets_report

    if preset is None:
        _console().print(presets_report())
        return
    check_writable(out)
    if out != STANDARD and out.exists():
        raise Failure(f"{out}: is there already; name another file")
    name = preset_named(preset)
    write_parts((event_text(name),), out)
    _account(out).print(preset_report(name))


@commands.command()
def template(out: Out) -> None:
    """Write an empty list of people to fill in: a .xlsx that explains itself, or a .csv."""
    from app.exports.template import template_file
    from app.terminal.documents import check_writable, write_bytes
    from app.terminal.export import template_format

    wanted = template_format(out)
    check_writable(out)
    write_bytes(template_file(wanted), out)


@commands.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to write its files.")] = Path(
        "tertius-demo"
    ),
    seconds: Annotated[float, typer.Option(help="Search for so long.")] = 5.0,
    preset: Annotated[
        str | None, typer.Option(help="An event of this kind instead; tertius new lists them.")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Show it in the browser: console, day and board.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Of --serve.")] = 8000,
) -> None:
    """Show the main job on an invented event: solve, drop-outs, replan, verify."""
    if serve:
        from app.demo.service import serve_demo

        serve_demo(folder, port, _console())
        return
    from app.demo.day import play_demo, play_preset
    from app.terminal.presets import preset_named

    budget = _budget(seconds, None, None, None)
    if preset is None:
        play_demo(folder, budget, _console())
    else:
        play_preset(preset_named(preset), folder, budget, _console())


def main() -> None:
    """Run the command line; what a terminal cannot show is replaced, not refused.

    What texts mean is remembered by hash in the user's cache folder, as the service does with its
    data, unless ``TERTIUS_CACHE`` names another folder, or is empty: then nothing is.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    if sys.argv[1:2] not in (["serve"], ["worker"]):
        with suppress(RuntimeError):  # somebody without a home
            os.environ.setdefault("TERTIUS_CACHE", str(_user_cache() / "tertius"))
    commands()


def _user_cache() -> Path:
    """Where programs of this user keep what they can find out again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())


def _budget(
    seconds: float | None, work: int | None, gap: float | None, seed: int | None
) -> "Budget":
    """The limits that were asked for, within the limits of every solve."""
    from pydantic import ValidationError

    from app.errors import from_validation
    from schemas.solve import SolveRequest
    from solver.budget import Budget

    if seconds is None and work is None:
        seconds = DEFAULT_SECONDS
    try:
        SolveRequest(seconds=seconds, work=work, gap=gap, seed=seed)
    except ValidationError as error:
        found = from_validation(error).errors
        raise Failure(*(f"--{e.pointer[1:]}: {e.message}" for e in found)) from None
    return Budget(seconds, work, gap)


def _seeded(event: "Event", seed: int | None) -> "Event":
    return event if seed is None else event.model_copy(update={"seed": seed})


def _to_replan(
    event_file: Path, schedule_file: Path, held: int | None, incidents_file: Path | None
) -> tuple["Event", "DayState"]:
    """The event with the incidents applied, asking for a replan of the schedule, and its day."""
    from pydantic import ValidationError

    from app.day.incidents.apply import apply_incidents, day_of, event_to_replan, seats_of
    from app.errors import Refused, from_validation
    from app.terminal.documents import failure_of, read_file
    from schemas.event import Event
    from schemas.incident import Incidents
    from schemas.schedule import Schedule

    event, schedule = read_file(Event, event_file), read_file(Schedule, schedule_file)
    happened = read_file(Incidents, incidents_file).incidents if incidents_file else ()
    try:
        event = event_to_replan(event, schedule, event.held_rounds if held is None else held)
    except ValidationError as error:
        lines = (_of_schedule(e, schedule_file) for e in from_validation(error).errors)
        raise Failure(*lines) from None
    try:
        state = day_of(schedule, event.held_rounds)
        after, day, _ = apply_incidents(event, state, happened, seats_of(schedule))
    except Refused as refusal:
        raise failure_of(incidents_file or STANDARD, refusal) from None
    return after, day


def _of_schedule(error: "ProblemError", schedule_file: Path) -> str:
    """Where the fault of an event with a published schedule lies on the command line."""
    if error.pointer == "/held_rounds":
        return f"--held: {error.message}"
    return f"{schedule_file}: {error.pointer.removeprefix('/published')}: {error.message}"


def _account(out: Path) -> "Console":
    """Where the account for people goes: not where the document goes."""
    return _console(stderr=out == STANDARD)


def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False)


if __name__ == "__main__":
    main()
