"""Real events: speed dating reaches its exact optimum, and texts become schedules that hold."""

import json
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy.optimize import linprog

from app.planning.plan import plan_schedule
from bench.real.speed_dating import Date, dates, exact_optimum, wave_event, waves
from bench.real.timebanks import communities, community_event, served
from bench.real.trades import NEEDS, purchases, supplies, trade_names, trades_event
from schemas.event import Event
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph
from tests.checker import judged, needs_shared

pytestmark = needs_shared

WAVES = (1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
AMPLE = Budget(seconds=120)
"""Enough on a busy machine; the search stops as soon as the optimum is proven."""


def test_all_waves_are_there() -> None:
    assert waves() == WAVES


@pytest.mark.parametrize("wave", WAVES)
def test_reading_a_wave_reproduces_its_exact_optima(wave: int) -> None:
    """A linear program over the dates as read, which knows nothing of events."""
    held = dates(wave)
    for rounds in (1, 2, 3, 5):
        yes = _most(held, [float(date.mutual_yes) for date in held], rounds)
        assert yes == exact_optimum(wave, rounds)
    for rounds in (1, 3):
        liking = _most(held, [date.shared_liking / 20 for date in held], rounds)
        assert liking == pytest.approx(exact_optimum(wave, rounds, "shared_liking"))


def _most(held: Sequence[Date], values: Sequence[float], rounds: int) -> float:
    people = sorted({person for date in held for person in (date.woman, date.man)})
    takes_part = np.array([[p in (date.woman, date.man) for date in held] for p in people], float)
    limit = np.full(len(people), rounds)
    found = linprog(-np.array(values), A_ub=takes_part, b_ub=limit, bounds=(0, 1))
    return round(-float(found.fun or 0), 6)


@pytest.mark.parametrize("rounds", [1, 2, 3, 5])
@pytest.mark.parametrize("wave", WAVES)
def test_a_wave_holds_as_many_mutual_dates_as_its_rounds_can(wave: int, rounds: int) -> None:
    event = wave_event(wave, rounds)
    schedule = plan_schedule(event, AMPLE)
    meetings = [meeting for block in schedule.rounds for meeting in block.meetings]
    assert len(meetings) == exact_optimum(wave, rounds)
    assert all(set(meeting.benefits.values()) == {1.0} for meeting in meetings)
    _assert_proved_and_true(event, schedule)


@pytest.mark.parametrize("rounds", [1, 3])
@pytest.mark.parametrize("wave", WAVES)
def test_a_wave_shares_as_much_liking_as_its_rounds_can(wave: int, rounds: int) -> None:
    event = wave_event(wave, rounds, "shared_liking")
    schedule = plan_schedule(event, AMPLE)
    assert schedule.quality is not None
    assert schedule.quality.objective == exact_optimum(wave, rounds, "shared_liking")
    _assert_proved_and_true(event, schedule)


def _assert_proved_and_true(event: Event, schedule: Schedule) -> None:
    assert schedule.quality is not None
    assert schedule.quality.proof == "optimal"
    assert judged(event, schedule.model_dump(mode="json"))["violations"] == []


def test_a_date_is_graded_by_each_ones_own_liking() -> None:
    event = wave_event(1, 2, "liking")
    gains = {(row.attendee, row.partner): row.value for row in event.benefits}
    date = dates(1)[0]
    assert date.likings is not None
    assert gains[date.woman, date.man] == date.likings[0] / 10
    assert gains[date.man, date.woman] == date.likings[1] / 10


def test_dates_with_somebody_unknown_are_left_out() -> None:
    assert len(dates(5)) == 90
    assert len({date.woman for date in dates(5)}) == 9


def test_a_trade_needs_what_it_buys_most_and_never_what_it_makes() -> None:
    names = trade_names()
    bought = purchases()
    assert names["1110"] == "Crop production"
    assert names[bought["3110"][0]] == "Animal production"  # food manufacturing buys it most
    assert all(buyer not in sellers and len(sellers) <= NEEDS for buyer, sellers in bought.items())


def test_everybody_who_supplies_a_trade_is_in_the_room() -> None:
    event = trades_event()
    offers = {attendee.id: attendee.offers[0].text for attendee in event.attendees}
    needs = {attendee.id: {need.text for need in attendee.needs} for attendee in event.attendees}
    assert all(offers[seller] in needs[buyer] for buyer, seller in supplies())
    assert len(supplies()) == sum(len(texts) for texts in needs.values())


def test_each_listing_is_an_attendee_and_what_serves_it_is_not_in_the_event() -> None:
    listings = communities()["atx"]
    event = community_event("atx")
    assert [attendee.id for attendee in event.attendees] == [listing.id for listing in listings]
    kinds = [listing.is_request for listing in listings]
    assert True in kinds[: len(kinds) // 2]  # requests stand last in the file, not here
    assert all(bool(a.needs) == kind for a, kind in zip(event.attendees, kinds, strict=True))
    for request, offers in served("atx").items():
        by_id = {listing.id: listing for listing in listings}
        assert all(by_id[request].categories & by_id[offer].categories for offer in offers)


@pytest.mark.parametrize("build", [trades_event, lambda: community_event("atx")])
def test_texts_become_a_schedule_that_holds(build: Callable[[], Event]) -> None:
    event = build()
    schedule = plan_schedule(event, Budget(seconds=2))
    assert any(meeting.purpose == "mutual" for r in schedule.rounds for meeting in r.meetings)
    graph = json.loads("".join(node_link(build_graph(event))))
    found = judged(event, schedule.model_dump(mode="json"), graph)
    assert found["violations"] == []
