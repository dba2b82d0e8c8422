"""Scores as benefits: a scale says which score is worth nothing and which is worth all.

No scale is guessed: values between 0 and 1 are benefits as they are, percent signs tell percents,
and everything else needs a scale.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from app.errors import Invalid
from schemas.base import permille

SCORE = re.compile(r"([-+]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][-+]?\d{1,2})?)\s?(%?)")
SCALE = re.compile(r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*\.\.\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*")


class Score(NamedTuple):
    """A number as it stands in a cell."""

    number: float
    is_percent: bool


class Scale(NamedTuple):
    """The score that is worth nothing, and the one that is worth all; either may be higher."""

    worst: float
    best: float

    def permille_of(self, number: float) -> int | None:
        """What a score is worth, 0 to 1000, linear between the two; None beyond them."""
        share = (number - self.worst) / (self.best - self.worst)
        return permille(share) if 0 <= share <= 1 else None

    def __str__(self) -> str:
        return f"{self.worst:.15g}..{self.best:.15g}"


ONE = Scale(0, 1)
PERCENT = Scale(0, 100)


@lru_cache(maxsize=65_536)
def read_score(cell: str) -> Score | None:
    """The number of a cell, its decimals after a point or a comma; None if it is none."""
    found = SCORE.fullmatch(cell)
    return Score(float(found[1].replace(",", ".")), bool(found[2])) if found else None


def read_scale(text: str) -> Scale:
    """A scale as it is said: ``WORST..BEST``, such as ``1..5``; raises Invalid for another text."""
    found = SCALE.fullmatch(text)
    if found is None or float(found[1]) == float(found[2]):
        message = "say the worst and the best score: 1..5, 0..100, or 6..1 where 1 is best"
        raise Invalid.at("query:scale", "no_scale", message)
    return Scale(float(found[1]), float(found[2]))


def choose_scale(scores: Iterable[Score]) -> Scale:
    """The scale of scores of which none is said; raises Invalid where it would be a guess."""
    found = {*scores}
    numbers = [score.number for score in found if not score.is_percent]
    if len(numbers) < len(found) and not numbers:
        return PERCENT
    if len(numbers) == len(found) and all(0 <= number <= 1 for number in numbers):
        return ONE
    if len(numbers) < len(found):
        message = "some values are percents and some are not: write all of them in one way"
        raise Invalid.at("query:scale", "mixed_scales", message)
    message = (
        f"values from {min(numbers):.15g} to {max(numbers):.15g}: say the scale, as worst..best:"
        " 0..100, 1..5, or 6..1 where 1 is best"
    )
    raise Invalid.at("query:scale", "no_scale", message)
