"""Publishing: a version goes out only if it fits the event and the day as they are now.

What that takes is computed outside the transaction that publishes, which then looks whether
anything has moved on meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import MOST_ERRORS, StateConflict
from app.http.departure import RequestTasks
from app.large_documents import in_child_if_large
from app.planning.first_look import look_at_version
from app.store import schedules
from app.store.events import StoredEvent
from app.store.schedules import StoredSchedule
from app.workers.tasks import objections_to
from schemas.incident import Change
from schemas.problem import ProblemError


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
    event, version, published = candidate.event, candidate.version, candidate.published
    objections, changes = await in_child_if_large(
        len(event.outline) + len(version.document),
        look_at_version,
        event.outline,
        event.held_rounds,
        version.document,
        published and published.document,
    )
    if objections or version.revision == event.revision:
        return Judgement(candidate, objections, changes)
    question = partial(
        objections_to,
        schedule=version.whole_document(),
        published=published.whole_document() if published else None,
        held=event.held_rounds,
    )
    return Judgement(candidate, await tasks.run(question, event.document), changes)
