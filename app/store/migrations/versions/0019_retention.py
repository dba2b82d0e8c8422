"""When what an event knew of people was forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("forgotten_at", sa.DateTime(timezone=True)))
