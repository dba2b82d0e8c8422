"""Stored solves: what was asked of the optimiser and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store import outbox
from app.store.engine import insert_new
from app.store.ids import is_id, new_id
from app.store.sealed import EventText
from app.store.tables import events, solves, turns
from schemas.solve import Advice, Conflict, Solve, SolveRequest, State
from schemas.webhook import SolveEnd

Kind = Literal["solve", "repair", "improvement"]
OPEN = ("queued", "running")
WORDS = ("conflict", "advice", "repair")
"""What may quote people."""
CONFLICT = TypeAdapter(tuple[Conflict, ...])


def conflict_json(conflict: tuple[Conflict, ...]) -> str | None:
    """A conflict as it is stored; None if there is none."""
    return CONFLICT.dump_json(conflict).decode() if conflict else None


@dataclass(frozen=True)
class StoredSolve:
    """A solve of the event as it was at ``revision``."""

    id: str
    event_id: str
    kind: Kind
    state: State
    request: str
    revision: int
    version: int | None
    objective: float | None
    upper_bound: float | None
    gap: float | None
    conflict: str | None
    advice: str | None
    repair: str | None
    stop: bool
    created_at: datetime

    def asked(self) -> SolveRequest:
        """What was asked."""
        return SolveRequest.model_validate_json(self.request)

    def solve(self) -> Solve:
        """The solve as a caller sees it."""
        return Solve(
            id=self.id,
            state=self.state,
            version=self.version,
            objective=self.objective,
            upper_bound=self.upper_bound,
            gap=self.gap,
            conflict=CONFLICT.validate_json(self.conflict) if self.conflict else (),
            advice=Advice.model_validate_json(self.advice) if self.advice else None,
            created_at=self.created_at,
        )


async def add(
    connection: AsyncConnection, event_id: str, kind: Kind, request: SolveRequest, revision: int
) -> StoredSolve:
    """Store a queued solve."""
    now = datetime.now(UTC)
    solve = StoredSolve(
        id=new_id(),
        event_id=event_id,
        kind=kind,
        state="queued",
        request=request.model_dump_json(),
        revision=revision,
        version=None,
        objective=None,
        upper_bound=None,
        gap=None,
        conflict=None,
        advice=None,
        repair=None,
        stop=False,
        created_at=now,
    )
    await connection.execute(solves.insert().values(**vars(solve), updated_at=now))
    return solve


async def find(
    connection: AsyncConnection, solve_id: str, event_id: str | None = None, *, lock: bool = False
) -> StoredSolve | None:
    """The solve, if it is of the event (None: any), else None; ``lock`` keeps writers away."""
    if not is_id(solve_id):
        return None
    query = _rows().where(solves.c.id == solve_id)
    if event_id is not None:
        query = query.where(solves.c.event_id == event_id)
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredSolve(**row._mapping)


async def of_event(connection: AsyncConnection, event_id: str) -> Sequence[StoredSolve]:
    """Every solve of the event, newest first."""
    query = _rows().where(solves.c.event_id == event_id).order_by(solves.c.id.desc())
    return [StoredSolve(**row._mapping) for row in await connection.execute(query)]


async def open_of_event(
    connection: AsyncConnection, event_id: str, kind: Kind
) -> Sequence[StoredSolve]:
    """The solves of one kind that are queued or running, oldest first."""
    query = _rows().where(
        solves.c.event_id == event_id, solves.c.kind == kind, solves.c.state.in_(OPEN)
    )
    return [StoredSolve(**row._mapping) for row in await connection.execute(query.order_by("id"))]


async def newest_repair(connection: AsyncConnection, event_id: str) -> str | None:
    """The id of the event's last repair; None if it had none."""
    query = sa.select(sa.func.max(solves.c.id)).where(
        solves.c.event_id == event_id, solves.c.kind == "repair"
    )
    found: str | None = (await connection.execute(query)).scalar()
    return found


async def still_open(connection: AsyncConnection, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that are queued or running."""
    query = sa.select(solves.c.id).where(solves.c.id.in_(ids), solves.c.state.in_(OPEN))
    return set((await connection.execute(query)).scalars())


async def unfinished(connection: AsyncConnection) -> Sequence[StoredSolve]:
    """Every solve that is queued or running, oldest first."""
    query = _rows().where(solves.c.state.in_(OPEN)).order_by(solves.c.id)
    return [StoredSolve(**row._mapping) for row in await connection.execute(query)]


async def oldest_queued(connection: AsyncConnection) -> Mapping[Kind, datetime]:
    """When the oldest of the queued solves was asked for, of each kind that has any."""
    oldest = sa.func.min(solves.c.created_at, type_=solves.c.created_at.type).label("asked")
    query = sa.select(solves.c.kind, oldest).where(solves.c.state == "queued")
    rows = await connection.execute(query.group_by(solves.c.kind))
    return {row.kind: row.asked for row in rows}


async def count_open(connection: AsyncConnection, organisation: str, kind: Kind) -> int:
    """How many solves of one kind, of all events of an organisation, are queued or running."""
    query = (
        sa.select(sa.func.count())
        .select_from(solves.join(events))
        .where(
            events.c.organisation == organisation, solves.c.kind == kind, solves.c.state.in_(OPEN)
        )
    )
    return int((await connection.execute(query)).scalar_one())


async def claim(connection: AsyncConnection, kind: Kind, until: datetime) -> str | None:
    """The next of the queued solves asked for ``until`` then; it is running from now on.

    Organisations take turns: next is whoever has the fewest at work, of those whoever's last turn
    is longest ago, and of one organisation's solves the oldest.
    """
    found = (await connection.execute(_next(kind, until))).one_or_none()
    if found is None:
        return None
    await update(connection, found.id, state="running")
    await _keep_turn(connection, found.organisation, kind)
    return str(found.id)


def _next(kind: Kind, until: datetime) -> sa.Select[Any]:
    at_work = (
        sa.select(events.c.organisation, sa.func.count().label("solves"))
        .select_from(solves.join(events))
        .where(solves.c.state == "running", solves.c.kind == kind)
        .group_by(events.c.organisation)
        .subquery()
    )
    turn = sa.and_(turns.c.organisation == events.c.organisation, turns.c.kind == kind)
    return (
        sa.select(solves.c.id, events.c.organisation)
        .select_from(
            solves.join(events)
            .outerjoin(at_work, at_work.c.organisation == events.c.organisation)
            .outerjoin(turns, turn)
        )
        .where(solves.c.state == "queued", solves.c.kind == kind, solves.c.created_at <= until)
        .order_by(
            sa.func.coalesce(at_work.c.solves, 0),
            turns.c.taken_at.asc().nulls_first(),
            solves.c.id,
        )
        .limit(1)
        .with_for_update(skip_locked=True, of=solves)
    )


async def _keep_turn(connection: AsyncConnection, organisation: str, kind: Kind) -> None:
    """Note that an organisation has its turn now."""
    now = datetime.now(UTC)
    again = turns.update().where(turns.c.organisation == organisation, turns.c.kind == kind)
    if not (await connection.execute(again.values(taken_at=now))).rowcount:
        row = {"organisation": organisation, "kind": kind, "taken_at": now}
        await insert_new(connection, turns, row)


async def put_back(connection: AsyncConnection, solve_id: str) -> None:
    """Have a running solve wait for another worker."""
    waiting = solves.update().where(solves.c.id == solve_id, solves.c.state == "running")
    await connection.execute(waiting.values(state="queued"))


async def update(connection: AsyncConnection, solve_id: str, **values: Any) -> bool:
    """Set columns of a solve; False if its event is gone and the solve with it.

    Whoever ends a solve holds its event's lock: the end is told to webhooks.
    """
    columns = (solves.c.event_id, solves.c.kind, solves.c.state, solves.c.version)
    values |= await _texts(connection, solve_id, values)
    result = await connection.execute(
        solves.update()
        .where(solves.c.id == solve_id)
        .values(updated_at=datetime.now(UTC), **values)
        .returning(*columns)
    )
    row = result.one_or_none()
    if row is not None and "state" in values and row.state not in OPEN:
        end = {"event": row.event_id, "solve": solve_id, "kind": row.kind}
        end |= {"state": row.state, "version": row.version}
        await outbox.append(
            connection, row.event_id, "solve.finished", f"solve:{solve_id}", SolveEnd(**end)
        )
    return row is not None


async def _texts(
    connection: AsyncConnection, solve_id: str, values: Mapping[str, Any]
) -> dict[str, EventText]:
    """What of these values is sealed for the solve's event; nothing if the solve is gone."""
    texts = {name: values[name] for name in WORDS if values.get(name) is not None}
    if not texts:
        return {}
    query = sa.select(solves.c.event_id).where(solves.c.id == solve_id)
    event_id = (await connection.execute(query)).scalar()
    return {name: EventText(event_id, text) for name, text in texts.items()}


def _rows() -> sa.Select[Any]:
    return sa.select(*(solves.c[name] for name in StoredSolve.__dataclass_fields__))


async def forget_words(connection: AsyncConnection, event_id: str) -> None:
    """Erase why solves of the event failed, and what was advised: it may quote people."""
    ours = solves.update().where(solves.c.event_id == event_id)
    await connection.execute(ours.values(conflict=None, advice=None))
