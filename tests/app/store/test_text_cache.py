"""Texts that are remembered: the last ones, and none for longer than somebody asks for them."""

import pytest

from app.store import text_cache
from app.store.text_cache import TextCache, forget_unused_texts


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    now = [0.0]
    monkeypatch.setattr(text_cache, "monotonic", lambda: now[0])
    return now


def test_the_oldest_go_first_when_there_are_too_many() -> None:
    cache = TextCache(most=5)
    for digest in ("a", "b", "c"):
        cache.keep(digest, digest * 2)
    assert [cache.get(digest) for digest in ("a", "b", "c")] == [None, "bb", "cc"]


def test_one_is_kept_however_large_it_is() -> None:
    cache = TextCache(most=1)
    cache.keep("a", "aaa")
    assert cache.get("a") == "aaa"


def test_what_nobody_asks_for_is_forgotten(clock: list[float]) -> None:
    cache = TextCache(most=100)
    cache.keep("a", "aa")
    cache.keep("b", "bb")
    clock[0] = text_cache.SECONDS_KEPT - 1
    assert cache.get("a") == "aa"
    clock[0] = text_cache.SECONDS_KEPT
    forget_unused_texts()
    assert (cache.get("a"), cache.get("b")) == ("aa", None)
