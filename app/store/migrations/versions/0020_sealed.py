"""What people said, and who they are, is sealed with a key for each event.

The keys are committed before this step is: begun again after it was cut short, it finds them.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

from app.store.key_ring import NO_EVENT, KeyRing, keys_of

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

VERSION = b"\x01"


class Sealing(NamedTuple):
    """A column to seal, by what tells its rows from others."""

    table: str
    column: str
    key: tuple[str, ...]
    nullable: bool = False
    event: str = "event_id"
    place: str = ""


COLUMNS = (
    Sealing("events", "document", ("id",), event="id"),
    Sealing("events", "day", ("id",), event="id"),
    Sealing("benefits", "document", ("event_id",)),
    Sealing("schedule_documents", "document", ("event_id", "version")),
    Sealing("schedule_documents", "repair", ("event_id", "version"), nullable=True),
    Sealing("proposals", "told", ("event_id",)),
    Sealing("proposals", "document", ("event_id",)),
    Sealing("solves", "conflict", ("id",), nullable=True),
    Sealing("solves", "advice", ("id",), nullable=True),
    Sealing("solves", "repair", ("id",), nullable=True),
    Sealing("incidents", "document", ("event_id", "id")),
    Sealing("incidents", "effect", ("event_id", "id"), nullable=True),
    Sealing("news", "document", ("event_id", "position")),
    Sealing("news", "changes", ("event_id", "position"), nullable=True),
    Sealing("idempotency", "body", ("organisation", "key"), nullable=True),
    Sealing("feedback", "document", ("event_id", "id")),
    Sealing("verdicts", "need", ("event_id", "pair")),
    Sealing("verdicts", "offer", ("event_id", "pair")),
    Sealing("ticks", "by", ("event_id", "id")),
    Sealing("series_events", "history", ("series_id", "event_id"), nullable=True),
    Sealing("webhooks", "secret", ("id",)),
    Sealing("webhooks", "old_secret", ("id",), nullable=True, place="webhooks.secret"),
    Sealing("webhook_messages", "body", ("id",)),
)


def upgrade() -> None:
    connection = op.get_bind()
    keys = keys_of(connection.dialect)
    op.create_table(
        "wipes",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_wipes")),
    )
    keys.begin()
    for event_id in connection.execute(sa.text("SELECT id FROM events")).scalars().all():
        keys.make(event_id)
    for sealing in COLUMNS:
        _seal(connection, keys, sealing)


def _seal(connection: sa.Connection, keys: KeyRing, sealing: Sealing) -> None:
    """Fill a new column, and put it in the place of the old one.

    Tables are not copied: on SQLite to drop the copied one would delete what refers to its rows.
    """
    new = sa.Column("sealed", sa.LargeBinary(), nullable=sealing.nullable)
    if not sealing.nullable:
        new.server_default = sa.DefaultClause(sa.text("''"))
    op.add_column(sealing.table, new)
    names = dict.fromkeys((*sealing.key, sealing.event, sealing.column, "sealed"))
    rows = sa.table(sealing.table, *map(sa.column, names))
    owner = rows.c[sealing.event]
    place = sealing.place or f"{sealing.table}.{sealing.column}"
    told = rows.c[sealing.column].is_not(None)
    for key in connection.execute(sa.select(*(rows.c[n] for n in sealing.key)).where(told)).all():
        one = sa.and_(*(rows.c[n] == value for n, value in zip(sealing.key, key, strict=True)))
        event_id, plain = connection.execute(
            sa.select(owner, rows.c[sealing.column]).where(one)
        ).one()
        sealed = _sealed(keys, event_id or NO_EVENT, place, plain)
        connection.execute(rows.update().where(one).values(sealed=sealed))
    op.drop_column(sealing.table, sealing.column)
    op.execute(f'ALTER TABLE {sealing.table} RENAME COLUMN sealed TO "{sealing.column}"')
    if not sealing.nullable and connection.dialect.name == "postgresql":
        op.alter_column(sealing.table, sealing.column, server_default=None)


def _sealed(keys: KeyRing, event_id: str, place: str, plain: Any) -> bytes:
    raw = plain.encode() if isinstance(plain, str) else bytes(plain)
    return VERSION + keys.seal(event_id, place, raw)
