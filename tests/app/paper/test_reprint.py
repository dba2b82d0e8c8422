"""Which printed cards will do."""

from app.paper.reprint import Reprint, compare_cards

PRINTED = {"a": "h 1 2", "b": "h 1 2", "c": "h 1 2"}


def test_equal_cards_need_no_print() -> None:
    assert compare_cards(PRINTED, PRINTED, held=0) == Reprint([], [], [])


def test_cards_change_by_head_or_line() -> None:
    now = {"a": "g 1 2", "b": "h 1 3", "c": "h 1 2"}
    assert compare_cards(PRINTED, now, held=0).changed == ["a", "b"]


def test_lines_of_held_rounds_do_not_count() -> None:
    now = {"a": "h 9 2", "b": "h 1 9", "c": "g 1 2"}
    assert compare_cards(PRINTED, now, held=1).changed == ["b", "c"]
    assert compare_cards(PRINTED, now, held=2).changed == ["c"]


def test_a_round_more_counts() -> None:
    assert compare_cards(PRINTED, PRINTED | {"a": "h 1 2 3"}, held=1).changed == ["a"]


def test_who_is_new_and_who_is_gone_is_told() -> None:
    now = {"d": "h 1 2", "a": "h 1 2"}
    told = compare_cards(PRINTED, now, held=0)
    assert told == Reprint(changed=[], new=["d"], gone=["b", "c"])
    assert told.needed == {"d"}
