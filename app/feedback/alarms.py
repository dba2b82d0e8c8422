"""Feedback that an organiser should look at while the event goes on.

One report says nothing here either: only what ``feedback_summary`` tells the organiser anyway.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from app.feedback.counts import feedback_summary
from app.feedback.meetings import Way
from schemas.base import Pair, pair_of
from schemas.feedback import Feedback
from schemas.webhook import FeedbackAlarm

FEWEST_MISSED = 3
"""So many meetings of a round did not take place, by those who should have met, at least."""
SHARE_MISSED = 4
"""And one of so many that anything was said of."""


def find_alarms(event_id: str, said: Mapping[Way, Feedback]) -> Iterator[tuple[str, FeedbackAlarm]]:
    """What there is to look at, each with its cause: of a cause one is told once."""
    for row in feedback_summary(said).reported:
        yield (
            f"reported:{row.attendee}",
            FeedbackAlarm(event=event_id, reason="undisclosed_pitches", round=None),
        )
    for number in _rounds_that_failed(said):
        yield f"missed:{number}", FeedbackAlarm(event=event_id, reason="not_held", round=number)


def _rounds_that_failed(said: Mapping[Way, Feedback]) -> Iterator[int]:
    """Rounds of which many meetings did not take place, as either of the two says."""
    rounds: defaultdict[int, dict[Pair, bool]] = defaultdict(dict)
    for way, each in sorted(said.items()):
        if each.round is not None:
            pair, held = pair_of(*way), rounds[each.round]
            held[pair] = held.get(pair, True) and each.held
    for number, held in sorted(rounds.items()):
        missed = len(held) - sum(held.values())
        if missed >= FEWEST_MISSED and missed * SHARE_MISSED >= len(held):
            yield number
