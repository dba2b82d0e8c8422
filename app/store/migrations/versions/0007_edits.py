"""What each edit changed, and of which revision of the event a version was made."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("revision", sa.Integer(), nullable=True))
    op.create_table(
        "edits",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_edits_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "revision", name=op.f("pk_edits")),
    )
