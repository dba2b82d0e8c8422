"""Can the hard rules hold at all? Interim."""

from dataclasses import replace
from itertools import combinations

from ortools.sat.python import cp_model

from solver.budget import Meter
from solver.errors import Infeasible, Rule
from solver.day import Day
from solver.search import FOUND, new_solver, run
from solver.instance import Edge, Instance, Matchings


def visible_conflict(instance: Instance) -> tuple[Rule, ...]:
    for i, j in instance.required:
        if (min(i, j), max(i, j)) in instance.permissions.barred:
            return (Rule("require", (i, j)), Rule("forbid", (i, j)))
        both = instance.present[i] & instance.present[j]
        if not both[len(instance.held) :].any():
            return tuple(
                [Rule("require", (i, j))]
                + [Rule("absent", (v,)) for v in (i, j) if not instance.present[v].all()]
            )
    return ()


def feasible_start(instance: Instance, meter: Meter) -> Matchings | None:
    empty = tuple(
        instance.held[r] if r < len(instance.held) else (instance.pinned[r] if instance.pinned else ())
        for r in range(instance.rounds)
    )
    met = {e for row in empty for e in row}
    counts = [0] * instance.n
    for row in empty[len(instance.held) :]:
        for e in row:
            for v in e:
                counts[v] += 1
    ok = set(instance.required) <= met and all(
        c >= n for c, n in zip(counts, instance.needed, strict=True)
    )
    if ok:
        return empty
    found = _solve(instance, meter)
    if found is not None:
        return found
    rules = [Rule("require", e) for e in instance.required]
    rules += [Rule("min", (v,)) for v, n in enumerate(instance.needed) if n]
    for rule in list(rules):
        rest = [r for r in rules if r != rule]
        if _solve(_only(instance, rest), meter) is None:
            rules = rest
    raise Infeasible(tuple(rules))


def _only(instance: Instance, rules: list[Rule]) -> Instance:
    keep = {r.who for r in rules if r.kind == "require"}
    mins = {r.who[0] for r in rules if r.kind == "min"}
    return replace(
        instance,
        waived=frozenset(e for e in instance.required if e not in keep) | instance.waived,
        excused=frozenset(v for v in range(instance.n) if v not in mins),
    )


def _solve(instance: Instance, meter: Meter) -> Matchings | None:
    day = Day.of(instance, combinations(range(instance.n), 2))
    solver = new_solver(instance.seed, 0)
    status = run(solver, day.model, meter)
    return day.matchings(solver) if status in FOUND else None


def waive(instance: Instance, meter: Meter) -> Instance:
    while True:
        try:
            if visible_conflict(instance):
                raise Infeasible(visible_conflict(instance))
            feasible_start(replace(instance, pinned=()), meter)
            return instance
        except Infeasible as found:
            rule = next(r for r in found.rules if r.kind in ("require", "min"))
            if rule.kind == "require":
                instance = replace(instance, waived=instance.waived | {rule.who})
            else:
                instance = replace(instance, excused=instance.excused | {rule.who[0]})


def keep_most(instance: Instance, meter: Meter) -> Matchings:
    day = Day.of(instance, combinations(range(instance.n), 2))
    kept = {}
    for r, row in enumerate(instance.promised):
        for e in row:
            if e in day.meets:
                k = kept[e, r] = day.model.new_bool_var("")
                day.model.add_implication(k, day.meets[e])
                day.model.add(day.begins[e] == r).only_enforce_if(k)
    day.model.maximize(sum(kept.values()))
    solver = new_solver(instance.seed, 0)
    run(solver, day.model, meter)
    return tuple(
        tuple(e for e in row if (e, r) in kept and solver.boolean_value(kept[e, r]))
        for r, row in enumerate(instance.promised)
    )
