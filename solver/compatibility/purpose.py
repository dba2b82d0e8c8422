"""What a meeting is for: its intent and one line, the same for both.

A meeting is a *pitch* if what it mainly gives one of the two is a client; all others build a
relationship. A pitch is never more than the other welcomes: without consent there is no such
reason, so no such meeting. What rests on a need that its owner keeps private is neither named nor
hinted at, and a faint likeness is no purpose.
"""

from typing import NamedTuple

from schemas.schedule import Intent
from solver.compatibility.evidence import SURE, Reason
from solver.compatibility.graph import Compatibility
from solver.compatibility.reasons import LEAST


class Purpose(NamedTuple):
    """Why two people sit down, as both are told."""

    intent: Intent
    line: str


OPEN = Purpose("relationship", "An open conversation: how can I help you?")


def purpose(graph: Compatibility, a: str, b: str) -> Purpose:
    """The purpose of a meeting of ``a`` and ``b``, whichever is named first."""
    mains = main_reasons(graph, a, b)
    if not mains:
        return OPEN
    intent: Intent = "pitch" if any(main.kind == "client" for main in mains) else "relationship"
    return Purpose(intent, "; ".join(dict.fromkeys(map(_line, mains))))


def main_reasons(graph: Compatibility, a: str, b: str) -> list[Reason]:
    """What a meeting is mainly for, side by side in the order of ids; pitches alone, if any."""
    first, second = sorted((a, b))
    told = [_told(graph, *way) for way in ((first, second), (second, first))]
    mains = [reasons[0] for reasons in told if reasons]
    pitches = [main for main in mains if main.kind == "client"]
    return pitches or mains


def _told(graph: Compatibility, source: str, target: str) -> list[Reason]:
    """The reasons of one side that both may know, the strongest first."""
    return [reason for reason in graph.reasons(source, target) if _is_purpose(reason)]


def _is_purpose(reason: Reason) -> bool:
    """Whether it may be said aloud; what was held is history."""
    least = SURE if reason.kind == "served" else LEAST
    spoken = not reason.refused and not reason.private and reason.kind != "held"
    return spoken and reason.value >= least


def _line(reason: Reason) -> str:
    source, target = reason.source, reason.target
    if reason.kind == "client":
        return f"{source} presents '{reason.offer}' to {target}, who agreed to hear of it"
    if reason.kind == "served":
        return f"{target} can help {source} with '{reason.need}'"
    return reason.evidence
