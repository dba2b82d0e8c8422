"""What each incident changes in the event, and which ones cannot be."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Refused
from app.incidents import apply_incidents, to_replan
from schemas.event import Attendee, Event
from schemas.incident import Incident
from schemas.schedule import Schedule, ScheduledRound
from tests.builders import event_of

ROUNDS = 6


def day(held: int = 0, **absent: Sequence[int]) -> Event:
    """Four people, six rounds, of which ``held`` are over; who is absent when."""
    event = event_of("abcd", ROUNDS, {})
    attendees = tuple(
        Attendee(id=attendee.id, absent_rounds=tuple(absent.get(attendee.id, ())))
        for attendee in event.attendees
    )
    published = Schedule(rounds=tuple(ScheduledRound(round=r + 1) for r in range(ROUNDS)))
    return to_replan(event.model_copy(update={"attendees": attendees}), published, held)


def incident(kind: str, **fields: Any) -> Incident:
    return Incident.model_validate_json(json.dumps({"id": "c-1", "kind": kind} | fields))


def absences(event: Event) -> dict[str, tuple[int, ...]]:
    return {a.id: a.absent_rounds for a in event.attendees if a.absent_rounds}


@pytest.mark.parametrize(
    ("held", "before", "incidents", "after"),
    [
        pytest.param(0, {}, [("drop_out", "a")], {"a": (1, 2, 3, 4, 5, 6)}, id="before the day"),
        pytest.param(4, {}, [("drop_out", "a")], {"a": (5, 6)}, id="after four rounds"),
        pytest.param(4, {"a": [1]}, [("drop_out", "a")], {"a": (1, 5, 6)}, id="absence is kept"),
        pytest.param(4, {}, [("drop_out", "a")] * 2, {"a": (5, 6)}, id="twice is as once"),
        pytest.param(6, {}, [("drop_out", "a")], {}, id="after the last round"),
        pytest.param(2, {}, [("drop_out", "a", 5)], {"a": (5, 6)}, id="from a later round on"),
        pytest.param(4, {}, [("drop_out", "a", 2)], {"a": (5, 6)}, id="held rounds stay"),
        pytest.param(0, {}, [("late_arrival", "a", 3)], {"a": (1, 2)}, id="late"),
        pytest.param(2, {}, [("late_arrival", "a", 5)], {"a": (3, 4)}, id="late after two rounds"),
        pytest.param(
            2, {"a": [1, 2, 3]}, [("late_arrival", "a")], {"a": (1, 2)}, id="just arrived"
        ),
        pytest.param(1, {"a": [1, 2, 6]}, [("late_arrival", "a", 2)], {"a": (1, 6)}, id="earlier"),
        pytest.param(
            0, {"a": [1, 2, 6]}, [("late_arrival", "a", 4)], {"a": (1, 2, 3, 6)}, id="later still"
        ),
        pytest.param(
            3, {}, [("drop_out", "a"), ("late_arrival", "a", 5)], {"a": (4,)}, id="back again"
        ),
        pytest.param(6, {"a": [6]}, [("late_arrival", "a")], {"a": (6,)}, id="too late"),
    ],
)
def test_absence_follows_the_incidents(
    held: int,
    before: dict[str, list[int]],
    incidents: list[tuple[Any, ...]],
    after: dict[str, tuple[int, ...]],
) -> None:
    happened = [
        incident(kind, attendee=who, round=rest[0] if rest else None)
        for kind, who, *rest in incidents
    ]
    assert absences(apply_incidents(day(held, **before), happened)) == after


def test_a_walk_in_comes_last_and_misses_what_is_held_or_before_the_arrival() -> None:
    walk_in = incident(
        "late_arrival", attendee="z", round=4, profile={"id": "z", "absent_rounds": [6]}
    )
    event = apply_incidents(day(held=2), [walk_in])
    assert [attendee.id for attendee in event.attendees] == ["a", "b", "c", "d", "z"]
    assert event.attendees[-1].absent_rounds == (1, 2, 3, 6)


def test_a_walk_in_can_be_named_by_the_incidents_after_it() -> None:
    happened = [
        incident("late_arrival", attendee="z", profile={"id": "z"}),
        incident("round_started", round=1),
        incident("drop_out", attendee="z"),
    ]
    event = apply_incidents(day(), happened)
    assert absences(event) == {"z": (2, 3, 4, 5, 6)}
    assert event.held_rounds == 1


@pytest.mark.parametrize(
    ("held", "kind", "number", "after"),
    [
        (0, "round_started", 1, 1),
        (3, "round_started", 4, 4),
        (3, "round_started", 3, 3),
        (3, "round_started", 1, 3),
        (5, "round_started", 6, 6),
        (3, "round_finished", 3, 3),
        (3, "round_finished", 1, 3),
    ],
)
def test_rounds_are_held_one_after_the_other(held: int, kind: str, number: int, after: int) -> None:
    assert apply_incidents(day(held), [incident(kind, round=number)]).held_rounds == after


@pytest.mark.parametrize(
    ("kind", "fields", "status", "pointer", "code"),
    [
        ("drop_out", {}, 422, "/incidents/0/attendee", "missing"),
        ("drop_out", {"attendee": "x"}, 404, "/incidents/0/attendee", "unknown_attendee"),
        ("drop_out", {"attendee": "a", "round": 7}, 422, "/incidents/0/round", "unknown_round"),
        ("drop_out", {"attendee": "a", "table": 1}, 422, "/incidents/0/table", "not_taken"),
        ("late_arrival", {"attendee": "x"}, 404, "/incidents/0/attendee", "unknown_attendee"),
        (
            "late_arrival",
            {"attendee": "z", "profile": {"id": "y"}},
            422,
            "/incidents/0/profile/id",
            "other_attendee",
        ),
        (
            "late_arrival",
            {"attendee": "a", "profile": {"id": "a"}},
            409,
            "/incidents/0/profile",
            "known_attendee",
        ),
        (
            "late_arrival",
            {"attendee": "z", "profile": {"id": "z", "avoid": ["a", "x"]}},
            422,
            "/incidents/0/profile/avoid/1",
            "unknown_attendee",
        ),
        (
            "late_arrival",
            {"attendee": "z", "profile": {"id": "z", "absent_rounds": [7]}},
            422,
            "/incidents/0/profile/absent_rounds/0",
            "unknown_round",
        ),
        ("round_started", {}, 422, "/incidents/0/round", "missing"),
        ("round_started", {"round": 4}, 409, "/incidents/0/round", "round_order"),
        ("round_started", {"round": 7}, 422, "/incidents/0/round", "unknown_round"),
        ("round_finished", {"round": 3}, 409, "/incidents/0/round", "round_not_started"),
        ("consent_revoked", {}, 422, "/incidents/0/attendee", "missing"),
        ("consent_revoked", {"attendee": "x"}, 404, "/incidents/0/attendee", "unknown_attendee"),
        ("consent_revoked", {"attendee": "a", "round": 1}, 422, "/incidents/0/round", "not_taken"),
        ("no_show", {"attendee": "a"}, 422, "/incidents/0/kind", "not_supported_yet"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    kind: str, fields: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        apply_incidents(day(held=2), [incident(kind, **fields)])
    (error,) = refused.value.errors
    assert (refused.value.status, error.pointer, error.code) == (status, pointer, code)


def test_a_refusal_counts_the_incidents_before_it() -> None:
    happened = [incident("drop_out", attendee="a"), incident("drop_out", attendee="x")]
    with pytest.raises(Refused) as refused:
        apply_incidents(day(), happened)
    assert refused.value.errors[0].pointer == "/incidents/1/attendee"


def test_an_incident_known_by_its_id_is_passed_over() -> None:
    happened = [incident("drop_out", attendee="x"), incident("drop_out", attendee="a")]
    happened[1] = happened[1].model_copy(update={"id": "c-2"})
    assert absences(apply_incidents(day(held=4), happened, {"c-1"})) == {"a": (5, 6)}


def test_who_revokes_consent_welcomes_no_pitch_from_then_on() -> None:
    before = day(held=2)
    after = apply_incidents(before, [incident("consent_revoked", attendee="b")])
    assert {a.id: a.welcomes_pitches for a in after.attendees if a.welcomes_pitches is False} == {
        "b": False
    }
    assert after.held_rounds == 2
    assert absences(after) == absences(before)


def test_the_event_given_is_left_as_it_was() -> None:
    event = day()
    before = event.model_dump_json()
    apply_incidents(event, [incident("drop_out", attendee="a"), incident("round_started", round=1)])
    assert event.model_dump_json() == before


OF_PEOPLE = st.builds(
    lambda kind, who, number: incident(kind, attendee=who, round=number),
    st.sampled_from(["drop_out", "late_arrival"]),
    st.sampled_from("abcd"),
    st.none() | st.integers(1, ROUNDS),
)


@given(st.integers(0, ROUNDS), st.lists(OF_PEOPLE, max_size=6))
def test_every_event_after_incidents_is_a_valid_one_with_its_past_untouched(
    held: int, happened: list[Incident]
) -> None:
    before = day(held, b=[1, 6])
    after = apply_incidents(before, happened)
    assert Event.model_validate_json(after.model_dump_json(by_alias=True)) == after
    past = range(1, held + 1)
    for old, new in zip(before.attendees, after.attendees, strict=True):
        assert set(old.absent_rounds) & set(past) == set(new.absent_rounds) & set(past)
