"""Speed-dating waves: two groups who meet only across, and what each thought of each.

The exact optima come with the data: with two groups, R rounds can hold precisely the sets of
dates in which nobody has more than R (Koenig), so a linear program finds the best of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from bench.real.shared import table
from schemas.benefits import Benefit
from schemas.event import Attendee, Event, PairRule, Policy, Round, Weights

Scoring = Literal["mutual_yes", "shared_liking", "liking"]
OPTIMA = "speed_dating", "exact_optima.csv"


@dataclass(frozen=True)
class Date:
    """One date, told once: did both say yes, and how much each liked the other (0 to 10)."""

    woman: str
    man: str
    mutual_yes: bool
    likings: tuple[float, float] | None

    @property
    def shared_liking(self) -> float:
        """The sum of both likings; nothing when one of them was not given."""
        return sum(self.likings) if self.likings else 0.0


def waves() -> tuple[int, ...]:
    """The numbers of the waves that are there."""
    return tuple(int(row["wave"]) for row in table(*OPTIMA))


def dates(wave: int) -> tuple[Date, ...]:
    """Every date of a wave, read from the women's side.

    The file tells each date twice; men's rows that name no partner were with somebody who
    is not in the data.
    """
    rows = table("speed_dating", f"wave_{wave:02d}.csv")
    return tuple(_date(row) for row in rows if row["gender"] == "0" and row["pid"])


def _date(row: dict[str, str]) -> Date:
    known = row["like"] and row["like_o"]
    return Date(
        woman=row["iid"],
        man=row["pid"],
        mutual_yes=row["match"] == "1",
        likings=(float(row["like"]), float(row["like_o"])) if known else None,
    )


def wave_event(wave: int, rounds: int, scoring: Scoring = "mutual_yes") -> Event:
    """The wave as an event in which nobody is seated for the sake of being seated.

    Benefits are 1 for a mutual yes and 0 otherwise; or both get half of the liking they share;
    or each gets the own liking.
    """
    held = dates(wave)
    women, men = sorted({date.woman for date in held}), sorted({date.man for date in held})
    return Event(
        name=f"Speed dating, wave {wave}",
        rounds=(Round(),) * rounds,
        attendees=tuple(Attendee(id=person) for person in women + men),
        benefits=tuple(row for date in held for row in _benefits(date, scoring)),
        pair_rules=(*_apart(women), *_apart(men)),
        weights=Weights(triangles=0, fairness=0, byes=0),
        policy=Policy(idle="leave", min_benefit=0.0),
    )


def _apart(group: list[str]) -> Iterable[PairRule]:
    return (PairRule(kind="forbid", pair=pair) for pair in combinations(group, 2))


def _benefits(date: Date, scoring: Scoring) -> tuple[Benefit, Benefit]:
    hers, his = _values(date, scoring)
    return (
        Benefit(attendee=date.woman, partner=date.man, value=hers),
        Benefit(attendee=date.man, partner=date.woman, value=his),
    )


def _values(date: Date, scoring: Scoring) -> tuple[float, float]:
    if scoring == "mutual_yes":
        return float(date.mutual_yes), float(date.mutual_yes)
    if scoring == "shared_liking":  # of 20; every half point of liking is 25 thousandths
        return date.shared_liking / 20, date.shared_liking / 20
    hers, his = date.likings or (0.0, 0.0)
    return hers / 10, his / 10


def exact_optimum(wave: int, rounds: int, scoring: Scoring = "mutual_yes") -> float | None:
    """The best objective that this many rounds can reach, where it is known."""
    row = next(row for row in table(*OPTIMA) if int(row["wave"]) == wave)
    if scoring == "mutual_yes":
        known = row.get(f"max_mutual_yes_in_{rounds}_rounds")
        return float(known) if known else None
    known = row.get(f"max_sum_like_in_{rounds}_rounds") if scoring == "shared_liking" else None
    return float(known) / 20 if known else None
