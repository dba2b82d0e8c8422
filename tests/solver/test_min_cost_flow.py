"""Flows of largest worth, on networks whose best flow can be seen."""

import numpy as np
import pytest

from solver.min_cost_flow import Network


def array(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def test_what_is_worth_most_is_sent_first() -> None:
    """Two ways from 0 to 3, of 5 and of 8, each for one unit."""
    network = Network(4)
    first = network.add(array(0, 0), array(1, 2), 1, array(5, 8))
    network.add(array(1, 2), array(3, 3), 1, 0)
    flows, worth = network.largest(0, 3, most=1)
    assert worth == 8
    assert flows[first].tolist() == [0, 1]


def test_no_more_than_is_allowed_is_sent() -> None:
    for most, worth in ((1, 8), (2, 13), (3, 13)):
        network = Network(4)
        network.add(array(0, 0), array(1, 2), 1, array(5, 8))
        network.add(array(1, 2), array(3, 3), 1, 0)
        assert network.largest(0, 3, most)[1] == worth


def test_what_would_cost_is_not_sent() -> None:
    network = Network(2)
    arcs = network.add(array(0, 0), array(1, 1), array(2, 3), array(-4, 6))
    flows, worth = network.largest(0, 1, most=9)
    assert flows[arcs].tolist() == [0, 3]
    assert worth == 18


def test_an_earlier_choice_is_taken_back_where_two_others_are_worth_more() -> None:
    """0-1-4-5 is worth 9 alone; 0-1-3-5 and 0-2-4-5 together 12."""
    network = Network(6)
    arcs = network.add(array(0, 0, 1, 1, 2, 3, 4), array(1, 2, 3, 4, 4, 5, 5), 1,
                       array(0, 0, 6, 9, 6, 0, 0))  # fmt: skip
    assert network.largest(0, 5, most=1)[1] == 9
    network = Network(6)
    arcs = network.add(array(0, 0, 1, 1, 2, 3, 4), array(1, 2, 3, 4, 4, 5, 5), 1,
                       array(0, 0, 6, 9, 6, 0, 0))  # fmt: skip
    flows, worth = network.largest(0, 5, most=2)
    assert worth == 12
    assert flows[arcs].tolist() == [1, 1, 1, 0, 1, 1, 1]


def test_numbers_of_arcs_are_those_of_their_flows() -> None:
    network = Network(3)
    assert network.add(array(0), array(1), 1, 1).tolist() == [0]
    assert network.add(array(1, 0), array(2, 2), array(1, 2), 1).tolist() == [1, 2]
    flows, worth = network.largest(0, 2, most=5)
    assert (flows[:3].tolist(), worth) == ([1, 1, 2], 4)


def test_a_flow_that_is_too_large_to_be_counted_is_an_error() -> None:
    network = Network(2)
    network.add(array(0), array(1), 1, 2**62)
    with pytest.raises(ArithmeticError):
        network.largest(0, 1, most=1)
