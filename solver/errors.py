"""What can keep the solver from an answer."""

from dataclasses import dataclass
from typing import Any, Literal

RuleKind = Literal[
    "require", "min", "max", "absent", "tables", "forbid", "same_organisation", "language", "met",
    "refused", "once", "leave", "group", "same_address", "per_organisation", "break", "place",
    "apart",
]  # fmt: skip


@dataclass(frozen=True, order=True)
class Rule:
    """A hard rule in a contradiction: its kind, and the people or the round it is about."""

    kind: RuleKind
    who: tuple[int, ...] = ()


class SolverError(Exception):
    """Something the solver could not do."""


class Infeasible(SolverError):  # noqa: N818 - the field's word
    """The hard rules contradict each other; without any one of ``rules`` the others can hold.

    ``conflict`` says the same in the organiser's words, once the rules have been translated, and
    ``advice`` what binds and what would mend it.
    """

    def __init__(
        self, rules: tuple[Rule, ...], conflict: tuple[Any, ...] = (), advice: Any = None
    ) -> None:
        super().__init__("these rules cannot all hold")
        self.rules, self.conflict, self.advice = rules, conflict, advice


class NoIncumbentError(SolverError):
    """The budget ended before any schedule that obeys the hard rules was found."""


class UnknownEncoderError(SolverError):
    """TERTIUS_ENCODER names none that there is; the message says which there are."""


class InvalidScheduleError(SolverError):
    """The verifier refused a schedule: a defect of the optimiser, never the caller's."""
