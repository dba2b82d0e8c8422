"""Why, why not and what it would cost: each code on an event solved by hand, and what is hidden."""

import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console, RenderableType
from typer.testing import CliRunner

from app.cli import commands
from app.errors import Refused
from app.planning.document import to_written
from app.planning.explain import answer_question
from app.planning.plan import plan_schedule
from app.routes import explain as route
from app.terminal.explain import explanation_report
from schemas.benefits import Benefit
from schemas.breaks import Break
from schemas.event import Attendee, Avoided, Event, Matching, Meet, PairRule, Policy, Round
from schemas.explanation import Explanation, PairExplanation, Question, SeatExplanation
from schemas.schedule import Meeting, Schedule, ScheduledRound, Share, Triangle
from schemas.solve import Waiver
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.errors import Infeasible
from solver.meaning.similarity import Comparison
from solver.translate.digest import input_sha256
from tests.api import READER, Api
from tests.builders import event_of, random_event
from tests.databases import SQLITE_ONLY
from tests.solver.compatibility.words import HandEncoder, person
from tests.stored import add_version

BOTH = {"ab": 0.8, "ba": 0.8}


def day(event: Event, *rounds: str, **fields: Any) -> Schedule:
    """A version in which these pairs meet in each round: ``"ab cd"``."""
    met = [row.split() for row in rounds]
    return Schedule(
        version=1,
        input_sha256=input_sha256(event),
        rounds=tuple(_round(event, r, row) for r, row in enumerate(met, start=1)),
        attendees=tuple(
            Share(
                id=a.id,
                meetings=sum(a.id in pair for row in met for pair in row),
                byes=0,
                benefit=0.0,
                best=1.0,
                satisfaction=0.0,
            )
            for a in event.attendees
        ),
        **fields,
    )


def _round(event: Event, r: int, pairs: Sequence[str]) -> ScheduledRound:
    seated = {v for pair in pairs for v in pair}
    absent = {a.id for a in event.attendees if r in a.absent_rounds}
    return ScheduledRound(
        round=r,
        meetings=tuple(
            Meeting(table=k, attendees=(pair[0], pair[1]), benefits={pair[0]: 0.8, pair[1]: 0.4})
            for k, pair in enumerate(pairs, start=1)
        ),
        byes=tuple(a.id for a in event.attendees if a.id not in seated | absent),
        absent=tuple(sorted(absent)),
    )


def ask(
    event: Event, schedule: Schedule, comparison: Comparison | None = None, **asked: Any
) -> Explanation:
    graph = build_graph(event, comparison or HandEncoder())
    return answer_question(event, graph, schedule, Question(**asked))


def pair_told(event: Event, schedule: Schedule, pair: str = "a,b", **how: Any) -> PairExplanation:
    told = ask(event, schedule, pair=pair, **how)
    assert isinstance(told, PairExplanation)
    return told


def seat_told(event: Event, schedule: Schedule, who: str, number: int = 1) -> SeatExplanation:
    told = ask(event, schedule, attendee=who, round=number)
    assert isinstance(told, SeatExplanation)
    return told


def codes(told: Explanation) -> list[str]:
    return [reason.code for reason in told.reasons]


def why_not(event: Event, *rounds: str, **how: Any) -> list[str]:
    return codes(pair_told(event, day(event, *rounds), **how))


# --- why a pair meets ---------------------------------------------------------------------------


def test_a_meeting_is_told_with_its_evidence_both_ways_and_what_each_gains() -> None:
    event = Event(
        rounds=(Round(),),
        attendees=(
            person("a", needs=["green garden fence paint"]),
            person("b", offers=["green garden fence paint"], intents=["clients"]),
        ),
    )
    told = pair_told(event, day(event, "ab"), pair="b,a")
    assert told.pair == ("a", "b")
    assert told.meets
    assert told.meeting is not None
    assert (told.meeting.round, told.meeting.table) == (1, 1)
    assert [(one.attendee, one.partner, one.kind) for one in told.evidence] == [
        ("a", "b", "served"),
        ("b", "a", "client"),
    ]
    assert "green garden fence paint" in told.evidence[0].text
    assert [(gain.attendee, gain.benefit, gain.share) for gain in told.gains] == [
        ("a", 0.8, 0.8),
        ("b", 0.4, 0.4),
    ]
    assert told.reasons == ()
    assert told.price is None


def test_a_private_need_is_counted_and_never_quoted() -> None:
    private = {"text": "green garden fence paint", "shown_to": "nobody"}
    event = Event.model_validate_json(
        json.dumps(
            {
                "rounds": [{}],
                "attendees": [
                    {"id": "a", "needs": [private]},
                    {"id": "b", "offers": ["green garden fence paint"]},
                ],
            }
        )
    )
    for rounds in ("ab", ""):
        told = pair_told(event, day(event, rounds))
        assert told.evidence
        assert "fence" not in told.model_dump_json()


def test_the_triangles_of_a_pair_are_told_with_their_members() -> None:
    event = event_of("abcd", 3, {"ab": 0.8, "bc": 0.8, "ca": 0.8})
    closed = (
        Triangle(attendees=("a", "b", "c"), value=0.8, round_closed=3),
        Triangle(attendees=("b", "c", "d"), value=0.8, round_closed=3),
    )
    schedule = day(event, "ab", "bc", "ac", triangles=closed)
    assert pair_told(event, schedule).triangles == closed[:1]
    assert pair_told(event, schedule, audience="attendee").triangles == closed[:1]


def test_a_third_whom_one_of_a_pair_has_blocked_since_is_no_triangle_to_an_attendee() -> None:
    event = event_of("abc", 3, {"ab": 0.8, "bc": 0.8, "ca": 0.8})
    closed = (Triangle(attendees=("a", "b", "c"), value=0.8, round_closed=3),)
    schedule = day(event, "ab", "bc", "ac", triangles=closed)
    since = event.model_copy(update={"pair_rules": (PairRule(kind="forbid", pair=("a", "c")),)})
    assert pair_told(since, schedule).triangles == closed
    told = pair_told(since, schedule, audience="attendee")
    assert told.triangles == ()


def test_a_meeting_that_has_come_to_be_forbidden_says_so_to_the_organiser_alone() -> None:
    event = event_of("ab", 1, BOTH)
    since = event.model_copy(update={"pair_rules": (PairRule(kind="forbid", pair=("a", "b")),)})
    told = pair_told(since, day(event, "ab"))
    assert (told.meets, told.stale, codes(told)) == (True, True, ["forbid"])
    assert codes(pair_told(since, day(event, "ab"), audience="attendee")) == []


# --- why it does not ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "people", "rules"),
    [
        ("blocked", ({"id": "a"}, {"id": "b", "avoid": ("a",)}), ()),
        ("forbid", ({"id": "a"}, {"id": "b"}), (PairRule(kind="forbid", pair=("b", "a")),)),
        ("met", ({"id": "a"}, {"id": "b"}), (PairRule(kind="met", pair=("b", "a")),)),
        (
            "same_organisation",
            ({"id": "a", "organisation": "North"}, {"id": "b", "organisation": " north"}),
            (),
        ),
        ("language", ({"id": "a", "languages": ("en",)}, {"id": "b", "languages": ("fr",)}), ()),
        ("group", ({"id": "a", "labels": {"role": "buyer"}},) * 2, ()),
        ("same_address", ({"id": "a", "email": "a@b.c"}, {"id": "b", "email": "A@b.c"}), ()),
        ("two_places", ({"id": "a", "table": 1}, {"id": "b", "table": 2}), ()),
    ],
)
def test_what_the_rules_forbid_has_its_code_and_no_price(
    code: str, people: tuple[dict[str, Any], ...], rules: tuple[PairRule, ...]
) -> None:
    named = tuple(Attendee(**{**p, "id": v}) for v, p in zip("ab", people, strict=True))
    rounds = (Round(tables=2),)
    event = event_of(named, rounds, BOTH, pair_rules=rules, policy=Policy(meet=MEET))
    told = pair_told(event, day(event, ""))
    assert codes(told) == [code]
    assert told.price is None


MEET = Meet(label="role", pairs=(("buyer", "supplier"),))


def test_two_of_groups_that_do_not_meet_are_not_told_that_they_have_nothing_to_gain() -> None:
    people = (Attendee(id="a", labels={"role": "Buyer"}), Attendee(id="b"))
    event = event_of(people, 1, {}, policy=Policy(meet=MEET.model_copy(update=NOBODY)))
    (reason,) = pair_told(event, day(event, "")).reasons
    assert reason.code == "group"
    assert reason.message == (
        "a and b are of groups that do not meet at this event: by 'role' a is 'Buyer' and "
        "b has none"
    )
    (read,) = pair_told(event, day(event, ""), audience="attendee").reasons
    assert read.message == "a and b are of groups that do not meet at this event"


NOBODY = {"unlabelled": "nobody"}
APART = PairRule(kind="forbid", pair=("a", "b"), round=1)


def messages(told: Explanation) -> list[tuple[str, str]]:
    return [(reason.code, reason.message) for reason in told.reasons]


def test_a_pair_that_a_rule_keeps_apart_in_all_its_rounds_is_told_so() -> None:
    people = (Attendee(id="a"), Attendee(id="b", absent_rounds=(2,)), *"cd")
    named = tuple(Attendee(id=p) if isinstance(p, str) else p for p in people)
    event = event_of(named, 2, BOTH, pair_rules=(APART,))
    told = pair_told(event, day(event, "", ""))
    assert messages(told) == [
        ("apart", "a rule of the organiser keeps a and b apart in every open round that both share")
    ]
    assert told.price is None
    assert "apart" in {rule.code for rule in told.conflict}
    free = event_of("abcd", 2, BOTH, pair_rules=(APART,))
    assert why_not(free, "", "") == ["displaced"]


def test_who_is_pinned_elsewhere_in_the_only_round_of_both_is_pinned() -> None:
    people = (Attendee(id="a"), Attendee(id="b", absent_rounds=(2,)), Attendee(id="c"))
    pin = PairRule(kind="require", pair=("a", "c"), round=1)
    event = event_of(people, 2, BOTH, pair_rules=(pin,))
    assert why_not(event, "ac", "") == ["pinned"]
    assert why_not(event, "ac", "", audience="attendee") == ["pinned"]
    elsewhere = pin.model_copy(update={"round": 2})
    assert why_not(event.model_copy(update={"pair_rules": (elsewhere,)}), "", "ac") == ["displaced"]


def test_whose_places_are_closed_meets_nobody_there() -> None:
    people = (Attendee(id="a", table=1), *(Attendee(id=v) for v in "bcd"))
    shut = Round(tables=3, closed_tables=(1,))
    event = event_of(people, (shut,), BOTH)
    schedule = day(event, "cd")
    told = pair_told(event, schedule)
    assert codes(told) == ["place_closed"]
    assert told.price is None
    assert codes(seat_told(event, schedule, "a")) == ["place_closed", "nobody_allowed"]
    assert [one.code for one in seat_told(event, schedule, "b").not_allowed] == ["place_closed"]
    half = event_of(people, (shut, Round(tables=2)), BOTH)
    assert why_not(half, "cd", "ac bd") == ["displaced"]


def test_places_that_others_take_are_full() -> None:
    """a and c both need table 1, where c meets d: b could sit with a nowhere else."""
    people = (*(Attendee(id=v, table=1) for v in "ac"), *(Attendee(id=v) for v in "bd"))
    event = event_of(people, (Round(tables=2),), BOTH)
    assert why_not(event, "cd") == ["tables_full"]
    assert why_not(event, "ad") == ["displaced"]


def test_rounds_that_are_barred_for_different_reasons_tell_each_with_its_rounds() -> None:
    """Round 1 is forbidden, in rounds 2 and 3 a meets c and d; a fourth one would be free."""
    pins = tuple(PairRule(kind="require", pair=("a", v), round=r) for v, r in (("c", 2), ("d", 3)))
    event = event_of("abcd", 3, BOTH, pair_rules=(APART, *pins))
    assert messages(pair_told(event, day(event, "", "ac", "ad"))) == [
        ("apart", "a rule of the organiser keeps a and b apart in round 1"),
        (
            "pinned",
            "in rounds 2 and 3 one of a and b has another meeting by a rule of the organiser",
        ),
    ]
    longer = event_of("abcd", 4, BOTH, pair_rules=(APART, *pins))
    assert why_not(longer, "", "ac", "ad", "") == ["displaced"]


def test_who_met_before_and_seldom_meets_again_is_told_so() -> None:
    met = (PairRule(kind="met", pair=("b", "a")),)
    event = event_of("ab", 1, BOTH, pair_rules=met, policy=Policy(rematch="seldom"))
    told = pair_told(event, day(event, ""))
    assert codes(told) == ["again"]
    assert told.price is not None
    assert why_not(event, "", audience="attendee") == ["again"]
    allowed = event.model_copy(update={"policy": Policy(rematch="allow")})
    assert why_not(allowed, "") == ["displaced"]


def test_who_would_rather_not_is_told_to_the_organiser_alone() -> None:
    people = (Attendee(id="a"), Attendee(id="b", avoid=(Avoided(id="a", soft=True),)))
    event = event_of(people, 1, BOTH)
    assert why_not(event, "") == ["rather_not"]
    assert why_not(event, "", audience="attendee") == ["displaced"]


@pytest.mark.parametrize("rule", ["apart", "rather_not"])
@pytest.mark.parametrize("seed", range(6))
def test_attendees_read_the_same_whether_or_not_somebody_is_kept_from_them_softly(
    seed: int, rule: str
) -> None:
    event = random_event(seed, 6, 2)
    a, b = event.attendees[0].id, event.attendees[1].id
    schedule = day(event, *("" for _ in event.rounds))
    if rule == "apart":
        more = tuple(PairRule(kind="forbid", pair=(a, b), round=r + 1) for r in range(2))
        other = event.model_copy(update={"pair_rules": (*event.pair_rules, *more)})
    else:
        first = event.attendees[0]
        soft = first.model_copy(update={"avoid": (*first.avoid, Avoided(id=b, soft=True))})
        other = event.model_copy(update={"attendees": (soft, *event.attendees[1:])})
    assert everything_told(other, schedule) == everything_told(event, schedule)


def test_a_meeting_in_a_round_that_has_come_to_be_forbidden_says_so() -> None:
    event = event_of("ab", 2, BOTH)
    since = event.model_copy(update={"pair_rules": (APART,)})
    told = pair_told(since, day(event, "ab", ""))
    assert messages(told) == [("apart", "a rule of the organiser keeps a and b apart in round 1")]
    assert codes(pair_told(since, day(event, "", "ab"))) == []
    assert codes(pair_told(since, day(event, "ab", ""), audience="attendee")) == []


SELLER = {"offers": ["green garden fence paint"], "intents": ["clients"]}
BUYER = {"needs": ["green garden fence paint"], "intents": ["friends"]}


def test_a_pitch_that_is_not_welcome_has_no_consent() -> None:
    """served: b gains by a; so b must be served already for nothing to be left but the pitch."""
    served = {"already_served": ["green garden fence paint"]}
    event = Event(
        rounds=(Round(),),
        attendees=(person("a", **SELLER), person("b", **BUYER, **served, welcomes_pitches=False)),
    )
    assert why_not(event, "") == ["already_served", "no_consent"]


def test_a_pitch_alone_that_is_not_welcome_has_no_consent() -> None:
    """What b gains by being served is weighed at nothing, so that only the pitch is left."""
    event = Event(
        rounds=(Round(),),
        attendees=(person("a", **SELLER), person("b", **BUYER, welcomes_pitches=False)),
        matching=Matching(reason_weights={"served": 0.0}),
    )
    assert why_not(event, "") == ["no_consent"]
    assert why_not(event, "", audience="attendee") == ["no_consent"]


def test_who_is_served_already_is_not_pitched_a_second_supplier() -> None:
    served = {"already_served": ["green garden fence paint"]}
    event = Event(
        rounds=(Round(),), attendees=(person("a", **SELLER), person("b", **BUYER, **served))
    )
    assert why_not(event, "") == ["already_served"]


def test_competitors_are_no_referral_partners() -> None:
    same = {"offers": ["green garden fence paint"], "client_types": ["homes"]}
    event = Event(
        rounds=(Round(),),
        attendees=tuple(person(v, **same, intents=["referrals"]) for v in "ab"),
    )
    told = pair_told(event, day(event, ""))
    assert codes(told) == ["competitor"]
    assert [one.refused for one in told.evidence] == [True, True]


def test_all_that_applies_is_told() -> None:
    people = (
        Attendee(id="a", organisation="North", languages=("en",), absent_rounds=(1,)),
        Attendee(id="b", organisation="North", languages=("fr",), avoid=("a",)),
    )
    event = event_of(people, 1, {}, pair_rules=(PairRule(kind="met", pair=("a", "b")),))
    assert why_not(event, "") == [
        "blocked",
        "same_organisation",
        "language",
        "met",
        "no_reason",
        "no_round_in_common",
    ]


def test_nothing_to_gain_has_a_price_all_the_same() -> None:
    """Of four people two pairs gain 0.8 each way: a with c and b with d."""
    gains = {f"{i}{j}": 0.8 for i, j in ("ac", "ca", "bd", "db")}
    event = event_of("abcd", 1, gains)
    told = pair_told(event, day(event, "ac bd"))
    assert codes(told) == ["no_reason"]
    # Two meetings worth 0.8 and four people served in full go; nobody sits idle for it.
    assert told.price is not None
    assert told.price.points == (2 * 100 * 800 + 4 * 100 * 1000) / 100_000
    assert told.price.proven
    assert told.price.makes_room == (("a", "c"), ("b", "d"))
    assert told.price.others == 0


def test_one_who_gains_too_little_makes_a_pair_one_sided() -> None:
    gains = {"ab": 0.8, "ba": 0.04}
    assert why_not(event_of("ab", 1, gains), "") == ["one_sided"]
    left = event_of("ab", 1, gains, policy=Policy(idle="leave"))
    told = pair_told(left, day(left, ""))
    assert codes(told) == ["one_sided"]
    assert "left empty" in told.reasons[0].message


def test_people_who_are_never_there_together_have_no_round_in_common() -> None:
    people = (Attendee(id="a", absent_rounds=(1,)), Attendee(id="b", absent_rounds=(2,)))
    assert why_not(event_of(people, 2, BOTH), "", "") == ["no_round_in_common"]


def test_rounds_that_are_over_are_held() -> None:
    people = (Attendee(id="a"), Attendee(id="b", absent_rounds=(2,)))
    event = event_of(people, 2, BOTH)
    published = day(event, "", "")
    held = event.model_copy(update={"published": published, "held_rounds": 1})
    told = pair_told(held, published)
    assert codes(told) == ["held"]
    assert told.price is None
    assert told.stale is False


COLLEAGUES = tuple(
    Attendee(id=v, organisation=name)
    for v, name in (("a", None), ("b", "South"), ("c", "south "), ("d", None))
)


def test_whoever_meets_one_of_a_company_meets_nobody_else_of_it() -> None:
    event = event_of(COLLEAGUES, 2, BOTH, policy=Policy(per_organisation="one_each"))
    told = pair_told(event, day(event, "ac", ""))
    assert codes(told) == ["met_colleague"]
    assert told.reasons[0].message == (
        "a meets c of the same organisation, and nobody meets two of one"
    )
    assert why_not(event, "cd", "") == ["displaced"]
    anybody = event.model_copy(update={"policy": Policy()})
    assert why_not(anybody, "ac", "") == ["displaced"]


def test_two_companies_meet_once() -> None:
    people = (COLLEAGUES[0], *COLLEAGUES[1:3], Attendee(id="d", organisation="North"))
    people = (people[0].model_copy(update={"organisation": "North"}), *people[1:])
    event = event_of(people, 2, BOTH, policy=Policy(per_organisation="one_pair"))
    told = pair_told(event, day(event, "cd", ""))
    assert codes(told) == ["met_colleague"]
    assert told.reasons[0].message == "c and d meet, and their organisations meet once at most"


def test_attendees_do_not_hear_who_of_a_company_is_met() -> None:
    event = event_of(COLLEAGUES, 2, BOTH, policy=Policy(per_organisation="one_each"))
    (reason,) = pair_told(event, day(event, "ac", ""), audience="attendee").reasons
    assert reason.message == (
        "organisations meet once, and those of a and b meet without this pair"
    )


def test_a_meeting_that_was_missed_uses_nothing_up() -> None:
    event = event_of(COLLEAGUES, 2, BOTH, policy=Policy(per_organisation="one_each"))
    published = day(event, "ac", "")
    block = published.rounds[0]
    missed = block.meetings[0].model_copy(update={"outcome": "missed"})
    rounds = (block.model_copy(update={"meetings": (missed,)}), published.rounds[1])
    told = pair_told(event, published.model_copy(update={"rounds": rounds}))
    assert "met_colleague" not in codes(told)


def test_a_break_keeps_a_pair_apart_only_where_it_is_needed() -> None:
    people = (Attendee(id="a", max_in_a_row=1), *(Attendee(id=v) for v in "bcd"))
    event = event_of(people, 2, BOTH)
    assert why_not(event, "ac", "") == ["displaced"]
    late = event_of((people[0], Attendee(id="b", absent_rounds=(1,)), *people[2:]), 2, BOTH)
    told = pair_told(late, day(late, "ac", ""))
    assert codes(told) == ["on_break"]


def test_a_limit_that_is_reached_names_whose() -> None:
    people = (Attendee(id="a", max_meetings=1), *(Attendee(id=v) for v in "bcd"))
    gains = BOTH | {"ac": 0.9, "ca": 0.9}
    event = event_of(people, 2, gains)
    told = pair_told(event, day(event, "ac bd", "bc"))
    assert codes(told) == ["limits_reached"]
    assert told.reasons[0].message.endswith("for a")
    assert told.price is not None
    assert ("a", "c") in told.price.makes_room


def test_tables_that_are_all_taken_are_full() -> None:
    event = event_of("abcd", (Round(tables=1),), BOTH | {"cd": 0.9, "dc": 0.9})
    told = pair_told(event, day(event, "cd"))
    assert codes(told) == ["tables_full"]
    assert told.price is not None
    # The weights of both pairs but for 0.1 of value and satisfaction in full.
    assert told.price.points == 0.1


def test_a_pair_that_others_displace_costs_what_a_better_schedule_loses() -> None:
    gains = BOTH | {"ac": 0.9, "ca": 0.9, "bd": 0.9, "db": 0.9}
    event = event_of("abcd", 1, gains)
    told = pair_told(event, day(event, "ac bd"))
    assert codes(told) == ["displaced"]
    # a and b meet for 0.8 each way: 0.1 less for one pair, nothing at all for c and d.
    lost = 2 * 90_000 + 4 * 100_000 - (80_000 + 2 * 100 * (900 + 2 * (888 - 750) // 5))
    assert told.price is not None
    assert told.price.points == lost / 100_000


def test_a_price_is_never_a_reward() -> None:
    """The version leaves all idle: forcing a and b together is the best there is."""
    event = event_of("ab", 1, BOTH)
    told = pair_told(event, day(event, ""))
    assert (codes(told), told.price and told.price.points) == (["displaced"], 0)


def test_a_meeting_that_cannot_be_forced_says_what_it_clashes_with() -> None:
    rule = PairRule(kind="require", pair=("a", "c"))
    event = event_of("abc", 1, BOTH, pair_rules=(rule,))
    told = pair_told(event, day(event, "ac"))
    assert told.price is None
    assert "/pair_rules/0" in [one.pointer for one in told.conflict]


def test_who_came_on_the_list_later_is_not_listed() -> None:
    event = event_of("abc", 1, BOTH)
    before = event_of("ac", 1, {})
    told = pair_told(event, day(before, "ac"))
    assert (told.stale, codes(told)) == (True, ["not_listed"])
    assert codes(ask(event, day(before, "ac"), attendee="b", round=1)) == ["not_listed"]


def test_a_requirement_that_was_waived_or_is_newer_says_so() -> None:
    rule = PairRule(kind="require", pair=("b", "a"))
    event = event_of("abc", 1, BOTH, pair_rules=(rule,))
    assert why_not(event, "ac") == ["required_since"]
    waived = day(event, "ac", waived=(Waiver(pair=("a", "b"), reason="gone"),))
    assert codes(pair_told(event, waived)) == ["waived"]


def test_people_and_rounds_that_the_event_no_longer_has_do_no_harm() -> None:
    before = event_of("abcz", 3, BOTH)
    schedule = day(before, "ac bz", "az bc", "zc")
    event = event_of("abcde", 1, BOTH)
    told = pair_told(event, schedule)
    assert told.stale
    assert told.price is not None
    seat = seat_told(event, schedule, "a", 2)
    assert (seat.state, seat.partner) == ("meeting", "z")
    assert codes(seat_told(event, schedule, "b", 3)) == ["displaced"]
    assert seat_told(event, schedule, "b", 3).price is None
    assert codes(seat_told(event, schedule, "d", 3)) == ["not_listed"]


# --- why a seat is empty ------------------------------------------------------------------------


def test_a_seat_tells_the_meeting_or_the_absence() -> None:
    people = (Attendee(id="a"), Attendee(id="b"), Attendee(id="c", absent_rounds=(1,)))
    event = event_of(people, 1, BOTH)
    schedule = day(event, "ab")
    seat = seat_told(event, schedule, "a")
    assert (seat.state, seat.partner, seat.table) == ("meeting", "b", 1)
    assert seat_told(event, schedule, "c").state == "absent"


def test_of_an_odd_number_one_is_left() -> None:
    event = event_of("abc", 1, BOTH)
    assert codes(seat_told(event, day(event, "ab"), "c")) == ["odd_number"]


def test_who_has_a_break_sits_idle_and_nobody_sits_with_them() -> None:
    window = Break.model_validate({"from": 1, "to": 2})
    people = (Attendee(id="a", breaks=(window,)), *(Attendee(id=v) for v in "bcd"))
    event = event_of(people, 2, BOTH)
    schedule = day(event, "ac bd", "cd")
    seat = seat_told(event, schedule, "a", 2)
    assert [(one.code, one.message) for one in seat.reasons] == [
        ("on_break", "a has a break in rounds 1 to 2")
    ]
    other = seat_told(event, schedule, "b", 2)
    assert (other.allowed, codes(other)) == ((), ["nobody_allowed"])
    assert [(row.code, row.people) for row in other.not_allowed] == [("on_break", 1)]


def test_nobody_sits_with_a_second_one_of_a_company() -> None:
    event = event_of(COLLEAGUES, 2, BOTH, policy=Policy(per_organisation="one_each"))
    seat = seat_told(event, day(event, "ac", "cd"), "a", 2)
    assert [(row.code, row.people) for row in seat.not_allowed] == [("met_colleague", 1)]


def test_who_has_all_meetings_allowed_sits_idle() -> None:
    people = (Attendee(id="a", max_meetings=1), *(Attendee(id=v) for v in "bcd"))
    event = event_of(people, 2, BOTH)
    seat = seat_told(event, day(event, "ab cd", "bc"), "a", 2)
    assert codes(seat) == ["limits_reached"]
    assert seat.allowed == ("d",)
    assert seat.price is not None


def test_full_tables_leave_seats_empty() -> None:
    event = event_of("abcd", (Round(tables=1),), BOTH | {"cd": 0.9, "dc": 0.9})
    assert codes(seat_told(event, day(event, "cd"), "a")) == ["tables_full"]


def test_people_who_are_free_and_may_not_sit_are_counted_by_code() -> None:
    people = (
        Attendee(id="a", organisation="North", max_meetings=3),
        Attendee(id="b"),
        Attendee(id="c", organisation="North"),
        Attendee(id="d", avoid=("a",)),
        Attendee(id="e", max_meetings=0),
    )
    event = event_of(people, 2, {})
    seat = seat_told(event, day(event, "ab", ""), "a", 2)
    assert codes(seat) == ["nobody_allowed"]
    assert (seat.free, seat.allowed) == (4, ())
    assert [(one.code, one.people) for one in seat.not_allowed] == [
        ("blocked", 1),
        ("limits_reached", 1),
        ("met_today", 1),
        ("same_organisation", 1),
    ]


def test_a_free_partner_who_would_cost_nothing_is_named_with_the_price() -> None:
    event = event_of("abc", 1, BOTH)
    seat = seat_told(event, day(event, ""), "a")
    assert codes(seat) == ["displaced"]
    assert seat.allowed == ("b", "c")
    assert seat.price is not None
    assert seat.price.points == 0


def test_with_idle_seats_left_empty_nobody_may_sit_for_nothing() -> None:
    event = event_of("abc", 1, {"ab": 0.8}, policy=Policy(idle="leave", silent="none"))
    seat = seat_told(event, day(event, ""), "a")
    assert codes(seat) == ["nobody_allowed"]
    assert [(one.code, one.people) for one in seat.not_allowed] == [
        ("no_reason", 1),
        ("one_sided", 1),
    ]


def test_a_partner_who_did_not_come_is_missed_and_a_held_round_has_no_price() -> None:
    event = event_of("abc", 1, BOTH)
    schedule = day(event, "ab")
    (block,) = schedule.rounds
    (meeting,) = block.meetings
    gone = block.model_copy(
        update={"meetings": (meeting.model_copy(update={"outcome": "missed"}),)}
    )
    published = schedule.model_copy(update={"rounds": (gone,)})
    held = event.model_copy(update={"published": published, "held_rounds": 1})
    seat = seat_told(held, published, "a")
    assert codes(seat) == ["missed", "held"]
    assert seat.price is None


# --- what attendees are told --------------------------------------------------------------------


def test_an_attendee_hears_of_a_block_as_of_nothing_to_gain() -> None:
    people = (Attendee(id="a"), Attendee(id="b", avoid=("a",)))
    event = event_of(people, 1, BOTH)
    told = pair_told(event, day(event, ""), audience="attendee")
    assert codes(told) == ["no_reason"]
    assert (told.value, told.gains, told.evidence, told.price) == (0, (), (), None)
    assert "blocked" not in told.model_dump_json()


def test_an_idle_attendee_hears_of_who_blocked_them_as_of_anybody_without_a_reason() -> None:
    people = (Attendee(id="a"), Attendee(id="b", avoid=("a",)), Attendee(id="c"))
    event = event_of(people, 1, BOTH)
    told = ask(event, day(event, ""), attendee="a", round=1, audience="attendee")
    assert isinstance(told, SeatExplanation)
    assert codes(told) == ["nobody_allowed"]
    assert (told.free, told.allowed) == (2, ())
    assert [(one.code, one.people) for one in told.not_allowed] == [("no_reason", 2)]


def test_attendees_are_told_of_nobodys_needs_but_those_of_whom_they_meet() -> None:
    event = Event(rounds=(Round(),), attendees=(person("a", **SELLER), person("b", **BUYER)))
    told = pair_told(event, day(event, ""), audience="attendee")
    assert codes(told) == ["displaced"]
    assert "fence" not in told.model_dump_json()
    assert "fence" in pair_told(event, day(event, "")).model_dump_json()


def everything_told(event: Event, schedule: Schedule) -> list[str]:
    """All answers that attendees can get of a version, made of this very event."""
    made = schedule.model_copy(update={"input_sha256": input_sha256(event)})
    graph, ids = build_graph(event, HandEncoder()), [a.id for a in event.attendees]
    questions = [Question(pair=f"{a},{b}", audience="attendee") for a, b in combinations(ids, 2)]
    questions += [
        Question(attendee=v, round=block.round, audience="attendee")
        for v in ids
        for block in schedule.rounds
    ]
    return [answer_question(event, graph, made, asked).model_dump_json() for asked in questions]


def with_nothing_in_common(event: Event, two: tuple[str, str]) -> Event:
    """The event in which neither of the two gains from the other, and nothing forbids them."""
    rows = [row for row in event.benefits if {row.attendee, row.partner} != set(two)]
    rows += [Benefit(attendee=i, partner=j, value=0.0) for i, j in (two, two[::-1])]
    people = tuple(
        a.model_copy(update={"avoid": tuple(v for v in a.avoid if {a.id, v} != set(two))})
        for a in event.attendees
    )
    rules = tuple(
        rule
        for rule in event.pair_rules
        if set(rule.pair) != set(two) or rule.kind not in ("forbid", "require")
    )
    return event.model_copy(
        update={"benefits": tuple(rows), "attendees": people, "pair_rules": rules}
    )


@given(
    seed=st.integers(0, 10_000), place=st.integers(0, 14), rule=st.booleans(), late=st.booleans()
)
@settings(max_examples=60, deadline=None)
def test_no_answer_to_an_attendee_tells_a_blocked_pair_from_one_with_nothing_in_common(
    seed: int, place: int, rule: bool, late: bool
) -> None:
    """Whether the block came before the schedule or after it, and whoever asks about whatever."""
    event = random_event(seed, 6, 3)
    pairs = list(combinations([a.id for a in event.attendees], 2))
    two = pairs[place % len(pairs)]
    plain = with_nothing_in_common(event, two)
    blocked = event.model_copy(
        update={
            "pair_rules": tuple(
                r for r in event.pair_rules if set(r.pair) != set(two) or r.kind != "require"
            )
        }
    )
    if rule:
        more = (*blocked.pair_rules, PairRule(kind="forbid", pair=two))
        blocked = blocked.model_copy(update={"pair_rules": more})
    else:
        people = tuple(
            a.model_copy(update={"avoid": (two[1],)}) if a.id == two[0] else a
            for a in blocked.attendees
        )
        blocked = blocked.model_copy(update={"attendees": people})
        others = tuple(
            a.model_copy(update={"avoid": ()}) if a.id == two[0] else a for a in plain.attendees
        )
        plain = plain.model_copy(update={"attendees": others})
    try:
        schedule = plan_schedule(plain if late else blocked, Budget(work=100_000))
    except Infeasible:
        return
    assert everything_told(blocked, schedule) == everything_told(plain, schedule)


# --- questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ({"pair": "a,zz"}, "query:pair", "unknown_attendee"),
        ({"pair": "a"}, "query:pair", "pair"),
        ({"pair": ",a"}, "query:pair", "pair"),
        ({"pair": "a,a"}, "query:pair", "self"),
        ({"attendee": "zz", "round": 1}, "query:attendee", "unknown_attendee"),
        ({"attendee": "a", "round": 2}, "query:round", "unknown_round"),
    ],
)
def test_a_question_that_does_not_fit_says_where(
    asked: dict[str, Any], pointer: str, code: str
) -> None:
    event = event_of("ab", 1, BOTH)
    with pytest.raises(Refused) as refusal:
        ask(event, day(event, "ab"), **asked)
    assert [(error.pointer, error.code) for error in refusal.value.errors] == [(pointer, code)]


def test_an_id_may_hold_a_comma_and_two_readings_are_refused() -> None:
    ids = ("a", "b,c", "a,b", "c")
    event = event_of(tuple(Attendee(id=v) for v in ids[:2]), 1, {})
    schedule = day(event, "")
    assert pair_told(event, schedule, pair="a,b,c").pair == ("a", "b,c")
    event = event_of(tuple(Attendee(id=v) for v in ids), 1, {})
    with pytest.raises(Refused) as refusal:
        ask(event, day(event, ""), pair="a,b,c")
    assert refusal.value.errors[0].code == "ambiguous"


def test_the_same_question_has_the_same_bytes() -> None:
    event = random_event(3, 30, 5).model_copy(update={"policy": Policy(), "seed": 5})
    schedule = plan_schedule(event, Budget(work=1_000_000))
    apart = next(
        f"{a},{b}"
        for a, b in combinations([a.id for a in event.attendees], 2)
        if pair_told(event, schedule, pair=f"{a},{b}").price is not None
    )
    first, second = (pair_told(event, schedule, pair=apart).model_dump_json() for _ in range(2))
    assert first == second


# --- over HTTP and on the command line ----------------------------------------------------------


FOUR: dict[str, Any] = {
    "attendees": [{"id": v, "name": f"Name of {v}"} for v in "abcd"],
    "benefits": [{"attendee": i, "partner": j, "value": 0.8} for i, j in ("ab", "ba", "cd", "dc")],
}


@pytest.fixture
async def version(api: Api) -> str:
    """The address of the first version of an event in which a meets b, and c meets d."""
    url = await api.create(**FOUR)
    event = Event.model_validate_json((await api.send("GET", url)).content)
    async with api.store.write() as connection:
        made = to_written(day(event, "ab cd"))
        await add_version(connection, url.rpartition("/")[2], made)
    return f"{url}/schedules/1"


@pytest.mark.anyio
@SQLITE_ONLY
async def test_the_service_explains_a_pair_and_a_seat(api: Api, version: str) -> None:
    told = await api.get(f"{version}/explain?pair=b,a")
    assert (told["pair"], told["meets"], told["stale"]) == (["a", "b"], True, False)
    assert told["version"] == 1
    apart = await api.get(f"{version}/explain?pair=a,c")
    assert [reason["code"] for reason in apart["reasons"]] == ["no_reason"]
    assert apart["price"]["points"] > 0
    seat = await api.get(f"{version}/explain?attendee=a&round=1")
    assert (seat["state"], seat["partner"]) == ("meeting", "b")
    hidden = await api.get(f"{version}/explain?pair=a,c&audience=attendee")
    assert hidden["price"] is None
    await api.as_(READER).refuses("GET", f"{version}/explain?pair=a,b", status=403)
    for text in (told, apart, seat):
        assert "Name of" not in json.dumps(text)


@pytest.mark.anyio
@SQLITE_ONLY
async def test_an_old_version_is_explained_by_the_event_as_it_is(api: Api, version: str) -> None:
    url = version.partition("/schedules/")[0]
    answer = await api.send("POST", f"{url}/attendees", {"id": "e", "avoid": ["a"]})
    assert answer.status_code == 201
    told = await api.get(f"{version}/explain?pair=a,e")
    assert told["stale"] is True
    assert [reason["code"] for reason in told["reasons"]] == ["blocked", "no_reason", "not_listed"]


@pytest.mark.anyio
@SQLITE_ONLY
@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ("", "query:pair", "one_of_two"),
        ("?pair=a,b&attendee=a&round=1", "query:pair", "one_of_two"),
        ("?attendee=a", "query:round", "missing"),
        ("?round=1", "query:attendee", "missing"),
        ("?pair=a,zebra", "query:pair", "unknown_attendee"),
        ("?pair=a,a", "query:pair", "self"),
        ("?attendee=zebra&round=1", "query:attendee", "unknown_attendee"),
        ("?attendee=a&round=9", "query:round", "unknown_round"),
        ("?attendee=a&round=0", "query:round", None),
        ("?attendee=a&round=x", "query:round", None),
        ("?pair=a,b&audience=zebra", "query:audience", None),
        ("?pair=a,b&zebra=1", "query:zebra", None),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    api: Api, version: str, asked: str, pointer: str, code: str | None
) -> None:
    hides = None if "zebra=1" in asked else "zebra"
    await api.refuses("GET", f"{version}/explain{asked}", pointer=pointer, code=code, hides=hides)


@pytest.mark.anyio
@SQLITE_ONLY
async def test_an_unknown_version_and_a_crowd_are_refused(
    api: Api, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.refuses("GET", f"{version}9/explain?pair=a,b", status=404)
    monkeypatch.setattr(route, "MOST_ATTENDEES", 3)
    await api.refuses("GET", f"{version}/explain?pair=a,b", status=409, code="too_many_attendees")


def run(*arguments: object) -> Any:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """An event of four, and a version in which a meets c, and b meets d."""
    people = tuple(Attendee(id=v, name=f"Name of {v}") for v in "abcd")
    event = event_of(people, 1, BOTH | {"ac": 0.9, "ca": 0.9, "bd": 0.9, "db": 0.9})
    paths = tmp_path / "event.json", tmp_path / "schedule.json"
    for path, made in zip(paths, (event, day(event, "ac bd")), strict=True):
        path.write_text(made.model_dump_json())
    return paths


def test_the_command_explains_in_words_and_as_json(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "told.json"
    result = run("explain", *files, "--pair", "a,b", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "Name of a (a) and Name of b (b) do not meet" in result.stdout
    assert "[displaced]" in result.stdout
    assert "Forcing it costs 3.09000 points" in result.stdout
    assert "Name of a and Name of c" in result.stdout
    told = PairExplanation.model_validate_json(out.read_text())
    assert told.price is not None
    assert "Name of" not in out.read_text()
    seat = run("explain", *files, "--attendee", "a", "--round", 1)
    assert "Name of a (a) meets Name of c (c) in round 1 at table 1" in seat.stdout


def test_a_command_that_asks_for_nothing_that_is_there_says_so(files: tuple[Path, Path]) -> None:
    for asked, told in {
        ("--pair", "a,zz"): "--pair: no attendee of this event has this id",
        ("--attendee", "a"): "--round: attendee needs this beside it",
        (): "--pair: ask about a pair, or about an attendee and a round",
    }.items():
        result = run("explain", *files, *asked)
        assert (result.exit_code, result.stderr.strip()) == (2, told)


# --- wishes -------------------------------------------------------------------------------------


def test_the_organiser_is_told_who_wished_for_whom_and_what_it_would_cost() -> None:
    people = (
        person("a", wants=["c", "d", "b"], max_meetings=1), person("b"), person("c"), person("d")
    )  # fmt: skip
    event = event_of(people, 1, {})
    told = pair_told(event, day(event, "ac"))
    (wish,) = told.wishes
    assert (wish.attendee, wish.partner, wish.rank, wish.must) == ("a", "b", 3, False)
    assert told.price is not None
    assert told.price.points > 0
    report = text_of(explanation_report(event, told))
    assert "b is wish 3 of a" in report
    assert "Forcing it costs" in report


def test_no_attendee_is_told_of_a_list() -> None:
    event = event_of((person("a", wants=["b"]), person("b", wants=["a"])), 1, {})
    told = pair_told(event, day(event, "ab"), audience="attendee")
    assert told.wishes == ()
    assert {one.text for one in told.evidence} == {"a and b both asked to meet"}


def text_of(shown: RenderableType) -> str:
    console = Console(width=100, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()
