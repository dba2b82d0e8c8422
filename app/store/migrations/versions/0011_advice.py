"""What would mend the rules that contradict each other, beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("solves", sa.Column("advice", sa.Text(), nullable=True))
