"""Events of two sides by seed: buyers meet suppliers only, two of each organisation, some wishes.

The room is that of `bench.generate`; every other one buys, the rest supply, neighbours of a side
are colleagues, and nobody meets two people of one organisation. Everybody wishes for six of the
other side, more often for those of whom much is gained; for these no benefit is given.
"""

from random import Random

from bench.generate import generate
from schemas.event import Attendee, Event, Meet, Policy, Want

ROUNDS = 10
WISHES = 6
SIDES = ("buyer", "supplier")


def two_sided(attendees: int, seed: int, rounds: int = ROUNDS) -> Event:
    """The event of this size and seed; the same each time."""
    room = generate(attendees, seed, rounds)
    gains = {(row.attendee, row.partner): row.value for row in room.benefits}
    side = {person.id: SIDES[k % 2] for k, person in enumerate(room.attendees)}
    rng = Random(seed)
    wished = {v: _wishes(rng, v, side, gains) for v in side}
    people = [
        _person(person, k, wished[person.id], side) for k, person in enumerate(room.attendees)
    ]
    rows = [row for row in room.benefits if row.partner not in wished[row.attendee]]
    policy = Policy(per_organisation="one_each", meet=Meet(label="side", pairs=(SIDES,)))
    asked = {"attendees": tuple(people), "benefits": tuple(rows), "policy": policy}
    return room.model_copy(update=asked)


def _wishes(
    rng: Random, v: str, side: dict[str, str], gains: dict[tuple[str, str], float]
) -> list[str]:
    """Six of the other side, drawn one after the other by what is gained from them."""
    keys = {
        w: rng.random() ** (1 / (0.1 + gains.get((v, w), 0.0))) for w in side if side[w] != side[v]
    }
    return sorted(keys, key=lambda w: -keys[w])[:WISHES]


def _person(person: Attendee, k: int, wished: list[str], side: dict[str, str]) -> Attendee:
    wants = tuple(Want(id=w) for w in wished)
    told = {"organisation": f"{side[person.id]} {k // 4}", "labels": {"side": side[person.id]}}
    return person.model_copy(update={**told, "wants": wants})
