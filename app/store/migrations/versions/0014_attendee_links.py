"""Links of attendees to their own page: of each secret its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendee_links",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("attendee", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_attendee_links_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "attendee", name=op.f("pk_attendee_links")),
    )
    op.create_index("ix_attendee_links_digest", "attendee_links", ["digest"], unique=True)
