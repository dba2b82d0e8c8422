"""Whom to invite: the kinds of guests that a room lacks, as people whose benefits can be computed.

Somebody who offers what is needed and not met; somebody who needs what is offered and not asked
for, and welcomes pitches; the counterpart of a goal that has too few. A guest speaks in the words
of the room: the most typical public text on the topic. No private need suggests a guest.
"""

from collections.abc import Iterable, Iterator, Set
from itertools import count, islice
from typing import NamedTuple, cast

from schemas.diagnosis import GuestKind
from schemas.event import Attendee, Intent, Need, Offer
from solver.compatibility.people import quoted
from solver.compatibility.reasons import COMPLEMENTS
from solver.diagnosis.figures import Balance, Figures
from solver.diagnosis.topics import NOWHERE

MOST_OFFERING, MOST_BUYING = 16, 12
"""So many topics are tried of each kind."""


class Invitation(NamedTuple):
    """A kind of guest, on which topic if any, and somebody of that kind."""

    kind: GuestKind
    topic: str | None
    guest: Attendee

    @property
    def example(self) -> str | None:
        """What they offer or need."""
        offered = [offer.text for offer in self.guest.offers]
        return next(map(quoted, offered + [need.text for need in self.guest.needs]), None)


def find_invitations(figures: Figures) -> list[Invitation]:
    """The guests worth a computation, each with an id that nobody has."""
    taken = set(figures.graph.ids)
    fresh = (v for v in map("guest-{}".format, count(1)) if v not in taken)
    kinds = (*_offering(figures), *_buying(figures), *_counterparts(figures))
    return [
        invitation._replace(guest=invitation.guest.model_copy(update={"id": v}))
        for invitation, v in zip(kinds, fresh, strict=False)
    ]


def _offering(figures: Figures) -> Iterator[Invitation]:
    """Somebody for each of the topics on which most people find nobody."""
    needs = figures.room.needs
    texts = {needs.texts[k] for k in needs.text[figures.unmet & figures.public].tolist()}
    lacking = sorted(figures.balances, key=lambda b: (-b.unmet.sum(), -b.demand.sum(), b.topic))
    for topic, text in islice(_typical(figures, lacking, texts), MOST_OFFERING):
        yield Invitation(
            "offers", topic, Attendee(id="guest", offers=(Offer.model_construct(text=text),))
        )


def _buying(figures: Figures) -> Iterator[Invitation]:
    """Somebody for each of the topics with most people more who offer than who want to buy."""

    def surplus(balance: Balance) -> int:
        return int(balance.supply.sum() - balance.consented.sum())

    texts = set(figures.room.offers.texts)
    crowded = [b for b in figures.balances if surplus(b) > 0]
    crowded.sort(key=lambda b: (-surplus(b), -b.supply.sum(), b.topic))
    for topic, text in islice(_typical(figures, crowded, texts), MOST_BUYING):
        need = (Need.model_construct(text=text),)
        yield Invitation("buys", topic, Attendee(id="guest", needs=need, intents=("suppliers",)))


def _typical(
    figures: Figures, balances: Iterable[Balance], texts: Set[str]
) -> Iterator[tuple[str, str]]:
    """For each topic that has one of these texts, its name and the most typical one."""
    for balance in balances:
        if balance.topic != NOWHERE:
            topic = figures.topics.all[balance.topic]
            yield from islice(((topic.name, text) for text in topic.texts if text in texts), 1)


def _counterparts(figures: Figures) -> Iterator[Invitation]:
    """Somebody for each side of a goal that has fewer people than the other."""
    for pair in COMPLEMENTS:
        counts = [int((figures.here & figures.room.among(side)).sum()) for side in pair]
        if counts[0] != counts[1]:
            rarer = pair[counts.index(min(counts))]
            guest = Attendee(id="guest", intents=(cast("Intent", rarer),))
            yield Invitation(cast("GuestKind", rarer), None, guest)
