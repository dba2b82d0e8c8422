"""Tasks: short work that needs the solver's modules, done by a child of the api process.

The solver is loaded in children alone, so that the api starts at once and stays small.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import Refused, TooBusy
from app.exports.schedule_file import FileRequest, TemplateFormat
from app.paper.reprint import CardStock, Paper
from app.planning.document import Written, to_written
from app.workers.child import SECONDS_IN_FRONT, lower_priority
from app.workers.child_pool import ChildPool, Limits
from app.workers.messages import Task
from schemas.day import DayState
from schemas.edit import EditedVersion, ScheduleEdits
from schemas.event import Event
from schemas.explanation import Question
from schemas.feedback import Feedback
from schemas.incident import Proposal
from schemas.listing import Oversight
from schemas.problem import ProblemError
from schemas.schedule import Schedule
from schemas.solve import Contradiction

PATIENCE_SECONDS = 20
MOST_AT_HAND = 4
"""How many requests of an organisation may hold what a task needs: that can be large."""


class TaskRunner:
    """A child for one kind of task, started when the first one comes; one more while two ask."""

    def __init__(self, limits: Limits) -> None:
        self._children = ChildPool(1, spare=1, limits=limits)
        self._at_hand: dict[str, asyncio.Semaphore] = {}

    async def admit(self, organisation: str) -> None:
        """Wait until one more request of an organisation may read what its task needs."""
        at_hand = self._at_hand.setdefault(organisation, asyncio.Semaphore(MOST_AT_HAND))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await at_hand.acquire()
        except TimeoutError:
            raise TooBusy from None

    def dismiss(self, organisation: str) -> None:
        """Let the next one in, for one that was admitted is answered."""
        self._at_hand[organisation].release()

    async def run(self, function: Callable[[str], Any], event: str, organisation: str) -> Any:
        """What ``function`` returns of the JSON of an event, in the turn of its organisation.

        Unavailable when that has to wait for long, or takes long; OutOfMemory if it takes too much.
        """
        task = Task(function, event, SECONDS_IN_FRONT)
        return await self._children.run(task, PATIENCE_SECONDS, organisation)

    def close(self) -> None:
        """End the child."""
        self._children.close()


def contradictions_of(event: str) -> Contradiction:
    """The rules of an event that visibly cannot hold together, and what to do about it."""
    from app.planning.plan import find_contradictions

    return find_contradictions(Event.model_validate_json(event))


def slips_of(event: str) -> tuple[Contradiction, tuple[Oversight, ...]]:
    """The same rules, and what an event surely does not mean to say."""
    from app.planning.plan import find_slips

    return find_slips(Event.model_validate_json(event))


def prefetch_texts(event: str) -> None:
    """Have every text of an event encoded and kept, out of the way of whoever waits."""
    from solver.compatibility.graph import encode_texts

    lower_priority()
    encode_texts(Event.model_validate_json(event))


def graph_of(event: str) -> str:
    """The compatibility graph of an event, as JSON."""
    from solver.compatibility.export import node_link
    from solver.compatibility.recent import RECENT

    return "".join(node_link(RECENT.graph(Event.model_validate_json(event))))


def diagnosis_of(event: str) -> str:
    """How an event stands before it is solved, as JSON."""
    from solver.compatibility.recent import RECENT
    from solver.diagnosis.diagnose import diagnose_graph

    return diagnose_graph(RECENT.graph(Event.model_validate_json(event))).model_dump_json()


def understanding_of(event: str, *, attendee: str) -> str:
    """What was understood of one profile, as JSON."""
    from solver.compatibility.graph import read_room
    from solver.diagnosis.understanding import read_profile

    asked = Event.model_validate_json(event)
    return read_profile(read_room(asked), asked, attendee).model_dump_json()


def agenda_of(event: str, *, schedule: str, held: int, day: str, attendee: str) -> str:
    """The agenda of one attendee of the event, as JSON."""
    from app.briefs.agenda import agendas_of

    return agendas_of(event, schedule, held, day).of(attendee).model_dump_json()


def own_day_of(
    event: str,
    *,
    schedule: str | None,
    held: int,
    day: str,
    attendee: str,
    said: tuple[Feedback, ...],
) -> str:
    """The page of one attendee of the event, as JSON."""
    from app.briefs.own_day import own_days_of

    return own_days_of(event, schedule, held, day).of(attendee, said).model_dump_json()


def briefs_of(event: str, *, schedule: str, held: int, day: str) -> str:
    """The agendas of everybody, as JSON."""
    from app.briefs.agenda import agendas_of

    return agendas_of(event, schedule, held, day).everybody().model_dump_json()


def follow_ups_of(
    event: str,
    *,
    outline: str,
    schedule: str,
    held: int,
    day: str,
    attendee: str,
    said: tuple[Feedback, ...],
    mutual: frozenset[str],
    erased: frozenset[str],
) -> str:
    """The follow-up list of one attendee, as JSON; the rest is as for their agenda."""
    from app.briefs.agenda import agendas_of
    from app.feedback.follow_ups import FeedbackContext, event_people, find_follow_ups
    from app.feedback.meetings import current_feedback

    agenda = agendas_of(outline, schedule, held, day).of(attendee)
    told = FeedbackContext(current_feedback(said), mutual, erased)
    return find_follow_ups(event_people(event, day), agenda, told).model_dump_json()


def open_triangles_of(
    event: str, *, day: str, said: tuple[Feedback, ...], erased: frozenset[str], limit: int
) -> str:
    """The best open triangles of an event, as JSON."""
    from app.feedback.follow_ups import EventPeople, FeedbackContext
    from app.feedback.meetings import current_feedback
    from solver.compatibility.recent import RECENT

    asked = Event.model_validate_json(event)
    room = EventPeople(asked, DayState.model_validate_json(day), RECENT.graph(asked))
    return room.open_triangles(
        FeedbackContext(current_feedback(said), erased=erased), limit
    ).model_dump_json()


def calendar_of(
    event: str,
    *,
    schedule: str,
    held: int,
    day: str,
    attendee: str,
    edition: tuple[int, datetime],
    changes: Sequence[str],
) -> bytes | tuple[ProblemError, ...]:
    """The calendar of one attendee of the event; or what it lacks for one.

    ``changes`` are those of each publication, as JSON.
    """
    from app.briefs.agenda import agendas_of
    from app.exports.calendar import Edition, calendar_of, former_partners
    from schemas.words.catalogue import teller

    agendas = agendas_of(event, schedule, held, day)
    agenda, say = agendas.of(attendee), teller(agendas.language_of(attendee))
    former = former_partners(tuple(changes)).get(attendee, {})
    try:
        return calendar_of(agenda, Edition(*edition), former, say)
    except Refused as refusal:
        return refusal.errors


def schedule_file_of(
    event: str, *, schedule: str, request: FileRequest, before: str | None, day: str
) -> bytes | tuple[ProblemError, ...]:
    """A schedule in the format of a request; or what it lacks for that.

    A workbook tells what changed since the version ``before``.
    """
    from app.exports.schedule_file import schedule_file

    asked, made = Event.model_validate_json(event), Schedule.model_validate_json(schedule)
    earlier = Schedule.model_validate_json(before) if before else None
    try:
        return schedule_file(asked, made, request, earlier, DayState.model_validate_json(day))
    except Refused as refusal:
        return refusal.errors


def event_file_of(event: str) -> bytes | tuple[ProblemError, ...]:
    """An event as a workbook; or why it cannot be one."""
    from app.exports.event_workbook import event_workbook_of

    try:
        return event_workbook_of(Event.model_validate_json(event))
    except Refused as refusal:
        return refusal.errors


def paper_of(
    event: str,
    *,
    schedule: str,
    request: FileRequest,
    held: int,
    day: str,
    printed: Mapping[str, str] | None,
) -> bytes | tuple[ProblemError, ...]:
    """A schedule as a PDF to print; or why there is nothing to print.

    ``printed`` are the marks of cards that need not be printed again, if some are to be left out.
    """
    made = link_cards_of(
        event, schedule=schedule, request=request, held=held, day=day, printed=printed, links=None
    )
    return made.content if isinstance(made, Paper) else made


def link_cards_of(
    event: str,
    *,
    schedule: str,
    request: FileRequest,
    held: int,
    day: str,
    printed: Mapping[str, str] | None,
    links: Mapping[str, str] | None,
) -> Paper | tuple[ProblemError, ...]:
    """The same, and whose cards are in it; ``links`` are where their codes lead, by attendee."""
    from app.paper.printing import print_paper

    asked = Event.model_validate_json(event).model_copy(update={"held_rounds": held})
    made, state = Schedule.model_validate_json(schedule), DayState.model_validate_json(day)
    try:
        return print_paper(asked, made, state, request, printed, links)
    except Refused as refusal:
        return refusal.errors


def template_of(_: str, *, wanted: TemplateFormat) -> bytes:
    """The template in a format; it is of no event."""
    from app.exports.template import template_file

    return template_file(wanted)


def card_stock_of(event: str, *, schedule: str, held: int, day: str) -> CardStock:
    """By what the cards of a schedule are told apart, and what they cannot show."""
    from app.paper.printing import card_stock

    asked = Event.model_validate_json(event).model_copy(update={"held_rounds": held})
    made = Schedule.model_validate_json(schedule)
    return card_stock(asked, made, DayState.model_validate_json(day))


def objections_to(
    event: str, *, schedule: str, published: str | None, held: int
) -> tuple[ProblemError, ...]:
    """Why a schedule does not fit the event as it is now, of which ``held`` rounds are held."""
    from app.planning.standing import find_objections
    from solver.compatibility.recent import RECENT

    asked = Event.model_validate_json(event)
    before = Schedule.model_validate_json(published) if published else None
    now = asked.model_copy(update={"published": before, "held_rounds": held})
    return find_objections(now, RECENT.graph(asked), Schedule.model_validate_json(schedule))


def edited_version(
    event: str, *, schedule: str, held: int, edits: ScheduleEdits
) -> tuple[Written, EditedVersion, bytes] | tuple[ProblemError, ...]:
    """The draft that edits make of a version, and what they cost; or why not.

    The third is the patch of the event that pins them, empty unless that was asked for.
    """
    from app.planning.edits import edit_schedule
    from solver.compatibility.recent import RECENT

    asked = Event.model_validate_json(event)
    now = asked.model_copy(update={"held_rounds": held})
    version = Schedule.model_validate_json(schedule)
    try:
        done = edit_schedule(now, RECENT.graph(asked), version, edits.edits, edits.pin)
    except Refused as refusal:
        return refusal.errors
    patch = done.event.model_dump_json(include={"pair_rules"}, exclude_none=True).encode()
    return to_written(done.schedule, "by_hand"), done.told, patch if edits.pin else b""


class FoundProposal(NamedTuple):
    """A proposal, and the JSON of its schedule as it is stored."""

    told: Proposal
    document: str


def proposal_of(event: str, *, schedule: str, held: int) -> FoundProposal | None:
    """What few moves would do for those whom a published schedule leaves short, if anything."""
    from app.planning.proposal import propose_schedule
    from solver.compatibility.recent import RECENT

    published = Schedule.model_validate_json(schedule)
    known = {"published": published, "held_rounds": held}
    now = Event.model_validate_json(event).model_copy(update=known)
    found = propose_schedule(now, RECENT.graph(now))
    return FoundProposal(found.told, found.written.document) if found else None


def explanation_of(
    event: str, *, schedule: str, question: Question
) -> str | tuple[ProblemError, ...]:
    """Why a pair meets or not, or why a seat is empty, as JSON; or what the question gets wrong."""
    from app.planning.explain import answer_question
    from solver.compatibility.recent import RECENT

    asked, made = Event.model_validate_json(event), Schedule.model_validate_json(schedule)
    try:
        return answer_question(asked, RECENT.graph(asked), made, question).model_dump_json()
    except Refused as refusal:
        return refusal.errors


def report_of(
    event: str, *, schedule: str, price_work: int | None
) -> str | tuple[ProblemError, ...]:
    """The figures of a schedule by labels, as JSON; or why priorities have no price.

    The price takes ``price_work`` steps; with None it is not asked for.
    """
    from app.planning.report import report_schedule

    asked, made = Event.model_validate_json(event), Schedule.model_validate_json(schedule)
    report = report_schedule(asked, made)
    if price_work is None:
        return report.model_dump_json()

    from app.planning.priority_price import price_priorities
    from solver.compatibility.recent import RECENT

    try:
        price = price_priorities(asked, RECENT.graph(asked), made, price_work)
    except Refused as refusal:
        return refusal.errors
    return report.model_copy(update={"price": price}).model_dump_json()
