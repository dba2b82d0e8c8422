"""Other ways to make a schedule, measured side by side with this one.

    python -m bench.peers                         generated rooms, every peer, three seeds
    python -m bench.peers room --sizes 60 --seconds 5 --peers greedy rustworkx
    python -m bench.peers wave-01-yes trades      real events, by the beginning of their names

A peer is a function of the prepared problem and the seconds it may take. It hands over every
schedule that is better than its last, so that one who is cut off keeps what he has.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from solver.instance import Instance, Matchings


class PeerAnswer(Protocol):
    """Takes a better schedule and, from those who prove one, the bound in points."""

    def __call__(self, matchings: Matchings, bound: int | None = None) -> None: ...


Solve = Callable[[Instance, float, PeerAnswer], None]

OURS = "Tertius"
PEERS = {
    OURS: "ours:solve",
    "random": "at_random:solve",
    "greedy": "greedy:solve",
    "networkx": "matched:by_networkx",
    "rustworkx": "matched:by_rustworkx",
    "CP-SAT": "cp_sat:solve",
    "timefold": "local_search:solve",
}


class PeerAbsentError(ImportError):
    """What a peer needs is not installed here."""


def peer(name: str) -> Solve:
    """The peer of this name; what it needs is loaded now, or PeerAbsentError raised."""
    module, function = PEERS[name].split(":")
    solve: Solve = getattr(import_module(f"{__name__}.{module}"), function)
    return solve
