"""The day: its state, benefits beside the document, what a version changed, news for watchers."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from pydantic_core import from_json, to_json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


ADDED: tuple[tuple[str, sa.Column[object]], ...] = (
    ("events", sa.Column("benefits", sa.String(64), nullable=False, server_default="")),
    ("events", sa.Column("day", sa.Text(), nullable=False, server_default="{}")),
    ("schedules", sa.Column("digest", sa.String(64), nullable=False, server_default="")),
    ("schedules", sa.Column("made", sa.String(64), nullable=False, server_default="")),
    ("schedules", sa.Column("cause", sa.String(16), nullable=False, server_default="solve")),
    ("schedules", sa.Column("incidents", sa.Integer(), nullable=True)),
    ("incidents", sa.Column("effect", sa.Text(), nullable=True)),
    ("incidents", sa.Column("undone", sa.Boolean(), nullable=True)),
)


def upgrade() -> None:
    op.create_table(
        "benefits",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_benefits_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_benefits")),
    )
    op.create_table(
        "news",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_news_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "position", name=op.f("pk_news")),
    )
    for table, column in ADDED:
        op.add_column(table, column)
    op.create_index("ix_schedules_status", "schedules", ["event_id", "status"], unique=False)
    op.create_table(
        "schedule_documents",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("repair", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_schedule_documents_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "version", name=op.f("pk_schedule_documents")),
    )
    _part_events(op.get_bind())
    _part_schedules(op.get_bind())
    op.drop_column("schedules", "document")


def _part_events(connection: sa.Connection) -> None:
    """Put the benefits of each event in a row of their own."""
    for event_id, document in connection.execute(sa.text("SELECT id, document FROM events")).all():
        outline = from_json(document)
        benefits = outline.pop("benefits", [])
        if not benefits:
            continue
        text = to_json(benefits).decode()
        row = {"id": event_id, "digest": sha256(text.encode()).hexdigest(), "text": text}
        connection.execute(
            sa.text(
                "INSERT INTO benefits (event_id, digest, document) VALUES (:id, :digest, :text)"
            ),
            row,
        )
        connection.execute(
            sa.text("UPDATE events SET document = :outline, benefits = :digest WHERE id = :id"),
            row | {"outline": to_json(outline).decode()},
        )


def _part_schedules(connection: sa.Connection) -> None:
    """Put the document of each version in a row of its own, and tell it by its digest."""
    rows = connection.execute(sa.text("SELECT event_id, version, document FROM schedules")).all()
    for event_id, version, document in rows:
        row = {"e": event_id, "v": version, "t": document}
        insert = "INSERT INTO schedule_documents (event_id, version, document) VALUES (:e, :v, :t)"
        connection.execute(sa.text(insert), row)
        connection.execute(
            sa.text("UPDATE schedules SET digest = :d WHERE event_id = :e AND version = :v"),
            {"d": sha256(document.encode()).hexdigest(), "e": event_id, "v": version},
        )
