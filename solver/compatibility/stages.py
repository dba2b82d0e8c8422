"""How far a pair has come over a series of events: visibility, credibility, profitability.

The stages are those of referral networking (Misner's VCP process): first people know of each
other, then each has seen that the other is worth the time, then they send each other business.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from schemas.base import permille
from schemas.event import Attendee, PairRule
from solver.compatibility.forbidden import Pair, pair
from solver.compatibility.sparse import Integers

Stage = Literal["visibility", "credibility", "profitability"]

STAGE_WORTH: dict[Stage, int] = {"visibility": 60, "credibility": 160, "profitability": 260}
"""What it is worth to each to go on from there, in permille."""
NO_WISH = 500
"""As many known people as new ones, in permille."""


def stages_of(rules: Iterable[PairRule]) -> Mapping[Pair, Stage]:
    """The stage of every pair that has met, in order, from all that was said of its meetings."""
    valuable, would_refer = defaultdict[Pair, set[str]](set), defaultdict[Pair, set[str]](set)
    for rule in rules:
        if rule.kind == "met":
            valuable[pair(*rule.pair)].update(rule.valuable)
            would_refer[pair(*rule.pair)].update(rule.would_refer)
    return {each: _stage(valuable[each], would_refer[each]) for each in sorted(valuable)}


def _stage(valuable: set[str], would_refer: set[str]) -> Stage:
    """Both must say so: one who would refer finds the other worth the time as well."""
    if len(would_refer) == 2:
        return "profitability"
    return "credibility" if len(valuable | would_refer) == 2 else "visibility"


def wished_share(
    attendees: Sequence[Attendee],
    known: Mapping[tuple[int, int], Stage],
    source: Integers,
    target: Integers,
) -> Integers:
    """Permille that each direction counts, by the share of known people its source wishes for.

    Half, or no wish, leaves all as it is; less scales down the known, more scales down the new.
    """
    shares = np.array([_share(a.known_share) for a in attendees], np.int64)
    people = len(attendees)
    keys = [v * people + w for i, j in known for v, w in ((i, j), (j, i))]
    met = np.isin(source * people + target, np.array(keys, np.int64))
    of_known, of_new = np.minimum(1000, 2 * shares), np.minimum(1000, 2000 - 2 * shares)
    return np.where(met, of_known[source], of_new[source])


def _share(wish: float | None) -> int:
    return NO_WISH if wish is None else permille(wish)
