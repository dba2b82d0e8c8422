"""What columns are called, in many languages and spellings; the words stand in ``words.toml``."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, NamedTuple

from schemas.language import fold

LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "\u0131": "i"})
"""Letters that are no letter with an accent, and are often written as if they were."""
BY_HAND = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How they are written where the keyboard has none."""
CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")
WORD = re.compile(r"[^\W_]+")
LONGEST_HEADER = 500
"""Characters of a header that are read."""
LONGEST_NAME = 6
"""Words in a heading that is a name; what is longer is a sentence."""
BEFORE_PART = re.compile(r": | [-\u2013\u2014] ")
PARTS = ("name_prefix", "first_name", "middle_name", "last_name", "title")
MANY = ("offers", "needs", "interests", "client_types", "already_served", "wants", "avoid")
"""Fields that several columns may be."""
LONGEST_BROKEN = 60
BROKEN = re.compile("[?\ufffd]+")


class Heading(NamedTuple):
    """What a header says: a field or None; of the attendee, registrant, order, or none of them.

    ``rank`` is lower the better the field is meant; ``is_question`` if a word in it told.
    """

    field: str | None
    about: str = ""
    rank: int = 0
    is_question: bool = False


def words_of(text: str) -> list[str]:
    """The words of a text without case, accents and punctuation; ``#`` is a number."""
    spaced = CAMEL.sub(" ", text.replace("#", " number "))
    return WORD.findall(fold(spaced).translate(LETTERS))


@lru_cache(maxsize=4096)
def key_of(text: str) -> str:
    """The one spelling of a heading: its words without blanks between them."""
    return "".join(words_of(text))


@cache
def known_words(package: str = "app.imports") -> Mapping[str, Mapping[str, Sequence[str]]]:
    """All of the ``words.toml`` of a package; read once."""
    file = resources.files(package) / "words.toml"
    told: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return told


@cache
def keys_in(section: str, name: str) -> frozenset[str]:
    """The words of one list, by key."""
    return frozenset(spellings_of(known_words()[section][name]))


def spellings_of(names: Iterable[str]) -> list[str]:
    """The keys of names as they are, then as they are written where the keyboard lacks letters."""
    given = [*names]
    return [key_of(name) for name in given] + [key_of(name.translate(BY_HAND)) for name in given]


@cache
def _headings() -> Mapping[str, Heading]:
    """What each heading means, by key."""
    found: dict[str, Heading] = {}
    for field, names in known_words()["headings"].items():
        for k, key in enumerate(spellings_of(names)):
            found.setdefault(key, Heading(field, rank=k % len(names)))
    return found


def read_heading(header: str) -> Heading:
    """What a header says by itself: its name, a part of a name, or the words of a question."""
    header = header[:LONGEST_HEADER]
    key = key_of(header)
    return (
        _headings().get(key)
        or _of_person(key, "attendee")
        or _of_person(key, "registrant")
        or _numbered(key)
        or _part_of_name(header)
        or _mended(header)
        or _of_order(header)
        or _asked(header)
        or Heading(None)
    )


def _of_person(key: str, who: str) -> Heading | None:
    """A known heading with a word for the attendee, or the registrant, before or after it."""
    for word in sorted(keys_in("around", who), key=len, reverse=True):
        for rest in (key.removeprefix(word), key.removesuffix(word)):
            if rest != key and (found := _headings().get(rest)):
                return found._replace(about=who)
    return None


def _numbered(key: str) -> Heading | None:
    """One of several columns of a field that has many values: ``offer 2``."""
    found = _headings().get(key.rstrip("0123456789"))
    return found if found and found.field in MANY else None


def _part_of_name(header: str) -> Heading | None:
    """A part of a name after the name of the whole: ``Attendee name: Given name``."""
    whole, *part = BEFORE_PART.split(header, maxsplit=1)
    if not part:
        return None
    of, found = read_heading(whole), _headings().get(key_of(part[0]))
    if of.field != "name" or found is None or found.field not in (*PARTS, "name", "label"):
        return None
    field = "name_prefix" if found.field == "title" else found.field
    return found._replace(field=field, about=of.about)


def _mended(header: str) -> Heading | None:
    """A heading that lost letters to a wrong encoding, if only one field has such a name."""
    if len(header) > LONGEST_BROKEN or not BROKEN.search(header.rstrip("?")):
        return None
    parts = [re.escape(key_of(part)) for part in BROKEN.split(header.rstrip("?"))]
    pattern = re.compile(".{1,2}".join(parts))
    found = {told.field: told for key, told in _headings().items() if pattern.fullmatch(key)}
    return next(iter(found.values())) if len(found) == 1 else None


def _of_order(header: str) -> Heading | None:
    """A name of something about whoever ordered or paid."""
    words = words_of(header)
    stems = tuple(keys_in("around", "order"))
    if len(words) <= LONGEST_NAME and any(word.startswith(stems) for word in words):
        return Heading("ignore", about="order")
    return None


def _asked(header: str) -> Heading | None:
    """What a question is about, if its words tell one field alone; consent has to be named."""
    words = words_of(header)
    text = f" {' '.join(words)} "
    if _holds(text, "never", "words"):
        return None
    found = [field for field in known_words()["questions"] if _holds(text, "questions", field)]
    field = _of_several(found)
    if field == "welcomes_pitches" and _holds(text, "never", "consents"):
        return None
    if field == "welcomes_pitches" and is_negated(header):
        field = "refuses_pitches"
    return Heading(field, is_question=True) if field else None


FIRST = ("avoid", "welcomes_pitches", "wants")
"""Fields whose words are within those of others: they are meant."""


def _of_several(found: Sequence[str]) -> str | None:
    first = next((field for field in FIRST if field in found), None)
    return first or (found[0] if len(found) == 1 else None)


def _holds(text: str, section: str, name: str) -> bool:
    return any(f" {phrase} " in text for phrase in _phrases(section, name))


@cache
def _phrases(section: str, name: str) -> tuple[str, ...]:
    given = known_words()[section][name]
    plain = {" ".join(words_of(phrase)) for phrase in given}
    return tuple(sorted(plain | {" ".join(words_of(p.translate(BY_HAND))) for p in given}))


def is_negated(header: str) -> bool:
    """Whether a header has a word that turns it round."""
    words = words_of(header)
    text = f" {' '.join(words)} "
    return _holds(text, "negations", "anywhere") or words[0] in _phrases("negations", "first")


def is_status(header: str) -> bool:
    """Whether the words of a header have one for a state in them."""
    names = _phrases("headings", "status")
    return any(word in names for word in words_of(header))
