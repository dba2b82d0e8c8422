"""Links of attendees by what carries them, so that those on cards are renewed apart."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

rows = sa.table(
    "attendee_links",
    sa.column("event_id", sa.String),
    sa.column("attendee", sa.String),
    sa.column("digest", sa.String),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    connection = op.get_bind()
    kept = [{**row, "medium": "link"} for row in connection.execute(sa.select(rows)).mappings()]
    op.drop_table("attendee_links")
    made = op.create_table(
        "attendee_links",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=64), nullable=False),
        sa.Column("medium", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_attendee_links_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "attendee", "medium", name=op.f("pk_attendee_links")),
    )
    op.create_index("ix_attendee_links_digest", "attendee_links", ["digest"], unique=True)
    op.bulk_insert(made, kept)
