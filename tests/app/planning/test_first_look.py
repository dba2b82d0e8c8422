"""What shows without benefits; what publishing makes of it is in tests/app/service."""

from app.planning.document import outline_of
from app.planning.first_look import look_at_version
from schemas.event import PairRule
from schemas.solve import Waiver
from tests.app.service.stored import FOUR, schedule


def test_a_meeting_of_one_round_that_was_waived_is_not_asked_for() -> None:
    rule = PairRule(kind="require", pair=("a", "d"), round=1)
    outline = outline_of(FOUR.model_copy(update={"pair_rules": (rule,)}))
    version = schedule("ab cd", "ac bd")
    objections, _ = look_at_version(outline, 0, version.model_dump_json(), None)
    assert [(o.code, o.message) for o in objections] == [
        ("required", "a and d must meet in round 1")
    ]
    waived = version.model_copy(update={"waived": (Waiver(pair=("d", "a"), reason="gone"),)})
    assert look_at_version(outline, 0, waived.model_dump_json(), None) == ([], ())
