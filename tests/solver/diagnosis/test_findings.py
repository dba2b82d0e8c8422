"""The diagnosis in figures and findings, on rooms small enough to count by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from schemas.benefits import Benefit
from schemas.diagnosis import Diagnosis, Expected, Finding, TopicBalance
from schemas.event import Attendee, Event, Matching, NamedTopic, Need, PairRule, Policy, Round
from solver.compatibility.graph import build_graph
from solver.diagnosis.figures import Figures
from solver.diagnosis.findings import mask_counts, write_diagnosis
from solver.diagnosis.invitations import find_invitations
from solver.translate.prepare import instance_of
from tests.builders import event_of
from tests.solver.compatibility.words import HandEncoder, person

TRADES = ("bread", "design", "tax", "flowers", "boats", "pianos")


def figures_of(event: Event) -> Figures:
    graph = build_graph(event, HandEncoder())
    return Figures(graph, instance_of(event, graph.columns, graph.refused))


def diagnosed(
    people: Sequence[Attendee], rounds: int = 1, expected: Expected | None = None, **fields: Any
) -> Diagnosis:
    event = Event(rounds=(Round(),) * rounds, attendees=tuple(people), **fields)
    return write_diagnosis(figures_of(event), expected, (), ())


def codes(found: Diagnosis) -> set[str]:
    return {finding.code for finding in found.findings}


def the(found: Diagnosis, code: str) -> Finding:
    (finding,) = (finding for finding in found.findings if finding.code == code)
    return finding


def topic(found: Diagnosis, name: str) -> TopicBalance:
    (row,) = (row for row in found.topics if row.name == name)
    return row


def counts(row: TopicBalance) -> tuple[int | None, ...]:
    return row.supply, row.demand, row.consented, row.unmet


def circle(count: int = 6) -> list[Attendee]:
    """Everybody needs what the next one offers."""
    following = (*TRADES[1:], TRADES[0])
    return [
        person(f"c{k}", offers=[TRADES[k % 6]], needs=[following[k % 6]], intents=["clients"])
        for k in range(count)
    ]


def crowd(name: str, count: int, **fields: Any) -> list[Attendee]:
    return [person(f"{name}{k:03d}", **fields) for k in range(count)]


def test_a_room_in_which_everybody_is_served_is_ok_and_nothing_is_said() -> None:
    found = diagnosed(circle())
    assert (found.severity, found.findings) == ("ok", ())
    assert (found.market.sellers, found.market.buyers) == (6, 6)
    assert found.market.sellers_per_buyer == 1
    assert (found.unserved_needs.count, found.unserved_needs.needs) == (0, 6)
    assert (found.served_by_nobody, found.helps_nobody) == ((), ())


def test_an_event_of_nobody_is_told_so() -> None:
    for people in ([], circle(1)):
        found = diagnosed(people)
        assert (found.severity, codes(found)) == ("critical", {"too_few_attendees"})


def test_many_sellers_and_nobody_who_needs_anything_is_critical() -> None:
    found = diagnosed(crowd("s", 10, offers=["life insurance"]), rounds=3)
    assert found.severity == "critical"
    assert the(found, "nobody_buys").severity == "critical"
    assert "nobody says what they need" in the(found, "nobody_buys").message
    assert found.served_by_nobody == found.helps_nobody == tuple(f"s{k:03d}" for k in range(10))
    assert found.market.sellers_per_buyer is None


def test_few_sellers_without_a_buyer_are_a_warning() -> None:
    found = diagnosed(crowd("s", 4, offers=["life insurance"]))
    assert the(found, "few_buyers").severity == "warning"
    assert "nobody_buys" not in codes(found)


@pytest.mark.parametrize(("sellers", "code"), [(80, "few_buyers"), (84, "nobody_buys")])
def test_it_is_critical_from_more_than_twenty_sellers_for_a_buyer(sellers: int, code: str) -> None:
    people = crowd("s", sellers, offers=["bread"]) + crowd("b", 4, needs=["bread"])
    assert code in codes(diagnosed(people))


def test_no_pitch_wanted_means_no_buyer() -> None:
    people = [*circle(10)]
    closed = [a.model_copy(update={"welcomes_pitches": False}) for a in people]
    found = diagnosed(closed)
    assert found.market.buyers == 0
    assert "none of them welcomes a pitch of it" in the(found, "nobody_buys").message
    assert all(row.consented == 0 for row in found.topics)


def test_whoever_is_served_already_is_no_buyer() -> None:
    settled = [a.model_copy(update={"already_served": (a.needs[0].text,)}) for a in circle(4)]
    found = diagnosed(settled)
    assert found.market.buyers == 0
    assert all(row.consented == 0 for row in found.topics)


def test_a_pitch_may_be_welcome_on_some_topics_only() -> None:
    baker = person("b", offers=["bread"], intents=["clients"])
    needy = [
        person(f"n{k}", needs=["bread"], welcomes_pitches=[welcome])
        for k, welcome in enumerate(("bread", "bread", "bread", "boats"))
    ]
    found = diagnosed([baker, *needy])
    assert counts(topic(found, "bread")) == (None, 4, 3, 0)
    assert found.market.buyers == 3


def test_topics_count_people_and_mask_one_or_two() -> None:
    people = crowd("o", 3, offers=["bread", "rye bread"]) + crowd("n", 2, needs=["bread"])
    assert counts(topic(diagnosed(people), "bread")) == (3, None, None, 0)
    assert [mask_counts(count) for count in range(5)] == [0, None, None, 3, 4]


def test_topics_of_fewer_than_three_people_are_gathered() -> None:
    people = [
        person("a", offers=["bread"]),
        person("b", needs=["bread"]),
        *crowd("t", 3, offers=["tax"]),
    ]
    found = diagnosed(people)
    assert [(row.name, row.kind) for row in found.topics] == [("tax", "found"), ("other", "other")]
    assert counts(topic(found, "other")) == (None, None, None, 0)


def test_the_largest_topics_come_first_and_other_last() -> None:
    people = (
        crowd("a", 3, offers=["bread"])
        + crowd("b", 4, offers=["tax"])
        + crowd("c", 1, offers=["x1"])
    )
    assert [row.name for row in diagnosed(people).topics] == ["tax", "bread", "other"]


def test_the_organiser_names_topics() -> None:
    named = Matching(topics=(NamedTopic(name="Bakers", phrases=("bread",)),))
    found = diagnosed(crowd("a", 3, offers=["rye bread"]), matching=named)
    assert [(row.name, row.kind) for row in found.topics] == [("Bakers", "named")]


def test_a_private_need_is_never_told() -> None:
    secret = Need(text="bankruptcy advice", shown_to="nobody")
    people = [person("x", needs=[secret]), *crowd("p", 3, needs=[secret]), *circle()]
    found = diagnosed(people)
    assert "bankruptcy" not in found.model_dump_json()
    assert (found.unserved_needs.count, found.unserved_needs.shown) == (4, ())
    assert not any(
        "bankruptcy" in (i.example or "")
        for i in find_invitations(figures_of(Event(rounds=(Round(),), attendees=tuple(people))))
    )


def test_a_need_that_nobody_meets_is_quoted() -> None:
    found = diagnosed([*circle(), person("x", needs=["A Piano tuner", "bread"], offers=["tax"])])
    assert [(need.attendee, need.text) for need in found.unserved_needs.shown] == [
        ("x", "A Piano tuner")
    ]


def test_an_offer_of_somebody_one_may_not_meet_serves_nobody() -> None:
    people = [
        person("a", offers=["bread"]),
        person("b", needs=["bread"]),
        person("c", offers=["tax"]),
    ]
    rule = PairRule(kind="forbid", pair=("a", "b"))
    assert diagnosed(people).unserved_needs.count == 0
    assert diagnosed(people, pair_rules=(rule,)).unserved_needs.count == 1


def test_needs_without_weight_are_not_missed() -> None:
    needs = (Need(text="pianos", weight=0.0),)
    found = diagnosed([*circle(3), person("x", needs=needs, offers=["bread"])])
    assert "x" not in [need.attendee for need in found.unserved_needs.shown]


def test_unmet_topics_are_named_with_how_many_need_them() -> None:
    people = [*circle(), *crowd("n", 3, needs=["bread", "solar roof"])]
    finding = the(diagnosed(people), "unmet_topics")
    assert finding.topics == ("solar roof",)
    assert "solar roof (3)" in finding.message
    assert "unmet_topics" not in codes(diagnosed([*circle(), *crowd("n", 2, needs=["solar roof"])]))


def test_topics_that_too_many_offer_are_named() -> None:
    people = [*circle(), *crowd("o", 5, offers=["bread"], needs=["design", "tax", "boats"])]
    finding = the(diagnosed(people), "oversupplied_topics")
    assert finding.topics == ("bread",)
    assert "bread (6 to fewer than 3)" in finding.message


def test_most_needs_unmet_is_a_warning_and_nearly_all_critical() -> None:
    people = crowd("n", 10, needs=["solar roof"]) + crowd("o", 2, offers=["bread"])
    assert the(diagnosed(people), "few_needs_met").severity == "critical"
    assert the(diagnosed(people[:6] + people[-2:]), "few_needs_met").severity == "warning"


def test_a_goal_needs_its_counterpart() -> None:
    found = diagnosed(
        [*circle(), *crowd("m", 2, intents=["mentee"], offers=["tax"], needs=["bread"])]
    )
    finding = the(found, "goal_without_counterpart")
    assert (finding.attendees, finding.severity) == (("m000", "m001"), "warning")
    assert "2 people come to find a mentor, and nobody to be a mentor" in finding.message
    alone = diagnosed([*circle(), *crowd("m", 1, intents=["mentor"], offers=["tax"])])
    assert the(alone, "goal_without_counterpart").severity == "ok"


@pytest.mark.parametrize(("rounds", "outnumbered"), [(2, True), (3, False)])
def test_a_goal_needs_enough_counterparts_in_the_rounds_there_are(
    rounds: int, outnumbered: bool
) -> None:
    people = [*crowd("m", 3, intents=["mentee"]), person("n", intents=["mentor"])]
    assert ("goal_outnumbered" in codes(diagnosed(people, rounds))) is outnumbered


def test_whoever_seeks_and_gives_the_same_lacks_no_counterpart() -> None:
    peers = crowd("m", 3, intents=["mentor", "mentee"], offers=["tax"], needs=["bread"])
    assert not {"goal_outnumbered", "goal_without_counterpart"} & codes(diagnosed(peers, 1))
    more = [*peers, *crowd("n", 3, intents=["mentee"])]
    assert "goal_outnumbered" not in codes(diagnosed(more, 1))


def test_assumed_intents_are_told() -> None:
    people = [a.model_copy(update={"intents": ()}) for a in circle()]
    found = diagnosed(people)
    assert (found.severity, codes(found)) == ("ok", {"intents_assumed"})


def test_somebody_of_whom_nothing_is_known_is_named() -> None:
    found = diagnosed([*circle(), person("x"), person("y")])
    assert the(found, "nothing_known").attendees == ("x", "y")
    assert not {"served_by_nobody", "helps_nobody"} & codes(found)
    assert the(diagnosed([person("x"), person("y")]), "nothing_known").severity == "critical"


def test_somebody_whom_nobody_can_serve_is_named_and_small_talk_serves_nobody() -> None:
    lonely = person("x", needs=["solar roof"], interests=["chess"])
    friend = person("y", offers=["bread"], needs=["tax"], intents=["clients"], interests=["chess"])
    found = diagnosed([*circle(), lonely, friend])
    assert the(found, "served_by_nobody").attendees == found.served_by_nobody == ("x",)
    assert the(found, "helps_nobody").attendees == ("x",)


def test_benefits_of_the_organiser_count_as_they_are() -> None:
    event = event_of("abc", 1, {"ab": 0.9, "ba": 0.9})
    found = write_diagnosis(figures_of(event), None, (), ())
    assert (found.served_by_nobody, found.helps_nobody) == (("c",), ("c",))
    assert the(found, "nothing_known").attendees == ("c",)
    talkers = tuple(person(v, interests=["chess"]) for v in "abc")
    mixed = event.model_copy(update={"attendees": talkers})
    assert write_diagnosis(figures_of(mixed), None, (), ()).served_by_nobody == ("c",)


def test_a_language_few_share_is_an_island() -> None:
    people = [a.model_copy(update={"languages": ("en",)}) for a in circle()]
    people[5] = people[5].model_copy(update={"languages": ("de",)})
    assert the(diagnosed(people, 2), "language_island").attendees == ("c5",)


def test_colleagues_have_few_partners() -> None:
    people = circle()
    people[:5] = [a.model_copy(update={"organisation": "Acme"}) for a in people[:5]]
    finding = the(diagnosed(people, 3), "few_partners")
    assert finding.attendees == tuple(f"c{k}" for k in range(5))


@pytest.mark.parametrize("rule", ["any", "one_each", "one_pair"])
def test_a_company_that_is_met_once_counts_once(rule: Any) -> None:
    """c0 to c2 are of one house, c3 and c4 of another, c5 is alone; there are three rounds."""
    houses = ("North", "north ", "NORTH", "South", "South", None)
    people = [
        a.model_copy(update={"organisation": house})
        for a, house in zip(circle(), houses, strict=True)
    ]
    policy = Policy(per_organisation=rule, same_organisation="allow")
    found = diagnosed(people, 3, policy=policy)
    if rule == "any":
        assert "few_organisations" not in codes(found)
        return
    finding = the(found, "few_organisations")
    assert finding.attendees == ("c5",)  # c0 may meet two colleagues and two houses, c5 two houses
    assert "1 person has fewer other organisations to meet than rounds, some only 2" in (
        finding.message
    )


def test_whoever_has_half_of_the_rounds_that_others_have_is_named() -> None:
    people = circle()
    people[4] = people[4].model_copy(update={"absent_rounds": (1, 2, 3)})
    people[5] = people[5].model_copy(update={"max_in_a_row": 1})
    finding = the(diagnosed(people, 4), "few_rounds")
    assert (finding.attendees, finding.severity) == (("c4", "c5"), "warning")
    assert "1 to 2 instead of 4" in finding.message
    people[4] = people[4].model_copy(update={"absent_rounds": (1,)})
    assert the(diagnosed(people, 4), "few_rounds").attendees == ("c5",)
    assert "few_rounds" not in codes(diagnosed(circle(), 4))


@pytest.mark.parametrize(("rounds", "small"), [(5, False), (6, True)])
def test_a_room_is_too_small_for_more_rounds_than_partners(rounds: int, small: bool) -> None:
    assert ("small_room" in codes(diagnosed(circle(), rounds))) is small


def test_too_few_tables_are_counted() -> None:
    event = Event(rounds=(Round(tables=1), Round()), attendees=tuple(circle()))
    finding = the(write_diagnosis(figures_of(event), None, (), ()), "too_few_tables")
    assert finding.severity == "warning"
    assert "In round 1 there are fewer tables than pairs. Open up to 2 more." in finding.message


def test_an_odd_number_is_good_to_know() -> None:
    finding = the(diagnosed(circle(5)), "odd_number")
    assert finding.severity == "ok"
    assert "odd_number" not in codes(diagnosed(circle(6)))


def test_where_tables_are_few_one_person_more_changes_nothing() -> None:
    event = Event(rounds=(Round(tables=1),), attendees=tuple(circle(5)))
    assert "odd_number" not in codes(write_diagnosis(figures_of(event), None, (), ()))


def test_whoever_is_there_in_no_round_does_not_count() -> None:
    gone = person("x", offers=["bread"], needs=["solar roof"], absent_rounds=[1])
    assert diagnosed([*circle(), gone]).findings == diagnosed(circle()).findings


def expecting(mean: float, below: float, rated: int = 6, good: float = 3.0) -> Expected:
    return Expected(
        mean=mean,
        below_half=below,
        quartiles=(mean, mean, mean),
        rated=rated,
        unserved=0,
        meetings=3,
        mutual=1.0,
        good_meetings=good,
    )


@pytest.mark.parametrize(
    ("expected", "severity"),
    [
        (expecting(0.5, 0.333), "ok"),
        (expecting(0.499, 0.0), "warning"),
        (expecting(0.9, 0.334), "warning"),
        (expecting(0.0, 0.0, rated=0), "critical"),
    ],
)
def test_low_satisfaction_in_the_trial_is_told(expected: Expected, severity: str) -> None:
    assert diagnosed(circle(), expected=expected).severity == severity


@pytest.mark.parametrize(("good", "told"), [(1.5, False), (1.4, True)])
def test_it_is_told_how_many_good_meetings_there_are_for_the_rounds(
    good: float, told: bool
) -> None:
    found = diagnosed(circle(), rounds=3, expected=expecting(1.0, 0.0, good=good)).findings
    messages = [f.message for f in found if f.code == "few_good_meetings"]
    assert [message[:52] for message in messages] == (
        ["What people wrote makes about 1.4 good meetings each"] if told else []
    )


def test_beside_a_need_that_nobody_serves_stand_the_nearest_offers() -> None:
    """Sharing one, two and no word of four with it, from people whom its owner may meet."""
    people = [
        person("a", needs=["van hire per day"]),
        person("b", offers=["van tax by post"]),
        person("c", offers=["cakes"]),
        person("d", offers=["bus hire by week"]),
        person("e", offers=["boat hire by week"], avoid=["a"]),
    ]
    (need,) = diagnosed(people).unserved_needs.shown
    assert [(each.attendee, each.text) for each in need.perhaps] == [
        ("b", "van tax by post"),
        ("d", "bus hire by week"),
    ]


def test_the_worst_comes_first() -> None:
    found = diagnosed([*crowd("s", 11, offers=["life insurance"])], rounds=3)
    order = [("critical", "warning", "ok").index(f.severity) for f in found.findings]
    assert order == sorted(order)
    assert len(set(order)) > 1


def test_guests_are_invited_for_what_is_missing() -> None:
    people = [
        *circle(),
        *crowd("n", 2, needs=["solar roof"], intents=["mentee"]),
        *crowd("o", 3, offers=["bread"]),
    ]
    event = Event(rounds=(Round(),), attendees=tuple(people))
    invited = [(i.kind, i.topic) for i in find_invitations(figures_of(event))]
    assert ("offers", "solar roof") in invited
    assert ("buys", "bread") in invited
    assert ("mentor", None) in invited
    assert not {("offers", "bread"), ("buys", "solar roof"), ("mentee", None)} & set(invited)


def test_a_private_need_suggests_no_guest_even_where_its_words_are_public() -> None:
    needy = person("a", needs=[Need(text="solar roof", shown_to="nobody")], avoid=["b"])
    event = Event(rounds=(Round(),), attendees=(needy, person("b", offers=["solar roof"])))
    assert [i.kind for i in find_invitations(figures_of(event)) if i.topic == "solar roof"] == []
    assert figures_of(event).unmet.tolist() == [True]


def test_a_guest_has_an_id_of_their_own() -> None:
    people = [*circle(), person("guest-1", needs=["solar roof"], offers=["tax"])]
    ids = [
        i.guest.id
        for i in find_invitations(figures_of(Event(rounds=(Round(),), attendees=tuple(people))))
    ]
    assert "guest-1" not in ids
    assert len(ids) == len(set(ids)) > 0


# --- wishes ---------------------------------------------------------------------------------------


def test_whoever_is_wished_for_by_more_people_than_they_can_meet_is_named() -> None:
    people = [person("star", interests=["x"]), *(person(v, wants=["star"]) for v in "abc")]
    found = the(diagnosed(people, 2), "sought_after")
    assert (found.attendees, found.severity) == (("star",), "warning")
    assert "one person" in found.message
    assert "sought_after" not in codes(diagnosed(people, 3))
    people[1] = person("a", wants=["star"], avoid=["star"])
    assert "sought_after" not in codes(diagnosed(people, 2))


@pytest.mark.parametrize(("silent", "severity"), [("wanted", "ok"), ("none", "warning")])
def test_it_is_said_that_one_side_alone_gave_preferences(silent: Any, severity: str) -> None:
    people = [*(person(v) for v in "abc"), person("d", wants=["c"]), person("e", interests=["x"])]
    benefits = (Benefit(attendee="a", partner="b", value=0.9),)
    told = diagnosed(people, benefits=benefits, policy=Policy(silent=silent))
    found = the(told, "preferences_of_one_side")
    assert (found.attendees, found.severity) == (("b", "c"), severity)


def test_where_both_sides_speak_nothing_is_said_of_it() -> None:
    people = [person("a", wants=["b"]), person("b", wants=["a"])]
    assert codes(diagnosed(people)).isdisjoint({"preferences_of_one_side", "sought_after"})
