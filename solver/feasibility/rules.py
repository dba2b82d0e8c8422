"""The hard rules one by one: which there are, and the problem with only some of them in force.

A demand is ``require`` or ``min``; every other kind restricts. What is not in force is as if the
organiser had never said it: an absence, a limit, few tables, a rule about a pair, a policy. A rule
about a policy names whom it holds apart from others: ``same_organisation`` the members of one,
``language`` and ``refused`` one attendee. All that asks for breaks of somebody is one rule. Pins,
held rounds and that a pair meets at most once are always in force.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from solver.errors import Rule, RuleKind
from solver.instance import Edge, Flags, Instance, Ints, Permissions, Window, breaks_needed


def demands_of(instance: Instance) -> list[Rule]:
    """The pairs that must meet and the people who must have meetings."""
    required = [Rule("require", pair) for pair in instance.required]
    return required + [Rule("min", (v,)) for v, need in enumerate(instance.needed) if need > 0]


def with_only(instance: Instance, demanding: Iterable[Rule]) -> Instance:
    """The problem with no demands but these."""
    kept = {(rule.kind, rule.who) for rule in demanding}
    pairs = [pair for pair in instance.required if ("require", pair) not in kept]
    return without_demands(
        instance, pairs, [v for v in range(instance.n) if ("min", (v,)) not in kept]
    )


def without_demands(instance: Instance, pairs: Iterable[Edge], people: Iterable[int]) -> Instance:
    """The problem with these requirements and the minimums of these people given up."""
    return replace(
        instance,
        waived=instance.waived.union(pairs),
        excused=instance.excused.union(people),
    )


def restrictions_of(instance: Instance, demanding: Collection[Rule]) -> list[list[Rule]]:
    """What may stand in the way of these demands and of pins, in groups, the most telling first."""
    in_need = {rule.who[0] for rule in demanding if rule.kind == "min"}
    in_need.update(v for row in instance.pinned for pair in row for v in pair)
    required = {edge_of(rule) for rule in demanding if rule.kind == "require"}
    named = in_need.union(v for pair in required for v in pair)
    short = [r for r in instance.open_rounds if instance.tables[r] < instance.n // 2]
    everybody = range(instance.n) if in_need else ()
    others = [v for v in everybody if v not in named]
    # Where a meeting has to be supported, any two others may be the side that its triangle lacks.
    asked = in_need if instance.fill else set(everybody)
    return [
        [*_about_pairs(instance, asked, required), *_about_policies(instance, asked)],
        [Rule("tables", (r,)) for r in short],
        _about_people(instance, sorted(named)),
        _about_people(instance, others),
    ]


def _about_pairs(instance: Instance, in_need: set[int], required: set[Edge]) -> list[Rule]:
    forbidden = sorted(instance.permissions.barred)
    met = sorted(instance.permissions.refused.intersection(instance.met))
    rules = [Rule("forbid", p) for p in forbidden if p in required or not in_need.isdisjoint(p)]
    return rules + [Rule("met", p) for p in met if not in_need.isdisjoint(p)]


def _about_policies(instance: Instance, in_need: set[int]) -> list[Rule]:
    permissions = instance.permissions
    houses = {int(permissions.organisation[v]) for v in in_need} - {-1}
    rules = [rule for house in sorted(houses) for rule in _about_house(permissions, house)]
    rules += [Rule("language", (v,)) for v in sorted(in_need) if _not_understood(permissions, v)]
    refused = permissions.refused.difference(instance.met)
    turned_away = {v for pair in refused for v in pair}.intersection(in_need)
    rules += [Rule("refused", (v,)) for v in sorted(turned_away)]
    if instance.companies is not None:
        rules.append(Rule("per_organisation"))
    return rules if instance.fill else [*rules, Rule("leave")]


def _about_house(permissions: Permissions, house: int) -> list[Rule]:
    members: list[int] = np.flatnonzero(permissions.organisation == house).tolist()
    return [Rule("same_organisation", tuple(members))] if len(members) > 1 else []


def _not_understood(permissions: Permissions, v: int) -> bool:
    spoken = np.unique(permissions.language)
    return not bool(np.all(permissions.understand[permissions.language[v], spoken]))


def _about_people(instance: Instance, people: Iterable[int]) -> list[Rule]:
    here = instance.present[:, instance.open_rounds.start :].sum(axis=1)
    away = (len(instance.open_rounds) - here).tolist()
    most = (here + instance.held_counts).tolist()
    limit, rules = instance.limit or instance.most, list[Rule]()
    for v in people:
        if away[v]:
            rules.append(Rule("absent", (v,)))
        if limit[v] < most[v]:
            rules.append(Rule("max", (v,)))
        if instance.windows and instance.windows[v]:
            rules.append(Rule("break", (v,)))
    return rules


def edge_of(rule: Rule) -> Edge:
    """The pair that a rule is about."""
    i, j = rule.who
    return i, j


def rules_in_force(instance: Instance, rules: Iterable[Rule]) -> Instance:
    """The problem with these rules only."""
    by_kind: dict[RuleKind, list[tuple[int, ...]]] = {}
    for rule in rules:
        by_kind.setdefault(rule.kind, []).append(rule.who)

    def people(kind: RuleKind) -> list[int]:
        return [who[0] for who in by_kind.get(kind, [])]

    here = instance.present.copy()
    here[:, instance.open_rounds.start :] = True
    here[people("absent")] = instance.present[people("absent")]
    limits = _limits(instance, people("max"))
    windows = _windows(instance, set(people("break")))
    seats = here.sum(axis=1) - breaks_needed(windows, here)
    wanted, rounds = set(people("min")), set(people("tables"))
    return replace(
        instance,
        present=here,
        tables=tuple(
            t if r in rounds else max(t, instance.n // 2) for r, t in enumerate(instance.tables)
        ),
        permissions=_permissions(instance, by_kind),
        least=tuple(low if v in wanted else 0 for v, low in enumerate(instance.least)),
        most=tuple(np.minimum(limits, seats).tolist()),
        fill=instance.fill or "leave" not in by_kind,
        limit=limits,
        windows=windows,
        companies=instance.companies if "per_organisation" in by_kind else None,
    )


def _limits(instance: Instance, limited: Iterable[int]) -> tuple[int, ...]:
    limits = [instance.rounds] * instance.n
    for v in limited:
        limits[v] = (instance.limit or instance.most)[v]
    return tuple(limits)


def _windows(instance: Instance, resting: Collection[int]) -> tuple[tuple[Window, ...], ...]:
    windows = (own if v in resting else () for v, own in enumerate(instance.windows))
    return tuple(windows) if resting else ()


def _permissions(instance: Instance, by_kind: dict[RuleKind, list[tuple[int, ...]]]) -> Permissions:
    old = instance.permissions
    apart = np.zeros(instance.n, np.bool_)
    for members in by_kind.get("same_organisation", []):
        apart[list(members)] = True
    language, understand = _languages(old, [who[0] for who in by_kind.get("language", [])])
    shy = {who[0] for who in by_kind.get("refused", [])}
    pairs = {
        kind: frozenset((who[0], who[1]) for who in by_kind.get(kind, []))
        for kind in ("forbid", "met", "require")
    }
    by_reason = old.refused.difference(instance.met) if shy else frozenset[Edge]()
    return Permissions(
        organisation=np.where(apart, old.organisation, -1),
        language=language,
        understand=understand,
        refused=pairs["met"].union(pair for pair in by_reason if not shy.isdisjoint(pair)),
        barred=pairs["forbid"],
        required=tuple(sorted(pairs["require"])),
    )


def _languages(old: Permissions, strict: Collection[int]) -> tuple[Ints, Flags]:
    """Only to these people does it matter whom they understand: each class is there twice."""
    classes = len(old.understand)
    language = old.language.copy()
    language[list(strict)] += classes
    matters = np.arange(2 * classes) >= classes
    understand = np.tile(old.understand, (2, 2)) | ~(matters[:, None] | matters[None, :])
    return language, understand
