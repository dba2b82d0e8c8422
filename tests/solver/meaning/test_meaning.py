"""What the organiser says about words."""

from typing import Any

from schemas.event import Matching, NamedTopic
from solver.meaning.meaning import Meaning
from tests.solver.compatibility.words import HandEncoder, benefit, graph_of, kinds, person


def meaning(**fields: Any) -> Meaning:
    return Meaning(HandEncoder(), Matching(**fields))


def likeness(means: Meaning, left: str, right: str) -> int:
    found = means.alike([means.spelled(left)], [means.spelled(right)], 0)
    return int(found.permille[0]) if len(found.permille) else 0


def test_synonyms_are_written_as_the_longest_of_their_group() -> None:
    means = meaning(synonyms=(("VAT", "value added tax"),))
    assert means.spelled("VAT returns") == means.spelled("Value  Added Tax returns")
    assert means.spelled("vat returns") == "value added tax returns"
    assert means.spelled("private vats") == "private vats"


def test_the_longest_phrase_that_fits_is_the_one_replaced() -> None:
    means = meaning(synonyms=(("web", "world wide web"), ("web site", "internet presence")))
    assert means.spelled("a web site on the web") == "a internet presence on the world wide web"


def test_a_synonym_serves_a_need_that_shares_no_word_with_the_offer() -> None:
    people = (person("a", needs=["VAT"]), person("b", offers=["value added tax"]))
    assert benefit(graph_of(*people), "a", "b") == 0
    graph = graph_of(*people, matching=Matching(synonyms=(("VAT", "value added tax"),)))
    assert benefit(graph, "a", "b") == 1000


def test_a_veto_parts_what_the_encoder_takes_for_alike() -> None:
    means = meaning(vetoes=(("cold chain", "cold calling"),))
    assert likeness(means, "cold chain logistics", "cold calling logistics") == 0
    assert likeness(means, "cold calling scripts", "cold calling logistics") > 0
    assert likeness(means, "cold storage logistics", "cold calling logistics") > 0
    assert likeness(means, "cold chain cold calling", "cold calling logistics") > 0


def test_a_veto_holds_in_the_graph() -> None:
    people = (person("a", needs=["cold chain"]), person("b", offers=["cold chain calling"]))
    assert kinds(graph_of(*people), "a", "b") == ["served"]
    vetoed = graph_of(*people, matching=Matching(vetoes=(("cold chain", "calling"),)))
    assert kinds(vetoed, "a", "b") == ["served"]  # the offer holds the need's phrase as well
    strict = graph_of(
        *people, matching=Matching(vetoes=(("chain", "calling"), ("cold", "calling")))
    )
    assert kinds(strict, "a", "b") == ["served"]
    apart = graph_of(
        person("a", needs=["cold chain"]),
        person("b", offers=["cold calling"]),
        matching=Matching(vetoes=(("chain", "calling"),)),
    )
    assert kinds(apart, "a", "b") == []


def test_a_topic_of_the_organiser_stands_for_its_phrases() -> None:
    topics = (NamedTopic(name="Cover", phrases=("liability", "theft")),)
    needy = person("a", needs=["public liability now here"], already_served=["cover"])
    seller = person("b", offers=["public liability now here"])
    assert benefit(graph_of(needy, seller), "a", "b") == 1000
    assert benefit(graph_of(needy, seller, matching=Matching(topics=topics)), "a", "b") == 0
