"""The price of a meeting: what trying every schedule says, and never a reward."""

from itertools import combinations
from random import Random

import pytest

from schemas.event import Attendee, Event, PairRule, Policy, Round
from solver.errors import Infeasible
from solver.instance import Instance, Matchings
from solver.objective import points_of
from solver.price import price_of
from solver.translate.numbering import Numbering
from solver.translate.prepare import explicit_rows, instance_of
from tests.brute_force import best_points
from tests.builders import event_of, random_event

FORCEABLE = [seed for seed in range(60) if (best_points(random_event(seed, 6, 3)) is not None)]


def prepared(event: Event) -> Instance:
    return instance_of(event, explicit_rows(event))


def nobody(instance: Instance) -> Matchings:
    return ((),) * instance.rounds


def requiring(event: Event, pair: tuple[str, str]) -> Event:
    rules = (*event.pair_rules, PairRule(kind="require", pair=pair))
    return event.model_copy(update={"pair_rules": rules})


@pytest.mark.parametrize("seed", FORCEABLE)
def test_the_price_is_what_trying_every_schedule_says(seed: int) -> None:
    event = random_event(seed, 6, 3)
    instance, names = prepared(event), Numbering.of(event)
    best = best_points(event)
    assert best is not None
    may_meet = [p for p in combinations(range(instance.n), 2) if instance.permissions.may_meet(*p)]
    for pair in Random(seed).sample(may_meet, min(3, len(may_meet))):
        forced = best_points(requiring(event, names.pair(pair)))
        if forced is None:
            with pytest.raises(Infeasible):
                price_of(instance, pair, nobody(instance))
        else:
            found = price_of(instance, pair, nobody(instance))
            assert found.points == max(0, best - forced)
            assert found.proven
            assert pair in {meeting for row in found.forced for meeting in row}


def test_enough_random_events_can_be_forced() -> None:
    assert len(FORCEABLE) >= 30


def test_a_search_that_proves_nothing_finds_the_price_of_a_small_event_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("solver.exact.fits_exactly", lambda _: False)
    for seed in FORCEABLE[:12]:
        event = random_event(seed, 6, 3)
        instance, names = prepared(event), Numbering.of(event)
        best = best_points(event)
        for pair in combinations(range(instance.n), 2):
            forced = best_points(requiring(event, names.pair(pair)))
            if forced is None or best is None or not instance.permissions.may_meet(*pair):
                continue
            found = price_of(instance, pair, nobody(instance))
            price = max(0, best - forced)
            # Breaks and places leave a search of so few people little room to move.
            assert found.points >= price if instance.is_strict else found.points == price
            assert not found.proven
            break


def test_in_one_round_the_price_is_counted_there() -> None:
    """b is late: a and b can meet in round 2 alone, where a has c."""
    people = (Attendee(id="a"), Attendee(id="b", absent_rounds=(1,)), "c", "d")
    gains = {"ab": 0.5, "ba": 0.5, "ac": 0.6, "ca": 0.6}
    event = event_of(tuple(Attendee(id=p) if isinstance(p, str) else p for p in people), 2, gains)
    instance = prepared(event)
    assert price_of(instance, (0, 1), nobody(instance), at=1).points == 0
    with pytest.raises(Infeasible):
        price_of(instance, (0, 1), nobody(instance), at=0)


def test_what_had_become_impossible_by_itself_is_waived() -> None:
    """c wants a meeting in a round of absence; that is no reason against a and b."""
    people = (Attendee(id="a"), Attendee(id="b"), Attendee(id="c", absent_rounds=(1,)))
    event = event_of(people, 1, {"ab": 0.5, "ba": 0.5})
    wanting = event.attendees[2].model_copy(update={"min_meetings": 1})
    event = event.model_copy(update={"attendees": (*event.attendees[:2], wanting)})
    instance = prepared(event)
    assert price_of(instance, (0, 1), nobody(instance)).points == 0


def test_the_same_question_has_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solver.exact.fits_exactly", lambda _: False)
    event = random_event(7, 40, 6)
    event = event.model_copy(update={"policy": Policy(), "rounds": (Round(),) * 6})
    instance = prepared(event)
    (pair, *_) = [p for p in combinations(range(instance.n), 2) if instance.may_meet_in(*p, 0)]
    first, second = (price_of(instance, pair, nobody(instance)) for _ in range(2))
    assert first == second
    forced = points_of(instance, first.forced)
    assert first.points == max(0, points_of(instance, first.without) - forced)


def test_a_small_event_that_is_not_proven_in_a_little_work_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of four people two pairs gain 0.8 each way: a with c and b with d; a and b cost it all."""
    gains = {f"{i}{j}": 0.8 for i, j in ("ac", "ca", "bd", "db")}
    instance = prepared(event_of("abcd", 1, gains))
    proven = price_of(instance, (0, 1), nobody(instance))
    assert (proven.points, proven.proven) == (2 * 100 * 800 + 4 * 100 * 1000, True)
    monkeypatch.setattr("solver.price.PROOF", 1)
    assert price_of(instance, (0, 1), nobody(instance)) == proven._replace(proven=False)
