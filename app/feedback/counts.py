"""Feedback in numbers: what was said of meetings and people, and who is reported by several."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from app.feedback.meetings import Way
from schemas.base import Pair, pair_of
from schemas.feedback import (
    SEVERAL,
    AttendeeCounts,
    Feedback,
    FeedbackSummary,
    MeetingCounts,
    Reported,
)

COUNTED = ("held", "valuable", "would_refer", "had_time")


def feedback_summary(said: Mapping[Way, Feedback]) -> FeedbackSummary:
    """What an organiser is told of the feedback: numbers, and no single report."""
    pairs, people = defaultdict[Pair, list[Feedback]](list), defaultdict[str, list[Feedback]](list)
    for (attendee, partner), each in said.items():
        pairs[pair_of(attendee, partner)].append(each)
        people[partner].append(each)
    return FeedbackSummary(
        meetings=tuple(MeetingCounts(pair=k, **_counts(pairs[k])) for k in sorted(pairs)),
        attendees=tuple(AttendeeCounts(attendee=v, **_counts(people[v])) for v in sorted(people)),
        reported=_reported(said),
    )


def _counts(said: Iterable[Feedback]) -> dict[str, int]:
    told = list(said)
    counted = {name: sum(bool(getattr(each, name)) for each in told) for name in COUNTED}
    return {"answers": len(told), **counted}


def _reported(said: Mapping[Way, Feedback]) -> tuple[Reported, ...]:
    reports = Counter(partner for (_, partner), each in said.items() if each.undisclosed_pitch)
    return tuple(
        Reported(attendee=v, reports=reports[v]) for v in sorted(reports) if reports[v] >= SEVERAL
    )
