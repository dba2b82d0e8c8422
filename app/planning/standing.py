"""Whether a schedule still stands: the event may have been edited since it was made."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from app.errors import MOST_ERRORS
from schemas.event import Event
from schemas.problem import ProblemError
from schemas.schedule import Meeting, Schedule
from solver.compatibility.graph import Compatibility
from solver.translate.write import words_of
from solver.verify import find_broken_rules, find_violations

CODES = {
    "H1": "attendance",
    "H2": "meet_twice",
    "H3": "table",
    "H4": "may_not_meet",
    "H5": "required",
    "H6": "limits",
    "H7": "held_round",
    "H8": "idle",
    "H9": "per_organisation",
    "H10": "break",
    "H11": "place",
}
"""What each rule is called in errors; a violation of none of them is of a list or a figure."""

RULE = re.compile(r"(H[0-9]+) ")
ROUND = re.compile(r"\bround ([0-9]+)")

Part = TypeVar("Part")


def find_breaches(event: Event, graph: Compatibility, schedule: Schedule) -> list[str]:
    """What nobody may be left with, in words: rules broken, words or times that are no longer so.

    A figure that is only older is not among them.
    """
    broken = find_broken_rules(event, graph.columns, graph.refused, schedule)
    return broken or _untrue(event, graph, schedule)


def find_objections(
    event: Event, graph: Compatibility, schedule: Schedule
) -> tuple[ProblemError, ...]:
    """Everything that does not fit the event as it is now, some of it if it is much."""
    public = graph.public.columns
    faults = find_violations(event, graph.columns, graph.refused, schedule, public)
    faults = faults or _untrue(event, graph, schedule)
    return tuple(map(_objection, faults[:MOST_ERRORS]))


def _untrue(event: Event, graph: Compatibility, schedule: Schedule) -> list[str]:
    """What people have been told that is no longer so."""
    return [*_false_times(event, schedule), *_false_words(event, graph, schedule)]


def _false_times(event: Event, schedule: Schedule) -> Iterator[str]:
    for now, block in _open(zip(event.rounds, schedule.rounds, strict=True), event):
        if now.starts_at != block.starts_at:
            yield f"round {block.round} starts at another time now"


def _false_words(event: Event, graph: Compatibility, schedule: Schedule) -> Iterator[str]:
    """Meetings of open rounds of which something else would be told now."""
    for block in _open(schedule.rounds, event):
        for meeting in block.meetings:
            if words_of(graph, *meeting.attendees) != _told(meeting):
                who = " and ".join(meeting.attendees)
                yield f"round {block.round}: what is told to {who} is no longer so"


def _open(parts: Iterable[Part], event: Event) -> list[Part]:
    return list(parts)[event.held_rounds :]


def _told(meeting: Meeting) -> tuple[str, str, tuple[str, ...]]:
    return meeting.intent, meeting.purpose_line, meeting.why


def _objection(fault: str) -> ProblemError:
    rule, where = RULE.match(fault), ROUND.search(fault)
    return ProblemError(
        pointer=f"/rounds/{int(where[1]) - 1}" if where else "",
        code=CODES.get(rule[1], "outdated") if rule else "outdated",
        message=fault[rule.end() :] if rule else fault,
    )
