"""Languages: codes of ISO 639 from what people and tools write, and names from codes.

``German``, ``Deutsch``, ``deu``, ``de-AT`` and ``de`` are one. What is known stands in
``data/languages.json``, which ``python -m bench.languages`` makes from Unicode CLDR.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError, from_json

from schemas.base import SentParts, Topic
from schemas.text import Described

ACCENTS = re.compile("[\u0300-\u036f]")
TAG = re.compile(r"([a-z]{2,3})((?:[-_][a-z0-9]+)+)")
VARIANT = re.compile("[a-z0-9]{5,8}|[0-9][a-z0-9]{3}")
IN_BRACKETS = re.compile(r"([^()]+?) ?\(([^()]+)\)")
SHORTEST = 4
"""Letters of a name that may be misspelt; with fewer, everything is near to something."""
WORD = re.compile(rf"\w{{{SHORTEST},}}")


class LanguageTable(NamedTuple):
    """What is known: the code of a code that is the same, and that of a folded name.

    ``beside`` a code in a tag stand scripts and regions; ``nearly`` has codes by common names,
    whole and short of a letter; ``english`` has names by code.
    """

    codes: Mapping[str, str]
    names: Mapping[str, str]
    beside: Collection[str]
    nearly: Mapping[str, str]
    english: Mapping[str, str]


def fold(text: str) -> str:
    """The one spelling of all that differ in case, accents, width and blanks alone."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", " ".join(ACCENTS.sub("", plain).split()))


@cache
def known_languages() -> LanguageTable:
    """What ships; read once."""
    told = from_json((resources.files("schemas") / "data" / "languages.json").read_bytes())
    called = {code: names.split("|") for code, names in told["called"].items()}
    common = [(fold(name), code) for code, name in told["english"].items()]
    common += [(names[0], code) for code, names in called.items()]
    return LanguageTable(
        codes={code: code for code in told["codes"].split()} | told["same"],
        names={name: code for code, names in called.items() for name in names},
        beside=frozenset(told["beside"].split()),
        nearly={short: code for name, code in reversed(common) for short in _short_of_one(name)},
        english=told["english"],
    )


def _short_of_one(name: str) -> Iterator[str]:
    """The name, and it without each letter: two that are an edit apart share one of these."""
    yield name
    yield from (name[:k] + name[k + 1 :] for k in range(len(name)))


def find_language(text: str) -> str | None:
    """The code of the language that a code, a tag with a region or a name stands for."""
    known = known_languages()
    if text in known.codes:
        return known.codes[text]
    given = fold(text)
    return (
        known.codes.get(given)
        or known.names.get(given)
        or _of_tag(given)
        or _but_for_brackets(given)
    )


def _of_tag(given: str) -> str | None:
    """The language of a tag like ``de-AT``, if the rest is a script, a region or a variant."""
    found = TAG.fullmatch(given)
    if found is None:
        return None
    beside = re.split("[-_]", found[2])[1:]
    if all(part in known_languages().beside or VARIANT.fullmatch(part) for part in beside):
        return known_languages().codes.get(found[1])
    return None


def _but_for_brackets(given: str) -> str | None:
    """The language of a name like ``German (Austria)``, if the brackets name no other."""
    found = IN_BRACKETS.fullmatch(given)
    if found is None:
        return None
    names = known_languages().names
    code = names.get(found[1])
    return code if names.get(found[2], code) == code else None


def language_name(code: str) -> str:
    """The English name of a language; the code itself where there is none."""
    return known_languages().english.get(code, code)


def _meant(text: str) -> str | None:
    """The code of the language that a text nearly names, or that one of its words does."""
    given = fold(text)
    nearly = known_languages().nearly
    names = dict.fromkeys((given, *WORD.findall(given))) if len(given) >= SHORTEST else ()
    tries = (short for name in names for short in _short_of_one(name))
    return next((nearly[short] for short in tries if short in nearly), None)


def _known_language(text: str, info: ValidationInfo) -> str:
    code = find_language(text)
    if code is not None:
        return code
    if not (isinstance(info.context, SentParts) and info.context.languages):
        return text
    meant = _meant(text)
    told = (
        f"did you mean {language_name(meant)}, {meant}?" if meant else "a code looks like de or en"
    )
    raise PydanticCustomError("language", "not a language of ISO 639: {told}", {"told": told})


Language = Annotated[
    Topic,
    AfterValidator(_known_language),
    Described(
        {
            "description": "A code of ISO 639. A name, or a tag with a region, becomes one.",
            "examples": ["de", "German", "de-AT"],
        }
    ),
]
"""A code of ISO 639, as short as there is one; names and regions become it."""
