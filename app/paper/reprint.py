"""What was printed, and which cards must be again: those that tell something else of what comes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class CardStock(NamedTuple):
    """By what each card of a schedule is told from another, by id.

    ``unprintable`` are the characters that no font has of those whose names have such.
    """

    marks: Mapping[str, str]
    unprintable: Mapping[str, str]


class Paper(NamedTuple):
    """A PDF, and whose of how many cards are in it: nobody's and 0 if it is none of cards.

    ``unprintable`` are the characters that no font has, by the id of whose name has them.
    """

    content: bytes
    unprintable: Mapping[str, str]
    printed: Sequence[str] = ()
    cards: int = 0


class Reprint(NamedTuple):
    """How the cards of now differ from those printed, by id."""

    changed: Sequence[str]
    new: Sequence[str]
    gone: Sequence[str]

    @property
    def needed(self) -> frozenset[str]:
        """Whose cards are to be printed."""
        return frozenset((*self.changed, *self.new))


def compare_cards(printed: Mapping[str, str], now: Mapping[str, str], held: int) -> Reprint:
    """How the marks of now differ from those of printed cards; ``held`` rounds do not count."""
    kept = sorted(printed.keys() & now.keys())
    return Reprint(
        changed=[v for v in kept if _ahead(printed[v], held) != _ahead(now[v], held)],
        new=sorted(now.keys() - printed.keys()),
        gone=sorted(printed.keys() - now.keys()),
    )


def _ahead(marks: str, held: int) -> Sequence[str]:
    head, *lines = marks.split()
    return [head, *lines[held:]]
