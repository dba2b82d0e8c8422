"""Databases as earlier steps of the migrations left them, with a row in every table.

python -m tests.app.store.old_tables N: bring the database of the settings up to date, but be killed
at the N-th statement; exit code 0 tells that there were not so many.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zlib import compress

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from app.planning.document import to_written, write_event
from app.settings import Settings
from app.store.engine import MIGRATIONS, Store
from app.store.key_ring import keys_of
from app.store.sealed import EventText, SealedBytes
from app.store.tables import metadata
from schemas.event import Event
from schemas.feedback import Feedback
from schemas.incident import Incident
from schemas.schedule import Schedule, ScheduledRound
from schemas.solve import Progress, SolveRequest
from tests.api import TWO

ID, OTHER = "0" * 32, "1" * 32
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
EVENT = Event.model_validate(TWO | {"name": "A day"}, strict=False)
SCHEDULE = Schedule(rounds=(ScheduledRound(round=1),))
INCIDENT = Incident(id="c-1", kind="drop_out", attendee="a")
PROGRESS = Progress(seconds=1, work=1, objective=1, upper_bound=None, gap=None)
SAID = Feedback(id="f-1", attendee="a", partner="b", held=True)

COMMON: Mapping[str, Any] = {
    "event_id": ID,
    "solve_id": OTHER,
    "series_id": OTHER,
    "organisation": "acme",
    "name": "A day",
    "revision": 1,
    "position": 1,
    "number": 1,
    "version": 1,
    "basis": 1,
    "attendee": "a",
    "partner": "b",
    "round": 1,
    "digest": "d",
    "made": "m",
    "cause": "solve",
    "kind": "solve",
    "status": "published",
    "created_at": LONG_AGO,
    "updated_at": LONG_AGO,
}
"""Values of columns, by name, where the table has none of its own."""
OWN: Mapping[str, Mapping[str, Any]] = {
    "events": {"id": ID, "document": write_event(EVENT).outline, "attendees": 2, "rounds": 1,
               "held_rounds": 0, "day": "{}", "benefits": ""},
    "benefits": {"document": "[]"},
    "edits": {"changed": '["name"]'},
    "schedules": {"document": to_written(SCHEDULE).document},
    "schedule_documents": {"document": to_written(SCHEDULE).document},
    "proposals": {"id": "p" * 12, "told": "{}", "document": to_written(SCHEDULE).document},
    "solves": {"id": OTHER, "state": "done", "stop": False,
               "request": SolveRequest(work=1).model_dump_json()},
    "turns": {"taken_at": LONG_AGO},
    "progress": {"document": PROGRESS.model_dump_json()},
    "incidents": {"id": "c-1", "document": INCIDENT.model_dump_json(exclude_none=True)},
    "news": {"kind": "published", "document": "{}", "changes": "[]"},
    "idempotency": {"key": "k", "request": "r", "status": 200, "headers": "{}", "body": b"{}"},
    "leases": {"holder": "worker-1", "until": LONG_AGO},
    "feedback": {"id": "f-1", "document": SAID.model_dump_json()},
    "erased": {"attendee": "gone"},
    "verdicts": {"pair": "p", "verdict": "match", "need": "n", "offer": "o",
                 "settled_at": LONG_AGO},
    "column_mappings": {"header": "h", "columns": "{}", "used_at": LONG_AGO},
    "prints": {"paper": "badges", "at": LONG_AGO, "cards": 1},
    "printed_cards": {"marks": "[]"},
    "attendee_links": {"medium": "link"},
    "access_keys": {"id": OTHER, "role": "owner", "label": "", "prefix": "tertius_key_a"},
    "audit_log": {"id": OTHER, "at": LONG_AGO, "key": "k", "role": "owner",
                  "operation": "create_event", "status": 201},
    "webhooks": {"id": OTHER, "url": "https://example.org", "kinds": "[]", "secret": "s",
                 "state": "on", "holder": "", "held_until": LONG_AGO, "fence": 0},
    "webhook_messages": {"id": OTHER, "webhook_id": OTHER, "body": "{}", "state": "sent",
                         "attempts": 1, "tries": 1, "due_at": LONG_AGO},
    "ticks": {"id": "t-1", "told": True, "by": "", "at": LONG_AGO},
    "series": {"id": OTHER},
    "series_events": {"joined_at": LONG_AGO},
}  # fmt: skip
FIRST = ("events", "solves", "series", "webhooks")
"""The tables that others refer to."""


def steps() -> list[str]:
    """Every step of the migrations, the first one first."""
    walked = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [step.revision for step in walked][::-1]


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring the tables to a step, and no further."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def fill(connection: Connection) -> None:
    """Put a row into every table that there is."""
    tables = sa.MetaData()
    tables.reflect(connection)
    names = tables.tables.keys() - {"alembic_version", "wipes"}
    if "wipes" in tables.tables:
        keys_of(connection.dialect).make(ID)
    for name in (*FIRST, *sorted(names - set(FIRST))):
        if name in names:
            row = {**COMMON, **OWN[name]}
            columns = [column for column in tables.tables[name].columns if column.name in row]
            if "wipes" in tables.tables:  # whatever is sealed now is sealed since then
                sealed = {column.name: _sealed(name, column.name, row) for column in columns}
                connection.execute(metadata.tables[name].insert().values(sealed))
            else:
                values = {column.name: _fitting(column, row[column.name]) for column in columns}
                connection.execute(tables.tables[name].insert().values(values))


def _sealed(table: str, name: str, row: Mapping[str, Any]) -> Any:
    """What is bound to a column of today's tables."""
    is_sealed = isinstance(metadata.tables[table].c[name].type, SealedBytes)
    return EventText(row["event_id"], row[name]) if is_sealed else row[name]


def _fitting(column: sa.Column[Any], value: Any) -> Any:
    """Documents as the column keeps them: packed since they are."""
    is_packed = isinstance(column.type, sa.LargeBinary) and isinstance(value, str)
    return compress(value.encode()) if is_packed else value


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = sa.MetaData()
    tables.reflect(connection)
    query = sa.select(sa.func.count())
    return {
        name: connection.execute(query.select_from(table)).scalar_one()
        for name, table in tables.tables.items()
    }


async def migrate_until(number: int) -> None:
    """Bring the tables up to date; this process is killed at statement ``number``."""
    store, statements = Store(Settings()), count(1)

    def die_in_time(*_: object) -> None:
        if next(statements) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(Engine, "before_cursor_execute", die_in_time)
    await store.migrate()
    await store.close()


if __name__ == "__main__":
    asyncio.run(migrate_until(int(sys.argv[1])))
