"""Do benefits find the offers that truly serve a request? Against shared words, in the same run.

    python -m bench.meaning

Every request of every time-banking community ranks the offers of its community, as ``tertius
graph`` writes them: by benefit, by the likeness that benefits are read off, and by TF-IDF. Wanted
are the offers that share a narrow category with the request. Occupations rank each other by what
they do, and related ones are wanted among the first ten. Then the pairs written for this project,
by both encoders: how often a need finds its own offer first, how often any pair is more alike than
any other, and how often it is more alike than an offer that only shares a word.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.ranking import Scores, quality, ranking, tf_idf
from bench.real.onet import Occupation, occupations, related
from bench.real.shared import absent
from bench.real.timebanks import Listing, communities, community_event, served
from schemas.graph import Graph
from solver.compatibility.export import node_link
from solver.compatibility.graph import build_graph
from solver.meaning.encoders import ENCODERS, MiniLm, default_encoder
from solver.meaning.likeness import Likeness
from solver.meaning.similarity import Encoder, plain_text

Scoring = Callable[[str, Sequence[Listing], Sequence[Listing]], Scores]
"""Community, requests and offers to scores: a row a request, a column an offer."""


def by_benefit(community: str, requests: Sequence[Listing], offers: Sequence[Listing]) -> Scores:
    """What each request gains from each offer, from the document that is exported."""
    document = "".join(node_link(build_graph(community_event(community))))
    graph = Graph.model_validate_json(document)
    gains = {(edge.source, edge.target): edge.benefit for edge in graph.edges}
    return np.array([[gains.get((i.id, j.id), 0.0) for j in offers] for i in requests])


def by_likeness(_: str, requests: Sequence[Listing], offers: Sequence[Listing]) -> Scores:
    """The encoder's cosines, before any doubt, curve or threshold."""
    return likeness(default_encoder(), _texts(requests), _texts(offers))


def by_shared_words(_: str, requests: Sequence[Listing], offers: Sequence[Listing]) -> Scores:
    """TF-IDF."""
    return tf_idf(_texts(requests), _texts(offers))


SCORINGS: dict[str, Scoring] = {
    "benefit": by_benefit,
    "likeness of meaning": by_likeness,
    "TF-IDF": by_shared_words,
}


def likeness(encoder: Encoder, left: Sequence[str], right: Sequence[str]) -> Scores:
    """Cosines of all pairs."""
    rows = (encoder.encode([plain_text(text) for text in texts]) for texts in (left, right))
    ours, theirs = rows
    return np.asarray(ours @ theirs.T, np.float64)


def by_all_views(left: Sequence[str], right: Sequence[str]) -> Scores:
    """What benefits are read off, in permille."""
    ours, theirs = ([plain_text(text) for text in side] for side in (left, right))
    found = Likeness().alike(ours, theirs, 0)
    scores = np.zeros((len(left), len(right)))
    scores[found.left, found.right] = found.permille
    return scores


def rankings(scoring: Scoring) -> Iterator[tuple[list[str], frozenset[str]]]:
    """The ranking of each request that some offer serves, with the offers that do."""
    for community, listings in communities().items():
        wanted = served(community)
        requests = [listing for listing in listings if listing.id in wanted]
        offers = [listing for listing in listings if not listing.is_request]
        if requests:
            scores = scoring(community, requests, offers)
            for request, row in zip(requests, scores, strict=True):
                yield ranking(row, [offer.id for offer in offers]), wanted[request.id]


def recall_of_related(encoder: Encoder, first: int = 10) -> float:
    """Share of related occupations among the first ten, at most ten being wanted."""
    jobs = occupations()
    place = {job.code: k for k, job in enumerate(jobs)}
    texts = [_told(job) for job in jobs]
    scores = likeness(encoder, texts, texts)
    np.fill_diagonal(scores, -1)
    found = []
    for code, wanted in related().items():
        best = {jobs[k].code for k in np.argsort(-scores[place[code]], kind="stable")[:first]}
        found.append(len(best & wanted) / min(first, len(wanted)))
    return float(np.mean(found))


@dataclass(frozen=True)
class PairQuality:
    """How well likeness tells pairs that belong together from others; shares from 0 to 1.

    ``recall`` by kind of pair and ``all``: the need's own offer comes first. ``auc``: a pair is
    more alike than a need and another's offer. ``traps``: it is more alike than a need and an
    offer that only shares a word with it.
    """

    recall: dict[str, float]
    auc: float
    traps: float


def pair_quality(scores: Scores) -> PairQuality:
    """Judge scores of needs (rows) and offers (columns), the lures after the offers."""
    pairs = own_pairs()
    count = len(pairs)
    own = scores.diagonal()
    first = scores.argmax(axis=1) == np.arange(count)
    kinds = np.array([pair["kind"] for pair in pairs])
    recall = {kind: float(first[kinds == kind].mean()) for kind in sorted(set(kinds.tolist()))}
    others = scores[~np.eye(count, scores.shape[1], dtype=bool)]
    lures = scores[kinds == "trap", range(count, scores.shape[1])]
    return PairQuality(recall | {"all": float(first.mean())}, auc(own, others), auc(own, lures))


def auc(higher: NDArray[np.float64], lower: NDArray[np.float64]) -> float:
    """How often one of the first is larger than one of the second; ties count half."""
    places = np.searchsorted(np.sort(lower), [higher, higher], side="left")
    after = np.searchsorted(np.sort(lower), higher, side="right")
    return float((places[0] + after).mean() / 2 / len(lower))


@cache
def own_pairs() -> list[dict[str, str]]:
    """Needs with the offers that meet them, and lures for some, written for this project."""
    return list(json.loads((Path(__file__).parent / "pairs.json").read_text(encoding="utf-8")))


def needs_and_offers() -> tuple[list[str], list[str]]:
    """Needs, and offers in their order with the lures after them."""
    pairs = own_pairs()
    lures = [pair["lure"] for pair in pairs if "lure" in pair]
    return [pair["need"] for pair in pairs], [*(pair["offer"] for pair in pairs), *lures]


def main() -> None:
    """Print all tables."""
    console = Console()
    if absent():
        console.print("The real texts are not on this machine.")
    else:
        console.print(_requests(), _occupations())
    console.print(_pairs())


def _requests() -> Table:
    table = Table(title="Offers ranked for real requests")
    for column in ("ranked by", "MAP", "hit@5", "requests"):
        table.add_column(column, justify="left" if column == "ranked by" else "right")
    for name, scoring in SCORINGS.items():
        found = quality(rankings(scoring))
        precision, hits = f"{found.mean_average_precision:.3f}", f"{found.hit_at_5:.3f}"
        table.add_row(name, precision, hits, str(found.rankings))
    return table


def _occupations() -> Table:
    table = Table("encoder", "recall@10", title="Related occupations found")
    for name, encoder in ENCODERS.items():
        table.add_row(name, f"{recall_of_related(encoder()):.3f}")
    return table


def _pairs() -> Table:
    needs, offers = needs_and_offers()
    table = Table(title=f"{len(needs)} needs and {len(offers)} offers written for this")
    for column in ("likeness by", "recall@1", "paraphrases", "ordinary", "traps", "AUC", "lures"):
        table.add_column(column)
    encoders: dict[str, Callable[[], Encoder]] = {"MiniLM alone": MiniLm, **ENCODERS}
    scores = {name: likeness(encoder(), needs, offers) for name, encoder in encoders.items()}
    for name, found in (scores | {"all views": by_all_views(needs, offers)}).items():
        judged = pair_quality(found)
        shares = (judged.recall[kind] for kind in ("all", "paraphrase", "ordinary", "trap"))
        figures = (*shares, judged.auc, judged.traps)
        table.add_row(name, *(f"{figure:.3f}" for figure in figures))
    return table


def _texts(listings: Sequence[Listing]) -> list[str]:
    return [listing.text for listing in listings]


def _told(job: Occupation) -> str:
    return f"{job.title}. {job.description}"


if __name__ == "__main__":
    main()
