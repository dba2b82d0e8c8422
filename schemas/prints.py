"""Prints: which personal cards are on paper, and which must be printed again."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schemas import limits
from schemas.base import Id, Wire

CardPaper = Literal["badges", "cards"]
"""Paper of which everybody has their own."""


class PrintOrder(Wire):
    """That the cards of a version were printed, as the event has them now."""

    paper: CardPaper
    """Which cards: `badges` or `cards`."""
    version: Annotated[int, Field(ge=1, le=limits.VERSIONS)]
    """The version whose cards are on paper; an older print will do where nothing changed."""


class CardPrint(Wire):
    """Cards that were printed."""

    number: int
    """Which print of the event it is, from 1."""
    paper: CardPaper
    """`badges` or `cards`."""
    version: int
    """Of which version."""
    at: datetime
    """When it was told that they are printed."""
    cards: int
    """How many people have a card by it."""


class Unprintable(Wire):
    """Somebody whose name or organisation no font has all characters of."""

    attendee: Id
    """Who."""
    characters: str
    """Which characters, by number: `U+1F9FF, U+1FAE8`."""


class PrintState(Wire):
    """How the cards of the schedule of now differ from those on paper.

    What differs in rounds that are over or running does not count.
    """

    paper: CardPaper
    """`badges` or `cards`."""
    version: int
    """The version of now: the published one, else the newest."""
    last: CardPrint | None
    """The last print of this paper; null before the first."""
    count: int
    """How many cards are to be printed: those that changed and new ones."""
    changed: tuple[Id, ...] = ()
    """Whose card says something else now."""
    new: tuple[Id, ...] = ()
    """Whose card was never printed."""
    gone: tuple[Id, ...] = ()
    """Whose printed card is needed no more."""
    unprintable: tuple[Unprintable, ...] = ()
    """Whose card has a replacement for characters that no font has."""
