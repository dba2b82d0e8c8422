"""The encoders tell texts that mean the same from texts that do not."""

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from bench.meaning import (
    by_all_views,
    by_benefit,
    by_shared_words,
    likeness,
    needs_and_offers,
    pair_quality,
    rankings,
    recall_of_related,
)
from bench.ranking import quality
from solver.compatibility.matches import worth
from solver.compatibility.reasons import LEAST
from solver.errors import UnknownEncoderError
from solver.meaning.cache import CachingEncoder
from solver.meaning.encoders import (
    ENCODERS,
    Blend,
    MiniLm,
    WeightsError,
    WordLlama,
    default_encoder,
    is_latin,
    read_verified,
)
from solver.meaning.similarity import Encoder, Rows
from tests.checker import needs_shared

PARAPHRASES = tuple(
    line.split(" | ")
    for line in (
        "web design | a new website",
        "wedding photography | pictures of our company party",
        "commercial cleaning | somebody to tidy our offices every evening",
        "employment law advice | help with a staff contract dispute",
        "catering for events | lunch for forty guests",
        "IT security audits | protection against hackers",
        "translation into German | our brochure in another language",
        "courier and parcel delivery | getting our goods to customers quickly",
        "recruitment of engineers | finding skilled technical staff",
        "commercial mortgages | a loan to buy our premises",
        "search engine optimisation | more visitors from Google",
        "waste recycling | getting rid of cardboard and plastic",
        "florist | flower arrangements for reception",
        "payroll services | paying our employees correctly each month",
        "first aid training | teaching staff what to do in an accident",
        "telephone systems | new phones for the office",
        "event planning | organising our annual conference",
        "venture capital | investors for our start-up",
        "public relations | getting into the newspapers",
        "patent attorney | protecting our invention",
    )
)
FOREIGN = ("бухгалтерские услуги", "цветы на свадьбу", "簿記サービス", "結婚式の花", "✂️ 💇", "😀")


@pytest.fixture(scope="module", params=sorted(ENCODERS))
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return ENCODERS[request.param]()


def paraphrases(encoder: Encoder) -> Rows:
    """Cosines of every offer (row) and every need (column)."""
    offers, needs = zip(*PARAPHRASES, strict=True)
    return np.asarray(encoder.encode(offers) @ encoder.encode(needs).T, np.float32)


def test_rows_have_length_one(encoder: Encoder) -> None:
    rows = encoder.encode(["web design", "flowers", *FOREIGN])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-6)
    assert rows.dtype == np.float32


def test_a_text_has_the_same_row_in_any_company(encoder: Encoder) -> None:
    texts = [text for pair in PARAPHRASES for text in pair]
    together = encoder.encode(texts)
    backwards = encoder.encode(texts[::-1])[::-1]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert (together == backwards).all()
    assert (together == alone).all()


def test_threads_change_nothing() -> None:
    texts = [text for pair in PARAPHRASES for text in pair]
    assert (MiniLm(threads=1).encode(texts) == MiniLm(threads=3).encode(texts)).all()


def test_an_offer_is_nearer_to_its_paraphrase_than_to_nearly_all_others(encoder: Encoder) -> None:
    cosines = paraphrases(encoder)
    right, wrong = cosines.diagonal(), cosines[~np.eye(len(cosines), dtype=bool)]
    assert (right[:, None] > wrong).mean() > {Blend: 0.98, WordLlama: 0.93}[type(encoder)]


def test_what_is_unrelated_is_worth_next_to_nothing(encoder: Encoder) -> None:
    cosines = paraphrases(encoder)
    wrong = cosines[~np.eye(len(cosines), dtype=bool)]
    worths = [worth(int(1000 * cosine)) for cosine in wrong]
    assert sum(x >= LEAST for x in worths) / len(worths) < 0.03
    assert np.mean(worths) < 12


def test_what_is_said_in_nearly_the_same_words_is_worth_nearly_all(encoder: Encoder) -> None:
    offers = ["bookkeeping for small firms", "van hire and leasing of electric vans"]
    needs = ["a bookkeeper for small firms", "electric vans on lease"]
    cosines = (encoder.encode(offers) * encoder.encode(needs)).sum(axis=1)
    assert all(worth(int(1000 * cosine)) >= 700 for cosine in cosines)


def test_scripts_the_models_do_not_know_are_like_nothing_but_themselves(encoder: Encoder) -> None:
    cosines = encoder.encode(FOREIGN) @ encoder.encode(FOREIGN).T
    assert cosines.diagonal() == pytest.approx(1, abs=1e-5)
    assert cosines[~np.eye(len(FOREIGN), dtype=bool)].max() < 0.4  # where worth begins


def test_latin_letters_make_a_text_readable() -> None:
    assert all(is_latin(text) for text in ("web design", "Büro für Buchführung", "3D", "C++ 2027"))
    assert not any(is_latin(text) for text in (*FOREIGN, "24/7", "", "!"))


def test_a_long_text_is_read_from_its_beginning() -> None:
    beginning = "bookkeeping for small firms " * 60
    one, other = MiniLm().encode([beginning + "and flowers", beginning + "and vans"])
    assert (one == other).all()


def test_the_vocabulary_ships_with_its_licence() -> None:
    data = resources.files("solver.meaning") / "data"
    words = (
        read_verified(data / "bert-base-uncased-vocab.txt", MiniLm.VOCABULARY).decode().splitlines()
    )
    assert len(words) == 30_522
    licence = (data / "LICENSE-bert-base-uncased-vocab.txt").read_text()
    assert "Apache License" in licence


def test_a_file_with_other_content_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"other weights")
    with pytest.raises(WeightsError, match=r"model\.onnx"):
        read_verified(file, MiniLm.WEIGHTS)
    assert read_verified(file, hashlib.sha256(b"other weights").hexdigest()) == b"other weights"


@pytest.fixture
def fresh_choice() -> Iterator[None]:
    default_encoder.cache_clear()
    yield
    default_encoder.cache_clear()


@pytest.mark.usefixtures("fresh_choice")
def test_the_environment_chooses_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTIUS_ENCODER", "wordllama")
    assert default_encoder().encode(["flowers"]).shape == (1, WordLlama.DIMENSIONS + 1)


@pytest.mark.usefixtures("fresh_choice")
def test_an_encoder_nobody_knows_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERTIUS_ENCODER", "oracle")
    with pytest.raises(UnknownEncoderError, match="minilm, wordllama"):
        default_encoder()


@pytest.mark.usefixtures("fresh_choice")
def test_the_default_is_minilm_and_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERTIUS_ENCODER", raising=False)
    assert isinstance(default_encoder(), CachingEncoder)
    assert default_encoder() is default_encoder()
    both = MiniLm.DIMENSIONS + WordLlama.DIMENSIONS + 1
    assert default_encoder().encode(["flowers"]).shape == (1, both)


@needs_shared
def test_real_requests_find_the_offers_that_serve_them() -> None:
    found, words = (quality(rankings(scoring)) for scoring in (by_benefit, by_shared_words))
    assert found.rankings == words.rankings == 734
    assert found.mean_average_precision > 1.5 * words.mean_average_precision
    assert found.hit_at_5 > 0.7


@needs_shared
def test_related_occupations_are_told_by_what_they_do() -> None:
    assert recall_of_related(default_encoder()) >= 0.6


def test_needs_find_their_own_offers_and_all_views_find_out_traps() -> None:
    needs, offers = needs_and_offers()
    plainly = pair_quality(likeness(default_encoder(), needs, offers))
    judged = pair_quality(by_all_views(needs, offers))
    assert judged.recall["all"] >= plainly.recall["all"] - 0.03
    assert judged.auc > 0.96
    assert judged.traps > plainly.traps + 0.04
