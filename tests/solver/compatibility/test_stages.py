"""What came of earlier events moves benefits: stages of trust, and the mix people wish for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import PairRule
from solver.compatibility.stages import STAGE_WORTH, stages_of
from tests.solver.compatibility.words import benefit, evidence, graph_of, person


def met(**said: Any) -> PairRule:
    return PairRule(kind="met", pair=("b", "a"), **said)


@pytest.mark.parametrize(
    ("rules", "stage"),
    [
        ([met()], "visibility"),
        ([met(valuable=("a",))], "visibility"),
        ([met(valuable=("a", "b"))], "credibility"),
        ([met(valuable=("a",)), met(valuable=("b",))], "credibility"),
        ([met(would_refer=("a",), valuable=("b",))], "credibility"),
        ([met(would_refer=("a", "b"))], "profitability"),
        ([met(would_refer=("a",)), met(would_refer=("b",))], "profitability"),
    ],
)
def test_the_stage_is_what_both_have_said(rules: list[PairRule], stage: Any) -> None:
    assert stages_of(rules) == {("a", "b"): stage}
    graph = graph_of(person("a", interests=["x"]), person("b"), pair_rules=tuple(rules))
    assert benefit(graph, "a", "b") == benefit(graph, "b", "a") == STAGE_WORTH[stage]
    assert evidence(graph, "a", "b") == evidence(graph, "b", "a")
    assert evidence(graph, "a", "b")[0].startswith("a and b met at an earlier event")


def test_pairs_that_have_not_met_have_no_stage() -> None:
    assert stages_of([PairRule(kind="require", pair=("a", "b"))]) == {}


def gains(share: float | None, **fields: Any) -> tuple[int, int]:
    """What a gains from b, whom they know, and from c, whom they do not."""
    graph = graph_of(
        person("a", needs=["vans"], known_share=share),
        person("b", offers=["vans"]),
        person("c", offers=["vans"]),
        pair_rules=(met(),),
        **fields,
    )
    return benefit(graph, "a", "b"), benefit(graph, "a", "c")


@pytest.mark.parametrize(
    ("share", "known", "new"),
    [
        (None, 1000, 1000),
        (0.5, 1000, 1000),
        (0.1, 200, 1000),
        (0.0, 0, 1000),
        (0.75, 1000, 500),
        (1.0, 1000, 0),
    ],
)
def test_the_wished_mix_scales_down_those_whom_fewer_are_wished_of(
    share: float | None, known: int, new: int
) -> None:
    assert gains(share) == (known, new)


def test_the_mix_is_the_wish_of_the_one_who_gains() -> None:
    graph = graph_of(
        person("a", needs=["vans"], known_share=0.0),
        person("b", offers=["vans"]),
        pair_rules=(met(),),
    )
    assert benefit(graph, "a", "b") == 0
    assert benefit(graph, "b", "a") == 624  # client 0.6 and known 0.06


@given(st.lists(st.sampled_from(["valuable", "would_refer"]), max_size=4), st.data())
def test_telling_more_of_a_meeting_never_lowers_a_benefit(
    fields: list[str], data: st.DataObject
) -> None:
    rules = [met(**{field: (data.draw(st.sampled_from("ab")),)}) for field in fields]
    worth = [0, *(STAGE_WORTH[stages_of(rules[:k])["a", "b"]] for k in range(1, len(rules) + 1))]
    assert worth == sorted(worth)
