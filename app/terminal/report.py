"""A report on a schedule for the organiser's own terminal: what each group gets of it."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.errors import Refused
from app.planning.priority_price import price_priorities
from app.planning.report import report_schedule
from app.terminal.failure import Failure
from schemas.event import Event
from schemas.report import PeopleFigures, ScheduleReport
from schemas.schedule import Schedule
from solver.compatibility.graph import build_graph


def report_of(event: Event, schedule: Schedule, price_work: int | None) -> ScheduleReport:
    """The report, with what priorities cost if steps are given for it."""
    report = report_schedule(event, schedule)
    if price_work is None:
        return report
    try:
        price = price_priorities(event, build_graph(event), schedule, price_work)
    except Refused as refusal:
        raise Failure(*(error.message for error in refusal.errors)) from None
    return report.model_copy(update={"price": price})


def report_view(report: ScheduleReport) -> RenderableType:
    """The report on one screen, a line for each group."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("group")
    for column in ("people", "meetings", "byes", "satisfaction", "least", "wishes", "triangles"):
        table.add_column(column, justify="right")
    table.add_row(Text("everybody"), *_columns(report.everybody))
    for told in report.labels:
        table.add_row(Text(told.label, style="bold"))
        for group in told.groups:
            name = Text("(no value)" if group.value is None else group.value)
            table.add_row(Text("  ").append_text(name), *_columns(group))
    notes = []
    if report.left_out:
        notes.append(Text(f"labels that are not reported on: {report.left_out}"))
    if report.price is not None:
        notes.append(Text(report.price.words))
    return Group(table, *notes)


def _columns(told: PeopleFigures) -> Iterator[str]:
    yield from map(str, (told.people, told.meetings, told.byes))
    for share in (told.mean_satisfaction, told.least_satisfaction):
        yield "-" if share is None else f"{100 * share:.0f} %"
    yield "-" if told.wishes is None else f"{told.wishes.met} of {told.wishes.asked}"
    yield str(told.triangles)
