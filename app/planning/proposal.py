"""After the repair: what would a few moves give those whom it left short?

The repair stays as strict as it is; this is only offered. The organiser publishes it or does not.
"""

from collections import Counter
from dataclasses import dataclass, replace

from app.day.notices.changes import changed_seats, partner_changes
from app.day.notices.proposals import with_text
from app.planning.document import Written, quality_of, to_written
from app.planning.plan import complaints_about, verify_schedule
from schemas import limits
from schemas.event import Event
from schemas.incident import HelpedPerson, Proposal
from schemas.schedule import Schedule
from solver.budget import Budget, Meter
from solver.compatibility.graph import Compatibility
from solver.compatibility.recent import RECENT
from solver.repair.few_moves import find_few_moves
from solver.translate.numbering import Numbering
from solver.translate.prepare import instance_of, published_meetings, waived_in
from solver.translate.write import schedule_of

WORK = 20_000_000
"""Steps that it may take to pair those who make way."""
ID_LENGTH = 12
"""How much of a digest names a proposal: there are few at a time."""


@dataclass(frozen=True)
class ProposedSchedule:
    """A verified schedule, as a document and as it is stored, and what is told of it."""

    schedule: Schedule
    written: Written
    told: Proposal


def propose_schedule(event: Event, graph: Compatibility) -> ProposedSchedule | None:
    """The best few moves of ``event.published``, which is valid; None if none is worth it.

    None as well where that was made for an earlier state of the event. ValueError if nothing is
    published. The same event has the same answer.
    """
    published = event.published
    if published is None:
        raise ValueError("there is nothing to change")
    if complaints_about(event, graph, published):
        return None
    waived, excused = waived_in(published, Numbering.of(event))
    instance = instance_of(event, graph.columns, graph.refused)
    instance = replace(instance, waived=waived, excused=excused)
    meter = Meter(Budget(work=WORK), lambda: False)
    before = tuple(tuple(sorted(row)) for row in published_meetings(event))
    found = find_few_moves(instance, before, meter, event.policy.max_changes)
    if found is None:
        return None
    bare = event.model_copy(update={"published": None, "held_rounds": 0})
    schedule = schedule_of(event, graph, instance, found, asked=bare)
    verify_schedule(event, graph, schedule)
    written = to_written(schedule, "proposal")
    return ProposedSchedule(schedule, written, _told(event, published, schedule, written))


def propose_after(event: Event, schedule: Schedule) -> ProposedSchedule | None:
    """The same of a schedule that takes the place of ``event.published``; none of large events."""
    if len(event.attendees) > limits.PROPOSED_FOR:
        return None
    now = event.model_copy(update={"published": schedule})
    return propose_schedule(now, RECENT.graph(now))


def _told(event: Event, before: Schedule, after: Schedule, written: Written) -> Proposal:
    """What is told of a schedule that would take the place of another."""
    changes = partner_changes(*changed_seats(before, after))
    helped = _helped(before, after)
    others = {change.attendee for change in changes} - {row.attendee for row in helped}
    gained = quality_of(after).objective - quality_of(before).objective
    bare = Proposal(
        id=written.made[:ID_LENGTH],
        basis=before.version,
        text="",
        helped=helped,
        moved=tuple(sorted(others)),
        given_up=len({(c.round, frozenset((c.attendee, c.from_))) for c in changes if c.from_}),
        gain=round(gained, 5),
        changes=changes,
    )
    return with_text(bare, event)


def _helped(before: Schedule, after: Schedule) -> tuple[HelpedPerson, ...]:
    """Who has more meetings than before, those with most more first."""
    more = _meetings_of(after) - _meetings_of(before)
    good = _meetings_of(after, "mutual")
    good.subtract(_meetings_of(before, "mutual"))
    rows = (
        HelpedPerson(attendee=v, meetings=count, worthwhile=max(0, good[v]))
        for v, count in more.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.meetings, -row.worthwhile, row.attendee)))


def _meetings_of(schedule: Schedule, purpose: str | None = None) -> Counter[str]:
    """How many meetings each has that count, all or those of a purpose."""
    return Counter(
        v
        for block in schedule.rounds
        for meeting in block.meetings
        if meeting.outcome != "missed" and purpose in (None, meeting.purpose)
        for v in meeting.attendees
    )
