"""A diagnosis on the organiser's screen: what to know, topic by topic, and whom to invite."""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.terminal.failure import Failure
from app.terminal.summary import PEOPLE_SHOWN, Names, names
from schemas.diagnosis import (
    MOST_ATTENDEES,
    Diagnosis,
    Expected,
    Finding,
    Severity,
    TopicBalance,
    UnservedNeeds,
)
from schemas.event import Event
from solver.compatibility.graph import build_graph
from solver.diagnosis.diagnose import diagnose_graph

TOPICS_SHOWN, NEEDS_SHOWN = 15, 10
COLOURS: dict[Severity, str] = {"ok": "green", "warning": "yellow", "critical": "bold red"}
HEADLINES: dict[Severity, str] = {
    "ok": "ok: this event can go ahead",
    "warning": "warning: better look at this before it starts",
    "critical": "critical: change something before it starts",
}


def diagnose_event(event: Event) -> Diagnosis:
    """The diagnosis, unless the event is too large for one."""
    if len(event.attendees) > MOST_ATTENDEES:
        raise Failure(f"an event of up to {MOST_ATTENDEES} attendees is diagnosed")
    return diagnose_graph(build_graph(event))


def diagnosis_report(event: Event, diagnosis: Diagnosis) -> RenderableType:
    """The whole of it on one screen, the most urgent first."""
    name = names(event)
    return Group(
        Panel(_header(diagnosis), title=Text(event.name or "Diagnosis"), title_align="left"),
        _rows(_finding(finding, name) for finding in diagnosis.findings),
        *_topics(diagnosis.topics),
        _rows(
            [
                (Text("invite", style="dim"), _guests(diagnosis)),
                (Text("unserved", style="dim"), _needs(diagnosis.unserved_needs, name)),
                (Text("expected", style="dim"), _expected(diagnosis.expected)),
            ]
        ),
    )


def _header(diagnosis: Diagnosis) -> Text:
    market = diagnosis.market
    each = market.sellers_per_buyer
    ratio = "" if each is None else f", {each:g} sellers for each buyer"
    return Text("\n").join(
        [
            Text(HEADLINES[diagnosis.severity], style=COLOURS[diagnosis.severity]),
            Text(
                f"{diagnosis.attendees} attendees: {market.sellers} came to sell, "
                f"{market.buyers} might buy{ratio}"
            ),
        ]
    )


def _rows(rows: Iterable[tuple[Text, Text]]) -> Table:
    """Labels and what is said about them; where there is nothing to say, nothing."""
    table = Table.grid(padding=(0, 2))
    for label, text in rows:
        if text.plain:
            table.add_row(label, text)
    return table


def _finding(finding: Finding, name: Names) -> tuple[Text, Text]:
    code = Text(finding.code, style=COLOURS[finding.severity], no_wrap=True)
    return code, Text("\n").join(_told(finding, name))


def _told(finding: Finding, name: Names) -> Iterator[Text]:
    yield Text(finding.message)
    if finding.attendees:
        shown = ", ".join(map(name, finding.attendees[:PEOPLE_SHOWN]))
        more = len(finding.attendees) - PEOPLE_SHOWN
        yield Text(f"{shown} and {more} more" if more > 0 else shown, style="dim")
    for rule in finding.conflict:
        yield Text(f"{rule.pointer}: {rule.message}", style="dim")


def _topics(topics: Sequence[TopicBalance]) -> Iterator[RenderableType]:
    if topics:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("topic", no_wrap=True)
        for column in ("offer it", "need it", "welcome a pitch", "find nobody"):
            table.add_column(column, justify="right")
        for topic in topics[:TOPICS_SHOWN]:
            counts = topic.supply, topic.demand, topic.consented, topic.unmet
            table.add_row(Text(topic.name), *map(_count, counts))
        if len(topics) > TOPICS_SHOWN:
            table.caption = f"and {len(topics) - TOPICS_SHOWN} more topics"
        yield table


def _count(count: int | None) -> str:
    return "1-2" if count is None else str(count or "·")


def _guests(diagnosis: Diagnosis) -> Text:
    """``+2.80  somebody who can help with 'web design' (good for 12)``."""
    lines = [
        Text.assemble(
            (f"{guest.objective:+.2f}", "bold"),
            f"  {guest.message} (good for {_count(guest.partners)})",
        )
        for guest in diagnosis.guests
    ]
    told = [Text("one guest more would add, about:"), *lines] if lines else []
    return Text("\n").join(told)


def _needs(unserved: UnservedNeeds, name: Names) -> Text:
    if not unserved.count:
        return Text()
    lines = [Text(f"{unserved.count} of {unserved.needs} needs that no offer meets")]
    shown = unserved.shown[:NEEDS_SHOWN]
    lines += [Text(f"{name(need.attendee)}: {need.text}") for need in shown]
    if unserved.count > len(shown):
        lines.append(Text(f"and {unserved.count - len(shown)} more", style="dim"))
    return Text("\n").join(lines)


def _expected(expected: Expected | None) -> Text:
    if expected is None:
        return Text("no schedule is possible")
    low, middle, high = (f"{100 * value:.0f}" for value in expected.quartiles)
    return Text("\n").join(
        [
            Text(
                f"satisfaction {100 * expected.mean:.0f} % on average "
                f"(quartiles {low}, {middle}, {high}), "
                f"below half for {100 * expected.below_half:.0f} % of people"
            ),
            Text(
                f"{expected.meetings} meetings in a trial, {100 * expected.mutual:.0f} % of them "
                f"good for both; about {expected.good_meetings:g} good meetings each; "
                f"{expected.unserved} people whom nobody can serve"
            ),
        ]
    )
