"""Which meetings there were: those that feedback may be about, and those that took place."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic_core import from_json

from schemas.base import Pair, pair_of
from schemas.day import DayState
from schemas.feedback import Feedback
from schemas.problem import ProblemError
from schemas.schedule import Schedule

Way = tuple[str, str]
"""Who says something, and of whom."""
Outcomes = dict[int, bool]
"""Whether the meeting of a pair in this round was missed."""


def current_feedback(log: Iterable[Feedback]) -> dict[Way, Feedback]:
    """What each says now of each partner: the last that was accepted."""
    return {(said.attendee, said.partner): said for said in log}


class HeldMeeting(NamedTuple):
    """A meeting of a held round; ``missed`` if it did not take place."""

    pair: Pair
    round: int
    missed: bool


class Missed:
    """Which meetings did not take place by what happened on the day."""

    def __init__(self, day: DayState) -> None:
        self._cancelled = set(day.cancelled_rounds)
        self._missed = {(each.round, pair_of(*each.pair), each.added) for each in day.missed}

    def __call__(self, pair: Pair, number: int, outcome: str, *, added: bool) -> bool:
        """Whether this meeting of the pair was missed, or its round cancelled."""
        told = outcome == "missed" or (number, pair, added) in self._missed
        return told or number in self._cancelled


def held_meetings(schedule: Schedule, held: int, day: DayState) -> Sequence[HeldMeeting]:
    """The meetings of the first ``held`` rounds."""
    missed = Missed(day)
    seated = (
        (pair_of(*meeting.attendees), block.round, meeting)
        for block in schedule.rounds[:held]
        for meeting in block.meetings
    )
    return [
        HeldMeeting(pair, number, missed(pair, number, meeting.outcome, added=meeting.added))
        for pair, number, meeting in seated
    ]


def took_place(meetings: Iterable[HeldMeeting], said: Mapping[Way, Feedback]) -> Mapping[Pair, int]:
    """The pairs that met, in order, each with its round; neither of the two says otherwise.

    Whoever met by a version that was superseded later counts as met if one of the two says so.
    """
    found, missed = dict[Pair, int](), set[Pair]()
    for each in meetings:
        if each.missed:
            missed.add(each.pair)
        else:
            found[each.pair] = each.round
    denied = set[Pair]()
    for way, told in sorted(said.items()):
        pair = pair_of(*way)
        if told.held and told.round is not None and pair not in missed:
            found.setdefault(pair, told.round)
        elif not told.held and found.get(pair) == told.round:
            denied.add(pair)
    return {pair: found[pair] for pair in sorted(found) if pair not in denied}


class Published:
    """The meetings of published versions, the newest read first: what it says of a round counts."""

    def __init__(self, day: DayState) -> None:
        self._missed = Missed(day)
        self._outcomes = dict[Pair, Outcomes]()

    def read(self, document: str) -> None:
        """Take in an older version."""
        for block in from_json(document)["rounds"]:
            number, outcomes = block["round"], dict[Pair, bool]()
            for meeting in block["meetings"]:
                pair = pair_of(*meeting["attendees"])
                missed = self._missed(pair, number, meeting["outcome"], added=meeting["added"])
                outcomes[pair] = missed and outcomes.get(pair, True)  # one of them may count
            for pair, missed in outcomes.items():
                self._outcomes.setdefault(pair, {}).setdefault(number, missed)

    def round_of(self, said: Feedback, held: int) -> int | None:
        """The round that feedback is about, if there was such a meeting."""
        rounds = self._rounds(said)
        fit = [r for r, missed in rounds.items() if r <= held and not (missed and said.held)]
        return max(fit, default=None)

    def objections(
        self, batch: Sequence[Feedback], known: Container[str], held: int
    ) -> Iterator[ProblemError]:
        """What speaks against each feedback that is about no meeting, but for ``known`` ids."""
        for place, said in enumerate(batch):
            if said.id not in known and self.round_of(said, held) is None:
                field, code, message = self._objection(said, held)
                yield ProblemError(pointer=f"/feedback/{place}/{field}", code=code, message=message)

    def _rounds(self, said: Feedback) -> Outcomes:
        outcomes = self._outcomes.get(pair_of(said.attendee, said.partner), {})
        return {r: o for r, o in outcomes.items() if said.round in (None, r)}

    def _objection(self, said: Feedback, held: int) -> tuple[str, str, str]:
        if not self._outcomes.get(pair_of(said.attendee, said.partner)):
            return "partner", "no_meeting", "no published schedule lets these two meet"
        rounds = self._rounds(said)
        if not rounds:
            return "round", "other_round", "no published schedule lets them meet in this round"
        if min(rounds) > held:
            return "round", "round_not_started", "the round of this meeting has not started"
        return "held", "missed", "this meeting was missed: only that can be said of it"
