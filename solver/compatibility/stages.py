"""What came of earlier meetings: how far a pair has come, and what a "no" takes of its benefits.

The stages are those of referral networking (Misner's VCP process): first people know of each
other, then each has seen that the other is worth the time, then they send each other business.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from schemas.base import pair_of, permille
from schemas.event import SAID_OF_MEETING, Attendee, PairRule
from solver.compatibility.forbidden import Pair
from solver.compatibility.sparse import Flags, Integers

Stage = Literal["visibility", "credibility", "profitability"]

STAGE_WORTH: dict[Stage, int] = {"visibility": 0, "credibility": 160, "profitability": 260}
"""What it is worth to each to go on from there, in permille; half of it for what each has said."""
TAKEN = 500
"""What each "not valuable" takes of all that the two gain, in permille."""
NO_WISH = 500
"""As many known people as new ones, in permille."""

Speakers = Mapping[str, set[str]]
"""Who of a pair said what of any of their meetings, by the field of the rule."""


class PairHistory(NamedTuple):
    """What came of all meetings of a pair.

    ``stage`` and ``worth`` rest on good words alone, so that nobody can read a refusal off them;
    ``kept`` is how much of the benefits is left after the others, in permille.
    """

    stage: Stage
    worth: int
    kept: int


def histories_of(rules: Iterable[PairRule]) -> Mapping[Pair, PairHistory]:
    """The history of every pair that has met, in order, from all that was said of its meetings."""
    said = defaultdict[Pair, Speakers](lambda: {name: set() for name in SAID_OF_MEETING})
    for rule in rules:
        if rule.kind == "met":
            for name, who in said[pair_of(*rule.pair)].items():
                who.update(getattr(rule, name))
    return {each: _history(said[each]) for each in sorted(said)}


def _history(said: Speakers) -> PairHistory:
    """One who would refer finds the other worth the time as well."""
    referring, pleased = said["would_refer"], said["valuable"] | said["would_refer"]
    voices = [_voice("profitability" if v in referring else "credibility") for v in pleased]
    kept = 1000 - TAKEN * len(said["not_valuable"])
    return PairHistory(_stage(pleased, referring), sum(voices), kept)


def _voice(stage: Stage) -> int:
    """What one of two adds: half of the stage they would have reached together."""
    return STAGE_WORTH[stage] // 2


def _stage(pleased: set[str], referring: set[str]) -> Stage:
    """Both must say so."""
    if len(referring) == 2:
        return "profitability"
    return "credibility" if len(pleased) == 2 else "visibility"


def kept_share(
    past: Mapping[tuple[int, int], PairHistory], people: int, source: Integers, target: Integers
) -> Integers:
    """Permille that is left of each direction after what the two have said against it."""
    share = np.full(len(source), 1000, np.int64)
    for kept in {history.kept for history in past.values()} - {1000}:
        some = [each for each, history in past.items() if history.kept == kept]
        share[_between(some, people, source, target)] = kept
    return share


def wished_share(
    attendees: Sequence[Attendee],
    known: Iterable[tuple[int, int]],
    source: Integers,
    target: Integers,
) -> Integers:
    """Permille that each direction counts, by the share of known people its source wishes for.

    Half, or no wish, leaves all as it is; less scales down the known, more scales down the new.
    """
    shares = np.array([_share(a.known_share) for a in attendees], np.int64)
    met = _between(known, len(attendees), source, target)
    of_known, of_new = np.minimum(1000, 2 * shares), np.minimum(1000, 2000 - 2 * shares)
    return np.where(met, of_known[source], of_new[source])


def _between(
    pairs: Iterable[tuple[int, int]], people: int, source: Integers, target: Integers
) -> Flags:
    """Which directions are of one of these pairs, either way."""
    keys = [v * people + w for i, j in pairs for v, w in ((i, j), (j, i))]
    return np.isin(source * people + target, np.array(keys, np.int64))


def _share(wish: float | None) -> int:
    return NO_WISH if wish is None else permille(wish)
