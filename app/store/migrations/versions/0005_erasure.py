"""What erasure needs: kept answers know their event, and no day keeps topics of a consent.

Answers kept so far do not know theirs, so they are emptied; their keys stay used. A day says of a
consent to topics that is revoked only that there were some.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IDEMPOTENCY = sa.table("idempotency", sa.column("body", sa.LargeBinary))
EVENTS = sa.table("events", sa.column("id", sa.String), sa.column("day", sa.Text))


def upgrade() -> None:
    op.add_column("idempotency", sa.Column("event_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_idempotency_event_id"), "idempotency", ["event_id"])
    connection = op.get_bind()
    connection.execute(IDEMPOTENCY.update().values(body=None))
    revoked = sa.select(EVENTS).where(EVENTS.c.day.contains('"revoked"'))
    for row in connection.execute(revoked).all():
        bare = json.dumps(without_topics(json.loads(row.day)), separators=(",", ":"))
        connection.execute(EVENTS.update().where(EVENTS.c.id == row.id).values(day=bare))


def without_topics(day: dict[str, object]) -> dict[str, object]:
    """The day with no topics in what was revoked."""
    revoked = day.get("revoked")
    for row in revoked.values() if isinstance(revoked, dict) else ():
        if isinstance(row.get("welcomes_pitches"), list):
            del row["welcomes_pitches"]
            row["by_topic"] = True
    return day
