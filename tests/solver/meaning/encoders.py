"""Encoders for tests."""

from collections.abc import Sequence

from solver.meaning.similarity import Rows


class DeafEncoder:
    """An encoder that nobody may ask."""

    def encode(self, texts: Sequence[str]) -> Rows:
        raise AssertionError(f"asked for {len(texts)} texts")


DEAF = DeafEncoder()
