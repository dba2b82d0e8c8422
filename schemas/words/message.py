"""Messages: texts of ours in English that remember what they are made of.

To everybody they are strings. ``schemas.words.catalogue.say`` says them in the reader's language,
so that sentences are put together once, whoever reads them.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TypeAlias

from schemas.language import language_name

Place: TypeAlias = str | int
"""What stands in a place of a message: a message is translated too, all else stays as it is."""


class Message(str):
    """A text in English; ``id`` is what the catalogue calls it, ``places`` what stands in it.

    One that counts has ``many``, what it is called for all numbers but one.
    """

    __slots__ = ("id", "many", "places")

    id: str
    many: str | None
    places: Mapping[str, Place]


class LanguageName(str):
    """The English name of the language with this ``code``."""

    __slots__ = ("code",)

    code: str


def message(id: str, /, **places: Place) -> Message:  # noqa: A002
    """A sentence of ours, or a part of one; names, numbers and quotes stand in its ``{places}``.

    ``id`` must be written out where this is called, or else nobody would find it to translate.
    More places may be given than it names: other languages may want them.
    """
    made = Message(id.format_map(places) if places else id)
    made.id, made.many, made.places = id, None, places
    return made


def counted(one: str, many: str, /, count: int, **places: Place) -> Message:
    """The same where a number decides how it is said; it stands in ``{count}``."""
    places["count"] = count
    made = Message(fill(one if count == 1 else many, places))
    made.id, made.many, made.places = one, many, places
    return made


def language_called(code: str) -> LanguageName:
    """The name of a language, to stand in a message."""
    name = LanguageName(language_name(code))
    name.code = code
    return name


def list_in_words(words: Iterable[str]) -> str:
    """One after the other, with an "and" before the last."""
    *others, last = words
    return message("{first} and {last}", first=one_by_one(others), last=last) if others else last


def one_by_one(words: Iterable[str]) -> str:
    """One after the other; there must be some."""
    return reduce(
        lambda first, second: message("{first}, {second}", first=first, second=second), words
    )


def side_by_side(lines: Iterable[str]) -> str:
    """Each of the lines once, as one; there must be some."""
    return reduce(
        lambda first, second: message("{first}; {second}", first=first, second=second),
        dict.fromkeys(lines),
    )


def fill(template: str, places: Mapping[str, Place]) -> str:
    """The template with what stands in its places; without any it is the text itself."""
    return template.format_map(places) if places else template
