"""The small events that show each preset: nobody left alone, every mutual wish met."""

from functools import cache

import pytest

from app.demo.day import preset_event
from app.planning.plan import plan_schedule
from app.presets.catalogue import NAMES, preset_document
from schemas.event import Event
from schemas.preset import PresetName
from schemas.schedule import Schedule
from solver.budget import Budget


@cache
def played(name: PresetName) -> tuple[Event, Schedule]:
    event = preset_event(name)
    return event, plan_schedule(event, Budget(work=10_000_000))


@pytest.mark.parametrize("name", NAMES)
def test_everybody_is_invented_and_the_rest_is_the_presets(name: PresetName) -> None:
    event, document = preset_event(name), preset_document(name)
    assert 9 <= len(event.attendees) <= 24
    assert all(block.starts_at for block in event.rounds)
    assert event.policy.model_dump(exclude_unset=True).keys() == document["policy"].keys()
    assert all(attendee.email is None for attendee in event.attendees)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_left_alone_and_few_rounds_are_empty(name: PresetName) -> None:
    _, schedule = played(name)
    assert all(share.meetings for share in schedule.attendees)
    assert all(block.meetings for block in schedule.rounds)
    assert schedule.unserved == ()


@pytest.mark.parametrize("name", NAMES)
def test_who_wished_for_each_other_meets(name: PresetName) -> None:
    quality = played(name)[1].quality
    assert quality is not None
    if quality.wishes is not None:
        assert quality.wishes.mutual_met == quality.wishes.mutual
        assert quality.wishes.empty_handed == 0


def test_a_circle_has_seen_everybody_after_nine_weeks_and_all_sat_out_once() -> None:
    event, schedule = played("referral-circle")
    met = {meeting.attendees for block in schedule.rounds for meeting in block.meetings}
    assert (len(event.attendees), len(event.rounds), len(met)) == (9, 9, 36)
    assert {share.meetings for share in schedule.attendees} == {8}
    out = [v for block in schedule.rounds for v in block.byes]
    assert sorted(out) == [attendee.id for attendee in event.attendees]


def test_who_looks_for_a_man_meets_men_who_look_for_women() -> None:
    event, schedule = played("speed-dating")
    seeks = {attendee.id: attendee.labels["seeks"] for attendee in event.attendees}
    met = {
        tuple(sorted(seeks[v] for v in meeting.attendees))
        for block in schedule.rounds
        for meeting in block.meetings
    }
    assert met == {
        ("man for woman", "woman for man"),
        ("woman for woman", "woman for woman"),
        ("man for man", "man for man"),
    }


def test_nobody_who_mentors_is_sold_anything() -> None:
    for name in ("mentoring", "speed-dating"):
        _, schedule = played(name)
        meetings = [meeting for block in schedule.rounds for meeting in block.meetings]
        assert {meeting.intent for meeting in meetings} == {"relationship"}
