"""The organiser's plan: what to announce when, who stands by, whom to ask."""

from datetime import timedelta

from app.paper.plan import BEGIN, LONGEST_LIST, PlanWriter
from schemas.breaks import Break
from schemas.day import DayState
from schemas.event import Attendee, Event, Round
from schemas.schedule import Schedule, ScheduledRound
from tests.app.exports.rooms import NINE, PEOPLE, TWO_ROUNDS, day_of, meeting


def steps(
    event: Event, schedule: Schedule = TWO_ROUNDS, day: DayState | None = None
) -> dict[str, list[str]]:
    """What is told of each step, by its time and title."""
    plan = PlanWriter(event, schedule, day or DayState()).steps()
    return {f"{one.time} {one.title}".strip(): [*one.announce, *one.notes] for one in plan}


def test_every_round_has_its_time_and_what_to_say() -> None:
    told = steps(day_of())
    assert [*told] == ["Before it begins", "09:00 Round 1", "09:15 Round 2", "09:25 End"]
    assert told["09:15 Round 2"][:2] == [
        BEGIN,
        "09:25: Please come to an end, and thank each other.",
    ]
    assert "4 guests" in told["Before it begins"]


def test_it_says_whom_to_ask_and_who_is_not_expected() -> None:
    told = steps(day_of())
    assert told["09:15 Round 2"][2:] == [
        "1 meeting",
        "If somebody is missing, ask in this order: 李小龍.",
        "Not expected: c.",
    ]
    assert told["09:00 Round 1"][2:] == ["1 meeting", "Nobody stands by."]


def test_who_rests_is_named_so_that_nobody_asks_them() -> None:
    rest = Break.model_validate({"from": 1, "to": 2})
    people = (PEOPLE[0], PEOPLE[1].model_copy(update={"breaks": (rest,)}), *PEOPLE[2:])
    met = ScheduledRound(round=1, meetings=(meeting("ab"), meeting("cd", 2)))
    schedule = Schedule(rounds=(met, ScheduledRound(round=2, byes=("a", "b"), absent=("c", "d"))))
    notes = steps(day_of(*people), schedule)["09:15 Round 2"][2:]
    assert notes == [
        "0 meetings",
        "If somebody is missing, ask in this order: Ada.",
        "Not to be asked, they have a break or no table: 李小龍.",
        "Not expected: c and =1+1.",
    ]


def test_of_a_crowd_the_first_are_named_and_the_others_counted() -> None:
    people = [Attendee(id=f"p{k:02}") for k in range(LONGEST_LIST + 3)]
    byes = tuple(who.id for who in people)
    told = steps(day_of(*people, rounds=1), Schedule(rounds=(ScheduledRound(round=1, byes=byes),)))
    asked = told["09:00 Round 1"][3]
    assert asked.endswith("p10, p11 and 3 others.")


def test_a_longer_pause_is_announced() -> None:
    slots = tuple(Round(starts_at=NINE + timedelta(minutes=m), minutes=10) for m in (0, 40))
    event = day_of().model_copy(update={"rounds": slots})
    assert steps(event)["09:10 Pause"] == ["We go on at 09:40."]
    assert "09:10 Pause" not in steps(day_of())


def test_rounds_may_have_no_time_and_may_be_cancelled() -> None:
    event = day_of().model_copy(update={"rounds": (Round(), Round())})
    told = steps(event, day=DayState(cancellations={"i1": 1}))
    assert [*told] == ["Before it begins", "Round 1", "Round 2", "End"]
    assert told["Round 1"] == ["Round 1 is cancelled."]


def test_the_plan_is_in_the_language_of_the_event() -> None:
    told = steps(day_of(language="de"))
    assert "4 Gäste" in told["Vor dem Beginn"]
    assert told["09:15 Runde 2"][3] == "Wenn jemand fehlt, in dieser Reihenfolge fragen: 李小龍."
