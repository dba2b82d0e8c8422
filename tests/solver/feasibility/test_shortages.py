"""What there is too little of, each on a problem that one can count by hand."""

from typing import Any

import pytest

from solver.feasibility.shortages import Bottleneck, find_shortages
from solver.instance import Instance
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import random_event
from tests.solver.instances import instance, mutual

SHORT: dict[str, tuple[Instance, list[Bottleneck]]] = {
    "two need three rounds": (
        instance(6, 2, required=[(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)]),
        [Bottleneck("rounds", 3, 2, (0, 4), (1, 2, 3))],
    ),
    "a minimum above the rounds": (
        instance(4, 2, least={0: 3}),
        [Bottleneck("rounds", 3, 2, (0,))],
    ),
    "absent in one of them": (
        instance(4, 2, least={0: 2}, absent=[(0, 1)]),
        [Bottleneck("attendee_rounds", 2, 1, (0,))],
    ),
    "a limit below what is required": (
        instance(4, 2, required=[(0, 1), (0, 2)], most={0: 1}),
        [Bottleneck("attendee_rounds", 2, 1, (0,), (1, 2))],
    ),
    "never there together": (
        instance(4, 2, required=[(0, 1)], absent=[(0, 0), (1, 1)]),
        [Bottleneck("shared_rounds", 1, 0, (0, 1))],
    ),
    "one table for two meetings": (
        instance(4, 1, required=[(0, 1), (2, 3)], tables=(1,)),
        [Bottleneck("tables", 2, 1, (0, 1, 2, 3))],
    ),
    "three people have one meeting a round": (
        instance(3, 2, least={0: 2, 1: 2, 2: 2}),
        [Bottleneck("meetings", 3, 2, (0, 1, 2))],
    ),
    "one partner, who has rounds enough": (
        instance(4, 2, least={0: 2}, barred=[(0, 1), (0, 2)]),
        [Bottleneck("partners", 2, 1, (0,), (3,))],
    ),
    "one host for three guests in two rounds": (
        instance(4, 2, least={0: 1, 1: 1, 2: 1}, organisation={0: 0, 1: 0, 2: 0}),
        [Bottleneck("partner_rounds", 3, 2, (0, 1, 2), (3,))],
    ),
    "the host must meet one of the guests": (
        instance(4, 1, required=[(0, 3)], least={0: 1, 1: 1}, organisation={0: 0, 1: 0, 2: 0}),
        [Bottleneck("partner_rounds", 1, 0, (1,), (3,))],
    ),
    "two groups, each short by itself": (
        instance(6, 1, least={0: 1, 1: 1, 3: 1, 4: 1}, barred=[
            (0, 1), (0, 3), (0, 4), (0, 5), (1, 3), (1, 4), (1, 5),
            (2, 3), (2, 4), (3, 4),
        ]),
        [
            Bottleneck("partner_rounds", 2, 1, (0, 1), (2,)),
            Bottleneck("partner_rounds", 2, 1, (3, 4), (5,)),
        ],
    ),
    "where idle seats stay idle, mutual partners alone": (
        instance(4, 2, mutual({(0, 1): 500}), least={0: 2}, fill=False),
        [Bottleneck("partners", 2, 1, (0,), (1,))],
    ),
    "nothing is demanded": (instance(4, 2, tables=(0, 0)), []),
    "everything fits": (instance(4, 2, required=[(0, 1)], least={0: 2, 2: 2}), []),
    "only a proof shows it": (instance(4, 2, required=[(0, 1), (0, 2), (1, 2)]), []),
}  # fmt: skip


@pytest.mark.parametrize("name", SHORT)
def test_what_is_short_is_named_with_everybody_concerned(name: str) -> None:
    problem, told = SHORT[name]
    assert find_shortages(problem) == told


@pytest.mark.parametrize("block", range(4))
def test_where_something_is_short_there_is_no_schedule(block: int) -> None:
    told: list[Any] = []
    for seed in range(block, 160, 4):
        event = random_event(seed, 6, 3)
        found = find_shortages(instance_of(event, explicit_rows(event)))
        assert not found or best_points(event) is None, f"seed {seed}: {found}"
        told += found
    assert told
