"""Why the hard rules cannot all hold: rules that contradict each other, and none of them in vain.

The set is found by halves (QuickXplain, Junker 2004): first the demands that cannot be met
together, then the restrictions that stand in their way. Every question on the way is a smaller
problem of the same kind: only some of the rules are in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain

from solver.budget import STEPS_A_SECOND, Budget, Meter
from solver.errors import Rule
from solver.feasibility.construct import Construction
from solver.feasibility.counting import find_impossible_demands
from solver.feasibility.decide import decide_feasibility, pinned_demands
from solver.feasibility.rules import restrictions_of, rules_in_force, with_only
from solver.feasibility.subproblem import subproblem_of
from solver.instance import Instance

EACH, ALTOGETHER = STEPS_A_SECOND // 4, 3 * STEPS_A_SECOND
"""Steps that one question may take, and all of them: then what is left stays in the answer."""
COUNTED = 24
"""More demands than this that have no room together are not tried one by one: by their number
alone none is in vain.
"""
LEAST, EACH_PERSON = 1_000_000, 100
"""Steps that asking a question counts as at least, and for each attendee of the event."""


def find_visible_conflict(instance: Instance) -> tuple[Rule, ...]:
    """Rules whose contradiction counting shows, none of them in vain; empty if there is none.

    Takes no account of H8, and so none of benefits.
    """
    instance = replace(instance, fill=True)
    demanding = find_impossible_demands(instance)
    if not demanding:
        return ()
    explanation = _Explanation(instance, Meter(Budget()))
    if len(demanding) > COUNTED:
        return explanation.of_all(demanding)
    return explanation.of(demanding)


def explain_conflict(
    instance: Instance, demanding: Sequence[Rule], meter: Meter
) -> tuple[Rule, ...]:
    """Rules that contradict each other; these demands are known to be impossible together.

    Without any one of the rules the others can hold, unless that was too hard to tell within
    ``ALTOGETHER`` steps; these are spent whatever the budget has left.
    """
    return find_visible_conflict(instance) or _Explanation(instance, meter).of(demanding)


@dataclass
class _Explanation:
    instance: Instance
    meter: Meter
    spent: int = 0

    def of(self, demanding: Sequence[Rule]) -> tuple[Rule, ...]:
        """A contradiction of some of these demands with some of the restrictions."""
        everything = list(chain.from_iterable(restrictions_of(self.instance, demanding)))
        core = self._part(everything, demanding)
        return self.of_all(core)

    def of_all(self, core: list[Rule]) -> tuple[Rule, ...]:
        """A contradiction of all these demands with some of the restrictions."""
        everything = list(chain.from_iterable(restrictions_of(self.instance, core)))
        groups = accumulate(restrictions_of(self.instance, core))
        enough = next((g for g in groups if self._contradictory(core + g)), everything)
        return tuple(sorted(core + self._part(core, enough)))

    def _part(self, background: Sequence[Rule], rules: Sequence[Rule]) -> list[Rule]:
        """The rules that contradict the background, none of them in vain; together they do."""
        if not rules or self._contradictory(background):
            return []
        return self._halve(list(background), [], list(rules))

    def _halve(self, background: list[Rule], added: list[Rule], rules: list[Rule]) -> list[Rule]:
        if added and self._contradictory(background):
            return []
        if len(rules) == 1:
            return rules
        first, second = rules[: len(rules) // 2], rules[len(rules) // 2 :]
        later = self._halve(background + first, first, second)
        return self._halve(background + later, later, first) + later

    def _contradictory(self, rules: Sequence[Rule]) -> bool:
        """Tell whether these rules are known to contradict each other."""
        if self.spent >= ALTOGETHER:
            return False
        self.spent += max(LEAST, EACH_PERSON * self.instance.n)
        rest = rules_in_force(self.instance, rules)
        if any(rest.pinned) and Construction.of(with_only(rest, pinned_demands(rest))).pins_fail:
            return True
        part = subproblem_of(rest).instance
        if find_impossible_demands(part):
            return True
        question = Meter(Budget(work=EACH), self.meter.stop, parent=self.meter)
        impossible = decide_feasibility(part, question).impossible is not None
        self.spent += question.work
        return impossible
