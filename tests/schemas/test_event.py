"""Events: every rule about them, the place it points to, and the shorter ways to write them."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas import limits
from schemas.base import SENT
from schemas.event import (
    MOST_FINDINGS,
    Attendee,
    Event,
    Need,
    Offer,
    Want,
    too_many_rounds,
    without_words_of_restricted,
)

PEOPLE = [{"id": "a"}, {"id": "b"}, {"id": "c"}]


def arrived(**fields: Any) -> Event:
    return Event.model_validate_json(json.dumps({"rounds": [{}], "attendees": PEOPLE} | fields))


def faults(**fields: Any) -> list[tuple[str, str]]:
    """Where and why an event is refused."""
    with pytest.raises(ValidationError) as raised:
        arrived(**fields)
    return [("/".join(map(str, row["loc"])), row["type"]) for row in raised.value.errors()]


def person(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "a"} | fields, *PEOPLE[1:]]


def rule(kind: str, *pair: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "pair": list(pair)} | fields


# Shorter ways to write


def test_a_series_of_rounds_is_written_out() -> None:
    rounds = {"count": 3, "first_starts_at": "2027-03-04T09:00", "minutes": 12, "break_minutes": 3,
              "tables": 5, "closed_tables": [2]}  # fmt: skip
    event = arrived(rounds=rounds)
    starts = [r.starts_at.strftime("%H:%M") for r in event.rounds if r.starts_at]
    assert starts == ["09:00", "09:15", "09:30"]
    assert {(r.minutes, r.tables, r.closed_tables) for r in event.rounds} == {(12, 5, (2,))}
    assert Event.model_validate_json(event.model_dump_json()) == event


def test_texts_may_stand_alone() -> None:
    offers = ["tax", {"text": "vans"}]
    needs = ["tea", {"text": "cake", "weight": 0.5, "shown_to": "nobody"}]
    attendee = arrived(attendees=person(offers=offers, needs=needs)).attendees[0]
    assert attendee.offers == (Offer(text="tax"), Offer(text="vans"))
    assert attendee.needs == (
        Need(text="tea"), Need(text="cake", weight=0.5, shown_to="nobody"),
    )  # fmt: skip


def test_wishes_are_ids_or_more_dearest_first() -> None:
    attendee = arrived(attendees=person(wants=["c", {"id": "b", "must": True}])).attendees[0]
    assert attendee.wants == (Want(id="c"), Want(id="b", must=True))
    assert Attendee.model_validate_json(attendee.model_dump_json()) == attendee


@pytest.mark.parametrize("welcomes", [True, False, None, [], ["tea"]])
def test_pitches_are_welcome_or_not_or_on_some_topics(welcomes: Any) -> None:
    attendee = arrived(attendees=person(welcomes_pitches=welcomes)).attendees[0]
    expected = tuple(welcomes) if isinstance(welcomes, list) else welcomes
    assert attendee.welcomes_pitches == expected


def test_an_event_has_a_language_and_it_is_english_unless_told() -> None:
    assert arrived().language == "en"
    assert arrived(language="German").language == "de"


def test_languages_are_codes_in_order_each_once() -> None:
    spoken = ["Français", "de", "German", "en-GB", "fr", "EN"]
    attendee = arrived(attendees=person(languages=spoken)).attendees[0]
    assert attendee.languages == ("fr", "de", "en")
    assert Attendee.model_validate_json(attendee.model_dump_json()) == attendee


def test_breaks_are_written_as_they_came() -> None:
    window = {"from": 1, "to": 2}
    event = arrived(
        rounds=[{}, {}], policy={"breaks": [window]}, attendees=person(breaks=[window] * 2)
    )
    document = json.loads(event.model_dump_json())
    assert document["policy"]["breaks"] == [window]
    assert document["attendees"][0]["breaks"] == [window] * 2
    assert Event.model_validate(event.model_dump()) == event


@pytest.mark.parametrize(
    ("said", "percent"),
    [({}, 100), ({"priority": None}, 100), ({"priority": 0}, 0), ({"priority": 1000}, 1000)],
)
def test_who_says_nothing_of_priority_counts_as_usual(said: dict[str, Any], percent: int) -> None:
    assert arrived(attendees=person(**said)).attendees[0].priority == percent


# What is refused

FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"rounds": []}, "rounds", "too_short"),
    ({"attendees": [*PEOPLE, {"id": "b"}]}, "attendees/3/id", "duplicate_id"),
    ({"attendees": person(absent_rounds=[1, 2])}, "attendees/0/absent_rounds/1", "unknown_round"),
    ({"attendees": person(avoid=["b", "a"])}, "attendees/0/avoid/1", "self"),
    ({"attendees": person(avoid=["z"])}, "attendees/0/avoid/0", "unknown_attendee"),
    ({"attendees": person(wants=["b", "a"])}, "attendees/0/wants/1", "self"),
    ({"attendees": person(wants=["b", {"id": "z"}])}, "attendees/0/wants/1", "unknown_attendee"),
    (
        {"attendees": person(wants=["c", "b", {"id": "c", "must": True}])},
        "attendees/0/wants/2",
        "duplicate_wish",
    ),
    ({"attendees": person(wants=["b"] * 101)}, "attendees/0/wants", "too_long"),
    ({"attendees": person(wants=[{"id": "b", "rank": 1}])}, "attendees/0/wants/0/(object)/rank",
     "extra_forbidden"),
    ({"policy": {"silent": "asked"}}, "policy/silent", "literal_error"),
    (
        {"attendees": person(min_meetings=2, max_meetings=1)},
        "attendees/0/min_meetings",
        "above_maximum",
    ),
    ({"attendees": person(breaks=[{"from": 2, "to": 1}])}, "attendees/0/breaks/0/to", "order"),
    (
        {"attendees": person(breaks=[{"from": 1, "to": 1}, {"from": 1, "to": 2}])},
        "attendees/0/breaks/1/to",
        "unknown_round",
    ),
    ({"policy": {"breaks": [{"from": 1, "to": 2}]}}, "policy/breaks/0/to", "unknown_round"),
    ({"policy": {"breaks": [{"first": 1, "last": 1}]}}, "policy/breaks/0/first", "extra_forbidden"),
    ({"policy": {"max_in_a_row": 0}}, "policy/max_in_a_row", "greater_than_equal"),
    ({"attendees": person(max_in_a_row=0)}, "attendees/0/max_in_a_row", "greater_than_equal"),
    ({"attendees": person(priority=1001)}, "attendees/0/priority", "less_than_equal"),
    ({"attendees": person(priority=-1)}, "attendees/0/priority", "greater_than_equal"),
    ({"policy": {"per_organisation": "one"}}, "policy/per_organisation", "literal_error"),
    ({"pair_rules": [rule("met", "a", "z")]}, "pair_rules/0/pair/1", "unknown_attendee"),
    ({"pair_rules": [rule("met", "a", "a")]}, "pair_rules/0/pair", "self"),
    (
        {"pair_rules": [rule("require", "a", "b", valuable=["a"])]},
        "pair_rules/0/valuable",
        "not_met",
    ),
    (
        {"pair_rules": [rule("forbid", "a", "b", not_valuable=["a"])]},
        "pair_rules/0/not_valuable",
        "not_met",
    ),
    (
        {"pair_rules": [rule("met", "a", "b", not_valuable=["b", "c"])]},
        "pair_rules/0/not_valuable",
        "not_of_pair",
    ),
    (
        {"pair_rules": [rule("met", "a", "b", would_refer=["c"])]},
        "pair_rules/0/would_refer",
        "not_of_pair",
    ),
    (
        {"pair_rules": [rule("require", "a", "b"), rule("forbid", "b", "a")]},
        "pair_rules/0",
        "require_and_forbid",
    ),
    (
        {"pair_rules": [rule("require", "b", "a")], "attendees": person(avoid=["b"])},
        "pair_rules/0",
        "require_and_forbid",
    ),
    (
        {"matching": {"confirmed": [["tea", "cake"], ["roof", "Slates"]],
                      "denied": [["ROOF ", "slates"]]}},
        "matching/denied/0",
        "confirmed_and_denied",
    ),
    ({"matching": {"confirmed": [["roof"]]}}, "matching/confirmed/0", "missing"),
    ({"matching": {"denied": [["roof", ""]]}}, "matching/denied/0/1", "string_too_short"),
    ({"matching": {"denied": [["roof", "x" * 501]]}}, "matching/denied/0/1", "string_too_long"),
    ({"matching": {"denied": [["a", "b"]] * 1_001}}, "matching/denied", "too_long"),
    ({"held_rounds": 1}, "held_rounds", "no_published"),
    ({"rounds": [{"starts_at": "2027-03-28T01:30"}], "timezone": "Europe/London"},
     "rounds/0/starts_at", "clock_change"),
    ({"rounds": [{"starts_at": "2027-03-04T09:00"}, {}, {"starts_at": "2027-03-04T09:00"}]},
     "rounds/2/starts_at", "order"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "where", "why"), FAULTS)
def test_what_is_wrong_is_pointed_at(fields: dict[str, Any], where: str, why: str) -> None:
    assert any(place.startswith(where) and code == why for place, code in faults(**fields))


def test_what_is_just_right_is_taken() -> None:
    arrived(attendees=person(min_meetings=1, max_meetings=1, absent_rounds=[1], avoid=["b"]))
    arrived(pair_rules=[rule("met", "a", "b", valuable=["b", "a"]), rule("require", "b", "a")])
    arrived(rounds=[{"starts_at": "2027-03-04T09:00"}, {"starts_at": "2027-03-04T09:01"}])


def test_times_with_offsets_are_in_order_as_instants() -> None:
    later = [{"starts_at": "2027-03-04T09:00+00:00"}, {"starts_at": "2027-03-04T08:30-01:00"}]
    arrived(rounds=later)
    assert faults(rounds=later[::-1])[0][1] == "order"


def overlaps(zone: str, *rounds: tuple[str, int]) -> list[str]:
    """What is said of rounds, by start and minutes, when somebody sends them."""
    sent = [{"starts_at": start, "minutes": minutes} for start, minutes in rounds]
    raw = json.dumps({"timezone": zone, "rounds": sent})
    assert Event.model_validate_json(raw)  # as it may have been stored before this was refused
    try:
        Event.model_validate_json(raw, context=SENT)
    except ValidationError as refused:
        return [error["msg"] for error in refused.errors() if error["type"] == "overlap"]
    return []


def test_a_round_ends_before_the_next_one_starts() -> None:
    nine, later = ("2027-03-04T09:00", 30), ("2027-03-04T09:30", 30)
    assert overlaps("Europe/Berlin", nine, later) == []
    early = ("2027-03-04T09:29", 30)
    assert overlaps("Europe/Berlin", nine, early) == [
        "round 2 starts at 09:29, before round 1 ends at 09:30"
    ]


def test_clocks_that_are_put_forward_make_rounds_overlap() -> None:
    """From 01:30, an hour is over at 03:30 that night."""
    night = [("2027-03-28T01:30", 60), ("2027-03-28T03:00", 10)]
    assert overlaps("Europe/Berlin", *night) == [
        "round 2 starts at 03:00, before round 1 ends at 03:30: clocks change between the two"
    ]
    assert overlaps("Asia/Tokyo", *night) == []
    back = [("2027-10-31T01:30", 60), ("2027-10-31T03:00", 10)]
    assert overlaps("Europe/Berlin", *back) == []


def test_many_rounds_are_for_few_attendees() -> None:
    assert too_many_rounds(limits.ROUNDS_OF_MANY, limits.ATTENDEES) is None
    assert too_many_rounds(400, 12_499) is None
    assert "here it is 5,000,000" in (too_many_rounds(400, 12_500) or "")
    most = [{"id": f"a{k}"} for k in range(12_500)]
    assert faults(rounds={"count": 400}, attendees=most) == [("rounds", "too_many_rounds")]
    arrived(rounds={"count": 400}, attendees=most[1:])


@pytest.mark.parametrize("email", ["", " ", "\t", "\u2068\u2069"])
def test_an_empty_address_is_none(email: str) -> None:
    assert arrived(attendees=person(email=email)).attendees[0].email is None


@pytest.mark.parametrize("email", [" a@b", "a@b \n", "\u2068a@b\u2069", "\u00a0a@b\u200e"])
def test_what_surrounds_an_address_goes(email: str) -> None:
    assert arrived(attendees=person(email=email)).attendees[0].email == "a@b"


def test_one_person_has_one_error_of_a_kind() -> None:
    absent = {"id": "a", "absent_rounds": list(range(2, 30)), "avoid": ["x", "y"]}
    assert faults(attendees=[absent, {"id": "b", "absent_rounds": [7]}]) == [
        ("attendees/0/absent_rounds/0", "unknown_round"),
        ("attendees/0/avoid/0", "unknown_attendee"),
        ("attendees/1/absent_rounds/0", "unknown_round"),
    ]


@pytest.mark.parametrize(
    ("email", "good"),
    [("a@example.org", True), ("a b@example.org", False), ("a@", False), ("a@b@c", False)],
)
def test_an_address_has_two_sides(email: str, good: bool) -> None:
    if good:
        assert arrived(attendees=person(email=email)).attendees[0].email == email
    else:
        assert faults(attendees=person(email=email))[0][0] == "attendees/0/email"


def test_every_kind_of_fault_is_told_but_no_more_than_anybody_reads() -> None:
    people = [{"id": f"a{k}", "avoid": ["z"]} for k in range(MOST_FINDINGS + 5)]
    found = faults(attendees=people, pair_rules=[rule("met", "a", "y")])
    assert len(found) == MOST_FINDINGS


def meeting(one: str, other: str) -> dict[str, Any]:
    return {"table": 1, "attendees": [one, other]}


PUBLISHED: list[tuple[list[dict[str, Any]], int, str, str]] = [
    ([{"round": 2}], 0, "published/rounds", "rounds"),
    ([{"round": 1}, {"round": 1}], 0, "published/rounds", "rounds"),
    ([], 1, "published/rounds", "rounds"),
    ([{"round": 1}], 2, "held_rounds", "unknown_round"),
    ([{"round": 1, "meetings": [meeting("a", "a")]}], 0,
     "published/rounds/0/meetings/0/attendees", "self"),
    ([{"round": 1, "meetings": [meeting("a", "b"), meeting("z", "c")]}], 0,
     "published/rounds/0/meetings/1/attendees/0", "unknown_attendee"),
]  # fmt: skip


@pytest.mark.parametrize(("rounds", "held", "where", "why"), PUBLISHED)
def test_what_was_published_fits_the_event(
    rounds: list[dict[str, Any]], held: int, where: str, why: str
) -> None:
    assert (where, why) in faults(published={"rounds": rounds}, held_rounds=held)


def test_a_replan_holds_rounds_of_what_was_published() -> None:
    rounds = [{"round": 1, "meetings": [meeting("a", "b")]}, {"round": 2}]
    event = arrived(rounds=[{}, {}], published={"rounds": rounds}, held_rounds=2)
    assert event.held_rounds == 2


def test_limits_are_kept() -> None:
    assert faults(rounds={"count": limits.ROUNDS + 1})[0][1] == "less_than_equal"
    assert faults(seed=limits.SEED + 1)[0][1] == "less_than_equal"
    assert faults(attendees=person(needs=["x"] * (limits.TEXTS + 1)))[0][1] == "too_long"


def test_whoever_is_restricted_misses_every_round() -> None:
    event = arrived(rounds={"count": 3}, attendees=person(restricted=True, absent_rounds=[2]))
    assert [row.absent_rounds for row in event.attendees] == [(1, 2, 3), (), ()]
    again = Event.model_validate_json(event.model_dump_json())
    assert again == event


def test_of_whoever_is_restricted_no_word_is_compared() -> None:
    event = arrived(attendees=person(restricted=True, offers=["jam"], name="Ada", wants=["b"]))
    bare, *others = without_words_of_restricted(event).attendees
    assert bare == Attendee(id="a", absent_rounds=(1,), restricted=True)
    assert others == list(event.attendees[1:])
