"""Which refusals keep a pair apart: no consent, already served, or competing offers."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from schemas.event import ReasonKind
from solver.compatibility.graph import Compatibility
from solver.compatibility.people import People
from solver.compatibility.reasons import LEAST, Rule, Scene, client, goal, reason_rows, served

Refusal = Literal["already_served", "competitor", "no_consent"]

LIFTED: Mapping[Refusal, Mapping[str, object]] = {
    "no_consent": {"already_served": ()},
    "already_served": {"welcomes_pitches": True},
}
"""A refusal is the reason if it still refuses with the other one lifted."""
NEEDS: Mapping[ReasonKind, Rule] = {"served": served, "client": client, "goal": goal}
"""Rules in which an offer can be refused."""


def find_refusals(graph: Compatibility, a: str, b: str) -> list[Refusal]:
    """Why all strong reasons of a refused pair are refused, in words that are codes."""
    told = [*graph.reasons(a, b), *graph.reasons(b, a)]
    kinds = {reason.kind for reason in told if reason.refused and reason.value >= LEAST}
    found: list[Refusal] = ["competitor"] if "referral" in kinds else []
    if kinds - {"referral"}:
        by_one = [code for code in LIFTED if _still_refused(graph, a, b, LIFTED[code])]
        found += by_one or LIFTED  # where lifting either would do, both refuse together
    return sorted(found)


def _still_refused(graph: Compatibility, a: str, b: str, lifted: Mapping[str, object]) -> bool:
    """Whether an offer stays refused; reasons are read off two profiles, so two are enough."""
    everybody = graph.scene.room.attendees
    two = [everybody[graph.number[v]].model_copy(update=lifted) for v in (a, b)]
    scene = Scene(People(two, graph.scene.room.meaning), graph.event)
    both = np.ones(2, np.bool_)
    found = reason_rows(scene, both, both, NEEDS)
    return bool((found.refused & (found.value >= LEAST)).any())
