"""Events of two sides: buyers and suppliers, two of each company, and their wishes."""

from collections import Counter

from bench.sides import SIDES, WISHES, two_sided
from solver.compatibility.graph import build_graph
from solver.translate.prepare import instance_of


def test_half_of_them_buy_and_colleagues_are_of_one_side() -> None:
    event = two_sided(24, seed=3)
    side = {person.id: person.labels["side"] for person in event.attendees}
    assert Counter(side.values()) == dict.fromkeys(SIDES, 12)
    companies = Counter((person.organisation, side[person.id]) for person in event.attendees)
    assert set(companies.values()) == {2}
    assert len({organisation for organisation, _ in companies}) == 12


def test_wishes_are_for_the_other_side_and_take_the_place_of_benefits() -> None:
    event = two_sided(24, seed=3)
    side = {person.id: person.labels["side"] for person in event.attendees}
    given = {(row.attendee, row.partner) for row in event.benefits}
    for person in event.attendees:
        wished = {want.id for want in person.wants}
        assert len(wished) == WISHES
        assert side[person.id] not in {side[w] for w in wished}
        assert not {(person.id, w) for w in wished} & given


def test_only_the_two_sides_may_meet() -> None:
    event = two_sided(24, seed=3)
    instance = instance_of(event, build_graph(event).columns)
    side = [person.labels["side"] for person in event.attendees]
    for i in range(24):
        for j in range(i):
            assert instance.permissions.may_meet(i, j) == (side[i] != side[j])
