"""Which meetings there were: by the schedule, by the day, and by what the two say."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback.meetings import Published, current_feedback, held_meetings, took_place
from schemas.day import DayState, MissedMeeting
from schemas.feedback import Feedback
from schemas.schedule import Meeting, Schedule, ScheduledRound
from tests.app.briefs.rooms import schedule
from tests.app.day import days

DAY = DayState()


def said(way: str, **fields: object) -> Feedback:
    """What the first says of the second, under an id that says so too."""
    return Feedback.model_validate({"id": way, "attendee": way[0], "partner": way[1]} | fields)


def met(planned: Schedule, *told: Feedback, held: int = 9, day: DayState = DAY) -> dict[str, int]:
    found = took_place(held_meetings(planned, held, day), current_feedback(told))
    return {"".join(pair): number for pair, number in found.items()}


def missing(*rounds: str) -> Schedule:
    """One meeting a round, all missed but the last."""
    last = len(rounds) - 1
    return Schedule(
        rounds=tuple(
            ScheduledRound(
                round=k + 1,
                meetings=(
                    Meeting(
                        table=1,
                        attendees=(two[0], two[1]),
                        outcome="held" if k == last else "missed",
                    ),
                ),
            )
            for k, two in enumerate(rounds)
        )
    )


def test_meetings_of_held_rounds_took_place() -> None:
    planned = schedule([["ba", "cd"], ["ac"]])
    assert met(planned, held=1) == {"ab": 1, "cd": 1}
    assert met(planned, held=2) == {"ab": 1, "ac": 2, "cd": 1}


def test_a_missed_meeting_did_not_take_place_unless_the_two_met_later() -> None:
    assert met(missing("ab", "cd")) == {"cd": 2}
    assert met(missing("ab", "ab")) == {"ab": 2}


AGAIN = days.schedule("ab1! ab2+")
"""Of one round: a and b missed each other, and met while it still ran."""


def test_who_missed_each_other_and_met_in_the_same_round_met() -> None:
    assert met(AGAIN) == {"ab": 1}
    planned = MissedMeeting(round=1, pair=("a", "b"))
    assert met(AGAIN, day=DayState(missed=(planned,))) == {"ab": 1}
    both = (planned, planned.model_copy(update={"added": True}))
    assert met(AGAIN, day=DayState(missed=both)) == {}


def test_what_the_day_says_was_missed_or_cancelled_did_not_take_place() -> None:
    planned = schedule([["ab", "cd"], ["ac"]])
    day = DayState(
        missed=(MissedMeeting(round=1, pair=("d", "c")), MissedMeeting(round=2, pair=("a", "b"))),
        cancellations={"x": 2},
    )
    assert met(planned, day=day) == {"ab": 1}


def test_what_either_denies_did_not_take_place() -> None:
    planned = schedule([["ab"]])
    for way in ("ab", "ba"):
        assert met(planned, said(way, held=False, round=1)) == {}
    other = "ba"
    assert met(planned, said("ab", round=1), said(other, held=False, round=1)) == {}


def test_to_deny_an_earlier_meeting_does_not_deny_the_later_one() -> None:
    assert met(missing("ab", "ab"), said("ab", held=False, round=1)) == {"ab": 2}


def test_who_met_by_an_earlier_version_met_if_they_say_so() -> None:
    planned = schedule([["ab"]])
    assert met(planned, said("cd", round=1)) == {"ab": 1, "cd": 1}
    assert met(missing("cd", "ab"), said("cd", round=1)) == {"ab": 2}


def test_of_what_one_says_of_another_the_last_counts() -> None:
    first, second = said("ab", id="1", valuable=True), said("ab", id="2")
    assert current_feedback([first, second])["a", "b"] == second
    assert current_feedback([second, first])["a", "b"] == first


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_feedback_matters_only_between_the_same_two(seed: int) -> None:
    rng = Random(seed)
    ways = [a + b for a in "abcd" for b in "abcd" if a != b]
    log = [said(rng.choice(ways), id=str(k), held=rng.random() < 0.7, round=1) for k in range(15)]
    mixed = sorted(log, key=lambda told: rng.random())
    places = {way: [k for k, told in enumerate(mixed) if told.attendee + told.partner == way]
              for way in ways}  # fmt: skip
    for way, where in places.items():
        own = [told for told in log if told.attendee + told.partner == way]
        for k, told in zip(where, own, strict=True):
            mixed[k] = told
    assert current_feedback(mixed) == current_feedback(log)
    assert met(schedule([["ab", "cd"]]), *mixed) == met(schedule([["ab", "cd"]]), *log)


# --- what feedback may be about -----------------------------------------------------------------


def refusals(*told: Feedback, held: int = 1, versions: tuple[Schedule, ...] = ()) -> list[str]:
    found = Published(DAY)
    for version in versions or (schedule([["ab"], ["ac"]]),):
        found.read(version.model_dump_json())
    return [f"{e.pointer} {e.code}" for e in found.objections(told, (), held)]


def test_feedback_is_about_a_published_meeting_that_has_begun() -> None:
    assert refusals(said("ab"), said("ba", round=1)) == []
    assert refusals(said("ad"), said("ac"), said("ab", round=2)) == [
        "/feedback/0/partner no_meeting",
        "/feedback/1/round round_not_started",
        "/feedback/2/round other_round",
    ]
    assert refusals(said("ac"), held=2) == []


def test_of_a_missed_meeting_only_that_can_be_said() -> None:
    version = missing("ab", "cd")
    assert refusals(said("ab"), versions=(version,)) == ["/feedback/0/held missed"]
    assert refusals(said("ab", held=False), versions=(version,)) == []


def test_who_met_in_the_round_in_which_they_missed_each_other_can_say_so() -> None:
    assert refusals(said("ab"), versions=(AGAIN,)) == []
    assert refusals(said("ab"), versions=(days.schedule("ab1! ab2+!"),)) != []


def test_the_newer_version_says_whether_a_meeting_was_missed() -> None:
    older = schedule([["ab"], ["cd"]])
    assert refusals(said("ab"), versions=(missing("ab", "cd"), older)) != []
    assert refusals(said("ab"), versions=(older, missing("ab", "cd"))) == []


def test_feedback_is_about_the_last_meeting_that_it_can_be_about() -> None:
    found = Published(DAY)
    found.read(missing("ab", "ab").model_dump_json())
    assert found.round_of(said("ab"), 2) == 2
    assert found.round_of(said("ab", held=False), 1) == 1
    assert found.round_of(said("ab"), 1) is None


def test_who_is_known_is_not_looked_at_again() -> None:
    found = Published(DAY)
    assert list(found.objections([said("ab")], {"ab"}, 1)) == []
