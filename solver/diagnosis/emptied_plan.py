"""A single rule that leaves next to nobody anybody to meet, whatever people offer and need.

How many people a rule lets sit at once is bounded by a largest fractional matching of the pairs
that it leaves: half of a largest matching between two copies of the room (Hopcroft and Karp).
"""

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from schemas.diagnosis import Finding
from solver.compatibility.people import Flags, Integers
from solver.diagnosis.figures import Figures
from solver.instance import Permissions, among, rising

NEARLY_ALL = 10
"""A rule that lets one in so many people sit, or fewer, empties the plan."""

REASONS: Mapping[str, tuple[str, str]] = {
    "same_organisation": (
        "colleagues do not meet (policy.same_organisation), and people are of one organisation",
        'Set it to "allow", or correct the organisations.',
    ),
    "group": (
        "people's groups do not meet (policy.meet)",
        "Correct its pairs, or the labels.",
    ),
    "language": (
        "people have no language in common",
        "Correct or complete their languages.",
    ),
    "met": (
        'people met at earlier events, and policy.rematch is "forbid"',
        'Set it to "seldom" or "allow", or invite new people.',
    ),
    "same_address": (
        "people are registered with the same e-mail address",
        "Correct the addresses, or leave out those that are not their own.",
    ),
    "two_places": (
        "there is no table at which both of two people may sit",
        "Give people further tables.",
    ),
    "forbid": (
        "people are kept apart by rules, or avoid each other",
        "Drop some of these rules.",
    ),
}
"""What each rule says of people, and what to do about it."""


def emptying_rules(figures: Figures) -> Iterator[Finding]:
    """A finding for each rule that empties the plan by itself."""
    i, j = figures.pairs
    people = int(figures.here.sum())
    for rule, forbidden in _forbidden_by(figures, i, j):
        left = ~forbidden
        if len(i) and left.sum() * NEARLY_ALL <= len(i):
            seats = _most_seated(i[left], j[left], len(figures.here))
            if seats * NEARLY_ALL <= people:
                yield _finding(rule, seats, people)


def _finding(rule: str, seats: int, people: int) -> Finding:
    why, remedy = REASONS[rule]
    left = (
        f"at most {seats} of {people} people can meet anybody at once"
        if seats
        else (f"none of {people} people may meet any other")
    )
    return Finding(
        code="rule_empties_plan",
        severity="critical",
        message=f"One rule leaves hardly a meeting, whatever profiles say: {why}, so that {left}. "
        f"{remedy}",
    )


def _forbidden_by(figures: Figures, i: Integers, j: Integers) -> Iterator[tuple[str, Flags]]:
    """Which of some pairs each rule forbids; no rule of those forbids what is required."""
    rules, n = figures.instance.permissions, figures.instance.n
    keys = i * n + j
    lifted = among(keys, rising(rules.required, n))
    for rule, forbidden in _parts(rules, i, j):
        yield rule, forbidden & ~lifted
    if figures.graph.event.policy.rematch == "forbid":
        yield "met", among(keys, _met(figures)) & ~lifted
    yield "forbid", among(keys, rising(rules.barred, n))


def _parts(rules: Permissions, i: Integers, j: Integers) -> Iterator[tuple[str, Flags]]:
    organisation, address, span = rules.organisation, rules.address, rules.span
    yield "same_organisation", (organisation[i] == organisation[j]) & (organisation[i] >= 0)
    yield "language", ~rules.understand[rules.language[i], rules.language[j]]
    if len(rules.group):
        yield "group", ~rules.meets[rules.group[i], rules.group[j]]
    if len(address):
        yield "same_address", (address[i] == address[j]) & (address[i] >= 0)
    if len(span):
        yield "two_places", (span[i, 0] >= span[j, 1]) | (span[j, 0] >= span[i, 1])


def _met(figures: Figures) -> Integers:
    number = figures.graph.number
    rules = (rule for rule in figures.graph.event.pair_rules if rule.kind == "met")
    pairs = (sorted(number[v] for v in rule.pair) for rule in rules)
    return rising(((low, high) for low, high in pairs), figures.instance.n)


def _most_seated(i: Integers, j: Integers, n: int) -> int:
    """No more people than this can be in meetings of these pairs at one time."""
    ends = np.r_[i, j], np.r_[j, i]
    pairs = csr_array(coo_array((np.ones(2 * len(i), np.int8), ends), shape=(n, n)))
    return int((maximum_bipartite_matching(pairs) >= 0).sum())
