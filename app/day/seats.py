"""Who sits together in a round, as people are told it."""

from collections.abc import Sequence

from schemas.schedule import Meeting, ScheduledRound


def meetings_as_told(block: ScheduledRound) -> Sequence[Meeting]:
    """The meetings of a round; of two who missed each other and were seated anew, the last."""
    newest_last = sorted(block.meetings, key=lambda m: (m.outcome != "missed", m.added))
    last = {frozenset(meeting.attendees): meeting for meeting in newest_last}
    return [m for m in block.meetings if last[frozenset(m.attendees)] is m]
