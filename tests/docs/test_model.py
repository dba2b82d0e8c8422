"""The worked example of docs/model.md, recomputed."""

from solver.objective import parts_of, phi, triangle_value
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of

EVENT = event_of("abc", 3, {"ab": 0.8, "ac": 0.3, "ba": 0.2, "bc": 0.7, "ca": 0.6, "cb": 0.9})


def test_the_worked_example_is_true() -> None:
    instance = instance_of(EVENT, explicit_rows(EVENT))
    assert [instance.value(*pair) for pair in ((0, 1), (1, 2), (0, 2))] == [400, 793, 424]
    assert triangle_value(instance, 0, 1, 2) == 600
    everybody = parts_of(instance, (((0, 1),), ((1, 2),), ((0, 2),)))
    assert everybody.mutual == 161_700
    assert everybody.triangles == 45_000
    assert everybody.fairness == 300_000
    assert everybody.byes == 0
    assert everybody.points == 506_700 == best_points(EVENT)
    apart = parts_of(instance, (((0, 1),), ((1, 2),), ()))
    assert apart.byes == 2 * 75_000


def test_the_first_quarter_of_satisfaction_is_worth_four_times_the_last() -> None:
    assert phi(250) - phi(0) == 4 * (phi(1000) - phi(750))
    assert [phi(s) for s in (0, 1, 250, 251, 500, 750, 999, 1000)] == [
        0, 1, 400, 401, 700, 900, 999, 1000,
    ]  # fmt: skip
