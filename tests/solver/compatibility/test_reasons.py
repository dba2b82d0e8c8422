"""Each reason on a room small enough to judge by eye, and how reasons add up."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.compatibility.matches import CURVE, WORTH, worth
from solver.compatibility.networkx_graph import DiGraph
from solver.compatibility.reasons import (
    ANY_FIELD,
    BY_PROFILE,
    CLIENT,
    COMMON,
    GOAL,
    INTEREST,
    REFERRAL,
)
from solver.compatibility.rows import combine_rows
from tests.solver.compatibility.words import (
    benefit,
    built,
    evidence,
    graph_of,
    kinds,
    person,
    room,
)

SERVED = {4: 1000, 3: 900, 2: 430}
"""Worth of an offer by the words, of four, that it shares with the need."""


def test_worth_never_falls_and_stays_within_permille() -> None:
    assert all(x <= y for x, y in pairwise(WORTH))
    assert (worth(0), worth(1000)) == (0, 1000)
    assert [worth(similarity) for similarity, _ in CURVE] == [gain for _, gain in CURVE]
    assert worth(550) == 560  # half way from 430 to 690


@pytest.mark.parametrize(("shared", "gain"), SERVED.items())
def test_who_needs_something_gains_from_who_offers_it(shared: int, gain: int) -> None:
    need = " ".join(["new", "web", "site", "built"][:shared] + ["x", "y"][: 4 - shared])
    graph = graph_of(person("a", needs=[need]), person("b", offers=["new web site built"]))
    assert benefit(graph, "a", "b") == gain
    assert kinds(graph, "a", "b") == ["served"]
    assert evidence(graph, "a", "b") == [f"b's offer 'new web site built' meets a's need '{need}'"]


def test_who_offers_gains_a_client_unless_selling_is_not_why_they_came() -> None:
    needy = person("a", needs=["flowers"])
    graph = graph_of(needy, person("b", offers=["flowers"]))
    assert benefit(graph, "b", "a") == CLIENT
    assert kinds(graph, "b", "a") == ["client"]
    friendly = graph_of(needy, person("b", offers=["flowers"], intents=["friends"]))
    assert benefit(friendly, "b", "a") == 0
    assert benefit(friendly, "a", "b") == 1000


def test_a_need_that_matters_half_is_worth_half() -> None:
    graph = graph_of(
        person("a", needs=[{"text": "flowers", "weight": 0.5}]), person("b", offers=["flowers"])
    )
    assert benefit(graph, "a", "b") == 500
    assert benefit(graph, "b", "a") == CLIENT // 2


def test_a_need_that_does_not_matter_is_no_reason() -> None:
    graph = graph_of(
        person("a", needs=[{"text": "flowers", "weight": 0.0}]), person("b", offers=["flowers"])
    )
    assert not graph.edges


def test_a_weak_match_is_told_as_what_it_is() -> None:
    graph = graph_of(
        person("a", needs=["van hire per day"]), person("b", offers=["van tax by post"])
    )
    assert benefit(graph, "a", "b") == 15  # one word of four: 250 permille alike
    assert "hardly fits" in evidence(graph, "a", "b")[0]


def test_a_weak_refusal_keeps_nobody_apart() -> None:
    people = (
        person("a", needs=["van hire per day"], already_served=["tax"]),
        person("b", offers=["van tax by post"]),
    )
    graph = graph_of(*people)
    assert not graph.edges
    assert graph.graph["refused"] == []


def test_only_the_best_offer_for_a_need_counts_but_every_need_does() -> None:
    graph = graph_of(
        person("a", needs=["new web site built", "van hire per day"]),
        person("b", offers=["web site built new", "cheap web site hosting", "van hire per week"]),
    )
    assert sorted(why["value"] for why in graph.edges["a", "b"]["reasons"]) == [900, 1000]
    assert benefit(graph, "a", "b") == 1000


def test_the_same_need_twice_is_one_need() -> None:
    graph = graph_of(person("a", needs=["a b c d", "A  b c d"]), person("b", offers=["c d e f"]))
    assert benefit(graph, "a", "b") == SERVED[2]


def test_nobody_serves_themselves() -> None:
    assert not graph_of(person("a", needs=["vans"], offers=["vans"])).edges


def test_a_private_need_counts_and_is_never_quoted() -> None:
    need = {"text": "insolvency", "shown_to": "nobody"}
    graph = graph_of(person("a", needs=[need]), person("b", offers=["insolvency"]))
    assert (benefit(graph, "a", "b"), benefit(graph, "b", "a")) == (1000, CLIENT)
    told = evidence(graph, "a", "b") + evidence(graph, "b", "a")
    assert all("a need they keep private" in text for text in told)
    assert not any("insolvency" in text for text in told)  # an offer quoted would tell the need


def test_a_need_said_openly_and_privately_stays_private() -> None:
    needs = ["vans", {"text": "VANS", "shown_to": "nobody"}]
    graph = graph_of(person("a", needs=needs), person("b", offers=["vans"]))
    assert "vans" not in str(graph.edges(data=True))


def test_long_texts_are_quoted_in_part() -> None:
    long = " ".join(letter * 60 for letter in "wxyz")
    graph = graph_of(person("a", needs=[long]), person("b", offers=[long]))
    (text,) = evidence(graph, "a", "b")
    assert len(text) < 220
    assert "…" in text


def test_names_and_organisations_never_reach_the_graph() -> None:
    graph = graph_of(
        person("a", name="Ada Thimble", organisation="Thimble & Co", needs=["vans"]),
        person("b", name="Bram Clover", email="bram@example.org", offers=["vans"]),
    )
    told = str(list(graph.edges(data=True)))
    assert not any(word in told for word in ("Ada", "Thimble", "Bram", "Clover", "example.org"))


@pytest.mark.parametrize(
    ("welcomes", "gain"),
    [(None, CLIENT), (True, CLIENT), (False, 0), (["vans"], CLIENT), (["web"], 0), ([], 0)],
)
def test_a_pitch_needs_consent(welcomes: Any, gain: int) -> None:
    graph = graph_of(
        person("a", needs=["vans"], welcomes_pitches=welcomes), person("b", offers=["vans"])
    )
    assert benefit(graph, "b", "a") == gain
    assert benefit(graph, "a", "b") == 1000  # they asked for it


def test_the_best_offer_that_is_welcome_is_the_one_pitched() -> None:
    needy = person("a", needs=["van hire per day"], welcomes_pitches=["cheap"])
    graph = graph_of(needy, person("b", offers=["van hire per day", "cheap van hire day"]))
    assert benefit(graph, "a", "b") == 1000
    assert benefit(graph, "b", "a") == SERVED[3] * CLIENT // 1000
    assert "cheap van hire day" in evidence(graph, "b", "a")[0]


@pytest.mark.parametrize("weight", [1.0, 0.5])
def test_what_hardly_meets_a_need_makes_nobody_a_client(weight: float) -> None:
    """Two words of four are worth 0.43: the needy gain, whoever offers does not."""
    need = {"text": "van hire per day", "weight": weight}
    graph = graph_of(person("a", needs=[need]), person("b", offers=["van hire by post"]))
    assert benefit(graph, "a", "b") == SERVED[2] * weight
    assert benefit(graph, "b", "a") == 0


def test_who_has_a_supplier_already_is_served_and_pitched_by_no_other() -> None:
    needy = person("a", needs=["public liability cover now"], already_served=["liability"])
    graph = graph_of(needy, person("b", offers=["public liability cover now"]))
    assert not graph.edges
    assert graph.graph["forbidden"] == {("a", "b"): ["refused"]}


def test_another_offer_may_still_serve_who_has_a_supplier() -> None:
    needy = person("a", needs=["van hire per day"], already_served=["lease"])
    graph = graph_of(needy, person("b", offers=["van hire on lease", "van hire by hour"]))
    assert benefit(graph, "a", "b") == SERVED[2]
    assert "by hour" in evidence(graph, "a", "b")[0]


def test_partners_serve_the_same_clients_with_different_offers() -> None:
    graph = graph_of(
        person("a", offers=["flowers"], client_types=["Hotels", "shops"]),
        person("b", offers=["vans"], client_types=["hotels"]),
    )
    assert benefit(graph, "a", "b") == benefit(graph, "b", "a") == REFERRAL
    assert evidence(graph, "a", "b") == ["a and b both serve Hotels with different offers"]


def test_clients_are_told_as_the_first_of_the_two_wrote_them() -> None:
    graph = graph_of(
        person("b", offers=["vans"], client_types=["smes", "NGOS"]),
        person("a", offers=["flowers"], client_types=["NGOs", "ngos", "SMEs"]),
    )
    told = ["a and b both serve NGOs, SMEs with different offers"]
    assert evidence(graph, "a", "b") == evidence(graph, "b", "a") == told


def test_more_clients_in_common_make_better_partners_up_to_three() -> None:
    types = ["hotels", "shops", "schools", "farms"]
    gains = []
    for count in range(1, 5):
        graph = graph_of(
            person("a", offers=["flowers"], client_types=types[:count]),
            person("b", offers=["vans"], client_types=types),
        )
        gains.append(benefit(graph, "a", "b"))
    assert gains == [200, 360, 488, 488]


def test_competitors_are_no_partners_and_do_not_meet_for_that() -> None:
    graph = graph_of(
        person("a", offers=["van hire per day"], client_types=["hotels"]),
        person("b", offers=["van hire per week"], client_types=["hotels"]),
    )
    assert not graph.edges
    assert graph.graph["forbidden"] == {("a", "b"): ["refused"]}


@pytest.mark.parametrize("fields", [{"intents": ["friends"], "offers": ["vans"]}, {"offers": []}])
def test_partners_come_for_referrals_and_have_something_to_offer(fields: dict[str, Any]) -> None:
    graph = graph_of(
        person("a", offers=["flowers"], client_types=["hotels"]),
        person("b", client_types=["hotels"], **fields),
    )
    assert not graph.edges


@pytest.mark.parametrize(
    ("seeking", "giving"),
    [("mentee", "mentor"), ("job", "hiring"), ("raising", "investing"), ("learning", "teaching")],
)
def test_complementary_intents_are_a_reason_for_both(seeking: str, giving: str) -> None:
    """As much as in any field, where nothing is known of theirs."""
    graph = graph_of(
        person("a", intents=[seeking]), person("b", intents=[giving]), person("c", intents=[giving])
    )
    assert {(i, j) for i, j in graph.edges} == {("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")}
    assert benefit(graph, "a", "b") == benefit(graph, "b", "a") == ANY_FIELD


@pytest.mark.parametrize(
    ("mine", "yours"), [("offers", "offers"), ("offers", "needs"), ("needs", "offers")]
)
def test_a_goal_is_worth_more_in_the_same_field(mine: str, yours: str) -> None:
    student: dict[str, Any] = {"intents": ["mentee"], mine: ["steel bridges and roofs"]}
    graph = graph_of(
        person("a", **student),
        person("b", intents=["mentor"], **{yours: ["steel bridges and towers"]}),
        person("c", intents=["mentor"], **{yours: ["cakes"]}),
    )
    goals = {(i, j): value(graph, i, j, "goal") for i, j in (("a", "b"), ("b", "a"), ("a", "c"))}
    assert goals == {("a", "b"): GOAL, ("b", "a"): GOAL, ("a", "c"): ANY_FIELD}


def test_what_both_need_is_no_common_field() -> None:
    graph = graph_of(
        person("a", intents=["mentee"], needs=["vans"]),
        person("b", intents=["mentor"], needs=["vans"]),
    )
    assert benefit(graph, "a", "b") == ANY_FIELD


def value(graph: DiGraph, i: str, j: str, kind: str) -> Any:
    return max(why["value"] for why in graph.edges[i, j]["reasons"] if why["kind"] == kind)


def test_nobody_mentors_themselves() -> None:
    assert not graph_of(person("a", intents=["mentor", "mentee"])).edges


def test_assumed_intents_are_no_goals() -> None:
    assert not graph_of(person("a", interests=["golf"]), person("b", intents=["mentor"])).edges


def test_a_client_type_that_many_name_counts_less() -> None:
    """Two of ``COMMON`` and as many again: half a shared type."""
    others = [person(f"c{k}", client_types=["companies"]) for k in range(2 * COMMON - 2)]
    graph = graph_of(
        person("a", offers=["flowers"], client_types=["companies"]),
        person("b", offers=["vans"], client_types=["companies"]),
        *others,
    )
    assert benefit(graph, "a", "b") == 105  # 1 - 0.8 ** 0.5, rounded down


def test_shared_interests_are_worth_a_little() -> None:
    graph = graph_of(
        person("a", interests=["Sailing", "chess", "golf"]),
        person("b", interests=["golf", "sailing "]),
    )
    assert benefit(graph, "a", "b") == combine_rows([INTEREST, INTEREST]) == 116
    assert evidence(graph, "b", "a") == ["a and b share an interest in golf, Sailing"]


@pytest.mark.parametrize("kind", [*BY_PROFILE, "referral"])
def test_reason_weights_scale_one_kind_and_no_other(kind: str) -> None:
    people = (
        person("a", needs=["vans"], offers=["cakes"], interests=["golf"], client_types=["hotels"]),
        person("b", offers=["vans"], interests=["golf"], client_types=["hotels"]),
        person("c", intents=["mentor"]),
        person("d", intents=["mentee"]),
    )
    plainly = graph_of(*people)
    without = graph_of(*people, matching={"reason_weights": {kind: 0.0}})
    half = graph_of(*people, matching={"reason_weights": {kind: 0.9}})
    for i, j, facts in plainly.edges(data=True):
        others = [why for why in facts["reasons"] if why["kind"] != kind]
        mine = [why["value"] * 9 // 10 for why in facts["reasons"] if why["kind"] == kind]
        left = without.edges[i, j]["reasons"] if without.has_edge(i, j) else []
        assert left == others
        assert [w["value"] for w in half.edges[i, j]["reasons"] if w["kind"] == kind] == mine
    assert any(kind in kinds(plainly, i, j) for i, j in plainly.edges)


permilles = st.lists(st.integers(0, 1000), max_size=8)


@given(permilles, st.integers(0, 1000), st.randoms())
def test_more_evidence_never_lowers_a_benefit(values: list[int], more: int, rng: Any) -> None:
    together = combine_rows([*values, more])
    assert max([0, *values]) <= combine_rows(values) <= together <= 1000
    shuffled = [*values, more]
    rng.shuffle(shuffled)
    assert combine_rows(shuffled) == together


def test_no_evidence_is_no_benefit_and_one_reason_is_the_benefit() -> None:
    assert combine_rows([]) == 0
    assert [combine_rows([value]) for value in (1, 77, 1000)] == [1, 77, 1000]
    assert combine_rows([500, 500]) == 750
    assert combine_rows([400, 360]) == 616


TEXTS = ("a b c d", "a b c e", "c d e f", "x", "a", "x y z w")
TAGS = ("golf", "chess", "x")
INTENTS = ("clients", "referrals", "mentor", "mentee", "friends")
some_texts = st.lists(st.sampled_from(TEXTS), max_size=3)
some_tags = st.lists(st.sampled_from(TAGS), max_size=3)
profiles = st.fixed_dictionaries(
    {
        "offers": some_texts,
        "needs": some_texts,
        "interests": some_tags,
        "client_types": some_tags,
        "intents": st.lists(st.sampled_from(INTENTS), min_size=1, max_size=3),
    }
)


@given(
    st.lists(profiles, min_size=2, max_size=4),
    st.sampled_from(["needs", "interests", "intents"]),
    st.data(),
)
def test_telling_more_never_lowers_what_anybody_gains(
    rooms: list[dict[str, Any]], field: str, data: st.DataObject
) -> None:
    """Needs, interests and intents are evidence only; an offer may also make a competitor."""
    pool = {"needs": TEXTS, "interests": TAGS, "intents": INTENTS}[field]
    told = [*rooms[0][field], data.draw(st.sampled_from(pool))]
    richer = [rooms[0] | {field: told}, *rooms[1:]]
    before = graph_of(*(person("abcd"[k], **p) for k, p in enumerate(rooms)))
    after = graph_of(*(person("abcd"[k], **p) for k, p in enumerate(richer)))
    assert all(benefit(after, i, j) >= benefit(before, i, j) for i, j in before.edges)


OFFERS = (
    "bookkeeping for small firms", "Übersetzungen Deutsch und Polnisch", "traiteur pour événements",
    "翻译", "seguros para autónomos", "-", "logo, UX, Messegrafik", "иностранные языки",
)  # fmt: skip
NEEDS = (
    "a translator", "jemand für die Buchhaltung", "un seguro", "catering for fifty",
    "нужен логотип",
    "visibility", "Deutschkurs",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(OFFERS), max_size=4),
    st.lists(st.sampled_from(NEEDS), max_size=4),
    st.sampled_from(OFFERS),
    st.sampled_from(NEEDS),
)
def test_more_said_never_lowers_a_benefit_in_any_language(
    offers: list[str], needs: list[str], offer: str, need: str
) -> None:
    before = built(room(person("a", needs=needs), person("b", offers=offers)))
    after = built(room(person("a", needs=[*needs, need]), person("b", offers=[*offers, offer])))
    assert benefit(after, "a", "b") >= benefit(before, "a", "b")


@pytest.mark.parametrize("need", NEEDS)
def test_a_private_need_is_quoted_in_no_language(need: str) -> None:
    hidden = {"text": need, "shown_to": "nobody"}
    graph = built(room(person("a", needs=[hidden]), person("b", offers=list(OFFERS))))
    told = [why for direction in (("a", "b"), ("b", "a")) for why in evidence_of(graph, *direction)]
    assert not [text for text in told if need in text]


@pytest.mark.parametrize("offer", ["a translator", "Übersetzungen", "traducteur", "翻译"])
def test_what_one_has_already_is_refused_in_every_language(offer: str) -> None:
    graph = built(
        room(person("a", needs=["translator"], already_served=[offer]), person("b", offers=[offer]))
    )
    assert benefit(graph, "a", "b") == 0


def evidence_of(graph: DiGraph, i: str, j: str) -> list[str]:
    return evidence(graph, i, j) if graph.has_edge(i, j) else []
