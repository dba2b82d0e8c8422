"""Breaks become windows: the policy's, or a person's own in their place."""

from typing import Any

import pytest

from schemas.breaks import Break
from schemas.event import Attendee, Policy
from solver.translate.breaks import windows_by_number
from solver.translate.numbering import Numbering
from tests.builders import event_of


def breaks(*windows: tuple[int, int]) -> tuple[Break, ...]:
    return tuple(Break.model_validate({"from": first, "to": last}) for first, last in windows)


def windows(rounds: int, policy: Policy, **of_b: Any) -> tuple[tuple[tuple[int, int], ...], ...]:
    event = event_of((Attendee(id="b", **of_b), Attendee(id="a")), rounds, {}, policy=policy)
    return windows_by_number(event, Numbering.of(event))


def test_nobody_has_windows_where_nothing_is_said() -> None:
    assert windows(4, Policy()) == ()


@pytest.mark.parametrize(
    ("in_a_row", "expected"),
    [(1, ((0, 1), (1, 2), (2, 3))), (2, ((0, 2), (1, 3))), (3, ((0, 3),)), (4, None), (9, None)],
)
def test_after_so_many_in_a_row_a_round_is_free(in_a_row: int, expected: Any) -> None:
    told = windows(4, Policy(max_in_a_row=in_a_row))
    assert told == ((expected, expected) if expected else ())


def test_windows_are_in_the_order_of_their_last_rounds_each_once() -> None:
    policy = Policy(max_in_a_row=2, breaks=breaks((4, 4), (2, 4), (3, 3), (1, 2)))
    assert windows(4, policy)[0] == ((0, 1), (0, 2), (2, 2), (1, 3), (3, 3))


def test_what_somebody_says_is_in_place_of_the_policy_field_by_field() -> None:
    policy = Policy(max_in_a_row=3, breaks=breaks((2, 2)))
    a, b = windows(4, policy, max_in_a_row=2)
    assert (a, b) == (((1, 1), (0, 3)), ((1, 1), (0, 2), (1, 3)))
    a, b = windows(4, policy, breaks=breaks((3, 4)))
    assert (a, b) == (((1, 1), (0, 3)), ((0, 3), (2, 3)))
    a, b = windows(4, policy, breaks=())
    assert a == b


def test_many_with_the_same_breaks_share_them() -> None:
    a, b = windows(4, Policy(max_in_a_row=2), priority=3)
    assert a is b
