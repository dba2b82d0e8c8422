"""Do benefits find the offers that truly serve a request? Against shared words, in the same run.

    python -m bench.meaning

Every request of every time-banking community ranks the offers of its community: by benefit, by
the similarity that benefits are read off, and by TF-IDF. Wanted are the offers that share a
narrow category with the request.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.ranking import Scores, quality, ranking, tf_idf
from bench.real.timebanks import Listing, communities, community_event, served
from solver.compatibility.encoders import default_encoder
from solver.compatibility.graph import compatibility_graph

Scoring = Callable[[str, Sequence[Listing], Sequence[Listing]], Scores]
"""Community, requests and offers to scores: a row a request, a column an offer."""


def by_benefit(community: str, requests: Sequence[Listing], offers: Sequence[Listing]) -> Scores:
    """What each request gains from each offer."""
    graph = compatibility_graph(community_event(community), default_encoder())
    benefits = [
        [graph.edges[i.id, j.id]["benefit"] if graph.has_edge(i.id, j.id) else 0 for j in offers]
        for i in requests
    ]
    return np.array(benefits, np.float64)


def by_similarity(_: str, requests: Sequence[Listing], offers: Sequence[Listing]) -> Scores:
    """The encoder's cosines, before any curve or threshold."""
    encoder = default_encoder()
    left = encoder.encode([request.text for request in requests])
    right = encoder.encode([offer.text for offer in offers])
    return np.asarray(left @ right.T, np.float64)


def by_shared_words(_: str, requests: Sequence[Listing], offers: Sequence[Listing]) -> Scores:
    """TF-IDF."""
    return tf_idf([request.text for request in requests], [offer.text for offer in offers])


SCORINGS: dict[str, Scoring] = {
    "benefit": by_benefit,
    "similarity of meaning": by_similarity,
    "TF-IDF": by_shared_words,
}


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


def main() -> None:
    """Print one row a scoring."""
    table = Table(title="Offers ranked for real requests")
    for column in ("ranked by", "MAP", "hit@5", "requests"):
        table.add_column(column, justify="left" if column == "ranked by" else "right")
    for name, scoring in SCORINGS.items():
        found = quality(rankings(scoring))
        precision, hits = f"{found.mean_average_precision:.3f}", f"{found.hit_at_5:.3f}"
        table.add_row(name, precision, hits, str(found.rankings))
    Console().print(table)


if __name__ == "__main__":
    main()
