"""The history of a series: a rule for each pair that met, and how the next event reads it."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback.history import history_of, join_history, with_history, write_next_event
from app.feedback.meetings import current_feedback, held_meetings
from schemas.event import Event, PairRule
from schemas.feedback import Feedback
from schemas.schedule import Schedule
from solver.compatibility.stages import histories_of
from tests.app.briefs.rooms import schedule
from tests.app.feedback.test_meetings import DAY, said
from tests.builders import event_of

SEEDS = st.integers(0, 10_000)
CASES = settings(max_examples=60, deadline=None)


def history(planned: Schedule, *told: Feedback, erased: str = "") -> tuple[PairRule, ...]:
    return history_of(held_meetings(planned, 9, DAY), current_feedback(told), frozenset(erased))


def met(
    pair: str, valuable: str = "", would_refer: str = "", against: str = "", **fields: Any
) -> PairRule:
    return PairRule(
        kind="met",
        pair=(pair[0], pair[1]),
        valuable=tuple(valuable),
        not_valuable=tuple(against),
        would_refer=tuple(would_refer),
        **fields,
    )


def test_a_rule_tells_who_found_it_valuable_and_would_refer() -> None:
    planned = schedule([["ba", "cd"], ["ac"]])
    told = said("ba", valuable=True), said("ab", would_refer=True), said("ca", valuable=True)
    assert history(planned, *told) == (met("ab", "b", "a"), met("ac", "c"), met("cd"))


def test_a_no_is_told_from_silence_and_from_a_recommendation() -> None:
    planned = schedule([["ab", "cd"], ["ac"]])
    told = (
        said("ab", valuable=False),
        said("ba", had_time=True),
        said("cd", valuable=False, would_refer=True),
        said("dc", valuable=False),
    )
    assert history(planned, *told) == (
        met("ab", against="a"), met("ac"), met("cd", would_refer="c", against="d")
    )  # fmt: skip


def test_who_did_not_meet_and_who_was_erased_is_not_in_it() -> None:
    planned = schedule([["ab", "cd"], ["ac"]])
    assert history(planned, said("ab", held=False, round=1)) == (met("ac"), met("cd"))
    assert history(planned, erased="a") == (met("cd"),)


def test_histories_are_joined_pair_by_pair() -> None:
    first = met("ab", "a"), met("bd"), met("cd", against="d")
    second = met("ab", "b", "b", against="a"), met("ac"), met("cd", "d", against="c")
    both = (
        met("ab", "ab", "b", against="a", events_ago=1),
        met("ac", events_ago=1),
        met("bd", events_ago=2),
        met("cd", "d", against="c", events_ago=1),
    )
    assert join_history([first, second]) == both
    assert join_history([both, (), ()])[2] == met("bd", events_ago=4)
    assert join_history([]) == ()


def test_a_later_good_word_takes_a_no_back_and_a_later_no_takes_no_good_word_back() -> None:
    good, no = (met("ab", "a"),), (met("ab", against="ab"),)
    said_since = met("ab", "", "b")
    assert join_history([no, good]) == (met("ab", "a", against="b", events_ago=1),)
    assert join_history([good, no]) == (met("ab", "a", against="ab", events_ago=1),)
    assert join_history([no, (said_since,)]) == (met("ab", "", "b", against="a", events_ago=1),)
    event = event_of("ab", 1, {}, pair_rules=good)
    assert with_history(event, no).pair_rules == (met("ab", "a", against="b"),)


def test_the_next_event_reads_of_those_on_its_list() -> None:
    event = event_of("abc", 1, {}, pair_rules=(PairRule(kind="forbid", pair=("a", "b")),))
    told = with_history(event, (met("ab", "a"), met("bc"), met("cd")))
    assert told.pair_rules == (event.pair_rules[0], met("ab", "a"), met("bc"))


def test_a_rule_that_is_there_is_kept_once_and_added_to() -> None:
    event = event_of("abc", 1, {}, pair_rules=(met("ba", "b", reason="spring"),))
    told = with_history(event, (met("ab", "a"),))
    assert told.pair_rules == (met("ba", "ab", reason="spring"),)
    assert with_history(told, (met("ab", "a"),)) == told


def test_the_last_time_that_a_pair_met_counts_whoever_tells_of_it() -> None:
    def ago(own: int | None, told: int | None) -> int | None:
        event = event_of("ab", 1, {}, pair_rules=(met("ab", events_ago=own),))
        return with_history(event, (met("ba", events_ago=told),)).pair_rules[0].events_ago

    assert (ago(2, 3), ago(3, 2), ago(None, 3), ago(2, None), ago(None, None)) == (
        2, 2, 3, 2, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "rematch"),
    [(None, "seldom"), ({"idle": "leave"}, "seldom"), ({"rematch": "forbid"}, "forbid")],
)
def test_a_pair_of_a_series_seldom_meets_again_unless_the_organiser_says_otherwise(
    policy: dict[str, Any] | None, rematch: str
) -> None:
    body: dict[str, Any] = {"rounds": [{}]} | ({} if policy is None else {"policy": policy})
    written = write_next_event(Event.model_validate_json(json.dumps(body)))
    assert json.loads(written.document)["policy"]["rematch"] == rematch


def random_histories(rng: Random) -> list[tuple[PairRule, ...]]:
    return [history(*random_evening(rng)) for _ in range(rng.randint(1, 4))]


def random_evening(rng: Random) -> tuple[Schedule, *tuple[Feedback, ...]]:
    rounds = [rng.choice([["ab", "cd"], ["ac", "bd"], ["ad", "bc"], []]) for _ in range(2)]
    ways = [a + b for a in "abcd" for b in "abcd" if a != b and rng.random() < 0.4]
    return schedule(rounds), *(
        said(w, valuable=rng.choice((None, True, False)), would_refer=rng.random() < 0.3, round=9)
        for w in ways
    )


@CASES
@given(SEEDS)
def test_one_event_at_a_time_comes_to_the_same_as_all_at_once(seed: int) -> None:
    histories = random_histories(Random(seed))
    so_far: tuple[PairRule, ...] = ()
    for each in histories:
        so_far = join_history([so_far, each])
    assert so_far == join_history(histories)
    assert join_history([so_far, *histories]) == so_far


@CASES
@given(SEEDS)
def test_the_solver_sees_in_a_history_what_is_in_its_parts_but_for_what_was_taken_back(
    seed: int,
) -> None:
    histories = random_histories(Random(seed))
    joined = histories_of(join_history(histories))
    parts = histories_of([rule for rules in histories for rule in rules])
    assert joined.keys() == parts.keys()
    for pair, history in joined.items():
        assert history[:2] == parts[pair][:2]
        assert history.kept >= parts[pair].kept


@CASES
@given(SEEDS)
def test_what_each_said_last_decides_whether_it_is_a_no(seed: int) -> None:
    histories = random_histories(Random(seed))
    for rule in join_history(histories):
        for v in rule.pair:
            words = [
                v in each.not_valuable
                for rules in histories
                for each in rules
                if each.pair == rule.pair
                and v in (*each.valuable, *each.not_valuable, *each.would_refer)
            ]
            assert (v in rule.not_valuable) == (bool(words) and words[-1])


@CASES
@given(SEEDS)
def test_histories_may_be_joined_in_any_groups(seed: int) -> None:
    """But for how long ago it was: a group is one event."""

    def timeless(rules: tuple[PairRule, ...]) -> list[PairRule]:
        return [rule.model_copy(update={"events_ago": None}) for rule in rules]

    histories = random_histories(Random(seed))
    for k in range(len(histories)):
        groups = join_history(histories[:k]), join_history(histories[k:])
        assert timeless(join_history(groups)) == timeless(join_history(histories))


@CASES
@given(SEEDS)
def test_the_next_event_is_valid_and_reads_no_more_when_told_again(seed: int) -> None:
    rng = Random(seed)
    past = join_history(random_histories(rng))
    event = event_of("abx", 1, {}, pair_rules=(PairRule(kind="require", pair=("a", "b")),))
    told = with_history(event, past)
    assert Event.model_validate_json(told.model_dump_json()) == told
    assert with_history(told, past) == told
    assert {rule.pair for rule in told.pair_rules if rule.kind == "met"} <= {("a", "b")}
