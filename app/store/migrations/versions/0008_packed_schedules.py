"""Documents of schedules are packed: a day of repairs makes many, each much like the last."""

from zlib import compress

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

rows = sa.table(
    "schedule_documents",
    sa.column("event_id", sa.String),
    sa.column("version", sa.Integer),
    sa.column("document", sa.Text),
    sa.column("packed", sa.LargeBinary),
)


def upgrade() -> None:
    op.add_column("schedule_documents", sa.Column("packed", sa.LargeBinary()))
    connection = op.get_bind()
    for key in connection.execute(sa.select(rows.c.event_id, rows.c.version)).all():
        same = sa.and_(rows.c.event_id == key.event_id, rows.c.version == key.version)
        text = connection.execute(sa.select(rows.c.document).where(same)).scalar_one()
        packed = compress(text.encode(), 1)
        connection.execute(rows.update().where(same).values(packed=packed))
    with op.batch_alter_table("schedule_documents") as table:
        table.drop_column("document")
        table.alter_column("packed", new_column_name="document", nullable=False)
