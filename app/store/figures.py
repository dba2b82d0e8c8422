"""What the database says of the service as a whole, whichever process is asked: counts and ages.

Nothing here names an organisation, an event or a person.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import schedules, solves


class Figure(NamedTuple):
    """A figure by its name: the query gives the values of its labels, and last the number."""

    name: str
    about: str
    labels: tuple[str, ...]
    query: sa.Select[Any]


_count = sa.func.count()
_oldest = sa.func.min(solves.c.created_at, type_=solves.c.created_at.type)
_gaps = sa.select(schedules.c.gap).where(
    schedules.c.status == "published", schedules.c.gap.is_not(None)
)
_gap = _gaps.subquery().c.gap

FIGURES = (
    Figure(
        "tertius_solves",
        "Solves that are kept, by what they are for and how they stand.",
        ("kind", "state"),
        sa.select(solves.c.kind, solves.c.state, _count).group_by(solves.c.kind, solves.c.state),
    ),
    Figure(
        "tertius_queue_age_seconds",
        "How long the oldest solve of those that are queued has waited.",
        ("kind",),
        sa.select(solves.c.kind, _oldest).where(solves.c.state == "queued").group_by(solves.c.kind),
    ),
    Figure(
        "tertius_versions",
        "Versions of schedules that are kept; superseded ones were published before.",
        ("status",),
        sa.select(schedules.c.status, _count).group_by(schedules.c.status),
    ),
    Figure(
        "tertius_published_gaps",
        "Versions that are published and have a proven gap.",
        (),
        sa.select(sa.func.count(_gap)),
    ),
    Figure(
        "tertius_published_gap_mean",
        "Their gap on average: 0.01 is 1 %.",
        (),
        sa.select(sa.func.avg(_gap)),
    ),
    Figure("tertius_published_gap_max", "The largest of it.", (), sa.select(sa.func.max(_gap))),
)
"""All of them: what is kept of something else, such as deliveries, is one more row."""


class FigureRows(NamedTuple):
    """A figure as it was read: for each combination of labels a number."""

    figure: Figure
    rows: Sequence[tuple[tuple[str, ...], float]]


async def read_figures(connection: AsyncConnection) -> Sequence[FigureRows]:
    """Every figure as it is now; what there is none of has no row."""
    return [
        FigureRows(
            figure,
            [
                (tuple(row[:-1]), _number(row[-1]))
                for row in await connection.execute(figure.query)
                if row[-1] is not None
            ],
        )
        for figure in FIGURES
    ]


def _number(value: datetime | float) -> float:
    """The value, or the age in seconds of what began then."""
    if isinstance(value, datetime):
        return max(0.0, (datetime.now(UTC) - value).total_seconds())
    return float(value)
