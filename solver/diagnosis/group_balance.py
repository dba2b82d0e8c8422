"""Groups that may meet, against each other: who is left over in a round, however it is planned.

In a round with ``c(g)`` people of group ``g`` take some groups ``S`` no two people of which may
meet, and all groups ``N(S)`` whom they may meet: at least ``c(S) - c(N(S))`` people sit out. The
largest such number is what a largest fractional matching between groups leaves over (Kőnig), found
with its ``S`` as a minimum cut between two copies of the groups.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from schemas.diagnosis import Finding, Severity
from schemas.text import list_some
from solver.compatibility.group_rule import GroupRule
from solver.diagnosis.figures import Figures
from solver.diagnosis.wording import name_rounds, number_range, severity_by_share

TOLD = 5
"""So many groups are named."""


class Surplus(NamedTuple):
    """In a round, from 0, so many people too many of some groups for those whom they may meet."""

    round: int
    people: int
    groups: frozenset[str]
    partners: frozenset[str]


def outnumbering_groups(figures: Figures) -> Iterator[Finding]:
    """A finding where people of some groups sit out for want of people of others."""
    meet = figures.graph.event.policy.meet
    if meet is None:
        return
    rule = GroupRule(meet)
    group = [rule.group_of(attendee) for attendee in figures.room.attendees]
    present = figures.instance.present
    counts = {
        r: Counter(group[v] for v in np.flatnonzero(present[:, r]).tolist())
        for r in figures.instance.open_rounds
    }
    together = Counter(group[v] for v in np.flatnonzero(figures.here).tolist())
    served = {g for g in together if _partners(rule, g, together)}
    found = [
        surplus
        for r, those in counts.items()
        if (surplus := find_surplus(rule, r, {g: those[g] for g in served & those.keys()})).people
    ]
    if found:
        yield _finding(figures, rule, counts, found)


def find_surplus(rule: GroupRule, r: int, counts: Mapping[str, int]) -> Surplus:
    """Who is left over at least of so many people of each group."""
    network: nx.DiGraph[Any] = nx.DiGraph()
    network.add_nodes_from(("from", "to"))
    for g, count in counts.items():
        network.add_edge("from", (g, 0), capacity=count)
        network.add_edge((g, 1), "to", capacity=count)
        network.add_edges_from(((g, 0), (h, 1)) for h in _partners(rule, g, counts))
    seated, (reached, _) = nx.minimum_cut(network, "from", "to")
    ours = {g for g in counts if (g, 0) in reached}
    theirs = {g for g in counts if (g, 1) in reached}
    left = sum(counts.values()) - int(seated)
    return Surplus(r, left, frozenset(ours - theirs), frozenset(theirs - ours))


def _partners(rule: GroupRule, group: str, counts: Mapping[str, int]) -> set[str]:
    """The groups there are that may meet one; itself only if there are two people of it."""
    return {g for g in counts if rule.may_meet(group, g) and (g != group or counts[g] > 1)}


def _finding(
    figures: Figures, rule: GroupRule, counts: Mapping[int, Counter[str]], found: list[Surplus]
) -> Finding:
    worst = max(found, key=lambda surplus: (surplus.people, -surplus.round))
    there = counts[worst.round]
    many, few = (sum(there[g] for g in side) for side in (worst.groups, worst.partners))
    rounds = name_rounds([s.round + 1 for s in found], len(counts))
    groups = frozenset[str]().union(*(surplus.groups for surplus in found))
    written = _written(figures, rule)
    partners = f" of {_names(worst.partners, written)}" if worst.partners else ""
    return Finding(
        code="group_outnumbers",
        severity=_severity(counts, found),
        message=f"In {rounds} at least {number_range(s.people for s in found)} people of "
        f"{_names(groups, written)} meet nobody: in round {worst.round + 1} there are {many} of "
        f"them, and {few or 'nobody'}{partners} whom they may meet. Invite more of these, let them "
        "come in turns, or let further groups meet.",
        attendees=tuple(
            a.id
            for a, here in zip(figures.room.attendees, figures.here.tolist(), strict=True)
            if here and rule.group_of(a) in groups
        ),
    )


def _severity(counts: Mapping[int, Counter[str]], found: list[Surplus]) -> Severity:
    """Critical where three in four people are idle all day, a warning from one in ten on."""
    idle, there = sum(s.people for s in found), sum(those.total() for those in counts.values())
    return "critical" if idle * 4 >= there * 3 else severity_by_share(idle, there, "warning")


def _written(figures: Figures, rule: GroupRule) -> dict[str, str]:
    """Each group as somebody wrote it."""
    rows = (
        (rule.group_of(a), a.labels.get(rule.label, "").strip()) for a in figures.room.attendees
    )
    written: dict[str, str] = {}
    for group, value in rows:
        written.setdefault(group, f"'{value}'" if group else f"those without '{rule.label}'")
    return written


def _names(groups: Collection[str], written: Mapping[str, str]) -> str:
    told = [written[group] for group in sorted(groups)]
    return list_some(told[:TOLD], len(told))
