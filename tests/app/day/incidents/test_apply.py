"""Batches of incidents: whole or refused, each once, and always a valid event with its past."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.day.incidents.apply import Applied, apply_incidents, day_of, seats_of
from app.errors import Refused
from app.http.problems import answer_to
from schemas.day import DayState
from schemas.event import Event, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound
from tests.app.day.room import ROUNDS, Story, absences, incident, room, seats


@pytest.mark.parametrize(
    ("kind", "fields", "status", "pointer", "code"),
    [
        ("drop_out", {}, 422, "/attendee", "missing"),
        ("drop_out", {"attendee": "x"}, 404, "/attendee", "unknown_attendee"),
        ("drop_out", {"attendee": "a", "round": 7}, 422, "/round", "unknown_round"),
        ("drop_out", {"attendee": "a", "table": 1}, 422, "/table", "not_taken"),
        ("drop_out", {"attendee": "a", "attendees": ["b"]}, 422, "/attendees", "not_taken"),
        ("checked_in", {}, 422, "/attendee", "missing"),
        ("checked_in", {"attendee": "a", "attendees": ["b"]}, 422, "/attendees", "not_taken"),
        ("not_here", {"attendees": ["a", "x"]}, 404, "/attendees/1", "unknown_attendee"),
        ("no_show", {}, 422, "/attendee", "missing"),
        ("no_show", {"attendee": "a", "pair": ["a", "b"]}, 422, "/pair", "not_taken"),
        ("no_show", {"pair": ["a", "x"]}, 404, "/pair/1", "unknown_attendee"),
        ("no_show", {"pair": ["a", "b"], "round": 2}, 409, "/pair", "no_meeting"),
        ("no_show", {"pair": ["a", "d"], "round": 3}, 409, "/round", "no_meeting"),
        ("late_arrival", {"attendee": "x"}, 404, "/attendee", "unknown_attendee"),
        (
            "late_arrival",
            {"attendee": "z", "profile": {"id": "y"}},
            422,
            "/profile/id",
            "other_attendee",
        ),
        (
            "late_arrival",
            {"attendee": "a", "profile": {"id": "a"}},
            409,
            "/profile",
            "known_attendee",
        ),
        (
            "late_arrival",
            {"attendee": "z", "profile": {"id": "z", "avoid": ["a", "x"]}},
            422,
            "/profile/avoid/1",
            "unknown_attendee",
        ),
        (
            "late_arrival",
            {"attendee": "z", "profile": {"id": "z", "absent_rounds": [7]}},
            422,
            "/profile/absent_rounds/0",
            "unknown_round",
        ),
        ("round_started", {}, 422, "/round", "missing"),
        ("round_started", {"round": 4}, 409, "/round", "round_order"),
        ("round_started", {"round": 7}, 422, "/round", "unknown_round"),
        ("round_finished", {"round": 3}, 409, "/round", "round_not_started"),
        ("round_cancelled", {"round": 1}, 409, "/round", "round_over"),
        ("table_closed", {"table": 3}, 422, "/table", "unknown_table"),
        ("table_opened", {"table": 4}, 422, "/table", "unknown_table"),
        ("delay", {}, 422, "/minutes", "missing"),
        ("consent_revoked", {}, 422, "/attendee", "missing"),
        ("consent_revoked", {"attendee": "x"}, 404, "/attendee", "unknown_attendee"),
        ("consent_revoked", {"attendee": "a", "round": 1}, 422, "/round", "not_taken"),
        ("undo", {}, 422, "/incident", "missing"),
        ("undo", {"incident": "c-9"}, 404, "/incident", "unknown_incident"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    kind: str, fields: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    story = Story(room(held=2), finished=1)
    with pytest.raises(Refused) as refused:
        story.take(incident("checked_in", attendee="a"), incident(kind, "c-2", **fields))
    (error,) = refused.value.errors
    found = (answer_to(refused.type)[0], error.pointer, error.code)
    assert found == (status, f"/incidents/1{pointer}", code)


def test_between_rounds_a_missed_meeting_needs_its_round() -> None:
    story = Story(room(held=2))
    with pytest.raises(Refused) as refused:
        story.take(incident("no_show", pair=["a", "c"]))
    assert refused.value.errors[0].code == "no_meeting"


def test_a_cancelled_round_does_not_start() -> None:
    story = Story(room(held=2)).tell("round_cancelled", round=3)
    with pytest.raises(Refused) as refused:
        story.tell("round_started", round=3)
    assert (answer_to(refused.type)[0], refused.value.errors[0].code) == (409, "round_cancelled")


def test_an_unknown_table_is_answered_with_how_many_there_are() -> None:
    with pytest.raises(Refused) as refused:
        Story(room(rounds=[Round(tables=7)])).tell("table_closed", table=8)
    assert refused.value.errors[0].message == "there are 7 tables"


def test_a_walk_in_can_be_named_by_the_incidents_after_it() -> None:
    story = Story(room())
    story.take(
        incident("late_arrival", attendee="z", profile={"id": "z"}),
        incident("round_started", "c-2", round=1),
        incident("drop_out", "c-3", attendee="z"),
    )
    assert story.absences == {"z": (2, 3, 4, 5, 6)}
    assert story.event.held_rounds == 1


def test_an_incident_of_the_log_is_passed_over() -> None:
    story = Story(room(held=4)).tell("drop_out", "b").tell("return", "b")
    applied = story.take(incident("drop_out", attendee="b"), incident("pause", "new", attendee="a"))
    assert absences(applied.event) == {"a": (5, 6)}
    assert len(applied.effects) == 1


def test_the_event_given_is_left_as_it_was() -> None:
    event, day = room(), DayState()
    before = event.model_dump_json(), day.model_dump_json()
    told = [incident("drop_out", attendee="a"), incident("round_started", "c-2", round=1)]
    apply_incidents(event, day, told, seats)
    assert (event.model_dump_json(), day.model_dump_json()) == before


def test_by_a_schedule_alone_held_rounds_are_over_and_what_was_missed_is_known() -> None:
    missed = Meeting(table=1, attendees=("a", "b"), outcome="missed")
    block = ScheduledRound(round=1, meetings=(missed, Meeting(table=2, attendees=("c", "d"))))
    schedule = Schedule(rounds=(block, block.model_copy(update={"round": 2})))
    day = day_of(schedule, 1)
    assert day.finished_rounds == 1
    assert [(row.round, row.pair) for row in day.missed] == [(1, ("a", "b"))]
    assert seats_of(schedule)(2) == [(("c", "d"), False)]
    assert seats_of(schedule)(3) == []


# --- properties ---------------------------------------------------------------------------------

NUMBERS = st.none() | st.integers(1, ROUNDS)
PEOPLE = st.sampled_from("abcd")
FIELDS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "checked_in": {"attendees": st.lists(PEOPLE, min_size=1, max_size=3), "round": NUMBERS},
    "not_here": {"attendees": st.lists(PEOPLE, min_size=1, max_size=3), "round": NUMBERS},
    "drop_out": {"attendee": PEOPLE, "round": NUMBERS},
    "left_early": {"attendee": PEOPLE, "round": NUMBERS},
    "late_arrival": {"attendee": PEOPLE, "round": NUMBERS},
    "no_show": {"attendee": PEOPLE, "round": NUMBERS},
    "pause": {"attendee": PEOPLE, "round": NUMBERS},
    "return": {"attendee": PEOPLE, "round": NUMBERS},
    "table_closed": {"table": st.integers(1, 3), "round": NUMBERS},
    "table_opened": {"table": st.integers(1, 4), "round": NUMBERS},
    "round_started": {"round": st.integers(1, ROUNDS)},
    "round_finished": {"round": st.integers(1, ROUNDS)},
    "round_cancelled": {"round": st.integers(1, ROUNDS)},
    "round_added": {"minutes": st.none() | st.integers(5, 15)},
    "delay": {"minutes": st.integers(1, 60), "round": NUMBERS},
    "consent_revoked": {"attendee": PEOPLE},
    "wish": {"pair": st.permutations(list("abcd")).map(lambda people: people[:2])},
    "unwish": {"pair": st.permutations(list("abcd")).map(lambda people: people[:2])},
    "undo": {"incident": st.integers(0, 11).map("c-{}".format)},
}
ONE = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda kind: st.fixed_dictionaries({"kind": st.just(kind), **FIELDS[kind]})
)


@st.composite
def starts(draw: st.DrawFn) -> Event:
    """A room with some rounds held, some absences declared, and its own tables and times."""
    first = draw(st.sampled_from([None, "2027-03-27T23:05:00", "2027-10-30T23:05:00"]))
    series = {"count": ROUNDS, "minutes": 10, "tables": draw(st.sampled_from([None, 2, 3]))}
    times = {"first_starts_at": first, "break_minutes": draw(st.integers(0, 5))}
    document = {"timezone": "Europe/London", "rounds": series | times}
    event = Event.model_validate_json(json.dumps(document))
    absent = draw(st.dictionaries(PEOPLE, st.lists(st.integers(1, ROUNDS), unique=True)))
    declared: dict[str, Any] = {v: sorted(rounds) for v, rounds in absent.items()}
    people = room(draw(st.integers(0, 4)), **declared)
    return event.model_copy(
        update={"attendees": people.attendees, "held_rounds": people.held_rounds}
    )


@st.composite
def days(draw: st.DrawFn) -> Story:
    """A room to which a few incidents were told; those that cannot be are left out."""
    story = Story(draw(starts()))
    for number, fields in enumerate(draw(st.lists(ONE, max_size=12))):
        told = incident(id=f"c-{number}", **fields)
        try:
            story.take(told)
        except Refused:
            continue
    return story


def accepted(story: Story, fields: Mapping[str, Any], name: str) -> bool:
    try:
        story.take(incident(id=name, **fields))
    except Refused:
        return False
    return True


def past(event: Event, held: int) -> Sequence[object]:
    return [
        event.rounds[:held],
        [{r for r in a.absent_rounds if r <= held} for a in event.attendees],
    ]


@given(days(), ONE)
def test_held_rounds_keep_their_absences_tables_and_times(story: Story, fields: Any) -> None:
    before = story.event
    if accepted(story, fields, "now"):
        held = min(before.held_rounds, story.event.held_rounds)
        assert past(story.event, held) == past(before, held)


@given(days(), ONE.filter(lambda fields: fields["kind"] != "undo"))
def test_an_undo_right_after_restores_the_event_and_its_day(story: Story, fields: Any) -> None:
    event, day = story.event, story.day
    if accepted(story, fields, "now"):
        story.tell("undo", id="undone", incident="now")
        assert story.event == event
        assert story.day == day
        assert story.day.model_dump_json() == day.model_dump_json()


@given(starts(), st.lists(ONE, max_size=8))
def test_a_batch_at_once_is_the_same_as_one_by_one(event: Event, told: list[Any]) -> None:
    one_by_one = Story(event)
    for number, fields in enumerate(told):
        accepted(one_by_one, fields, f"c-{number}")
    at_once = Story(event)
    at_once.take(*(row.incident for row in one_by_one.log.values()))
    assert (at_once.event, at_once.day) == (one_by_one.event, one_by_one.day)
    assert at_once.log == one_by_one.log


@given(days(), st.randoms(use_true_random=False))
def test_an_incident_sent_again_changes_nothing(story: Story, rng: Any) -> None:
    event, day = story.event, story.day
    again = [row.incident for row in story.log.values()]
    rng.shuffle(again)
    assert story.take(*again) == Applied(event, day, ())


@given(days())
def test_every_day_is_a_valid_event_and_crosses_the_wire(story: Story) -> None:
    event = story.event.model_copy(update={"held_rounds": 0})
    assert Event.model_validate_json(event.model_dump_json()) == event
    assert DayState.model_validate_json(story.day.model_dump_json()) == story.day


@given(days())
def test_whoever_is_away_is_absent_and_nobody_is_in_a_cancelled_round(story: Story) -> None:
    held, last = story.event.held_rounds, len(story.event.rounds)
    absent = {a.id: set(a.absent_rounds) for a in story.event.attendees}
    for v, away in story.day.away.items():
        assert {r for r in away.rounds if r > held} <= absent[v]
        assert not away.until_return or last <= held or last in absent[v]
    for number in story.day.cancelled_rounds:
        assert number <= last
        assert number <= held or all(number in rounds for rounds in absent.values())
