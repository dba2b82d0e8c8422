"""Stored schedules: immutable, numbered versions, at most one of them published."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from app.large_documents import in_child_if_large, in_thread_if_large
from app.planning.document import OWNED, Cause, Written, digest_of, pack_text, whole_document
from app.store import edits, events, news, outbox, tombstones
from app.store.events import StoredEvent
from app.store.sealed import EventText
from app.store.tables import edits as edit_rows
from app.store.tables import schedule_documents as documents
from app.store.tables import schedules, solves
from app.store.text_cache import TextCache
from schemas.incident import Change
from schemas.listing import Made, ScheduleSummary
from schemas.schedule import Quality, Schedule
from schemas.solve import SolveRequest
from schemas.webhook import MOST_CHANGED, Publishing, WebhookKind

Status = Literal["draft", "published", "superseded"]


@dataclass(frozen=True)
class StoredSchedule:
    """A version as stored; ``document`` lacks what the other fields say.

    ``revision`` is that of the event it was made of, None where that is not recorded; ``stale`` is
    what edits have changed of the event since.
    """

    event_id: str
    version: int
    status: Status
    digest: str
    document: str
    created_at: datetime
    revision: int | None = None
    stale: tuple[str, ...] = ()

    @property
    def etag(self) -> str:
        """A strong tag of all that changes: status, bound, quotes of the erased, what is stale."""
        stale = f".{digest_of(' '.join(self.stale))[:8]}" if self.stale else ""
        return f'"{self.version}.{self.status}.{self.digest[:12]}{stale}"'

    def whole_document(self) -> str:
        """The schedule's JSON."""
        return whole_document(self.document, {name: getattr(self, name) for name in OWNED})

    async def published_document(self, figures: bytes) -> bytes:
        """The schedule's JSON as it was published, when its ``figures_of`` were these."""
        whole = replace(self, status="published").whole_document().encode()
        return await in_child_if_large(len(whole), _with_figures, whole, figures)

    async def schedule(self) -> Schedule:
        """The schedule."""
        return await in_thread_if_large(len(self.document), self.read_schedule)

    def read_schedule(self) -> Schedule:
        """The same, for those who are in a thread already."""
        return Schedule.model_validate_json(self.whole_document())


FOUND_LATER = ("upper_bound", "gap", "proof")
"""What of a version's quality can change after it was stored."""


async def figures_of(document: bytes) -> bytes:
    """What a schedule's JSON may tell otherwise later, in JSON: those figures, what is stale."""
    return await in_child_if_large(len(document), _figures_in, document)


def _figures_in(document: bytes) -> bytes:
    told = from_json(document)
    quality = told["quality"] and {name: told["quality"][name] for name in FOUND_LATER}
    return to_json({"stale": told["stale"], "quality": quality})


def _with_figures(whole: bytes, figures: bytes) -> bytes:
    if _figures_in(whole) == figures:
        return whole
    told, then = from_json(whole), from_json(figures)
    told["stale"] = then["stale"]
    if then["quality"]:
        told["quality"] |= then["quality"]
    return to_json(told)


class VersionHead(NamedTuple):
    """A version without its document."""

    version: int
    status: Status
    digest: str
    cause: Cause


async def next_version(connection: AsyncConnection, event_id: str) -> int:
    """The number that the next version of the event will have; the caller holds its lock."""
    newest = sa.select(sa.func.max(schedules.c.version)).where(schedules.c.event_id == event_id)
    return ((await connection.execute(newest)).scalar() or 0) + 1


async def add(
    connection: AsyncConnection, event_id: str, made: Written, revision: int
) -> StoredSchedule:
    """Store the next version, a draft, made of a revision; the caller holds the event's lock.

    It quotes nobody who was erased, nor, if it was made of an earlier event than the one of now,
    anybody who is not on the list any more.
    """
    made = await _without_gone(connection, event_id, made, revision)
    version, now = await next_version(connection, event_id), datetime.now(UTC)
    stored = StoredSchedule(event_id, version, "draft", made.digest, made.document, now, revision)
    columns = vars(stored) | {"cause": made.cause, "incidents": made.incidents, "made": made.made}
    del columns["document"], columns["stale"]
    await connection.execute(schedules.insert().values(**columns, **_figures(made.quality)))
    row = {"event_id": event_id, "version": version, "document": EventText(event_id, made.packed)}
    repair = None if made.repair is None else EventText(event_id, made.repair)
    await connection.execute(documents.insert(), row | {"repair": repair})  # as in events
    _DOCUMENTS.keep(made.digest, made.document)
    return stored


async def _without_gone(
    connection: AsyncConnection, event_id: str, made: Written, revision: int
) -> Written:
    """The version as it may be stored now."""
    event = await events.progress(connection, event_id)
    if event is None or revision == event.revision:
        return made
    named = await in_child_if_large(len(made.document), people_in, made.document)
    gone = await tombstones.of_event(connection, event_id)
    gone |= named - await events.listed(connection, event_id)
    if not gone:
        return made
    size = len(made.document)
    document = await in_child_if_large(size, _without_reasons, made.document, frozenset(gone))
    return replace(made, document=document, digest=digest_of(document), packed=pack_text(document))


def _figures(quality: Quality | None) -> dict[str, float | str | None]:
    """The figures of a version; a bound that its own objective exceeds is never stored."""
    if quality is None:
        return {}
    if quality.upper_bound is not None and quality.upper_bound < quality.objective:
        raise ValueError("a bound below the objective")
    return {
        "objective": quality.objective,
        "upper_bound": quality.upper_bound,
        "gap": quality.gap,
        "proof": quality.proof,
    }


async def publish(
    connection: AsyncConnection, stored: StoredSchedule, changes: Sequence[Change] = ()
) -> StoredSchedule:
    """Make it the published version; the one before, from which it ``changes``, is superseded."""
    ours = schedules.c.event_id == stored.event_id
    before = (
        await connection.execute(
            schedules.update()
            .where(ours, schedules.c.status == "published")
            .values(status="superseded")
            .returning(schedules.c.version)
        )
    ).scalar()
    cause = (
        await connection.execute(
            schedules.update()
            .where(ours, schedules.c.version == stored.version)
            .values(status="published")
            .returning(schedules.c.cause)
        )
    ).scalar()
    told = {"version": stored.version, "previous": before}
    await news.append(connection, stored.event_id, "published", told, stored.version, changes)
    kind: WebhookKind = "repair.published" if cause in REPAIRS else "schedule.published"
    number = await news.last(connection, stored.event_id)
    told_outside = _publishing(stored, before, {change.attendee for change in changes})
    await outbox.append(connection, stored.event_id, kind, f"published:{number}", told_outside)
    return replace(stored, status="published")


REPAIRS = ("repair", "edit")
"""The causes of versions that a repair made."""


def _publishing(stored: StoredSchedule, before: int | None, people: Set[str]) -> Publishing:
    return Publishing(
        event=stored.event_id,
        version=stored.version,
        previous=before,
        changed=tuple(sorted(people)[:MOST_CHANGED]),
        changed_count=len(people),
    )


async def save_bound(
    connection: AsyncConnection, stored: StoredSchedule, quality: Quality, repair: str | None
) -> None:
    """Add the bound that was found since to a version, and what else its repair can tell now.

    ValueError for a bound below the version's objective.
    """
    told = from_json(stored.document)
    told["quality"] |= quality.model_dump(include={*FOUND_LATER})
    figures = _figures(Quality.model_validate(told["quality"]))
    document = to_json(told).decode()
    await _rewrite(connection, stored.event_id, stored.version, document, **figures)
    if repair is not None:
        await connection.execute(
            documents.update()
            .where(documents.c.event_id == stored.event_id, documents.c.version == stored.version)
            .values(repair=EventText(stored.event_id, repair))
        )


async def _rewrite(
    connection: AsyncConnection, event_id: str, version: int, document: str, **figures: Any
) -> None:
    """Replace the document of a version, and with it the digest."""
    await connection.execute(
        documents.update()
        .where(documents.c.event_id == event_id, documents.c.version == version)
        .values(document=EventText(event_id, document))
    )
    await connection.execute(
        schedules.update()
        .where(schedules.c.event_id == event_id, schedules.c.version == version)
        .values(digest=digest_of(document), **figures)
    )


async def provenance(connection: AsyncConnection, event_id: str) -> Sequence[Made]:
    """How every version came about, oldest first."""
    work = sa.select(solves.c.request).where(
        solves.c.event_id == event_id,
        solves.c.version == schedules.c.version,
        solves.c.kind == "improvement",
    )
    columns = (schedules.c.version, schedules.c.cause, schedules.c.incidents, schedules.c.made)
    query = (
        sa.select(*columns, work.scalar_subquery().label("request"))
        .where(schedules.c.event_id == event_id)
        .order_by(schedules.c.version)
    )
    return [
        Made(
            version=row.version,
            cause=row.cause,
            incidents=row.incidents or 0,
            sha256=row.made,
            work=SolveRequest.model_validate_json(row.request).work if row.request else None,
        )
        for row in (await connection.execute(query)).all()
    ]


async def find(connection: AsyncConnection, event_id: str, version: int) -> StoredSchedule | None:
    """One version; None if the event has none of that number."""
    return await _first(connection, event_id, schedules.c.version == version)


async def with_published(connection: AsyncConnection, event: StoredEvent) -> str:
    """The event's document as `GET` shows it, with the published schedule."""
    stored = await find(connection, event.id, event.published_version or 0)
    return event.shown_document(stored.whole_document() if stored else None)


async def published(connection: AsyncConnection, event_id: str) -> StoredSchedule | None:
    """The published version; None before anything is published."""
    return await _first(connection, event_id, schedules.c.status == "published")


async def version_head(
    connection: AsyncConnection, event_id: str, version: int | None = None
) -> VersionHead | None:
    """What ``version`` is; without one the published version, else the newest."""
    heads = sa.select(*(schedules.c[name] for name in VersionHead._fields))
    ours = heads.where(schedules.c.event_id == event_id)
    newest = ours.order_by(schedules.c.version.desc()).limit(1)
    if version is not None:
        queries = [ours.where(schedules.c.version == version)]
    else:
        queries = [ours.where(schedules.c.status == "published"), newest]
    for query in queries:
        row = (await connection.execute(query)).one_or_none()
        if row is not None:
            return VersionHead(*row)
    return None


async def repair_of(connection: AsyncConnection, event_id: str, version: int) -> str | None:
    """The account, in JSON, of the repair that made a version; None if none did."""
    query = sa.select(documents.c.repair).where(
        documents.c.event_id == event_id, documents.c.version == version
    )
    found: str | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def current(connection: AsyncConnection, event_id: str) -> StoredSchedule | None:
    """The published version, else the newest; None before the first."""
    return await published(connection, event_id) or await _first(connection, event_id)


async def _first(
    connection: AsyncConnection, event_id: str, *where: sa.ColumnElement[bool]
) -> StoredSchedule | None:
    """The newest version that fits; its document is read only if it is not remembered."""
    query = (
        sa.select(*_columns(), _edited)
        .where(schedules.c.event_id == event_id, *where)
        .order_by(schedules.c.version.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    known = _DOCUMENTS.get(row.digest)
    if known is None:
        row = await _whole_row(connection, event_id, row.version)
        if row is None:
            return None
    told: dict[str, Any] = dict(row._mapping)
    if told.pop("edited"):
        edited = await edits.log(connection, event_id, row.revision)
        told["stale"] = edits.changed_since(edited, row.revision)
    return StoredSchedule(**({"document": known} | told))


def _columns() -> list[sa.ColumnElement[Any]]:
    """What a row says of itself but for the document."""
    elsewhere = ("document", "stale")
    names = (name for name in StoredSchedule.__dataclass_fields__ if name not in elsewhere)
    return [schedules.c[name] for name in names]


_edited = (
    sa.exists()
    .where(
        edit_rows.c.event_id == schedules.c.event_id, edit_rows.c.revision > schedules.c.revision
    )
    .label("edited")
)
"""Whether the event was edited since a version was made of it."""


async def _whole_row(connection: AsyncConnection, event_id: str, version: int) -> Any:
    """A version with its document, of one and the same moment; None if it is gone."""
    same = sa.and_(
        documents.c.event_id == schedules.c.event_id, documents.c.version == schedules.c.version
    )
    query = (
        sa.select(*_columns(), _edited, documents.c.document)
        .join_from(schedules, documents, same)
        .where(schedules.c.event_id == event_id, schedules.c.version == version)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is not None:
        _DOCUMENTS.keep(row.digest, row.document)
    return row


_DOCUMENTS = TextCache(most=32 * 2**20)
"""What is published is read far more often than it changes."""


async def listing(connection: AsyncConnection, event_id: str) -> Sequence[ScheduleSummary]:
    """Every version, newest first."""
    names = [name for name in ScheduleSummary.model_fields if name != "stale"]
    query = (
        sa.select(*(schedules.c[name] for name in names), schedules.c.revision)
        .where(schedules.c.event_id == event_id)
        .order_by(schedules.c.version.desc())
    )
    rows = (await connection.execute(query)).all()
    edited = await edits.log(connection, event_id)
    return [
        ScheduleSummary(
            **{name: row._mapping[name] for name in names},
            stale=edits.changed_since(edited, row.revision),
        )
        for row in rows
    ]


async def forget(connection: AsyncConnection, event_id: str, attendee_id: str) -> bool:
    """Erase, from every version, the reasons of the attendee's meetings: they quote texts.

    Whether any version knows the attendee.
    """
    done = await _forget_reasons(connection, event_id, attendee_id)
    return any(named for _, named in done)


async def forget_everybody(connection: AsyncConnection, event_id: str) -> None:
    """Erase the reasons of all meetings of every version."""
    await _forget_reasons(connection, event_id, None)


async def _forget_reasons(
    connection: AsyncConnection, event_id: str, attendee_id: str | None
) -> Sequence[tuple[str, bool]]:
    query = sa.select(documents.c.version, documents.c.document).where(
        documents.c.event_id == event_id
    )
    rows = (await connection.execute(query.order_by(documents.c.version))).all()
    texts = tuple(row.document for row in rows)
    done = await in_child_if_large(sum(map(len, texts)), _all_without_reasons, texts, attendee_id)
    for row, (bare, _) in zip(rows, done, strict=True):
        if bare != row.document:
            await _rewrite(connection, event_id, row.version, bare)
    return done


def _all_without_reasons(
    documents: Sequence[str], attendee_id: str | None
) -> Sequence[tuple[str, bool]]:
    """Each document without the attendee's reasons, and whether it names the attendee.

    Without anybody's where there is no ``attendee_id``.
    """
    found = []
    for document in documents:
        people = people_in(document)
        gone = people if attendee_id is None else {attendee_id}
        found.append((_without_reasons(document, gone), attendee_id in people))
    return found


def _without_reasons(document: str, people: Set[str]) -> str:
    """The document without what it quotes in meetings of these people."""
    schedule = from_json(document)
    for block in schedule["rounds"]:
        for meeting in block["meetings"]:
            if not people.isdisjoint(meeting["attendees"]):
                meeting |= {"why": [], "purpose_line": ""}
    return to_json(schedule).decode()


def people_in(document: str) -> set[str]:
    """Everybody whom the document of a schedule names."""
    found: set[str] = set()
    for block in from_json(document)["rounds"]:
        found.update(block["byes"], block["absent"])
        for meeting in block["meetings"]:
            found.update(meeting["attendees"])
    return found
