"""A first look: narrowed to the best partners, and cheap."""

import pytest

from solver.diagnosis import trial as module
from solver.diagnosis.trial import narrow_instance, trial_schedule
from solver.errors import Infeasible
from solver.objective import parts_of
from tests.solver.instances import everybody, instance, mutual


def test_the_best_partners_of_either_side_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PARTNERS", 1)
    room = instance(4, 1, mutual({(0, 1): 900, (0, 2): 800, (0, 3): 700, (2, 3): 750, (1, 2): 100}))
    kept = narrow_instance(room).values
    assert kept == {(0, 1): 900, (0, 2): 800, (2, 3): 750}


def test_one_sided_pairs_are_left_out_unless_seats_stay_empty() -> None:
    room = instance(2, 1, {(0, 1): 900})
    assert not narrow_instance(room).benefits.lookup
    assert narrow_instance(instance(2, 1, {(0, 1): 900}, fill=False)).benefits.lookup == {
        (0, 1): 900
    }


def test_a_small_event_is_solved_as_well_as_it_can_be() -> None:
    room = instance(4, 1, mutual({(0, 1): 900, (2, 3): 100, (0, 2): 600, (1, 3): 600}))
    assert parts_of(room, trial_schedule(room)).points == 100 * 1200


def test_rules_that_contradict_each_other_are_told_or_waived() -> None:
    room = instance(3, 1, everybody(3, 500), least={0: 1, 1: 1, 2: 1})
    with pytest.raises(Infeasible):
        trial_schedule(room)
    assert len(trial_schedule(room, waiving=True)[0]) == 1
