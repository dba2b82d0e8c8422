"""Who could meet in the running round."""

from app.day.running_round import running_round_of
from schemas.day import DayState
from schemas.event import Policy
from solver.translate.numbering import Numbering
from tests.app.day.days import event, schedule


def test_whoever_has_a_break_does_not_wait_for_a_partner() -> None:
    published = schedule("ab1! cd2", "ce1")
    day = DayState()
    for policy, waiting in ((Policy(), {4}), (Policy(max_in_a_row=1), set[int]())):
        on = event(2, 1, policy=policy).model_copy(update={"published": published})
        found = running_round_of(on, day, Numbering.of(on))
        assert found is not None
        assert found.stranded == {0, 1}
        assert found.waiting == waiting
