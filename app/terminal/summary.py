"""A schedule on one screen, for the organiser's own terminal: names, where there are any."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.day.notices.changes import Seat, changes_between, meetings_moved
from schemas.event import Event
from schemas.incident import Change, Proposal
from schemas.schedule import Note, Quality, Schedule, ScheduledRound, Share, StoppedBy
from solver.verify import meetings_that_count

Names = Callable[[str], str]
ROUNDS_SHOWN = 16
PEOPLE_SHOWN = 12
FEW = 3
BAR = 28


def schedule_summary(event: Event, schedule: Schedule) -> RenderableType:
    """How good the schedule is, round by round and for its people."""
    name = names(event)
    return Group(
        Panel(_header(event, schedule), title=Text(event.name or "Schedule"), title_align="left"),
        _rounds(schedule.rounds),
        _facts(
            ("satisfaction", _satisfaction(schedule.attendees)),
            ("lowest", _lowest(schedule.attendees, name)),
            ("triangles", _triangles(schedule, name)),
            ("wishes", _wishes(schedule.quality)),
            ("tables", _tables(schedule)),
            ("unserved", _people(schedule.unserved, name)),
            ("waived", _waived(schedule, name)),
            ("no open table", _without_table(schedule, name)),
            ("minimum", _filled_minimums(schedule, name)),
        ),
    )


def agenda(event: Event, schedule: Schedule, who: str) -> RenderableType:
    """One person's day: whom they meet, where, and the first reason why."""
    name = names(event)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("round", justify="right")
    table.add_column("table", justify="right")
    table.add_column("partner", no_wrap=True)
    table.add_column("why")
    for block in schedule.rounds:
        for meeting in meetings_that_count(block):
            if who in meeting.attendees:
                (other,) = set(meeting.attendees) - {who}
                why = Text(next(iter(meeting.why), ""))
                table.add_row(str(block.round), str(meeting.table), Text(name(other)), why)
    return Group(Text.assemble("The day of ", (name(who), "bold")), table)


def replan_summary(
    event: Event, schedule: Schedule, proposal: Proposal | None = None
) -> RenderableType:
    """What a replan of ``event.published`` changed, in words, and who must be told.

    ``proposal`` is what a few moves more would do.
    """
    if event.published is None:
        return schedule_summary(event, schedule)
    name = names(event)
    away = {(a.id, number) for a in event.attendees for number in a.absent_rounds}
    news = [
        c for c in changes_between(event.published, schedule) if (c.attendee, c.round) not in away
    ]
    seats = meetings_moved(event.published, schedule)
    fresh = {*schedule.notes} - {*event.published.notes}
    noted = {note.attendee for note in fresh if note.code == "place_closed"}
    told = sorted({change.attendee for change in news} | {who for who, _ in seats} | noted)
    return Group(
        Panel(_header(event, schedule), title="Replanned", title_align="left"),
        _facts(
            ("broken", _broken(schedule)),
            ("changed", _changed(news, name)),
            ("new table", _moved(seats, name)),
            ("tell", _people(told, name)),
            ("waived", _waived(schedule, name)),
            ("no open table", _without_table(schedule, name)),
            ("minimum", _filled_minimums(schedule, name)),
            ("could be", _proposed(proposal)),
        ),
    )


def _proposed(proposal: Proposal | None) -> Text:
    return Text(f"{proposal.text} (--proposal FILE writes it)" if proposal else "")


def names(event: Event) -> Names:
    """From ids to what people are called; an id that has no name stays as it is."""
    called = {attendee.id: attendee.name for attendee in event.attendees}
    return lambda id_: called.get(id_) or id_


def points(value: float | None) -> str:
    """Points as they are written everywhere: five places, a dash where there are none."""
    return "-" if value is None else f"{value:,.5f}"


def percent(gap: float | None) -> str:
    """A gap in percent; a dash where nothing is proved."""
    return "-" if gap is None else f"{100 * gap:.2f} %"


def round_sheet(event: Event, schedule: Schedule, number: int) -> RenderableType:
    """One round of the room: who meets whom at which table, and what for."""
    name = names(event)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("table", justify="right")
    table.add_column("who", no_wrap=True)
    table.add_column("what for")
    for meeting in meetings_that_count(schedule.rounds[number - 1]):
        who = " and ".join(map(name, meeting.attendees))
        table.add_row(str(meeting.table), Text(who), Text(meeting.purpose_line))
    return Group(Text.assemble("Everybody in ", (f"round {number}", "bold")), table)


def _header(event: Event, schedule: Schedule) -> Text:
    meetings = sum(1 for block in schedule.rounds for _ in meetings_that_count(block))
    counts = (
        (len(event.attendees), "attendee"),
        (len(schedule.rounds), "round"),
        (meetings, "meeting"),
    )
    size = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
    quality = schedule.quality
    why = [Text(f"few meetings: {schedule.emptied_by}", "bold")] if schedule.emptied_by else []
    return Text("\n").join([*why, Text(size), *(_quality(quality) if quality else ())])


def _quality(quality: Quality) -> Iterator[Text]:
    yield Text.assemble("objective ", (points(quality.objective), "bold"))
    yield Text(
        f"= mutual {quality.mutual:.2f} + triangles {quality.triangles:.2f}"
        f" + fairness {quality.fairness:.2f} - byes {quality.byes_cost:.2f}"
        + (f" - costs of pairs {quality.pairs_cost:.2f}" if quality.pairs_cost else "")
    )
    yield Text(
        f"{_PROOF[quality.proof](quality)}; {quality.seconds:.1f} s, {_ENDS[quality.stopped_by]}"
    )


_PROOF: dict[str, Callable[[Quality], str]] = {
    "optimal": lambda _: "proved optimal: no schedule is better",
    "bounded": lambda quality: (
        f"no schedule passes {points(quality.upper_bound)}: gap {percent(quality.gap)}"
    ),
    "none": lambda _: "no bound",
}


_ENDS: dict[StoppedBy, str] = {
    "optimal": "nothing left to improve",
    "gap": "close enough as asked",
    "time": "its time was up",
    "work": "its work was done",
    "stopped": "stopped by hand",
}


def _rounds(rounds: Sequence[ScheduledRound]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("round", justify="right")
    table.add_column("starts")
    for column in ("meetings", "mutual", "triangle", "open", "byes", "absent"):
        table.add_column(column, justify="right")
    days = {block.starts_at.date() for block in rounds if block.starts_at}
    clock = "%H:%M" if len(days) < 2 else "%d.%m. %H:%M"
    for block in rounds[:ROUNDS_SHOWN]:
        table.add_row(*_round_row(block, clock))
    if len(rounds) > ROUNDS_SHOWN:
        table.caption = f"and {len(rounds) - ROUNDS_SHOWN} more rounds"
    return table


def _round_row(block: ScheduledRound, clock: str) -> Iterator[str]:
    purposes = [meeting.purpose for meeting in meetings_that_count(block)]
    held = any(meeting.outcome == "held" for meeting in block.meetings)
    yield f"{block.round}{' held' if held else ''}"
    yield block.starts_at.strftime(clock) if block.starts_at else ""
    yield str(len(purposes))
    for purpose in ("mutual", "triangle", "open"):
        yield _count(purposes.count(purpose))
    yield _count(len(block.byes))
    yield _count(len(block.absent))


def _count(number: int) -> str:
    return str(number) if number else "·"


class Band(NamedTuple):
    """A fifth of the scale of satisfaction and how many people are in it."""

    label: str
    people: int


def bands(shares: Iterable[Share]) -> list[Band]:
    """How many people have which share of their best day; fully satisfied is the last fifth."""
    values = [share.satisfaction for share in shares if share.satisfaction is not None]
    of = [min(4, round(1000 * value) // 200) for value in values]
    return [Band(f"{20 * k}-{20 * k + 20} %", of.count(k)) for k in range(5)]


def _satisfaction(shares: Sequence[Share]) -> Text:
    values = [share.satisfaction for share in shares if share.satisfaction is not None]
    if not values:
        return Text()
    shown = bands(shares)
    most = max(band.people for band in shown)
    lines = [
        Text.assemble(
            f"{band.label:>8} ", ("█" * -(-BAR * band.people // most), "cyan"), f" {band.people}"
        )
        for band in shown
        if band.people
    ]
    low, middle, high = (f"{100 * value:.0f} %" for value in _spread(values))
    return Text("\n").join([Text(f"lowest {low}, median {middle}, highest {high}"), *lines])


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return min(values), median(values), max(values)


def _lowest(shares: Iterable[Share], name: Names) -> Text:
    rated = [(share.satisfaction, share.id) for share in shares if share.satisfaction is not None]
    few = sorted(rated)[:FEW]
    return Text(", ".join(f"{name(id_)} {100 * value:.0f} %" for value, id_ in few))


def _triangles(schedule: Schedule, name: Names) -> Text:
    triangles = sorted(schedule.triangles, key=lambda one: (-one.value, one.attendees))
    if not triangles:
        return Text("none")
    total = sum(triangle.value for triangle in triangles)
    lines = [Text(f"{len(triangles)} closed, worth {total:.3f}; the best:")]
    for triangle in triangles[:FEW]:
        who = ", ".join(map(name, triangle.attendees))
        lines.append(Text(f"{triangle.value:.3f}  {who} (round {triangle.round_closed})"))
    return Text("\n").join(lines)


def _wishes(quality: Quality | None) -> Text:
    if quality is None or quality.wishes is None:
        return Text()
    told = quality.wishes
    lines = [f"{told.met} of {told.asked} met"]
    if told.mutual:
        most = f"; no schedule keeps more than {quality.mutual_wishes_at_most}"
        lines.append(f"mutual wishes met: {told.mutual_met}{most}")
    if told.empty_handed:
        lines.append(f"people who wished and meet nobody they wished for: {told.empty_handed}")
    return Text("\n".join(lines))


def _tables(schedule: Schedule) -> Text:
    if schedule.quality is None:
        return Text()
    changes = schedule.quality.table_changes
    return Text("nobody moves" if not changes else f"{changes} moves to another table, all told")


def _people(ids: Sequence[str], name: Names) -> Text:
    shown = ", ".join(name(id_) for id_ in ids[:PEOPLE_SHOWN])
    return Text(
        shown if len(ids) <= PEOPLE_SHOWN else f"{shown} and {len(ids) - PEOPLE_SHOWN} more"
    )


def _waived(schedule: Schedule, name: Names) -> Text:
    lines = []
    for waiver in schedule.waived:
        who = waiver.pair or ((waiver.attendee,) if waiver.attendee else ())
        lines.append(Text(f"{' and '.join(map(name, who))}: {waiver.reason}"))
    return Text("\n").join(lines)


def _without_table(schedule: Schedule, name: Names) -> Text:
    """Who sits out which rounds because all tables of theirs are closed."""
    rounds = defaultdict[str, list[str]](list)
    for note in schedule.notes:
        if note.code == "place_closed":
            rounds[note.attendee].append(str(note.round))
    return _people([f"{name(v)} (round {', '.join(of)})" for v, of in rounds.items()], str)


def _filled_minimums(schedule: Schedule, name: Names) -> Text:
    """Who reaches a minimum by open conversations, and what would buy them others."""
    notes = [note for note in schedule.notes if note.code == "minimum_filled"]
    lines = [_filled_minimum(note, name) for note in notes[:PEOPLE_SHOWN]]
    if len(notes) > PEOPLE_SHOWN:
        lines.append(f"and {len(notes) - PEOPLE_SHOWN} more people")
    if notes:
        lines.append("a higher priority buys them meetings worth having")
    return Text("\n".join(lines))


def _filled_minimum(note: Note, name: Names) -> str:
    filled = f"{name(note.attendee)}: open conversations fill {note.meetings} of it"
    if note.price is None:
        return filled
    partner, cost = name(note.price.partner), points(note.price.points)
    return f"{filled}; {partner} in round {note.price.round} instead costs at most {cost} points"


def _broken(schedule: Schedule) -> Text:
    if schedule.quality is None:
        return Text()
    broken = schedule.quality.broken
    return Text(f"published meetings that are off: {broken.forced} forced, {broken.chosen} chosen")


def _changed(news: Sequence[Change], name: Names) -> Text:
    """One line a person: ``Ada: round 5 Bo → Cy, round 7 Di → nobody``."""
    people = [(who, list(rounds)) for who, rounds in groupby(news, lambda c: c.attendee)]
    lines = [
        Text.assemble((name(who), "bold"), ": ", ", ".join(_change(c, name) for c in rounds))
        for who, rounds in people[:PEOPLE_SHOWN]
    ]
    if len(people) > PEOPLE_SHOWN:
        lines.append(Text(f"and {len(people) - PEOPLE_SHOWN} more people"))
    return Text("\n").join(lines or [Text("nobody who is still there has another partner")])


def _moved(seats: Sequence[Seat], name: Names) -> Text:
    """``Ada (round 5, 6)``: the same partner, another table."""
    people = [(who, [str(r) for _, r in rounds]) for who, rounds in groupby(seats, lambda s: s[0])]
    return _people([f"{name(who)} (round {', '.join(rounds)})" for who, rounds in people], str)


def _change(change: Change, name: Names) -> str:
    before, after = (name(who) if who else "nobody" for who in (change.from_, change.to))
    return f"round {change.round} {before} → {after}"


def _facts(*rows: tuple[str, Text]) -> Table:
    """Labels and what is said about them; empty ones are left out."""
    table = Table.grid(padding=(0, 2))
    for label, text in rows:
        if text.plain:
            table.add_row(Text(label, style="dim"), text)
    return table
