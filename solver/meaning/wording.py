"""What a text says, taken apart: its items, its pictures by their names, its abbreviations in full.

"Steuererklärung, MWST 😱" is one text of three items. Likeness looks at the whole and at each item,
since a list buries the one thing that somebody else looks for.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from schemas.text import plain_text
from solver.meaning.words import EMPTY, WORD

MOST_ITEMS = 12
"""Of a longer text the whole and its first items are looked at."""
CUT = re.compile(
    r"[,;•·|\n/+&\u2013\u2014:()\u3001\uff0c\uff1b\u3002\uff01\uff1f!?]|\.(?:\s|$)|\s-\s"
    r"|\b(?:and|or|plus|und|oder|sowie|et|ou|y|o|e|ed|og|oraz|ve|или|και)\b",
    re.IGNORECASE,
)
FOR = frozenset(
    ("for", "für", "pour", "para", "per", "voor", "dla", "için", "для", "\u03b3\u03b9\u03b1")
)
"""What comes after tells for whom, and is no item of what somebody offers or needs."""
EDGES = " .-\u2013'\"…"
MARKS = EDGES + "!?\u00a1\u00bf"
LETTER_MARKS = ("L", "N")
SHORTEST_WORD = 3
"""A shorter abbreviation is read as one only where it stands alone: "it" is a word as well."""


@lru_cache(50_000)
def items_of(text: str) -> tuple[str, ...]:
    """The whole text first, then its items, if there are several; none of what says nothing."""
    if is_silent(text) or is_vague(text):
        return ()
    whole = plain_text(name_pictures(text))
    items = list(_items(whole))
    parts = items if len(items) > 1 else []
    return tuple(dict.fromkeys(map(spell_out, [whole, *parts][: MOST_ITEMS + 1])))


def _items(text: str) -> Iterator[str]:
    """The pieces of a list; of "flowers for receptions, offices and shops" no single word after."""
    told_for_whom = False
    for piece in (piece.strip(EDGES) for piece in CUT.split(text)):
        words = piece.split()
        if (
            len(piece) > 1
            and any(map(str.isalpha, piece))
            and not (told_for_whom and len(words) == 1)
        ):
            yield piece
        told_for_whom = told_for_whom or not FOR.isdisjoint(words)


def is_silent(text: str) -> bool:
    """Whether it says nothing: no letter, digit or picture, "no idea", or empty words alone."""
    plain = plain_text(text).strip(MARKS)
    words = WORD.findall(plain)
    if not words:
        return not any(map(_tells, plain))
    return EMPTY.issuperset(words) or not {plain, " ".join(words)}.isdisjoint(_silences("silent"))


def is_vague(text: str) -> bool:
    """Whether it fits everybody: "visibility", "new customers"."""
    return plain_text(text).strip(MARKS) in _silences("vague")


def _tells(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in LETTER_MARKS or category == "So"


def name_pictures(text: str) -> str:
    """The text with each emoji written as its name."""
    if text.isascii():
        return text
    import emoji  # its table of names is large

    return emoji.demojize(text, delimiters=(" ", " ")).replace("_", " ")


def spell_out(item: str) -> str:
    """The item with its abbreviations written out, the same in every language."""
    known = _abbreviations()
    if item in known:
        return known[item]
    words = item.split(" ")
    long = (known.get(w.strip(EDGES), w) if len(w) >= SHORTEST_WORD else w for w in words)
    return " ".join(long)


@cache
def _abbreviations() -> dict[str, str]:
    """Each abbreviation in plain spelling, and what it means."""
    rows = tomllib.loads(_read("abbreviations.toml"))["abbreviation"]
    return {
        plain_text(short): plain_text(row["means"][0])
        for row in rows
        for short in (row["short"], *row.get("same", ()))
    }


@cache
def _silences(kind: str) -> frozenset[str]:
    lists = tomllib.loads(_read("silences.toml"))[kind].values()
    return frozenset(plain_text(text).strip(MARKS) for texts in lists for text in texts)


def _read(name: str) -> str:
    return (resources.files("solver.meaning") / "data" / name).read_text(encoding="utf-8")
