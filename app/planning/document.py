"""A schedule as it is stored and sent: its JSON without what the server says of it.

Nothing here loads the solver: the api reads and writes documents.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from zlib import compress

from pydantic_core import to_json

from app.strict_json import join_objects
from schemas.incident import Repair
from schemas.schedule import Quality, Schedule

Cause = Literal["solve", "repair", "edit", "improvement"]
"""What a version came of; of an edit comes a repair, too."""


OWNED = ("event_id", "version", "status", "created_at", "stale")
"""What the server says of a schedule, beside the document."""


@dataclass(frozen=True)
class Written:
    """A schedule about to be stored: its JSON without what the server owns, and its figures.

    ``packed`` is the document as ``pack_text`` makes it. ``digest`` tells this document from every
    other; ``made`` is that of the same but for the seconds it took, equal for equal repairs.
    ``incidents`` is how many of the log it holds, ``repair`` the account, in JSON, of the repair
    that made it.
    """

    document: str
    digest: str
    made: str
    quality: Quality | None
    packed: bytes
    cause: Cause = "solve"
    incidents: int | None = None
    repair: str | None = None

    def alone(self) -> str:
        """The schedule's JSON where no event keeps it."""
        return whole_document(
            self.document, dict.fromkeys(OWNED) | {"status": "draft", "stale": ()}
        )


def whole_document(document: str, owned: dict[str, Any]) -> str:
    """A schedule's JSON with what the server says of it before what the document says."""
    return join_objects(to_json(owned).decode(), document)


def to_written(schedule: Schedule, cause: Cause = "solve") -> Written:
    """The schedule as it is stored."""
    document, quality = _dumped(schedule), schedule.quality
    digest = digest_of(document)
    if quality is None or not quality.seconds:
        return Written(document, digest, digest, quality, pack_text(document), cause)
    timeless = quality.model_copy(update={"seconds": 0.0})
    made = digest_of(_dumped(schedule.model_copy(update={"quality": timeless})))
    return Written(document, digest, made, quality, pack_text(document), cause)


def pack_text(text: str) -> bytes:
    """A large text as it is stored; quick rather than small."""
    return compress(text.encode(), 1)


def _dumped(schedule: Schedule) -> str:
    return schedule.model_dump_json(exclude={*OWNED})


def quality_of(schedule: Schedule) -> Quality:
    """The quality of a schedule that was solved or repaired; ValueError if it has none."""
    if schedule.quality is None:
        raise ValueError("a schedule without its quality")
    return schedule.quality


def add_fresh_objective(repair: str, fresh: float) -> str:
    """The account of a repair, in JSON, with what a fresh solve of the event would reach."""
    told = Repair.model_validate_json(repair)
    objective = told.objective and told.objective.model_copy(update={"fresh": fresh})
    return told.model_copy(update={"objective": objective}).model_dump_json(by_alias=True)


def digest_of(text: str) -> str:
    """What tells a text from every other: its SHA-256 in hexadecimal."""
    return sha256(text.encode()).hexdigest()
