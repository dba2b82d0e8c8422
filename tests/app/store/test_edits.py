"""What edits have changed since a version was made, each part once."""

from app.store.edits import changed_since
from schemas import limits

EDITED = [(2, ["/weights"]), (4, ["/benefits", "/weights"]), (5, ["/policy"])]


def test_each_part_is_told_once_in_the_order_it_was_first_changed() -> None:
    assert changed_since(EDITED, 1) == ("/weights", "/benefits", "/policy")


def test_what_was_changed_before_a_version_was_made_is_not_told() -> None:
    assert changed_since(EDITED, 4) == ("/policy",)
    assert changed_since(EDITED, 5) == ()


def test_nothing_is_told_of_what_was_made_of_no_known_revision() -> None:
    assert changed_since(EDITED, None) == ()


def test_no_more_is_told_than_a_schedule_may_hold() -> None:
    many = [(2, [f"/attendees/{k}" for k in range(limits.STALE + 1)])]
    assert len(changed_since(many, 1)) == limits.STALE
