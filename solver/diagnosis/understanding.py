"""What was understood of one profile, read against the texts of all who may meet its owner.

Likeness and worth are those that benefits are made of, but for the weight of a need: that says
how much it matters, not how well an offer meets it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from schemas.event import Event, Need, Offer
from schemas.understanding import (
    EmptyText,
    Fit,
    NearOffer,
    NeedReading,
    OfferReading,
    Understanding,
)
from solver.compatibility.consent import on_topics
from solver.compatibility.evidence import SURE, USEFUL
from solver.compatibility.forbidden import ForbiddenPairs
from solver.compatibility.matches import WORTH
from solver.compatibility.people import Integers, People, TextTable, quoted
from solver.meaning.wording import is_silent

LIKE_ENOUGH = int(np.searchsorted(WORTH, USEFUL))
"""The least likeness that is worth so much."""
MOST_OFFERS, NEAREST = 5, 3
"""Offers told of a need: of those worth something, and of others where nothing is."""
MOST_PEOPLE = 10
"""Of those who offer the same, so many are named."""
BRIEF = 2
"""A need of so few words names a wish rather than a trade."""


def read_profile(room: People, event: Event, attendee_id: str) -> Understanding:
    """What the room of an event has for somebody in it, and what they have for the room."""
    return _ProfileReader(room, event, attendee_id).read()


class _ProfileReader:
    """One profile against those of possible partners, who are there in some round."""

    def __init__(self, room: People, event: Event, attendee_id: str) -> None:
        self._room = room
        self._profile = next(a for a in room.attendees if a.id == attendee_id)
        apart, rounds = ForbiddenPairs(event, ()).of(attendee_id) | {attendee_id}, len(event.rounds)
        self._partners = room.those(
            lambda a: a.id not in apart and len(set(a.absent_rounds)) < rounds
        )

    def read(self) -> Understanding:
        """All of it."""
        needs, offers = tuple(self._needs()), tuple(self._offers())
        empty = (
            *(EmptyText(field="needs", text=need.text) for need in _empty(self._profile.needs)),
            *(EmptyText(field="offers", text=offer.text) for offer in _empty(self._profile.offers)),
        )
        return Understanding(
            attendee=self._profile.id,
            needs=needs,
            offers=offers,
            says_nothing=empty,
            advice=tuple(dict.fromkeys(_advice(needs, offers, empty))),
        )

    def _needs(self) -> Iterator[NeedReading]:
        owners = self._theirs(self._room.offers)
        theirs = sorted(owners)
        worth = self._worth(self._spelled(self._profile.needs), theirs)
        for need in self._profile.needs:
            near = worth[self._room.meaning.spelled(need.text)]
            told = [] if is_silent(need.text) else _best(near)
            yield NeedReading(
                text=need.text,
                shown_to=need.shown_to,
                offers=tuple(self._near(text, owners[text], near[text]) for text in told),
            )

    def _offers(self) -> Iterator[OfferReading]:
        owners = self._theirs(self._room.needs)
        worth = self._worth(sorted(owners), self._spelled(self._profile.offers), LIKE_ENOUGH)
        for offer in self._profile.offers:
            text, silent = self._room.meaning.spelled(offer.text), is_silent(offer.text)
            met = [
                worth[need][text]
                for need, people in owners.items()
                for _ in people
                if not silent and text in worth[need]
            ]
            sure = sum(value >= SURE for value in met)
            of_use = sum(value >= USEFUL for value in met) - sure
            yield OfferReading(text=offer.text, meets=sure, may_be_of_use=of_use)

    def _near(self, text: str, owners: Sequence[int], worth: int) -> NearOffer:
        return NearOffer(
            text=self._as_written(text, owners[0]),
            attendees=tuple(self._room.attendees[v].id for v in owners[:MOST_PEOPLE]),
            worth=worth / 1000,
            fit=_fit(worth),
            already_served=self._is_served_already(text),
        )

    def _as_written(self, spelled: str, owner: int) -> str:
        """An offer in the words of its owner."""
        texts = sorted(offer.text for offer in self._room.attendees[owner].offers)
        return next(text for text in texts if self._room.meaning.spelled(text) == spelled)

    def _is_served_already(self, text: str) -> bool:
        phrases = self._room.meaning.phrases
        topics = {p for topic in self._profile.already_served for p in phrases(topic)}
        return any(on_topics(self._room.meaning, [text], topics).values())

    def _theirs(self, table: TextTable) -> dict[str, list[int]]:
        """Their texts that count and say something, and whose they are, in order."""
        owners = defaultdict(list)
        for row in np.flatnonzero(self._partners[table.owner] & (table.weight > 0)).tolist():
            owners[table.texts[table.text[row]]].append(int(table.owner[row]))
        return {text: people for text, people in owners.items() if not is_silent(text)}

    def _spelled(self, texts: Sequence[Need | Offer]) -> list[str]:
        return sorted({self._room.meaning.spelled(each.text) for each in texts})

    def _worth(
        self, needs: Sequence[str], offers: Sequence[str], floor: int = 1
    ) -> dict[str, dict[str, int]]:
        """What each offer ``floor`` permille alike is worth to a need, the likest first."""
        found = self._room.meaning.alike(needs, offers, floor)
        worth: dict[str, dict[str, int]] = {need: {} for need in needs}
        for k in _likest_first(found.permille):
            need, offer = needs[found.left[k]], offers[found.right[k]]
            worth[need][offer] = int(WORTH[found.permille[k]])
        return worth


def _likest_first(permille: Integers) -> list[int]:
    places: list[int] = np.argsort(-permille, kind="stable").tolist()
    return places


def _best(near: dict[str, int]) -> list[str]:
    """The offers to be told of a need."""
    useful = [text for text, worth in near.items() if worth >= USEFUL]
    return useful[:MOST_OFFERS] or list(near)[:NEAREST]


def _fit(worth: int) -> Fit:
    return "meets" if worth >= SURE else "may be of use" if worth >= USEFUL else "perhaps"


def _empty(texts: Sequence[Need | Offer]) -> Iterator[Need | Offer]:
    return (each for each in texts if is_silent(each.text))


def _advice(
    needs: Sequence[NeedReading], offers: Sequence[OfferReading], empty: Sequence[EmptyText]
) -> Iterator[str]:
    """Sentences that would help, to the person."""
    silent = {(each.field, each.text) for each in empty}
    if all(("needs", need.text) in silent for need in needs):
        yield "Say what you look for: nobody can help with what nobody knows."
    if all(("offers", offer.text) in silent for offer in offers):
        yield "Say what you offer: nobody can ask for what nobody knows."
    for field, text in sorted(silent):
        verb = "look for" if field == "needs" else "offer"
        yield f"Say what you {verb} instead of '{quoted(text)}', which says nothing."
    for need in needs:
        if ("needs", need.text) not in silent and not any(o.fit != "perhaps" for o in need.offers):
            yield _advice_on(need.text)
    for offer in offers:
        if ("offers", offer.text) not in silent and not offer.meets + offer.may_be_of_use:
            yield f"Say whom you do this for: '{quoted(offer.text)}' meets no need here."


def _advice_on(need: str) -> str:
    if len(need.split()) <= BRIEF:
        return f"Say which trade: '{quoted(need)}' matches nobody."
    return f"Name the trade, or say it in other words: '{quoted(need)}' matches nobody."
