"""What a meeting is for: its intent and one line, the same for both.

A meeting is a *pitch* if what it mainly gives one of the two is a client; all others build a
relationship. A pitch is never more than the other welcomes: without consent there is no such
reason, so no such meeting; that they agreed is said only of those who told what they welcome. What
rests on a need that its owner keeps private is neither named nor hinted at, and a faint likeness
is no purpose: two without a reason meet by chance, and are told so.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from schemas.schedule import Intent
from schemas.words.message import Message, message, side_by_side
from solver.compatibility.evidence import SURE, ReasonInWords
from solver.compatibility.graph import Compatibility
from solver.compatibility.wishes import PRIVATE


class Purpose(NamedTuple):
    """Why two people sit down, as both are told."""

    intent: Intent
    line: str


OPEN = Purpose("relationship", message("A chance meeting: how can I help you?"))

Told = Sequence[Sequence[ReasonInWords]]
"""The reasons of both sides, each the strongest first; whose id comes first goes first."""


def purpose_of_meeting(graph: Compatibility, a: str, b: str) -> Purpose:
    """The purpose of a meeting of ``a`` and ``b``, whichever is named first."""
    return purpose_of(both_ways(graph, a, b))


def both_ways(graph: Compatibility, a: str, b: str) -> Told:
    """Why two people gain from each other."""
    first, second = sorted((a, b))
    return graph.reasons(first, second), graph.reasons(second, first)


def purpose_of(told: Told) -> Purpose:
    """The purpose of a meeting for these reasons."""
    mains = main_reasons(told)
    if not mains:
        return OPEN
    intent: Intent = "pitch" if any(main.kind == "client" for main in mains) else "relationship"
    lines = (help_sentence(main) or main.evidence for main in mains)
    return Purpose(intent, side_by_side(lines))


def main_reasons(told: Told) -> list[ReasonInWords]:
    """What a meeting is mainly for, side by side; pitches alone, if any.

    That two wish to meet is told where nothing else is: it does not say what for.
    """
    mains = [
        main
        for side in told
        for main in sorted(filter(_is_purpose, side), key=lambda reason: reason.kind in PRIVATE)[:1]
    ]
    pitches = [main for main in mains if main.kind == "client"]
    return pitches or mains


def _is_purpose(reason: ReasonInWords) -> bool:
    """Whether it may be said aloud; what was held is history."""
    return reason.is_told and reason.kind != "held"


def _in_single_quotes(text: str) -> Message:
    return message("'{text}'", text=text)


def help_sentence(
    reason: ReasonInWords,
    called: Callable[[str], str] = str,
    quoted: Callable[[str], str] = _in_single_quotes,
) -> Message | None:
    """What one of two does for the other, in the same words to both; None for other reasons.

    ``called`` tells what people are called, ``quoted`` how their own words are marked.
    """
    ends = {"source": called(reason.source), "target": called(reason.target)}
    offer, need = quoted(reason.offer or ""), quoted(reason.need or "")
    if reason.kind == "client" and reason.agreed:
        return message(
            "{source} presents {offer} to {target}, who agreed to hear of it", offer=offer, **ends
        )
    if reason.kind == "client":
        return message(
            "{target} asked for {need}; {source} offers {offer}", need=need, offer=offer, **ends
        )
    if reason.kind != "served":
        return None
    if reason.value >= SURE:
        return message("{target} can help {source} with {need}", need=need, **ends)
    return message("{target} may be of use to {source} with {need}", need=need, **ends)
