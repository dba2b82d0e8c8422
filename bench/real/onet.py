"""Occupations as O*NET describes them, and which ones it calls related."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from bench.real.shared import table


@dataclass(frozen=True)
class Occupation:
    """An occupation in a few words and in a few sentences."""

    code: str
    title: str
    description: str


@cache
def occupations() -> tuple[Occupation, ...]:
    """All occupations, by code."""
    rows = table("onet", "occupation_data.csv")
    found = (Occupation(row["O*NET-SOC Code"], row["Title"], row["Description"]) for row in rows)
    return tuple(sorted(found, key=lambda job: job.code))


@cache
def related() -> dict[str, frozenset[str]]:
    """The occupations related to each that has any, primary and supplemental ones."""
    known = {job.code for job in occupations()}
    found = defaultdict(set)
    for row in table("onet", "related_occupations.csv"):
        if {row["O*NET-SOC Code"], row["Related O*NET-SOC Code"]} <= known:
            found[row["O*NET-SOC Code"]].add(row["Related O*NET-SOC Code"])
    return {code: frozenset(found[code]) for code in sorted(found)}
