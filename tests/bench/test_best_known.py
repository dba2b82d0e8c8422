"""The best ever seen of an event only rises."""

from pathlib import Path

import pytest

from bench import best_known
from bench.best_known import BestKnown, learn, read


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_known, "PATH", tmp_path / "best_known.json")


def test_nothing_is_known_at_first() -> None:
    assert read() == {}


def test_only_a_better_objective_is_kept_with_the_commit_that_found_it() -> None:
    learn("room-30-s1", 57.5, "one")
    learn("room-30-s1", 57.4, "two")
    learn("room-30-s1", 57.5, "three")
    assert read() == {"room-30-s1": BestKnown(57.5, "one")}
    learn("room-30-s1", 57.50001, "four")
    assert read() == {"room-30-s1": BestKnown(57.50001, "four")}


def test_events_are_kept_apart_and_in_order() -> None:
    learn("trades", -1.0, "one")
    learn("room-30-s1", 57.5, "one")
    assert list(read()) == ["room-30-s1", "trades"]
    assert read()["trades"] == BestKnown(-1.0, "one")
