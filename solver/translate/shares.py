"""What each attendee gets of a schedule."""

from collections.abc import Callable, Sequence

from schemas.schedule import Share, WishShare
from solver.objective import Tally


def no_wishes(_: str) -> WishShare | None:
    """Nobody wished for anybody."""
    return None


def shares_of(
    tally: Tally, ids: Sequence[str], wishes: Callable[[str], WishShare | None] = no_wishes
) -> tuple[Share, ...]:
    """A row for each attendee, in order of ids."""
    figures = (tally.meetings, tally.byes, tally.gains, tally.best, tally.satisfactions)
    rows = zip(ids, *(column.tolist() for column in figures), strict=True)
    return tuple(
        Share(
            id=v,
            meetings=count,
            byes=byes,
            benefit=gain / 1000,
            best=best / 1000,
            satisfaction=share / 1000 if best else None,
            wishes=wishes(v),
        )
        for v, count, byes, gain, best, share in rows
    )
