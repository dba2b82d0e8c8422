"""The part of a problem that its demands are about: the open rounds, and few people.

What is pinned is settled: those people are busy then. People whom no rule tells apart can stand in
for each other. With m people who demand something and R rounds, ``max(m, R)`` of a kind are
enough, for the k-th of them may meet stand-in ``(k + r) mod max(m, R)`` in round r; of a kind with
limited meetings ``m R`` are, for then each has one. All others are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from solver.instance import Benefits, Edge, Flags, Instance, Ints, Matchings


@dataclass(frozen=True)
class Subproblem:
    """``instance`` is about ``people`` in the open rounds of ``whole``, its pins apart."""

    whole: Instance
    instance: Instance
    people: Sequence[int]

    def back(self, matchings: Matchings) -> Matchings:
        """The meetings of the part's open rounds and the pins, as pins of the whole, by round."""
        first, rounds = self.whole.open_rounds.start, len(self.whole.open_rounds)
        pinned = self.whole.pinned[first:] or ((),) * rounds
        rows = [
            tuple(sorted({(self.people[i], self.people[j]) for i, j in row}.union(pins)))
            for row, pins in zip(matchings[len(matchings) - rounds :], pinned, strict=True)
        ]
        return ((),) * first + tuple(rows)


def subproblem_of(instance: Instance) -> Subproblem:
    """The part that the demands are about; all of it where meetings must support themselves.

    So it is where H9 to H11 bind, for what is pinned then binds others. Takes pins for possible.
    """
    if not instance.fill or instance.is_strict:
        return Subproblem(instance, instance, range(instance.n))
    settled = _settled(instance)
    people = _who_matters(settled)
    return Subproblem(instance, _among(settled, people), people)


def _settled(instance: Instance) -> Instance:
    """The open rounds, with those pinned busy; who has met may not meet again."""
    rounds = instance.open_rounds
    pins = [(*pair, r) for r in rounds if instance.pinned for pair in instance.pinned[r]]
    i, j, r = np.array(pins, np.int64).reshape(-1, 3).T
    present = instance.present.copy()
    present[i, r] = present[j, r] = False
    busy = np.bincount(np.concatenate([i, j]), minlength=instance.n)
    taken = np.bincount(r, minlength=instance.rounds)
    met = instance.held_pairs.union((a, b) for a, b, _ in pins)
    old = instance.permissions
    return Instance(
        present=present[:, rounds.start :],
        tables=tuple((np.array(instance.tables) - taken)[rounds.start :].tolist()),
        benefits=Benefits.of(instance.n, ()),
        permissions=replace(
            old,
            barred=old.barred | met,
            required=tuple(pair for pair in instance.required if pair not in met),
        ),
        least=tuple(np.maximum(0, np.array(instance.needed) - busy).tolist()),
        most=tuple((np.array(instance.capacity) - busy).tolist()),
        prices=instance.prices,
        seed=instance.seed,
    )


def _who_matters(settled: Instance) -> list[int]:
    """People with demands, whom those may not meet, and enough of every kind besides."""
    demanding = {v for v, need in enumerate(settled.needed) if need > 0}
    demanding.update(v for pair in settled.required for v in pair)
    apart = settled.permissions.barred | settled.permissions.refused
    named = demanding.union(v for pair in apart if not demanding.isdisjoint(pair) for v in pair)
    address = settled.permissions.address
    if len(address):
        shared = np.isin(address, address[sorted(demanding)]) & (address >= 0)
        named.update(np.flatnonzero(shared).tolist())
    others = np.array(settled.capacity) > 0
    others[sorted(named)] = False
    rounds = settled.present.sum(axis=1)
    limited = np.array(settled.capacity) < rounds
    plenty, enough = len(demanding) * settled.rounds, max(len(demanding), settled.rounds)
    rank = _rank_in_kind(_kinds(settled, demanding, limited), others)
    return sorted(named.union(np.flatnonzero(rank < np.where(limited, plenty, enough)).tolist()))


def _kinds(settled: Instance, demanding: Iterable[int], limited: Flags) -> Ints:
    """People of one number are alike: same rounds, languages, limits, and colleagues in demand."""
    house = settled.permissions.organisation
    asked = np.isin(house, house[sorted(demanding)])
    kinds = np.where(asked, house, -1) + 1
    for column in (settled.permissions.kinds[0], limited, *settled.present.T):
        values = int(column.max(initial=0)) + 1
        if kinds.max(initial=0) > np.iinfo(np.int64).max // values - 1:
            kinds = np.unique(kinds, return_inverse=True)[1]
        kinds = kinds * values + column
    return np.asarray(kinds, np.int64)


def _rank_in_kind(kinds: Ints, counted: Flags) -> Ints:
    """How many earlier ones of its kind each has; more than anybody's for who does not count."""
    rank = np.full(len(kinds), np.iinfo(np.int64).max)
    people = np.flatnonzero(counted)
    order = people[np.argsort(kinds[people], kind="stable")]
    in_order = kinds[order]
    rank[order] = np.arange(len(order)) - np.searchsorted(in_order, in_order)
    return rank


def _among(settled: Instance, people: Sequence[int]) -> Instance:
    number = {v: k for k, v in enumerate(people)}
    old = settled.permissions

    def renumbered(pairs: Iterable[Edge]) -> list[Edge]:
        return sorted((number[i], number[j]) for i, j in pairs if i in number and j in number)

    return replace(
        settled,
        present=settled.present[people],
        benefits=Benefits.of(len(people), ()),
        permissions=replace(
            old,
            organisation=old.organisation[people],
            language=old.language[people],
            address=old.address[people] if len(old.address) else old.address,
            group=old.group[people] if len(old.group) else old.group,
            span=old.span[people] if len(old.span) else old.span,
            refused=frozenset(renumbered(old.refused)),
            barred=frozenset(renumbered(old.barred)),
            required=tuple(renumbered(old.required)),
        ),
        least=tuple(settled.least[v] for v in people),
        most=tuple(settled.most[v] for v in people),
    )
