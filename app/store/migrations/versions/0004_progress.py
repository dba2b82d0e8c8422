"""The progress of searches, so that any process can show it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "progress",
        sa.Column("solve_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["solve_id"], ["solves.id"], name=op.f("fk_progress_solve_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("solve_id", "number", name=op.f("pk_progress")),
    )
