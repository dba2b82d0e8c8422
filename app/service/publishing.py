"""Publishing: a version goes out only if it fits the event and the day as they are now.

What that takes is computed outside the transaction that publishes, which then looks whether
anything has moved on meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from app.day.notices.changes import changes_between
from app.errors import MOST_ERRORS, StateConflict
from app.http.departure import RequestTasks
from app.large_documents import in_thread_if_large
from app.store import schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from app.workers.tasks import objections_to
from schemas.event import Event
from schemas.incident import Change
from schemas.problem import ProblemError
from schemas.schedule import Meeting, Schedule, ScheduledRound


@dataclass(frozen=True)
class Candidate:
    """A version to be published, the event it is for, and what is published so far."""

    event: StoredEvent
    version: StoredSchedule
    published: StoredSchedule | None

    def holds(self, now: "Candidate") -> bool:
        """Whether a judgement on this is one on ``now``."""
        return self._marks() == now._marks()

    def _marks(self) -> tuple[object, ...]:
        documents = (self.version, self.published)
        return self.event.revision, *(row and (row.version, row.digest) for row in documents)


@dataclass(frozen=True)
class Judgement:
    """Every reason against publishing a candidate; without any, whom it touches."""

    candidate: Candidate
    objections: Sequence[ProblemError]
    changes: Sequence[Change]


class UnjudgedError(Exception):
    """The candidate has to be judged first, outside of the transaction."""

    def __init__(self, candidate: Candidate) -> None:
        super().__init__("judge this first")
        self.candidate = candidate


async def publish_version(
    connection: AsyncConnection,
    stored: StoredEvent,
    version: StoredSchedule,
    judgement: Judgement | None = None,
) -> StoredSchedule:
    """Publish a version of the locked event; StateConflict tells every reason against it.

    Raises UnjudgedError unless there is a ``judgement`` on how things stand now.
    """
    if version.status == "published":
        return version
    candidate = Candidate(stored, version, await schedules.published(connection, stored.id))
    if judgement is None or not judgement.candidate.holds(candidate):
        raise UnjudgedError(candidate)
    if judgement.objections:
        raise StateConflict(
            title="this version cannot be published now: solve the event again",
            errors=judgement.objections[:MOST_ERRORS],
        )
    return await schedules.publish(connection, version, judgement.changes)


async def judge_candidate(tasks: RequestTasks, candidate: Candidate) -> Judgement:
    """Whether a version may be published: a child verifies what was made of another revision."""
    size = len(candidate.version.document)
    judgement = await in_thread_if_large(size, _first_judgement, candidate)
    if judgement.objections or candidate.version.revision == candidate.event.revision:
        return judgement
    published = candidate.published
    question = partial(
        objections_to,
        schedule=candidate.version.whole_document(),
        published=published.whole_document() if published else None,
        held=candidate.event.held_rounds,
    )
    found = await tasks.run(question, candidate.event.document)
    return Judgement(candidate, found, judgement.changes)


def _first_judgement(candidate: Candidate) -> Judgement:
    """What shows without the benefits."""
    event = candidate.event.read_outline()
    schedule = candidate.version.read_schedule()
    published = candidate.published.read_schedule() if candidate.published else None
    objections = tuple(_objections(event, schedule, published))
    changes = changes_between(published, schedule) if published else ()
    return Judgement(candidate, objections, changes)


def _objections(
    event: Event, version: Schedule, published: Schedule | None
) -> Iterator[ProblemError]:
    """Every reason against publishing ``version`` instead of what is ``published``."""
    if len(version.rounds) != len(event.rounds):
        message = f"the event has {len(event.rounds)} rounds, this version {len(version.rounds)}"
        yield _objection("/rounds", "rounds", message)
        return
    barred = _barred(event)
    absent = {attendee.id: frozenset(attendee.absent_rounds) for attendee in event.attendees}
    for k, block in enumerate(version.rounds):
        if k < event.held_rounds:
            yield from _rewritten(k, block, published)
        else:
            yield from _impossible(k, block, absent, barred)


def _rewritten(k: int, block: ScheduledRound, published: Schedule | None) -> Iterator[ProblemError]:
    """A held round is history."""
    if published is None or _seats(block) != _seats(published.rounds[k]):
        message = f"round {k + 1} is held, with other meetings than in this version"
        yield _objection(f"/rounds/{k}/meetings", "held_round", message)


def _impossible(
    k: int, block: ScheduledRound, absent: Mapping[str, Set[int]], barred: Set[frozenset[str]]
) -> Iterator[ProblemError]:
    """Meetings of an open round whose people are gone, absent, or keep apart by now."""
    for m, meeting in enumerate(block.meetings):
        where = f"/rounds/{k}/meetings/{m}"
        for who in meeting.attendees:
            if who not in absent or block.round in absent[who]:
                yield _objection(where, "absent", f"{who} is not there in round {block.round}")
        if frozenset(meeting.attendees) in barred:
            message = " and ".join(meeting.attendees) + " must not meet"
            yield _objection(where, "forbidden_pair", message)


def _seats(block: ScheduledRound) -> set[tuple[frozenset[str], int]]:
    return {_seat(meeting) for meeting in block.meetings}


def _seat(meeting: Meeting) -> tuple[frozenset[str], int]:
    return frozenset(meeting.attendees), meeting.table


def _barred(event: Event) -> set[frozenset[str]]:
    """Pairs that one of the two, or the organiser, keeps apart."""
    avoided = {
        frozenset((attendee.id, other)) for attendee in event.attendees for other in attendee.avoid
    }
    return avoided | {frozenset(rule.pair) for rule in event.pair_rules if rule.kind == "forbid"}


def _objection(pointer: str, code: str, message: str) -> ProblemError:
    return ProblemError(pointer=pointer, code=code, message=message)
