"""What speaks against publishing a version, as far as that shows without the benefits."""

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice

from app.day.notices.changes import changes_between
from app.errors import MOST_ERRORS
from schemas.event import Attendee, Event
from schemas.incident import Change
from schemas.problem import ProblemError
from schemas.schedule import Meeting, Schedule, ScheduledRound


def look_at_version(
    outline: str, held_rounds: int, version: str, published: str | None
) -> tuple[Sequence[ProblemError], Sequence[Change]]:
    """The first reasons against a version in place of what is published, and whom it touches."""
    event = Event.model_validate_json(outline).model_copy(update={"held_rounds": held_rounds})
    schedule = Schedule.model_validate_json(version)
    before = Schedule.model_validate_json(published) if published else None
    objections = list(islice(_objections(event, schedule, before), MOST_ERRORS))
    return objections, changes_between(before, schedule) if before else ()


def _objections(
    event: Event, version: Schedule, published: Schedule | None
) -> Iterator[ProblemError]:
    """Every reason against publishing ``version`` instead of what is ``published``."""
    if len(version.rounds) != len(event.rounds):
        message = f"the event has {len(event.rounds)} rounds, this version {len(version.rounds)}"
        yield _objection("/rounds", "rounds", message)
        return
    people, barred = {attendee.id: attendee for attendee in event.attendees}, _barred(event)
    for k, block in enumerate(version.rounds):
        if k < event.held_rounds:
            yield from _rewritten(k, block, published)
        else:
            yield from _impossible(k, block, people, barred)
    yield from _unmet(event, version)


def _rewritten(k: int, block: ScheduledRound, published: Schedule | None) -> Iterator[ProblemError]:
    """A held round is history."""
    if published is None or _seats(block) != _seats(published.rounds[k]):
        message = f"round {k + 1} is held, with other meetings than in this version"
        yield _objection(f"/rounds/{k}/meetings", "held_round", message)


def _impossible(
    k: int,
    block: ScheduledRound,
    people: Mapping[str, Attendee],
    barred: Set[tuple[frozenset[str], int | None]],
) -> Iterator[ProblemError]:
    """Meetings of an open round whose people are gone, sit elsewhere, or keep apart by now."""
    for m, meeting in enumerate(block.meetings):
        where, pair = f"/rounds/{k}/meetings/{m}", frozenset(meeting.attendees)
        for who in meeting.attendees:
            if who not in people or block.round in people[who].absent_rounds:
                yield _objection(where, "absent", f"{who} is not there in round {block.round}")
            elif (places := people[who].places) and meeting.table not in places:
                yield _objection(where, "place", f"{who} cannot sit at table {meeting.table}")
        if (pair, None) in barred:
            message = " and ".join(meeting.attendees) + " must not meet"
            yield _objection(where, "forbidden_pair", message)
        elif (pair, block.round) in barred:
            message = " and ".join(meeting.attendees) + f" must not meet in round {block.round}"
            yield _objection(where, "forbidden_pair", message)


def _unmet(event: Event, version: Schedule) -> Iterator[ProblemError]:
    """Open rounds without a meeting that a rule has put there."""
    waived = {frozenset(waiver.pair) for waiver in version.waived if waiver.pair}
    for rule in event.pair_rules:
        pair, number = frozenset(rule.pair), rule.round or 0
        if rule.kind != "require" or number <= event.held_rounds or pair in waived:
            continue
        seats = _seats(version.rounds[number - 1])
        if not any(who == pair and rule.table in (None, table) for who, table in seats):
            at = f" at table {rule.table}" if rule.table else ""
            message = " and ".join(rule.pair) + f" must meet in round {number}{at}"
            yield _objection(f"/rounds/{number - 1}", "required", message)


def _seats(block: ScheduledRound) -> set[tuple[frozenset[str], int]]:
    return {_seat(meeting) for meeting in block.meetings}


def _seat(meeting: Meeting) -> tuple[frozenset[str], int]:
    return frozenset(meeting.attendees), meeting.table


def _barred(event: Event) -> set[tuple[frozenset[str], int | None]]:
    """Pairs that one of the two, or the organiser, keeps apart, in one round or in all (None)."""
    avoided = {
        (frozenset((attendee.id, other)), None)
        for attendee in event.attendees
        for other in attendee.avoided
    }
    forbidden = (rule for rule in event.pair_rules if rule.kind == "forbid")
    return avoided | {(frozenset(rule.pair), rule.round) for rule in forbidden}


def _objection(pointer: str, code: str, message: str) -> ProblemError:
    return ProblemError(pointer=pointer, code=code, message=message)
