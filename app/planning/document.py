"""Events and schedules as they are stored and sent: JSON without what the server says of them.

Nothing here loads the solver: the api reads and writes documents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, TypeVar
from zlib import compress

from pydantic_core import from_json, to_json

from app.errors import Invalid
from app.presets.catalogue import fill_in
from app.strict_json import (
    adapter_of,
    apply_merge_patch,
    join_objects,
    parse_any_json,
    parse_as,
    to_lenient_json,
    validate_json,
)
from schemas.base import SentParts
from schemas.event import Event, TextPair
from schemas.incident import Repair
from schemas.preset import PresetName
from schemas.schedule import Quality, Schedule

Cause = Literal["solve", "repair", "edit", "improvement", "by_hand", "proposal"]
"""What a version came of; of an edit comes a repair, too."""
Result = TypeVar("Result")


SERVER_OWNED = {"held_rounds", "published"}


@dataclass(frozen=True)
class WrittenEvent:
    """An event about to be stored: its JSON in two parts, and what is asked of it before.

    ``outline`` lacks ``benefits``, ``held_rounds`` and ``published``; ``benefits_json`` and its
    digest are empty if none are given. ``attendees`` are ids in order. ``held_rounds`` is None
    where it is not said, ``published_version`` 0 where a schedule without a version is.
    ``demanding``: some rule asks for a meeting; all others hold in a schedule without any.
    ``confirmed`` and ``denied`` are verdicts on pairs of texts.
    """

    outline: str
    benefits_json: str
    benefits_digest: str
    name: str
    rounds: int
    attendees: tuple[str, ...]
    pair_rules: int
    demanding: bool
    confirmed: tuple[TextPair, ...] = ()
    denied: tuple[TextPair, ...] = ()
    held_rounds: int | None = None
    published_version: int | None = None

    @property
    def document(self) -> str:
        """The event's JSON, without what the server owns."""
        return with_benefits(self.outline, self.benefits_json)


def write_event(event: Event) -> WrittenEvent:
    """The event as it is stored."""
    benefits = benefits_json_of(event)
    return WrittenEvent(
        outline=outline_of(event),
        benefits_json=benefits,
        benefits_digest=benefits and digest_of(benefits),
        name=event.name,
        rounds=len(event.rounds),
        attendees=tuple(attendee.id for attendee in event.attendees),
        pair_rules=len(event.pair_rules),
        demanding=_demands_something(event),
        confirmed=event.matching.confirmed,
        denied=event.matching.denied,
        held_rounds=event.held_rounds if "held_rounds" in event.model_fields_set else None,
        published_version=(event.published.version or 0) if event.published else None,
    )


def outline_of(event: Event) -> str:
    """The event's JSON as it is stored, without its benefits."""
    return event.model_dump_json(exclude={*SERVER_OWNED, "benefits"}, exclude_none=True)


def benefits_json_of(event: Event) -> str:
    """The JSON of the event's benefits; empty if there are none."""
    if not event.benefits:
        return ""
    return event.model_dump_json(include={"benefits"})[len('{"benefits":') : -1]


def with_benefits(outline: str, benefits: str) -> str:
    """The JSON of an event, given that of its benefits."""
    return join_objects(outline, f'{{"benefits":{benefits or "[]"}}}')


def _demands_something(event: Event) -> bool:
    return any(rule.kind == "require" for rule in event.pair_rules) or any(
        attendee.min_meetings for attendee in event.attendees
    )


def write_whole_event(event: Event) -> str:
    """The event's JSON, with all that it says."""
    return event.model_dump_json()


def read_changed(raw: bytes, context: SentParts | None = None) -> WrittenEvent:
    """The event of a document that was sound before it was changed; Invalid if it is no longer.

    By the ``context`` also if it says what must not be sent, and may only be stored.
    """
    return write_event(validate_json(adapter_of(Event), raw, context))


def patch_document(document: str, patch: bytes) -> WrittenEvent:
    """The event of a sound document once it is patched; Invalid if that is none."""
    wanted = parse_any_json(patch)
    for owned in sorted(SERVER_OWNED):
        if isinstance(wanted, dict) and owned in wanted:
            raise server_owned(owned)
    parts = wanted.keys() if isinstance(wanted, dict) else ()
    context = SentParts(
        languages=bool({"attendees", "language"} & {*parts}),
        rounds=bool({"rounds", "timezone"} & {*parts}),
    )
    return read_changed(to_lenient_json(apply_merge_patch(from_json(document), wanted)), context)


def server_owned(name: str) -> Invalid:
    """The refusal of a field that is not the sender's to say."""
    return Invalid.at(f"/{name}", "server_owned", "the server alone says this of a stored event")


def take_event(write: Callable[[Event], Result], raw: bytes) -> Result:
    """What a sent event is written to; Invalid if it is none."""
    return write(parse_as(Event, raw))


def take_filled_event(preset: PresetName, raw: bytes) -> WrittenEvent:
    """The same of an event that leaves out what a preset has, as it is stored."""
    return take_event(write_event, fill_in(preset, raw))


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
