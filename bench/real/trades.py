"""Trades of the United States in 1997: each offers what it makes and needs what it buys most.

The words are those of the input-output accounts; who supplies whom is known from their figures,
so that offers found for needs can be judged.
"""

from bench.real.shared import records
from schemas.event import Attendee, Event, Need, Offer, Round

NEEDS = 5
"""How many of the commodities that a trade buys most are its needs."""


def trade_names() -> dict[str, str]:
    """What each trade makes, by its code; accounts that are no trade are left out.

    Codes of trades begin with a digit; governments, scrap, wages and final uses with a letter.
    """
    names = dict(records("io_bea1997", "IO-CodeSummary.txt"))
    return {code: name for code, name in names.items() if code[0].isdigit()}


def purchases() -> dict[str, tuple[str, ...]]:
    """The trades that each trade buys most from, the largest share first, itself left out.

    Trades whose purchases are not in the tables are not in the answer.
    """
    shares: dict[str, list[tuple[float, str]]] = {}
    trades = trade_names()
    for seller, buyer, _, share in records("io_bea1997", "IODirectRequirements.txt"):
        if seller in trades and buyer in trades and seller != buyer and float(share) > 0:
            shares.setdefault(buyer, []).append((-float(share), seller))
    return {
        buyer: tuple(seller for _, seller in sorted(bought)[:NEEDS])
        for buyer, bought in sorted(shares.items())
    }


def supplies() -> frozenset[tuple[str, str]]:
    """Who is truly supplied by whom: buyer and seller, for each need of the event."""
    return frozenset(
        (buyer, seller) for buyer, sellers in purchases().items() for seller in sellers
    )


def trades_event(rounds: int = 5) -> Event:
    """One attendee a trade that buys from or sells to another; benefits are left to the texts."""
    names, bought = trade_names(), purchases()
    sold = {seller for sellers in bought.values() for seller in sellers}
    return Event(
        name="Trades of 1997",
        rounds=(Round(),) * rounds,
        attendees=tuple(
            Attendee(
                id=code,
                offers=(Offer(text=names[code]),),
                needs=tuple(Need(text=names[seller]) for seller in bought.get(code, ())),
            )
            for code in sorted(sold | set(bought))
        ),
    )
