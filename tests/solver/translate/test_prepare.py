"""Events become numbers: ids in order, decimals in permille, and every rule where it belongs."""

from array import array
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.benefits import BenefitColumns
from schemas.breaks import Break
from schemas.event import Attendee, Event, PairRule, Policy, Round, Weights
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.instance import Instance
from solver.translate.numbering import Numbering
from solver.translate.prepare import (
    explicit_rows,
    held_rounds,
    instance_of,
    number_pairs,
    published_meetings,
    round_tables,
)
from tests.builders import event_of, random_event, with_companies_and_breaks


def prepared(event: Event, refused: tuple[tuple[str, str], ...] = ()) -> Instance:
    return instance_of(event, explicit_rows(event), refused)


def facts(problem: Instance) -> dict[str, Any]:
    """All that an instance says, to be compared."""
    told = {name: getattr(problem, name) for name in problem.__dataclass_fields__}
    rules, b, companies = (told.pop(name) for name in ("permissions", "benefits", "companies"))
    pairs = list(combinations(range(problem.n), 2))
    return told | {
        "present": problem.present.tolist(),
        "may_meet": [rules.may_meet(*pair) for pair in pairs],
        "benefits": b.lookup,
        "companies": companies and (companies.house.tolist(), companies.in_pairs),
    }


@given(st.integers(0, 200), st.randoms(use_true_random=False))
def test_the_order_of_a_document_plays_no_part(seed: int, chance: Any) -> None:
    event = with_companies_and_breaks(random_event(seed, 8, 4), seed)
    people, rows, rules = list(event.attendees), list(event.benefits), list(event.pair_rules)
    for listed in (people, rows, rules):
        chance.shuffle(listed)
    shuffled = event.model_copy(
        update={"attendees": tuple(people), "benefits": tuple(rows), "pair_rules": tuple(rules)}
    )
    assert facts(prepared(shuffled)) == facts(prepared(event))


def test_attendees_are_numbered_in_the_order_of_their_ids() -> None:
    event = event_of("cab", 1, {"ca": 0.5, "ba": 0.123})
    assert prepared(event).benefits.lookup == {(2, 0): 500, (1, 0): 123}


def test_who_is_absent_is_not_present_and_has_no_more_meetings_than_rounds() -> None:
    people = (
        Attendee(id="a", absent_rounds=(1, 3)),
        Attendee(id="b", max_meetings=2, min_meetings=1),
        Attendee(id="c", max_meetings=9, absent_rounds=(2,)),
    )
    problem = prepared(event_of(people, 3, {}))
    assert problem.present.tolist() == [
        [False, True, False], [True, True, True], [True, False, True],
    ]  # fmt: skip
    assert problem.most == (1, 2, 2)
    assert problem.least == (0, 1, 0)


def test_breaks_take_the_fewest_rounds_that_will_do() -> None:
    windows = tuple(Break.model_validate({"from": x, "to": y}) for x, y in ((1, 2), (2, 3), (4, 5)))
    people = (
        Attendee(id="a", breaks=windows),
        Attendee(id="b", breaks=windows, absent_rounds=(3,)),
        Attendee(id="c", max_in_a_row=1, max_meetings=7),
        Attendee(id="d", max_in_a_row=2, max_meetings=2),
    )
    problem = prepared(event_of(people, 5, {}))
    assert problem.most == (3, 2, 3, 2)
    assert problem.limit == (5, 5, 7, 2)


def test_priority_is_told_only_where_somebody_has_another() -> None:
    assert prepared(event_of("ab", 1, {})).priority == ()
    people = (Attendee(id="b", priority=0), Attendee(id="a"))
    assert prepared(event_of(people, 1, {})).priority == (100, 0)


@pytest.mark.parametrize("same", ["forbid", "allow"])
def test_whoever_names_no_organisation_is_alone_in_one(same: Any) -> None:
    names = ("North & Co", None, " NORTH & co", "", "South")
    people = tuple(Attendee(id=v, organisation=x) for v, x in zip("abcde", names, strict=True))
    rule = Policy(same_organisation=same, per_organisation="one_pair")
    companies = prepared(event_of(people, 1, {}, policy=rule)).companies
    assert companies is not None
    assert companies.in_pairs
    house = companies.house.tolist()
    assert house[0] == house[2]
    assert len(set(house)) == 4
    rule = Policy(per_organisation="one_each")
    each = prepared(event_of(people, 1, {}, policy=rule)).companies
    assert each is not None
    assert not each.in_pairs
    assert prepared(event_of(people, 1, {})).companies is None


def test_tables_are_half_the_attendees_unless_told_and_without_those_closed() -> None:
    rounds = (Round(), Round(tables=7), Round(tables=3, closed_tables=(1, 3, 9)))
    event = event_of("abcde", rounds, {})
    assert prepared(event).tables == (2, 7, 1)
    assert [room.closed for room in round_tables(event)] == [frozenset(), frozenset(), {1, 3}]


@pytest.mark.parametrize(("rounds", "price"), [(1, 75), (2, 75), (5, 75), (6, 60), (31, 10)])
def test_triangles_count_less_by_default_the_more_rounds_there_are(rounds: int, price: int) -> None:
    assert prepared(event_of("ab", rounds, {})).prices.triangles == price


def test_prices_are_the_organisers_where_given() -> None:
    given = Weights(triangles=0, fairness=0, byes=0)
    prices = prepared(event_of("ab", 1, {}, weights=given)).prices
    assert (prices.triangles, prices.fairness, prices.byes, prices.floor) == (0, 0, 0, 50)
    usual = prepared(event_of("ab", 1, {}, policy=Policy(min_benefit=0.3))).prices
    assert (usual.fairness, usual.byes, usual.floor) == (100, 50, 300)


def test_byes_cost_nothing_where_idle_seats_stay_idle() -> None:
    problem = prepared(event_of("ab", 1, {}, policy=Policy(idle="leave"), weights=Weights(byes=70)))
    assert (problem.fill, problem.prices.byes) == (False, 0)


# Who may meet


def may_meet(one: Attendee, other: Attendee, **fields: Any) -> bool:
    return prepared(event_of((one, other), 1, {}, **fields)).permissions.may_meet(0, 1)


@pytest.mark.parametrize(
    ("ours", "theirs", "meet"),
    [
        ("North & Co", " north & CO ", False),
        ("North", "South", True),
        (None, None, True),
        ("", None, True),
        ("Straße", "STRASSE", False),
    ],
)
def test_colleagues_do_not_meet_however_their_house_is_spelled(
    ours: str | None, theirs: str | None, meet: bool
) -> None:
    one, other = Attendee(id="a", organisation=ours), Attendee(id="b", organisation=theirs)
    assert may_meet(one, other) == meet
    assert may_meet(one, other, policy=Policy(same_organisation="allow"))


@pytest.mark.parametrize(
    ("ours", "theirs", "meet"),
    [
        (("en",), ("EN", "fr"), True),
        (("en",), ("fr",), False),
        ((), ("fr",), True),
        (("en", "de"), ("fr", "de"), True),
    ],
)
def test_two_need_a_language_in_common_if_both_say_which_they_speak(
    ours: tuple[str, ...], theirs: tuple[str, ...], meet: bool
) -> None:
    assert may_meet(Attendee(id="a", languages=ours), Attendee(id="b", languages=theirs)) == meet


def test_avoidance_binds_both_and_no_requirement_overrides_it() -> None:
    a, b = Attendee(id="a"), Attendee(id="b")
    shy = Attendee(id="b", avoid=("a",))
    require = (PairRule(kind="require", pair=("b", "a")),)
    assert not may_meet(a, shy)
    assert may_meet(a, b, pair_rules=require)
    forbid = (PairRule(kind="forbid", pair=("b", "a")),)
    assert not may_meet(a, b, pair_rules=forbid)


def test_who_has_met_meets_again_only_where_that_is_allowed() -> None:
    a, b = Attendee(id="a"), Attendee(id="b")
    met = (PairRule(kind="met", pair=("b", "a")),)
    assert not may_meet(a, b, pair_rules=met)
    assert may_meet(a, b, pair_rules=met, policy=Policy(rematch="allow"))
    assert may_meet(a, b, pair_rules=(*met, PairRule(kind="require", pair=("a", "b"))))


def test_pairs_that_met_close_triangles_unless_they_keep_apart() -> None:
    people = (Attendee(id="a"), Attendee(id="b", avoid=("c",)), Attendee(id="c"), Attendee(id="d"))
    rules = tuple(PairRule(kind="met", pair=pair) for pair in (("b", "a"), ("b", "c"), ("d", "a")))
    rules += (PairRule(kind="forbid", pair=("a", "d")),)
    assert prepared(event_of(people, 1, {}, pair_rules=rules)).met == ((0, 1),)


def test_pairs_with_refused_reasons_alone_do_not_meet() -> None:
    problem = prepared(event_of("abc", 1, {}), refused=(("c", "a"),))
    assert problem.permissions.refused == {(0, 2)}
    assert not problem.permissions.may_meet(0, 2)


# Benefits by column


def test_columns_say_the_same_as_rows() -> None:
    event = event_of("cab", 1, {"ca": 0.5, "ba": 0.123, "ac": 0.0})
    columns = BenefitColumns(
        ("c", "a", "b"), array("i", (0, 2, 1)), array("i", (1, 1, 0)), array("h", (500, 123, 0))
    )
    by_column = instance_of(event, columns)
    assert by_column.benefits.lookup == prepared(event).benefits.lookup
    i, j, b = number_pairs(columns, Numbering.of(event))
    assert (i.tolist(), j.tolist(), b.tolist()) == ([2, 1, 0], [0, 0, 2], [500, 123, 0])


def test_columns_are_read_once() -> None:
    event = event_of("ab", 1, {})
    columns = BenefitColumns(("a", "b"), array("i", (0,)), array("i", (1,)), array("h", (500,)))
    assert instance_of(event, columns).benefits is instance_of(event, columns).benefits


# The day so far


def meeting(pair: str, outcome: str = "planned") -> Meeting:
    return Meeting.model_validate({"table": 1, "attendees": tuple(pair), "outcome": outcome})


PUBLISHED = Schedule(
    rounds=(
        ScheduledRound(round=1, meetings=(meeting("ba"), meeting("cd", "missed"))),
        ScheduledRound(round=2, meetings=(meeting("db", "held"), meeting("ca"))),
    )
)


def published(rounds: int, held: int) -> Event:
    bare = event_of("abcd", rounds, {})
    return bare.model_copy(update={"published": PUBLISHED, "held_rounds": held})


def test_meetings_that_were_missed_do_not_count() -> None:
    assert published_meetings(published(2, 1)) == (((0, 1),), ((0, 2), (1, 3)))
    assert prepared(published(2, 1)).held == (((0, 1),),)


def test_rounds_are_as_many_as_the_event_has_now() -> None:
    assert published_meetings(published(3, 0)) == (((0, 1),), ((0, 2), (1, 3)), ())
    assert published_meetings(published(1, 0)) == (((0, 1),),)
    assert published_meetings(event_of("ab", 2, {})) == ((), ())


def test_held_rounds_are_those_of_what_was_published() -> None:
    assert held_rounds(published(2, 1)) == PUBLISHED.rounds[:1]
    assert held_rounds(event_of("ab", 2, {})) == ()
