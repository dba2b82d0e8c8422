"""Which offer meets which need, and how much it is worth."""

from itertools import pairwise

import numpy as np
import pytest

from schemas.event import Attendee, Matching, Need
from solver.compatibility import matches
from solver.compatibility.matches import CURVE, WORTH, Matches, Supply, floor, worth
from solver.compatibility.people import People
from solver.meaning.meaning import Meaning
from tests.solver.compatibility.words import HandEncoder, person


def test_the_curve_passes_through_its_points_and_never_falls() -> None:
    assert [worth(x) for x, _ in CURVE] == [y for _, y in CURVE]
    assert all(before <= after for before, after in pairwise(WORTH.tolist()))
    assert (WORTH[0], WORTH[99], WORTH[1000]) == (0, 0, 1000)


def test_between_two_points_it_is_a_straight_line() -> None:
    assert worth(550) == (430 + 690) // 2
    assert worth(475) == (250 + 430) // 2


def room(*attendees: Attendee) -> People:
    return People(attendees, Meaning(HandEncoder(), Matching()))


def supply(people: People) -> Supply:
    everybody = np.ones(people.people, np.bool_)
    return Supply(people, everybody, everybody)


def told(people: People, found: Matches) -> list[tuple[str, str, str, int, bool]]:
    """Who needs, who gives, which offer, its worth, and whether it is refused."""
    needs, offers = people.needs, people.offers
    return [
        (
            people.attendees[needs.owner[need]].id,
            people.attendees[offers.owner[offer]].id,
            people.offers_of[offers.owner[offer]][offers.place[offer]].quote,
            int(value),
            bool(refused),
        )
        for need, offer, value, refused in zip(*found, strict=True)
    ]


def test_of_two_offers_of_one_person_the_better_meets_the_need() -> None:
    people = room(
        person("a", needs=[Need(text="red green blue pink")]),
        person("b", offers=["red green blue grey", "red green white grey"]),
    )
    assert told(people, supply(people).served) == [
        ("a", "b", "red green blue grey", worth(750), False)
    ]


def test_every_giver_is_found_once_for_every_need() -> None:
    text = "red green blue pink"
    people = room(
        person("a", needs=[Need(text=text), Need(text="one two three four", weight=0.5)]),
        person("b", offers=[text]),
        person("c", offers=[text, "one two three four"]),
    )
    found = {row[:2] + row[3:4] for row in told(people, supply(people).served)}
    assert found == {("a", "b", 1000), ("a", "c", 1000), ("a", "c", 500)}


def test_nobody_serves_themselves() -> None:
    people = room(person("a", needs=[Need(text="tea")], offers=["tea"]), person("b"))
    assert told(people, supply(people).served) == []


def test_only_givers_give_and_only_the_needy_are_served() -> None:
    people = room(
        person("a", needs=[Need(text="tea")], offers=["tea"]),
        person("b", needs=[Need(text="tea")], offers=["tea"]),
    )
    first, second = np.array([True, False]), np.array([False, True])
    assert [row[:2] for row in told(people, Supply(people, first, second).served)] == [("a", "b")]
    assert told(people, Supply(people, first, first).served) == []


def test_what_one_has_already_is_refused_and_another_offer_comes_before_it() -> None:
    needs = [Need(text="red green blue pink")]
    offers = ["red green blue pink", "red green blue grey"]
    taken = room(person("a", needs=needs, already_served=["pink"]), person("b", offers=offers[:1]))
    assert told(taken, supply(taken).served) == [("a", "b", offers[0], 1000, True)]
    other = room(person("a", needs=needs, already_served=["pink"]), person("b", offers=offers))
    assert told(other, supply(other).served) == [("a", "b", offers[1], worth(750), False)]


@pytest.mark.parametrize(
    ("welcomes", "refused"), [(None, False), (True, False), (False, True), (("tea",), False),
                              (("cake",), True), ((), True)],
)  # fmt: skip
def test_a_pitch_is_refused_where_it_is_not_welcome(
    welcomes: bool | tuple[str, ...] | None, refused: bool
) -> None:
    people = room(
        person("a", needs=[Need(text="tea")], welcomes_pitches=welcomes),
        person("b", offers=["tea"]),
    )
    assert told(people, supply(people).pitched) == [("a", "b", "tea", 1000, refused)]
    assert told(people, supply(people).served) == [("a", "b", "tea", 1000, False)]


def test_matches_are_chosen_by_a_mask() -> None:
    people = room(person("a", needs=[Need(text="tea")]), person("b", offers=["tea"]))
    assert len(supply(people).served.where(np.array([False])).need) == 0


def test_large_rooms_leave_out_what_is_little_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    people = room(
        person("a", needs=[Need(text="tea"), Need(text="cake")]), person("b", offers=["tea"])
    )
    monkeypatch.setattr(matches, "FLOORS", ((0, 100), (2, 300), (3, 400)))
    assert floor(people) == 300
