"""Briefs of small rooms, sentence by sentence."""

import json
from typing import Any

import pytest

from schemas.agenda import Brief
from schemas.event import Attendee, Event, PairRule
from schemas.schedule import Schedule
from schemas.words.catalogue import say
from solver.compatibility.graph import GIVEN, build_graph
from solver.compatibility.purpose import purpose_of_meeting
from tests.app.briefs.rooms import Rounds, agendas, only, rule, schedule
from tests.solver.compatibility.words import HandEncoder

PRIVATE = {"text": "blue paint", "shown_to": "nobody"}


def brief(event: Event, planned: Schedule, v: str, r: int = 1) -> Brief:
    found = only(agendas(event, planned).of(v), r).brief
    assert found is not None
    return found


def of_two(a: Attendee, b: Attendee, **fields: Any) -> tuple[Brief, Brief]:
    """What each of two people reads of the other, with the purpose that the graph gives."""
    event = room(a, b, **fields)
    why = purpose_of_meeting(build_graph(event, HandEncoder()), a.id, b.id)
    planned = schedule([["ab"]], intent=why.intent, purpose_line=why.line, purpose="mutual")
    return brief(event, planned, "a"), brief(event, planned, "b")


def who(v: str, **fields: Any) -> Attendee:
    """Somebody as a document has them."""
    return Attendee.model_validate_json(json.dumps({"id": v, **fields}))


def room(*people: Attendee, **fields: Any) -> Event:
    """An event of one round, with other fields as a document has them."""
    whole = {"rounds": [{}], **fields, "attendees": [a.model_dump(mode="json") for a in people]}
    return Event.model_validate_json(json.dumps(whole, default=PairRule.model_dump))


# --- what each can do for the other -------------------------------------------------------------


def test_offers_and_needs_are_told_from_both_sides_in_their_own_words() -> None:
    mine, theirs = of_two(
        who("a", name="Ada", offers=["red pots"], needs=["blue paint"]),
        who("b", offers=["blue paint"], needs=["red pots"]),
    )
    assert mine.they_can == ('b can help you with "blue paint": they offer "blue paint".',)
    assert mine.you_can == ('You can help b with "red pots": you offer "red pots".',)
    assert theirs.they_can == ('Ada can help you with "red pots": they offer "red pots".',)
    assert theirs.you_can == ('You can help Ada with "blue paint": you offer "blue paint".',)


def test_what_only_comes_near_may_help_and_what_is_far_is_not_told() -> None:
    near, _ = of_two(who("a", needs=["old blue"]), who("b", offers=["blue paint"]))
    assert near.they_can == ('b may be able to help you with "old blue": they offer "blue paint".',)
    far, _ = of_two(who("a", needs=["very old blue"]), who("b", offers=["blue paint"]))
    assert far.they_can == ()


def test_three_sentences_are_enough() -> None:
    texts = ["old", "new", "red", "blue"]
    mine, _ = of_two(who("a", needs=texts), who("b", offers=texts))
    assert len(mine.they_can) == 3


@pytest.mark.parametrize("welcomes", [True, ["pots"]])
def test_a_client_is_told_as_help_but_for_a_pitch_that_was_agreed(welcomes: Any) -> None:
    seller = who("a", offers=["red pots"])
    buyer = who("b", needs=["red pots"], welcomes_pitches=welcomes)
    mine, theirs = of_two(seller, buyer)
    assert mine.they_can == ("b agreed to hear your pitch.",)
    assert mine.you_can == ('You can help b with "red pots": you offer "red pots".',)
    assert theirs.they_can == ('a can help you with "red pots": they offer "red pots".',)
    assert theirs.you_can == ()


def test_nobody_is_said_to_have_agreed_who_only_told_a_need() -> None:
    mine, theirs = of_two(who("a", offers=["red pots"]), who("b", needs=["red pots"]))
    assert mine.they_can == ()
    assert mine.you_can == ('You can help b with "red pots": you offer "red pots".',)
    assert theirs.they_can == ('a can help you with "red pots": they offer "red pots".',)


def test_only_the_one_who_pitches_hears_of_consent() -> None:
    needs = [{"text": "red pots", "weight": 0.9}]
    mine, theirs = of_two(
        who("a", offers=["red pots"], needs=["blue paint"], welcomes_pitches=True),
        who("b", offers=["blue paint"], needs=needs, welcomes_pitches=True),
        matching={"reason_weights": {"served": 0.5}},
    )
    assert "b agreed to hear your pitch." in mine.they_can
    assert "a agreed to hear your pitch." in theirs.they_can


def test_without_consent_there_is_help_and_no_pitch() -> None:
    mine, _ = of_two(
        who("a", offers=["red pots"]), who("b", needs=["red pots"], welcomes_pitches=False)
    )
    assert mine.they_can == ()
    assert mine.you_can == ('You can help b with "red pots": you offer "red pots".',)


def test_what_one_came_for_and_the_other_came_to_give() -> None:
    mine, theirs = of_two(who("a", intents=["mentee"]), who("b", intents=["mentor"]))
    assert mine.they_can == ("b came to be a mentor, and you came to find a mentor.",)
    assert theirs.you_can == ("You came to be a mentor, and a came to find a mentor.",)
    assert mine.you_can == theirs.they_can == ()


def test_people_who_serve_the_same_clients_can_recommend_each_other() -> None:
    mine, theirs = of_two(
        who("a", offers=["red pots"], client_types=["hotels", "farms"]),
        who("b", offers=["old clocks"], client_types=["farms", "hotels"]),
    )
    sentence = "You can recommend each other: you both serve farms and hotels."
    assert mine.together == theirs.together == (sentence,)


def test_what_two_have_in_common_is_told_to_both_in_one_spelling() -> None:
    mine, theirs = of_two(
        who("a", offers=["red pots"], client_types=["SMEs"]),
        who("b", offers=["old clocks"], client_types=["smes"]),
    )
    told = ("You can recommend each other: you both serve SMEs.",)
    assert mine.together == theirs.together == told


def test_a_sphere_is_told_with_the_profession_of_each() -> None:
    sphere = {"contact_spheres": [["baker", "florist"]]}
    mine, _ = of_two(who("a", offers=["florist"]), who("b", offers=["baker"]), matching=sphere)
    assert mine.together == (
        "You can recommend each other: you serve the same clients (baker, florist) as florist and"
        " baker.",
    )


def test_one_shared_interest_is_told() -> None:
    mine, theirs = of_two(who("a", interests=["Rowing", "chess"]), who("b", interests=["rowing"]))
    assert mine.shared_interest == theirs.shared_interest == "Rowing"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"would_refer": ["a", "b"]}, ", and each would refer the other."),
        ({"valuable": ["a"], "would_refer": ["b"]}, ", and both found it worth their time."),
        ({"valuable": ["a"]}, "."),
        ({"not_valuable": ["a", "b"]}, "."),
        ({}, "."),
    ],
)
def test_those_who_met_before_are_reminded_of_what_both_know(
    said: dict[str, list[str]], told: str
) -> None:
    mine, _ = of_two(
        who("a", interests=["chess"]),
        who("b", interests=["chess"]),
        pair_rules=[{"kind": "met", "pair": ["a", "b"], **said}],
        policy={"rematch": "allow"},
    )
    assert mine.together == (f"You and b met at an earlier event{told}",)


@pytest.mark.parametrize("said", [{}, {"would_refer": ["b"]}, {"not_valuable": ["b"]}])
def test_a_pitch_is_announced_whatever_the_other_said_of_an_earlier_meeting(
    said: dict[str, list[str]],
) -> None:
    mine, _ = of_two(
        who("a", offers=["red pots"]),
        who("b", needs=[{"text": "red pots", "weight": 0.2}], welcomes_pitches=True),
        pair_rules=[{"kind": "met", "pair": ["a", "b"], **said}],
        policy={"rematch": "allow"},
    )
    assert mine.they_can == ("b agreed to hear your pitch.",)


def test_an_open_conversation_has_something_to_ask() -> None:
    mine, _ = of_two(
        who("a", languages=["en", "de"]),
        who("b", offers=["red pots"], interests=["chess"], languages=["fr", "German", "en-GB"]),
    )
    assert mine.ask == (
        "Languages you both speak: German and English.",
        'Ask b about their work: they offer "red pots".',
        "Ask b about chess.",
        "Ask whom b hopes to meet today: you may know somebody.",
    )


def test_nobody_who_has_something_to_say_is_told_what_to_ask() -> None:
    mine, _ = of_two(who("a", needs=["red pots"]), who("b", offers=["red pots"]))
    assert mine.ask == ()


# --- private needs ------------------------------------------------------------------------------


def test_a_private_need_is_hinted_at_to_its_owner_alone() -> None:
    mine, theirs = of_two(who("a", needs=[PRIVATE]), who("b", offers=["blue paint"]))
    assert mine.they_can == ("b offers something you look for; you keep that need private.",)
    assert (theirs.they_can, theirs.you_can, theirs.together) == ((), (), ())
    assert "paint" not in theirs.model_dump_json()


def test_nobody_is_introduced_because_of_a_private_need() -> None:
    event = room(who("a"), who("b", needs=[PRIVATE]), who("c", offers=["blue paint"]))
    for v in "abc":
        for agenda in agendas(event, schedule([["ab"], ["ac"]])).everybody().agendas:
            assert "introduce" not in agenda.rounds[0].text, v


# --- introductions ------------------------------------------------------------------------------

OPEN = [["ab"], ["ac"]]
"""a meets b, then c; b and c do not meet."""
CLOSED = [["ab"], ["ac"], ["bc"]]
NEEDY = (who("a"), who("b", needs=["red pots"]), who("c", offers=["red pots"]))


def introductions(event: Event, rounds: Rounds, v: str, r: int = 1) -> tuple[str | None, ...]:
    """Whom ``v`` could introduce and could be introduced to, as told."""
    triangles = ["abc"] if rounds == CLOSED else []
    found = brief(event, schedule(rounds, triangles), v, r)
    both = found.you_introduce, found.they_introduce
    return tuple(None if each is None else each.text for each in both)


def test_two_of_ones_partners_who_do_not_meet_are_introduced() -> None:
    mine, _ = introductions(room(*NEEDY), OPEN, "a")
    assert mine == (
        'You could introduce b to c: b looks for "red pots", and c offers "red pots".'
        " You meet c in round 2; b does not meet them today."
    )
    _, theirs = introductions(room(*NEEDY), OPEN, "b")
    assert theirs == (
        'a could introduce you to c: you look for "red pots", and c offers "red pots".'
        " a meets c in round 2; you do not meet them today."
    )


def test_a_need_is_not_told_to_somebody_who_does_not_meet_its_owner() -> None:
    mine, _ = introductions(room(*NEEDY), OPEN, "a", 2)
    assert mine is not None
    assert 'b looks for "red pots", and c offers "red pots"' in mine
    assert introductions(room(*NEEDY), OPEN, "c", 2) == (None, None)
    assert introductions(room(*NEEDY), CLOSED, "c", 2)[1] is not None


def test_the_third_corner_is_introduced_before_and_recommended_afterwards() -> None:
    event = room(*NEEDY)
    assert introductions(event, CLOSED, "a")[0] == (
        'You could introduce b to c: b looks for "red pots", and c offers "red pots".'
        " You meet c in round 2; b meets them in round 3."
    )
    assert introductions(event, CLOSED, "c", 3)[0] is None


def test_a_third_corner_who_was_met_already_is_recommended() -> None:
    event = room(*NEEDY)
    planned = schedule([["bc"], ["ab"], ["ac"]], ["abc"])
    found = brief(event, planned, "b", 2).they_introduce
    assert found is not None
    assert found.kind == "triangle"
    assert found.text.startswith("a could recommend c to you: you look for")


def test_a_corner_comes_before_a_triad() -> None:
    event = room(*NEEDY, who("d", offers=["red pots"]))
    planned = schedule([["ab"], ["ac"], ["bc"], ["ad"]], ["abc"])
    found = brief(event, planned, "a").you_introduce
    assert found is not None
    assert (found.person.id, found.kind) == ("c", "triangle")
    found = brief(event, schedule([["ab"], ["ad"]]), "a").you_introduce
    assert found is not None
    assert (found.person.id, found.kind) == ("d", "triad")


def test_a_triangle_that_is_not_closed_introduces_nobody() -> None:
    event = room(who("a"), who("b"), who("c"))
    assert brief(event, schedule(OPEN, ["abc"]), "a").you_introduce is None


def test_a_triangle_may_close_over_several_events() -> None:
    event = room(*NEEDY, pair_rules=[rule("met", "ac")])
    found = brief(event, schedule([["ab"], ["bc"]], ["abc"]), "b").they_introduce
    assert found is not None
    assert found.text.endswith("a met c at an earlier event; you meet them in round 2.")


def test_nobody_is_introduced_to_the_same_person_twice() -> None:
    people = (who("b", needs=["red pots"]), who("c", offers=["red pots"]), who("a"), who("d"))
    planned = schedule([["ab", "cd"], ["bd", "ac"]])
    assert brief(room(*people), planned, "b", 1).they_introduce is not None
    assert brief(room(*people), planned, "b", 2).they_introduce is None


@pytest.mark.parametrize("pair", ["ac", "bc", "cb"])
@pytest.mark.parametrize("rounds", [OPEN, CLOSED])
def test_nobody_is_introduced_across_a_block(pair: str, rounds: Rounds) -> None:
    one, other = tuple(pair)
    people = [a.model_copy(update={"avoid": (other,)}) if a.id == one else a for a in NEEDY]
    for event in (room(*people), room(*NEEDY, pair_rules=[rule("forbid", pair)])):
        assert introductions(event, rounds, "a")[0] is None


def test_those_who_know_each_other_or_may_not_meet_are_no_triad() -> None:
    a, b, c = NEEDY
    same = {"organisation": "North"}
    tongues = (
        b.model_copy(update={"languages": ("en",)}),
        c.model_copy(update={"languages": ("fr",)}),
    )
    for event in (
        room(*NEEDY, pair_rules=[rule("met", "bc")]),
        room(a, b.model_copy(update=same), c.model_copy(update=same)),
        room(a, *tongues),
    ):
        assert introductions(event, OPEN, "a")[0] is None


# --- who opens ----------------------------------------------------------------------------------


def test_both_open_about_half_of_their_meetings_and_agree() -> None:
    rounds = [["ab", "cd"], ["ac", "bd"], ["ad", "bc"]]
    room_of_four = agendas(room(*map(who, "abcd")), schedule(rounds))
    openers: dict[tuple[str, ...], set[str]] = {}
    for agenda in room_of_four.everybody().agendas:
        for block in agenda.rounds:
            meeting = only(agenda, block.round)
            assert meeting.brief is not None
            pair = tuple(sorted((agenda.attendee.id, meeting.partner.id)))
            openers.setdefault(pair, set()).add(meeting.brief.opens)
    assert openers == {
        ("a", "b"): {"a"}, ("c", "d"): {"c"}, ("a", "c"): {"a"}, ("b", "d"): {"b"},
        ("a", "d"): {"d"}, ("b", "c"): {"b"},
    }  # fmt: skip


def test_whoever_gains_less_opens_first() -> None:
    planned = schedule([["ab"]], benefits={"a": 0.9, "b": 0.2})
    assert brief(room(who("a"), who("b")), planned, "a").opens == "b"


# --- purposes and print -------------------------------------------------------------------------


def test_a_round_is_printed_with_names_organisations_and_one_purpose_for_both() -> None:
    event = room(
        who("a", name="Ada", offers=["red pots"], needs=["blue paint"], interests=["chess"]),
        who("b", name="Bo", organisation=" Bo & Co ", offers=["blue paint"], interests=["chess"]),
    )
    why = purpose_of_meeting(build_graph(event, HandEncoder()), "a", "b")
    planned = schedule([["ab"]], intent=why.intent, purpose_line=why.line, purpose="mutual")
    mine, theirs = (agendas(event, planned).of(v).rounds[0].text.split("\n") for v in "ab")
    assert mine == [
        "Round 1, table 1: Bo (Bo & Co)",
        'Pitch: Ada asked for "blue paint"; Bo offers "blue paint".',
        'You open: "How can I help you?"',
        'Bo can help you with "blue paint": they offer "blue paint".',
        "You share an interest in chess.",
    ]
    assert theirs[1] == mine[1]
    assert theirs[2] == 'Ada opens: "How can I help you?"'


LINES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "served": (
        {"needs": ["red pots"]},
        {"offers": ["red pots"], "intents": ["referrals"]},
        'Bo can help Ada with "red pots".',
    ),
    "private": (
        {"needs": [PRIVATE]},
        {"offers": ["blue paint"], "intents": ["referrals"]},
        "A chance meeting: how can I help you?",
    ),
    "goal": (
        {"intents": ["learning"]},
        {"intents": ["teaching"]},
        "Ada came to learn, Bo to teach.",
    ),
    "giving": (
        {"offers": ["red pots"], "intents": ["helping"]},
        {"needs": ["red pots"], "intents": ["friends"]},
        'Ada can help Bo with "red pots".',
    ),
    "referral": (
        {"offers": ["red pots"], "client_types": ["farms"]},
        {"offers": ["old clocks"], "client_types": ["farms"]},
        "Ada and Bo both serve farms, with different offers.",
    ),
    "interest": (
        {"interests": ["chess"]},
        {"interests": ["chess"]},
        "Ada and Bo share an interest in chess.",
    ),
    "nothing": ({}, {}, "A chance meeting: how can I help you?"),
}


@pytest.mark.parametrize(("a", "b", "line"), LINES.values(), ids=LINES.keys())
def test_purposes_are_printed_with_names(a: dict[str, Any], b: dict[str, Any], line: str) -> None:
    event = room(who("a", name="Ada", **a), who("b", name="Bo", **b))
    why = purpose_of_meeting(build_graph(event, HandEncoder()), "a", "b")
    assert why.intent == "relationship"
    planned = schedule([["ab"]], purpose_line=why.line)
    for v in "ab":
        agenda = agendas(event, planned).of(v)
        assert agenda.rounds[0].text.split("\n")[1] == f"Purpose: {line}"
        assert only(agenda).purpose_line == why.line


def test_a_benefit_that_the_organiser_gave_is_an_invitation() -> None:
    planned = schedule([["ab"]], purpose_line=GIVEN)
    text = agendas(room(who("a"), who("b")), planned).of("a").rounds[0].text
    assert "Purpose: The organiser would like you two to meet." in text


def test_a_meeting_published_as_no_pitch_has_none() -> None:
    event = room(who("a", offers=["red pots"]), who("b", needs=["red pots"]))
    assert brief(event, schedule([["ab"]], intent="relationship"), "a").they_can == ()


def test_profiles_are_told_also_where_the_organiser_gave_the_benefit() -> None:
    given = [{"attendee": "a", "partner": "b", "value": 0.5}]
    event = room(who("a", needs=["red pots"]), who("b", offers=["red pots"]), benefits=given)
    (sentence,) = brief(event, schedule([["ab"]]), "a").they_can
    assert sentence == 'b can help you with "red pots": they offer "red pots".'


def test_no_corner_is_introduced_twice() -> None:
    people = (who("b", needs=["red pots"]), who("c", offers=["red pots"]), who("a"), who("d"))
    planned = schedule([["ab"], ["bd", "ac"], ["cd"], ["bc"]], ["abc", "bcd"])
    assert brief(room(*people), planned, "b", 1).they_introduce is not None
    assert brief(room(*people), planned, "b", 2).they_introduce is None


def test_whoever_was_missed_introduces_nobody() -> None:
    planned = schedule(OPEN)
    first, second = planned.rounds
    missed = second.meetings[0].model_copy(update={"outcome": "missed"})
    after = planned.model_copy(
        update={"rounds": (first, second.model_copy(update={"meetings": (missed,)}))}
    )
    assert brief(room(*NEEDY), planned, "b").they_introduce is not None
    assert brief(room(*NEEDY), after, "b").they_introduce is None


# --- in the reader's language -------------------------------------------------------------------


def test_a_german_reads_german_and_what_people_wrote_as_they_wrote_it() -> None:
    mine, theirs = of_two(
        who("a", name="Ada", needs=["blue paint"], languages=["de"], interests=["chess"]),
        who("b", name="Bo", offers=["blue paint"], languages=["en", "de"], interests=["chess"]),
    )
    assert mine.question == "Wie kann ich Ihnen helfen?"
    assert mine.they_can == (
        "Bo kann Ihnen bei Ihrem Anliegen „blue paint“ helfen, und zwar mit „blue paint“.",
    )
    assert theirs.you_can == ('You can help Ada with "blue paint": you offer "blue paint".',)
    assert (mine.shared_interest, theirs.question) == ("chess", "How can I help you?")


@pytest.mark.parametrize("line", [GIVEN, "vom Veranstaltungsteam vorgegeben"])
def test_what_the_organiser_gave_is_known_in_whatever_language_it_was_written(line: str) -> None:
    event = room(who("a", languages=["de"]), who("b", languages=["en", "de"]))
    found = agendas(event, schedule([["ab"]], purpose_line=line))
    told = [only(found.of(v)) for v in "ab"]
    assert [meeting.purpose_line for meeting in told] == [say(GIVEN, "de"), GIVEN]
    assert [meeting.purpose_text for meeting in told] == [
        "Das Veranstaltungsteam möchte, dass Sie beide sich kennenlernen.",
        "The organiser would like you two to meet.",
    ]
