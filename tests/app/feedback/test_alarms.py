"""An organiser is told when many meetings did not take place, or several people report one."""

from app.feedback.alarms import find_alarms
from app.feedback.meetings import current_feedback
from schemas.feedback import Feedback


def said(attendee: str, partner: str, **fields: object) -> Feedback:
    return Feedback.model_validate(
        {"id": f"{attendee}-{partner}", "attendee": attendee, "partner": partner, "round": 1}
        | fields
    )


def alarms(*feedback: Feedback) -> list[tuple[str, str, int | None]]:
    found = find_alarms("e", current_feedback(feedback))
    return [(cause, alarm.reason, alarm.round) for cause, alarm in found]


def test_one_report_is_no_alarm_and_two_of_the_same_person_are() -> None:
    first = said("a", "z", undisclosed_pitch=True)
    assert alarms(first, said("b", "y", undisclosed_pitch=True)) == []
    assert alarms(first, said("b", "z", undisclosed_pitch=True)) == [
        ("reported:z", "undisclosed_pitches", None)
    ]


def test_a_round_of_which_a_quarter_was_missed_is_an_alarm() -> None:
    missed = [said(f"a{k}", f"b{k}", held=False) for k in range(3)]
    fine = [said(f"c{k}", f"d{k}") for k in range(9)]
    assert alarms(*missed, *fine) == [("missed:1", "not_held", 1)]
    assert alarms(*missed, *fine, said("c", "d")) == []
    assert alarms(*missed[:2]) == []


def test_a_meeting_is_counted_once_whoever_speaks_of_it() -> None:
    both = [said("a", "b", held=False), said("b", "a", held=False)]
    assert alarms(*both, said("c", "d", held=False)) == []
