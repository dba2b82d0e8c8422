"""What came of earlier events moves benefits: stages of trust, and the mix people wish for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import SAID_OF_MEETING, PairRule
from solver.compatibility.stages import PairHistory, histories_of
from tests.solver.compatibility.words import benefit, evidence, graph_of, kinds, person


def met(**said: Any) -> PairRule:
    return PairRule(kind="met", pair=("b", "a"), **said)


def history(*rules: PairRule) -> PairHistory:
    """The history of a and b."""
    return histories_of(rules)["a", "b"]


@pytest.mark.parametrize(
    ("rules", "stage", "worth"),
    [
        ([met()], "visibility", 0),
        ([met(valuable=("a",))], "visibility", 80),
        ([met(would_refer=("a",))], "visibility", 130),
        ([met(valuable=("a",), would_refer=("a",))], "visibility", 130),
        ([met(valuable=("a", "b"))], "credibility", 160),
        ([met(valuable=("a",)), met(valuable=("b",))], "credibility", 160),
        ([met(valuable=("a",)), met(valuable=("a",))], "visibility", 80),
        ([met(would_refer=("a",), valuable=("b",))], "credibility", 210),
        ([met(would_refer=("a", "b"))], "profitability", 260),
        ([met(would_refer=("a",)), met(would_refer=("b",))], "profitability", 260),
    ],
)
def test_each_adds_half_of_a_stage_and_it_takes_both_to_reach_it(
    rules: list[PairRule], stage: Any, worth: int
) -> None:
    assert history(*rules) == (stage, worth, 1000)
    graph = graph_of(
        person("a", interests=["x"]), person("b", interests=["y"]), pair_rules=tuple(rules)
    )
    assert benefit(graph, "a", "b") == benefit(graph, "b", "a") == worth
    assert kinds(graph, "a", "b") == kinds(graph, "b", "a") == ["known"] * bool(worth)


def test_what_one_alone_has_said_is_in_no_evidence() -> None:
    people = person("a", interests=["x"]), person("b", interests=["y"])
    told = [
        evidence(graph_of(*people, pair_rules=(met(**said),)), *way)
        for said in ({"valuable": ("a",)}, {"valuable": ("b",)}, {"would_refer": ("a",)})
        for way in ("ab", "ba")
    ]
    assert told == [["a and b met at an earlier event"]] * 6


def test_pairs_that_have_not_met_have_no_history() -> None:
    assert histories_of([PairRule(kind="require", pair=("a", "b"))]) == {}


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        ([met(not_valuable=("a",))], 500),
        ([met(not_valuable=("a",)), met(not_valuable=("a",))], 500),
        ([met(not_valuable=("a", "b"))], 0),
        ([met(not_valuable=("a",)), met(not_valuable=("b",))], 0),
        ([met(not_valuable=("a",)), met(valuable=("a",))], 500),
        ([met(not_valuable=("a",), valuable=("b",))], 500),
    ],
)
def test_each_no_takes_half_of_what_the_two_gain(rules: list[PairRule], kept: int) -> None:
    people = (
        person("a", needs=["vans"], interests=["x"]),
        person("b", offers=["vans"], interests=["x"]),
        person("c", offers=["vans"], interests=["x"]),
    )
    praise = tuple(rule.model_copy(update={"not_valuable": ()}) for rule in rules)
    full, graph = (graph_of(*people, pair_rules=said) for said in (praise, tuple(rules)))
    for way in ("ab", "ba"):
        assert benefit(graph, *way) == benefit(full, *way) * kept // 1000
    assert benefit(graph, "a", "c") == benefit(full, "a", "c") == 1000
    assert history(*rules)[:2] == history(*praise)[:2]


def test_a_no_and_a_wish_for_new_people_both_count() -> None:
    rule = met(not_valuable=("b",))
    assert gains(0.1, rule) == (100, 1000)
    assert gains(1.0, rule) == (500, 0)


def gains(share: float | None, *rules: PairRule) -> tuple[int, int]:
    """What a gains from b, whom they know, and from c, whom they do not."""
    graph = graph_of(
        person("a", needs=["vans"], known_share=share),
        person("b", offers=["vans"]),
        person("c", offers=["vans"]),
        pair_rules=rules or (met(),),
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
    assert benefit(graph, "b", "a") == 600


WORDS = st.lists(st.tuples(st.sampled_from(SAID_OF_MEETING), st.sampled_from("ab")), max_size=5)


def rules_of(words: list[tuple[str, str]]) -> tuple[PairRule, ...]:
    return met(), *(met(**{field: (who,)}) for field, who in words)


def both_gain(words: list[tuple[str, str]]) -> list[int]:
    """What a and b gain from each other after these words, with something in their profiles."""
    people = person("a", interests=["x"]), person("b", interests=["x"])
    graph = graph_of(*people, pair_rules=rules_of(words))
    return [benefit(graph, *way) for way in ("ab", "ba")]


@given(WORDS, st.sampled_from(("valuable", "would_refer")), st.sampled_from("ab"))
def test_another_good_word_never_lowers_a_benefit(
    words: list[tuple[str, str]], field: str, who: str
) -> None:
    before, after = both_gain(words), both_gain([*words, (field, who)])
    assert [max(gains) for gains in zip(before, after, strict=True)] == after


@given(WORDS, st.sampled_from("ab"))
def test_another_no_never_raises_a_benefit_and_shows_in_nothing_else(
    words: list[tuple[str, str]], who: str
) -> None:
    worse = [*words, ("not_valuable", who)]
    before, after = both_gain(words), both_gain(worse)
    assert [min(gains) for gains in zip(before, after, strict=True)] == after
    assert history(*rules_of(worse))[:2] == history(*rules_of(words))[:2]


@given(WORDS, st.randoms(use_true_random=False))
def test_the_order_of_words_does_not_matter_nor_does_a_repetition(
    words: list[tuple[str, str]], chance: Any
) -> None:
    again = [*words, *words[:2]]
    chance.shuffle(again)
    assert histories_of(rules_of(again)) == histories_of(rules_of(words))
