"""Fit the weights of likeness and its table, and print what ``solver.meaning.likeness`` holds.

    python -m bench.fit

Learnt from: rooms with gold lists, four of our own (``bench/training_rooms``) and the shared ones
where they are at hand; the own pairs; every second time-banking community. Of two texts with
several items the pair that the last weights like best stands for both, five times over. The table,
and the shares that are printed for each room, come from weights that had not seen the room: how
often pairs with such odds are truly gold (Platt, 1999), in the shared rooms if they are there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench.meaning import needs_and_offers
from bench.real.shared import absent
from bench.real.timebanks import communities, served
from bench.rooms import rooms as shared_rooms
from solver.compatibility.matches import CURVE
from solver.meaning.likeness import FEATURES, PARTED, Pairs, compare_items
from solver.meaning.views import view_texts

Table = npt.NDArray[np.float64]

LURE, OWN, BANK = 5.0, 0.3, 0.02
"""How much a pair counts: one that is a lure, one of our own pairs, one of a community."""
PULL = 5.0
"""Ridge: weights are pulled towards 0."""
ROUNDS = 5


class Lesson(NamedTuple):
    """Pairs of items, to which pair of texts each belongs, and what is true of those.

    ``truth`` is 1, 0, or nan for a pair that is left out; ``weight`` says how much it counts.
    """

    pairs: Pairs
    owner: npt.NDArray[np.int64]
    truth: Table
    weight: Table


def lesson(left: Sequence[str], right: Sequence[str], truth: Table, weight: Table) -> Lesson:
    """Compare all texts; ``truth`` and ``weight`` have a row a left text, a column a right one."""
    ours, theirs = view_texts(left), view_texts(right)
    pairs = compare_items(ours, theirs)
    owner = ours.text[pairs.left] * len(right) + theirs.text[pairs.right]
    return Lesson(pairs, owner, truth.ravel(), weight.ravel())


def room_lesson(room: Mapping[str, Any]) -> Lesson:
    """The pairs of a room; near ones are left out, and other texts of two people who are gold."""
    needs = [(a["id"], text) for a in room["attendees"] for text in a["needs"] if text]
    offers = [(a["id"], text) for a in room["attendees"] for text in a["offers"] if text]
    gold = {(p["needs"], p["offers"]): (p["need"], p["offer"]) for p in room["gold"]}
    near, never = ({(p["needs"], p["offers"]) for p in room[k]} for k in ("near", "never"))
    truth, weight = np.zeros((2, len(needs), len(offers)))
    for i, (a, need) in enumerate(needs):
        for j, (b, offer) in enumerate(offers):
            left_out = a == b or (a, b) in near
            if (a, b) in gold:
                left_out = gold[a, b] != (need, offer)
                truth[i, j] = 1
            weight[i, j] = LURE if (a, b) in never else 1
            truth[i, j] = np.nan if left_out else truth[i, j]
    return lesson([t for _, t in needs], [t for _, t in offers], truth, weight)


def own_lesson() -> Lesson:
    """The pairs written for this project: each need has one offer."""
    needs, offers = needs_and_offers()
    truth = np.eye(len(needs), len(offers))
    return lesson(needs, offers, truth, np.full_like(truth, OWN))


def bank_lessons() -> Iterable[Lesson]:
    """Every second community."""
    for name in list(communities())[::2]:
        listings, wanted = communities()[name], served(name)
        requests = [each for each in listings if each.id in wanted]
        offers = [each for each in listings if not each.is_request]
        if requests:
            truth = np.array([[float(o.id in wanted[r.id]) for o in offers] for r in requests])
            texts = [r.text for r in requests], [o.text for o in offers]
            yield lesson(*texts, truth, np.full_like(truth, BANK))


def fit(lessons: Sequence[Lesson]) -> tuple[Table, float]:
    """Weights and bias of a logistic regression over the likeliest pair of items of each pair.

    The last weight is set; pairs that part teach nothing of the others.
    """
    weights, bias = np.append(np.ones(len(FEATURES) - 1), PARTED), 0.0
    for _ in range(ROUNDS):
        chosen = [(each, *_likeliest(each, weights)) for each in lessons]
        rows = np.concatenate([each.pairs.features[place] for each, place, _ in chosen])
        truth = np.concatenate([each.truth[owner] for each, _, owner in chosen])
        weight = np.concatenate([each.weight[owner] for each, _, owner in chosen])
        known = ~np.isnan(truth) & (rows[:, -1] == 0)
        fitted, bias = _regress(rows[known, :-1].astype(float), truth[known], weight[known], PULL)
        weights = np.append(fitted, PARTED)
    return weights, bias


def _likeliest(each: Lesson, weights: Table) -> tuple[Any, Any]:
    """For each pair of texts the place of its likeliest pair of items, and which pair it is."""
    odds = each.pairs.features @ weights
    order = np.lexsort((-odds, each.owner))
    first = order[np.diff(each.owner[order], prepend=-1) != 0]
    return first, each.owner[first]


def _regress(rows: Table, truth: Table, weight: Table, pull: float) -> tuple[Table, float]:
    """Newton's method."""
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    ridge = np.diag([pull] * (rows.shape[1] - 1) + [0.0])
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-rows @ found))
        curve = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + ridge
        found += np.linalg.solve(curve, rows.T @ (weight * (truth - chance)) - ridge @ found)
    return found[:-1], float(found[-1])


class Judged(NamedTuple):
    """The pairs of texts of a room, by weights that had not seen it."""

    odds: Table
    truth: Table
    weight: Table


def judge(rooms: Sequence[Lesson], others: Sequence[Lesson]) -> list[Judged]:
    """Leave out one room after another."""
    judged = []
    for k, room in enumerate(rooms):
        weights, bias = fit([*rooms[:k], *rooms[k + 1 :], *others])
        place, owner = _likeliest(room, weights)
        odds = room.pairs.features[place] @ weights + bias
        judged.append(Judged(odds, room.truth[owner], room.weight[owner]))
    return judged


def calibrate(judged: Sequence[Judged]) -> tuple[float, float]:
    """Scale and shift that turn odds into true ones."""
    odds, truth, _ = (np.concatenate(column) for column in zip(*judged, strict=True))
    known = ~np.isnan(truth)
    (scale,), shift = _regress(odds[known, None], truth[known], np.ones(known.sum()), 0.0)
    return scale, shift


def table(scale: float, shift: float) -> list[tuple[float, int]]:
    """Odds and likeness: at each point of the curve the odds at which pairs are worth so much."""
    inner = [(x, y) for x, y in CURVE if 0 < y < 1000]
    rows = [(round(float(np.log(y / (1000 - y)) - shift) / scale, 2), x) for x, y in inner]
    return [(rows[0][0] - 3, 0), *rows, (rows[-1][0] + 3, 1000)]


def training_rooms() -> list[dict[str, Any]]:
    """The rooms to learn from."""
    folder = Path(__file__).parent / "training_rooms"
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def main() -> None:
    """Print what the module is to hold, and how well each room is told by the others."""
    own = training_rooms()
    documents: list[Mapping[str, Any]] = [
        *own,
        *([] if absent() else [room.document for room in shared_rooms()]),
    ]
    rooms = [room_lesson(document) for document in documents]
    judged = judge(rooms, [own_lesson()])
    scale, shift = calibrate(judged[len(own) :] or judged)
    for document, each in zip(documents, judged, strict=True):
        told = scale * each.odds + shift >= np.log(0.3 / 0.7)
        gold, lure = each.truth == 1, (each.truth == 0) & (each.weight == LURE)
        other = (each.truth == 0) & ~lure
        name = document["attendees"][0]["id"].split("-")[0]
        counts = (f"{(told & kind).sum()} of {kind.sum()}" for kind in (gold, lure, other))
        print(name, "told .3: gold, lures, others:", ", ".join(counts))
    weights, bias = fit([*rooms, own_lesson(), *([] if absent() else bank_lessons())])
    print(f"FEATURES = {FEATURES}")
    print(f"WEIGHTS = np.array({[round(float(w), 2) for w in weights]}, np.float32)")
    print(f"BIAS = np.float32({bias:.2f})")
    print(f"TABLE = {table(scale, shift)}")


if __name__ == "__main__":
    main()
