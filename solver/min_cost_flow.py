"""Minimum-cost flows built from arrays of arcs (Goldberg's cost scaling, by OR-Tools)."""

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from solver.instance import Ints


class Network:
    """A minimum-cost flow being built from arrays of arcs; worth is negative cost."""

    def __init__(self, nodes: int) -> None:
        self.flow = SimpleMinCostFlow()
        self.nodes = nodes

    def add(self, tail: Ints, head: Ints, capacity: Ints | int, worth: Ints | int) -> Ints:
        """Add arcs, parallel arrays of whole numbers, and return their numbers in the network."""
        wide = np.broadcast_to(np.asarray(capacity, np.int64), len(tail))
        cost = np.broadcast_to(-np.asarray(worth, np.int64), len(tail))
        arcs = self.flow.add_arcs_with_capacity_and_unit_cost(tail, head, wide, cost)
        return np.asarray(arcs, np.int64)

    def largest(self, source: int, sink: int, most: int) -> tuple[Ints, int]:
        """Send at most ``most`` units for the largest worth: the flow of each arc, and the worth.

        Raises ArithmeticError if OR-Tools finds no optimum.
        """
        self.add(np.array([source]), np.array([sink]), most, 0)
        self.flow.set_node_supply(source, most)
        self.flow.set_node_supply(sink, -most)
        status = self.flow.solve()
        if status != self.flow.OPTIMAL:
            raise ArithmeticError(f"minimum-cost flow ended with status {status}")
        arcs = np.arange(self.flow.num_arcs())
        return np.asarray(self.flow.flows(arcs), np.int64), -int(self.flow.optimal_cost())
