"""What the organiser says about words, and what doubt makes of words shared by chance."""

from typing import Any

import numpy as np
import pytest

from schemas.event import Matching, NamedTopic
from solver.compatibility.graph import build_graph
from solver.meaning.encoders import default_encoder, word_vectors
from solver.meaning.meaning import Meaning
from solver.meaning.shared_words import doubt_likeness, stem_of, words_of
from solver.meaning.similarity import Alike
from solver.meaning.unshared_words import DOUBT, LIFT
from tests.solver.compatibility.words import HandEncoder, benefit, graph_of, kinds, person, room


def meaning(**fields: Any) -> Meaning:
    return Meaning(HandEncoder(), None, Matching(**fields))


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


class Letters:
    """Word vectors for tests: one direction for each word."""

    def encode(self, texts: Any) -> Any:
        return np.eye(len(texts), 64, dtype=np.float32)


def doubt(left: str, right: str, permille: int) -> int:
    found = Alike(*np.array([[0], [0], [permille]]))
    return int(doubt_likeness(found, [left], [right], Letters()).permille[0])


def test_what_shares_a_word_and_nothing_else_is_less_alike() -> None:
    assert doubt("cold chain", "cold calling", 600) == ((1000 - DOUBT) * 600 + DOUBT * LIFT) // 1000


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("cold chain", "warm calling"),  # nothing shared
        ("cold calling", "cold calling"),  # all shared
        ("cold calling", "calling"),  # all of the one is in the other
        ("bookkeeping", "somebody to do our bookkeeping"),  # the rest says nothing
    ],
)
def test_nothing_else_is_doubted(left: str, right: str) -> None:
    assert doubt(left, right, 600) == 600


def test_texts_without_a_word_are_compared_as_they_are() -> None:
    assert doubt("!!!", "!!!", 900) == 900
    people = (person("a", needs=["!!!"]), person("b", offers=["!!!"]))
    assert build_graph(room(*people)).gains["a"]["b"] == 1000


def test_what_is_hardly_alike_is_not_worth_a_doubt() -> None:
    assert doubt("cold chain", "cold calling", 299) == 299


def test_doubt_goes_by_stems_and_never_makes_more_alike() -> None:
    assert stem_of("designing") == stem_of("designs") == stem_of("designers") == "design"
    assert stem_of("king") == "king"
    assert stem_of("website") == stem_of("websites")
    assert words_of(["designing for the firm", "Firm? firm!".casefold()]) == ["designing", "firm"]
    for permille in range(300, 1001, 50):
        assert doubt("designing gardens", "designs websites", permille) <= permille


@pytest.mark.parametrize(
    ("need", "offer", "lure"),
    [
        ("cold chain logistics for vaccines", "refrigerated transport", "cold calling scripts"),
        ("crop insurance against hail", "cover for growers in a storm", "pet insurance"),
    ],
)
def test_known_traps_are_less_alike_than_the_encoder_says(need: str, offer: str, lure: str) -> None:
    plainly = Meaning(default_encoder(), None, Matching()).alike([need], [offer, lure], 0)
    doubting = Meaning(default_encoder(), word_vectors(), Matching()).alike(
        [need], [offer, lure], 0
    )
    assert doubting.permille[0] == plainly.permille[0]  # no word shared, nothing doubted
    assert doubting.permille[1] < plainly.permille[1]
