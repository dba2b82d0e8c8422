"""A child's memory of the events whose schedules it repairs, so that a repair begins at once.

What is large and stays - the benefits given, the published schedule, the meetings as they were
written - is sent once. An order that builds on something that is not remembered is sent back.

Everything after this module tells what it knows by the identity of objects (docs/architecture.md):
what has not changed must be handed on as the object it was, never as a copy.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.planning.document import Written, to_written, with_benefits
from app.store.events import read_event
from app.workers.messages import Contradicted
from schemas.benefits import Benefit
from schemas.day import DayState
from schemas.event import Attendee, Event
from schemas.incident import Repair
from schemas.schedule import Meeting, Schedule

MOST_EVENTS = 2
"""How many events are remembered: one of thousands takes hundreds of megabytes."""


@dataclass(frozen=True)
class RepairOrder:
    """An event after incidents, and what it was published as, both told by digest.

    ``outline`` is the event without its benefits. The texts that the two digests stand for are
    left out where the memory has them. ``edited``: an edit asks, not an incident; what still
    stands then stays the version it is.
    """

    event_id: str
    day: str
    held_rounds: int
    benefits_digest: str
    version_digest: str
    edited: bool = False
    outline: str = ""
    benefits_json: str | None = None
    version_json: str | None = None


@dataclass(frozen=True)
class MissingInput:
    """The memory lacks something that the order builds on."""


@dataclass(frozen=True)
class StillStanding:
    """An edit broke nothing of what is published."""


@dataclass(frozen=True)
class RepairAnswer:
    """What is to be stored, and whether it may be published at once."""

    written: Written
    repair: Repair
    automatic: bool


RepairReply = MissingInput | StillStanding | RepairAnswer | Contradicted


@dataclass
class EventMemory:
    """What is remembered of an event; the last two versions, for the newest may be refused."""

    benefits_digest: str = ""
    benefits: Sequence[Benefit] = ()
    versions: dict[str, Schedule] = field(default_factory=dict)
    event: Event | None = None
    meetings: Mapping[frozenset[str], Meeting] = field(default_factory=dict)

    def lacks(self, order: RepairOrder) -> bool:
        """Whether the order builds on texts that are not remembered and were not sent."""
        benefits = order.benefits_digest == self.benefits_digest or order.benefits_json is not None
        version = order.version_digest in self.versions or order.version_json is not None
        return not (benefits and version)

    def event_of(self, order: RepairOrder) -> Event:
        """The event of the order, asking for a repair of what is published."""
        if order.benefits_digest != self.benefits_digest:
            self.benefits_digest, self.benefits = order.benefits_digest, _benefits_in(order)
            self.event = None
        if order.version_digest not in self.versions and order.version_json is not None:
            self._hold(order.version_digest, Schedule.model_validate_json(order.version_json))
        known = {
            "benefits": self.benefits,
            "published": self.versions[order.version_digest],
            "held_rounds": order.held_rounds,
        }
        outline = read_event(order.outline)
        return outline.model_copy(update=known | {"attendees": self._same_people(outline)})

    def _same_people(self, event: Event) -> tuple[Attendee, ...]:
        """The attendees; who has not changed is the same object, of which much is known."""
        before = {a.id: a for a in self.event.attendees} if self.event else {}
        known = ((before.get(new.id, new), new) for new in event.attendees)
        return tuple(old if old == new else new for old, new in known)

    def _hold(self, version: str, schedule: Schedule) -> None:
        self.versions[version] = schedule
        for old in list(self.versions)[:-2]:
            del self.versions[old]

    def unchanged_meetings(self, event: Event) -> Mapping[frozenset[str], Meeting]:
        """Meetings that would be written again as they are: nothing that they tell has changed."""
        if self.event is None or _wording_rules(self.event) != _wording_rules(event):
            return {}
        before = {attendee.id: attendee for attendee in self.event.attendees}
        changed = {a.id for a in event.attendees if not _says_the_same(before.get(a.id), a)}
        return {pair: m for pair, m in self.meetings.items() if changed.isdisjoint(pair)}

    def remember(self, event: Event, schedule: Schedule, version: str) -> None:
        """Keep the event, the version and its open meetings for the next repair."""
        self._hold(version, schedule)
        self.event = event
        self.meetings = {
            frozenset(meeting.attendees): meeting
            for block in schedule.rounds[event.held_rounds :]
            for meeting in block.meetings
        }


class RepairMemory:
    """The events mended last by this process."""

    def __init__(self) -> None:
        self._events: OrderedDict[str, EventMemory] = OrderedDict()

    def repair(self, order: RepairOrder) -> RepairReply:
        """Mend the order's schedule, or say what is lacking."""
        from app.day.running_round import event_after_day
        from app.planning.repair import repair_schedule
        from app.planning.standing import find_breaches
        from solver.compatibility.recent import RECENT
        from solver.errors import Infeasible

        known = self._known(order.event_id)
        if known.lacks(order):
            return MissingInput()
        event = known.event_of(order)
        day = DayState.model_validate_json(order.day)
        graph = RECENT.graph(event_after_day(event, day))
        if order.edited and event.published and not find_breaches(event, graph, event.published):
            return StillStanding()
        try:
            done = repair_schedule(event, day, graph, known.unchanged_meetings(event))
        except Infeasible as contradiction:
            return Contradicted(contradiction.conflict)
        made = to_written(done.schedule, "repair")
        known.remember(event, done.schedule, made.digest)
        return RepairAnswer(made, done.repair, event.policy.publish == "auto")

    def _known(self, event_id: str) -> EventMemory:
        known = self._events.setdefault(event_id, EventMemory())
        self._events.move_to_end(event_id)
        while len(self._events) > MOST_EVENTS:
            self._events.popitem(last=False)
        return known


def _benefits_in(order: RepairOrder) -> Sequence[Benefit]:
    """The benefits of the order, by column."""
    if not order.benefits_json:
        return ()
    return read_event(with_benefits(order.outline, order.benefits_json)).benefits


def _wording_rules(event: Event) -> tuple[object, ...]:
    """What else the words of a meeting depend on."""
    return event.language, event.matching, event.pair_rules, event.policy, event.weights


def _says_the_same(before: Attendee | None, now: Attendee) -> bool:
    """Whether a profile says what it said; when somebody is there is no part of it."""
    if before is None or before.absent_rounds == now.absent_rounds:
        return before == now
    return before.model_copy(update={"absent_rounds": now.absent_rounds}) == now


def load_models(_: str) -> None:
    """Have what reads texts at hand: a walk-in brings some that are not known."""
    from solver.meaning.views import load_encoders

    load_encoders()


MEMORY = RepairMemory()
"""That of this process."""


def answer_repair(outline: str, *, order: RepairOrder) -> RepairReply:
    """The answer of this process' memory to an order whose outline is sent beside it."""
    return MEMORY.repair(replace(order, outline=outline))
