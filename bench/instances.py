"""Every event that can be measured, by name.

`room-60-s1` and `sellers-60-s1` are generated (attendees, seed), `sides-120-s1` has buyers and
suppliers · `wave-01-yes-r3`, `wave-01-shared-r3` and `wave-01-liking-r3` are speed-dating waves ·
`trades` are those of the input-output tables · `timebank-NAME` is a community.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bench.generate import ROUNDS, generate
from bench.real.shared import absent
from bench.real.speed_dating import Scoring, exact_optimum, wave_event, waves
from bench.real.timebanks import communities, community_event
from bench.real.trades import trades_event
from bench.sides import two_sided
from schemas.event import Event

GENERATED: dict[str, Callable[[int, int], Event]] = {
    "room": generate,
    "sellers": partial(generate, room="sellers"),
    "sides": two_sided,
}
SCORINGS: dict[str, Scoring] = {
    "yes": "mutual_yes",
    "shared": "shared_liking",
    "liking": "liking",
}
WAVE_ROUNDS = (1, 2, 3, 5)
USUAL_SIZES = tuple(size for size in ROUNDS if size <= 1000)


@dataclass(frozen=True)
class BenchInstance:
    """An event that is built when it is measured, and its exact optimum where known."""

    name: str
    build: Callable[[], Event]
    optimum: float | None = None


def named(name: str) -> BenchInstance:
    """The instance of this exact name."""
    family, *rest = name.split("-", 1)
    if family in GENERATED:
        size, seed = rest[0].split("-s")
        return _generated(family, int(size), int(seed))
    return next(instance for instance in real() if instance.name == name)


def chosen(
    prefixes: Sequence[str], sizes: Sequence[int], seeds: Sequence[int]
) -> list[BenchInstance]:
    """The instances whose names begin with one of the prefixes; generated ones of these sizes."""
    rooms = [
        _generated(family, size, seed) for family in GENERATED for size in sizes for seed in seeds
    ]
    known = [*rooms, *(() if absent() else real())]
    return [instance for instance in known if instance.name.startswith(tuple(prefixes))]


def real() -> Iterator[BenchInstance]:
    """Everything that is built from shared data."""
    for wave in waves():
        for label, scoring in SCORINGS.items():
            for rounds in WAVE_ROUNDS:
                yield _wave(wave, label, scoring, rounds)
    yield BenchInstance("trades", trades_event)
    for community in communities():
        yield BenchInstance(f"timebank-{community}", partial(community_event, community))


def _generated(family: str, size: int, seed: int) -> BenchInstance:
    return BenchInstance(f"{family}-{size}-s{seed}", partial(GENERATED[family], size, seed))


def _wave(wave: int, label: str, scoring: Scoring, rounds: int) -> BenchInstance:
    return BenchInstance(
        f"wave-{wave:02d}-{label}-r{rounds}",
        partial(wave_event, wave, rounds, scoring),
        exact_optimum(wave, rounds, scoring),
    )
