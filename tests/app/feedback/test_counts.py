"""Feedback in numbers; a report of one person is not among them."""

from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback.counts import feedback_summary
from app.feedback.meetings import current_feedback
from schemas.feedback import Feedback, FeedbackSummary, Reported
from tests.app.feedback.test_meetings import said


def counted(*told: Feedback) -> FeedbackSummary:
    return feedback_summary(current_feedback(told))


def test_what_was_said_is_counted_by_meeting_and_by_whom_it_is_about() -> None:
    found = counted(
        said("ba", valuable=True, had_time=True), said("ab", valuable=True, would_refer=True),
        said("ca", held=False),
    )  # fmt: skip
    rows = [(m.pair, m.answers, m.held, m.valuable, m.would_refer, m.had_time)
            for m in found.meetings]  # fmt: skip
    assert rows == [(("a", "b"), 2, 2, 2, 1, 1), (("a", "c"), 1, 0, 0, 0, 0)]
    people = [(p.attendee, p.answers, p.held, p.valuable, p.would_refer, p.had_time)
              for p in found.attendees]  # fmt: skip
    assert people == [("a", 2, 1, 1, 0, 1), ("b", 1, 1, 1, 1, 0)]


def test_reports_count_from_several_people_on() -> None:
    report = {"undisclosed_pitch": True}
    assert counted(said("ax", **report)).reported == ()
    twice = said("ax", id="1", **report), said("ax", id="2", **report)
    assert counted(*twice).reported == ()
    assert counted(said("ax", **report), said("ay", **report)).reported == ()
    both = counted(said("ax", **report), said("bx", **report))
    assert both.reported == (Reported(attendee="x", reports=2),)


def test_a_report_taken_back_counts_no_more() -> None:
    first, second = said("ax", undisclosed_pitch=True), said("bx", undisclosed_pitch=True)
    assert counted(first, second, said("bx", id="2")).reported == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_one_report_changes_no_number(seed: int) -> None:
    rng = Random(seed)
    log = [
        said(a + b, valuable=rng.random() < 0.5)
        for a, b in combinations("abcde", 2)
        if rng.random() < 0.6
    ]
    for k, told in enumerate(log):
        reported = told.model_copy(update={"undisclosed_pitch": True})
        assert counted(*log[:k], reported, *log[k + 1 :]) == counted(*log)
