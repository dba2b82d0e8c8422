"""Communities whose members help each other by the hour: their offers and requests as written.

Nobody knows who posted what, so every listing is an attendee of its own. The poster's categories
say which offers truly serve a request; they are kept from the event, and its ids tell nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from random import Random

from bench.real.shared import table
from schemas.event import Attendee, Event, Need, Offer, Round


@dataclass(frozen=True)
class Listing:
    """An offer or a request, and the narrow categories that its poster chose."""

    id: str
    is_request: bool
    text: str
    categories: frozenset[str]


@cache
def communities() -> dict[str, tuple[Listing, ...]]:
    """The listings of every community, by its name; in an order that tells nothing."""
    broad = _broad_categories()
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in table("timebanks", "listings.csv"):
        rows[row["timebank"]].append(row)
    return {name: _listings(rows[name], broad[name]) for name in sorted(rows)}


def _broad_categories() -> dict[str, set[str]]:
    """The top-level categories of each community: too wide to say that somebody is served."""
    broad: dict[str, set[str]] = defaultdict(set)
    for row in table("timebanks", "categories.csv"):
        if row["cat_parent"] == "is_parent":
            broad[row["timebank"]].add(row["cat_id"])
    return broad


def _listings(rows: list[dict[str, str]], broad: set[str]) -> tuple[Listing, ...]:
    """Number the listings after a shuffle: the file has offers and requests apart."""
    shuffled = Random(0).sample(rows, len(rows))
    return tuple(
        Listing(
            id=f"m{number:04d}",
            is_request=row["type"] == "request",
            text=row["description"],
            categories=frozenset(row["listing_cat"].strip("{}").split(", ")) - broad - {""},
        )
        for number, row in enumerate(shuffled, start=1)
    )


def community_event(name: str, rounds: int = 3) -> Event:
    """A community as an event: one attendee a listing, with one offer or one need."""
    return Event(
        name=f"Time bank {name}",
        rounds=(Round(),) * rounds,
        attendees=tuple(_attendee(listing) for listing in communities()[name]),
    )


def _attendee(listing: Listing) -> Attendee:
    if listing.is_request:
        return Attendee(id=listing.id, needs=(Need(text=listing.text),))
    return Attendee(id=listing.id, offers=(Offer(text=listing.text),))


def served(name: str) -> dict[str, frozenset[str]]:
    """The offers that truly serve each request of a community; requests without one left out."""
    listings = communities()[name]
    answers = {
        request.id: frozenset(
            offer.id
            for offer in listings
            if not offer.is_request and offer.categories & request.categories
        )
        for request in listings
        if request.is_request
    }
    return {request: offers for request, offers in answers.items() if offers}
