"""Promises: which can stay beside what is demanded, and how many any schedule breaks."""

from solver.budget import Budget, Meter
from solver.instance import Matchings
from solver.repair.promises import (
    broken_promises,
    fit_together,
    keep_promises,
    promises_with_tables,
)
from tests.solver.instances import instance, mutual

GAINS = mutual({(0, 1): 300, (2, 3): 900, (4, 5): 600})
THREE: Matchings = (((0, 1), (2, 3), (4, 5)), ())


def meter() -> Meter:
    return Meter(Budget(work=10**9))


def test_a_promise_is_broken_unless_it_is_kept_in_its_round() -> None:
    assert broken_promises(THREE, THREE) == 0
    assert broken_promises(THREE, (((0, 1),), ((2, 3), (4, 5)))) == 2
    assert broken_promises(((), ()), THREE) == 0


def test_where_tables_are_scarce_the_most_valuable_promises_have_them() -> None:
    assert promises_with_tables(instance(6, 2, GAINS, tables=(2, 2)), THREE) == (
        ((2, 3), (4, 5)),
        (),
    )
    assert promises_with_tables(instance(6, 2, GAINS, tables=(0, 2)), THREE) == ((), ())
    assert promises_with_tables(instance(6, 2, GAINS, tables=(3, 2)), THREE) == THREE


def test_of_promises_of_equal_value_the_first_have_the_tables() -> None:
    assert promises_with_tables(instance(6, 2, tables=(2, 2)), THREE) == (((0, 1), (2, 3)), ())


def test_all_are_kept_where_nothing_stands_in_the_way() -> None:
    assert keep_promises(instance(6, 2, GAINS), THREE, meter()) == (THREE, 0)


def test_what_tables_break_is_counted() -> None:
    problem = instance(6, 2, GAINS, tables=(1, 3))
    assert keep_promises(problem, THREE, meter()) == ((((2, 3),), ()), 2)


def test_a_promise_makes_way_for_a_required_pair() -> None:
    """0 and 2 must meet, and are both there in the first round alone."""
    problem = instance(6, 2, GAINS, required=[(0, 2)], absent=[(0, 1)])
    assert keep_promises(problem, THREE, meter()) == ((((4, 5),), ()), 2)


def test_no_more_make_way_than_must() -> None:
    """5 needs a meeting in the only round, and 4 has left."""
    problem = instance(6, 1, GAINS, least={5: 1}, absent=[(4, 0)])
    promises: Matchings = (((0, 1), (2, 3)),)
    pins, broken = keep_promises(problem, promises, meter())
    assert broken == 1
    assert len(pins[0]) == 1
    assert set(pins[0]) < set(promises[0])


def test_a_promise_of_two_who_may_not_meet_any_more_is_broken() -> None:
    problem = instance(6, 2, GAINS, barred=[(2, 3)])
    assert keep_promises(problem, THREE, meter()) == ((((0, 1), (4, 5)), ()), 1)


def test_what_is_pinned_beside_promises_fits_only_where_all_of_it_can_take_place() -> None:
    pins: Matchings = (((0, 1), (2, 3)), ())
    demanded: Matchings = (((0, 1),), ())
    assert fit_together(instance(6, 2, tables=(2, 2), pinned=demanded), pins)
    assert not fit_together(instance(6, 2, tables=(1, 2), pinned=demanded), pins)
    assert not fit_together(instance(6, 2, absent=[(1, 0)], pinned=demanded), pins)
