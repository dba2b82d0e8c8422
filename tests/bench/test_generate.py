"""Generated events are the same by seed and look like a room of people who trade."""

from collections import Counter
from pathlib import Path

import pytest

from bench.generate import LEAST_BENEFIT, ROUNDS, generate, main
from schemas.base import permille
from schemas.event import Event


@pytest.fixture(scope="module")
def room() -> Event:
    return generate(300, seed=3)


def _directions(event: Event) -> set[tuple[str, str]]:
    return {(row.attendee, row.partner) for row in event.benefits}


def _mutual(event: Event) -> int:
    directions = _directions(event)
    return sum((j, i) in directions for i, j in directions) // 2


def test_the_seed_alone_decides() -> None:
    assert generate(40, seed=5) == generate(40, seed=5)
    assert generate(40, seed=5).benefits != generate(40, seed=6).benefits


@pytest.mark.parametrize("size", [size for size in ROUNDS if size <= 1000])
def test_every_measured_size_has_its_rounds_and_the_usual_weights(size: int) -> None:
    event = generate(size)
    assert len(event.attendees) == size
    assert len(event.rounds) == ROUNDS[size]
    weights = event.weights
    assert (weights.triangles, weights.fairness, weights.byes) == (75, 100, 50)


def test_about_one_in_ten_comes_late_and_nobody_misses_the_end(room: Event) -> None:
    missed = [a.absent_rounds for a in room.attendees if a.absent_rounds]
    assert set(missed) == {(1,), (1, 2)}
    assert 0.05 < len(missed) / len(room.attendees) < 0.15


def test_some_come_with_colleagues(room: Event) -> None:
    organisations = Counter(attendee.organisation for attendee in room.attendees)
    colleagues = sum(count for count in organisations.values() if count > 1)
    assert 0.2 < colleagues / len(room.attendees) < 0.9


def test_benefits_are_sparse_and_many_go_one_way_only(room: Event) -> None:
    people = len(room.attendees)
    assert 20 * people < len(room.benefits) < 80 * people
    assert 5 * people < 2 * _mutual(room) < 20 * people
    assert min(permille(row.value) for row in room.benefits) >= LEAST_BENEFIT


def test_referrals_can_go_round_in_rings_of_three(room: Event) -> None:
    directions = _directions(room)
    gains_from: dict[str, set[str]] = {}
    for i, j in directions:
        gains_from.setdefault(i, set()).add(j)
    rings = sum((k, i) in directions for i, j in directions for k in gains_from.get(j, ())) // 3
    assert rings > 20 * len(room.attendees)


def test_in_a_room_of_sellers_few_pairs_gain_both(room: Event) -> None:
    sellers = generate(300, seed=3, room="sellers")
    assert _mutual(sellers) < _mutual(room) / 3


def test_in_a_large_room_only_the_best_partners_are_scored() -> None:
    event = generate(1_200, seed=1, rounds=4)
    assert len(event.rounds) == 4
    assert len(event.benefits) <= 2 * 64 * len(event.attendees)


def test_the_command_writes_the_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "room.json"
    monkeypatch.setattr("sys.argv", ["generate", "25", "--seed", "9", "--out", str(out)])
    main()
    assert Event.model_validate_json(out.read_bytes()) == generate(25, seed=9)
