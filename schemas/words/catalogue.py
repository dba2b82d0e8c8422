"""The catalogue: every message of ours in every language but English, which the messages are in.

A language is a folder of ``locale`` with a gettext file; it is read when somebody first reads that
language, and nothing is read for English. ``docs/words.md`` says how to add one.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from schemas.words.message import LanguageName, Message, fill

ENGLISH = "en"
LOCALES = Path(__file__).parent / "locale"
DOMAIN = "tertius"


Say: TypeAlias = Callable[[str], str]
"""How one reader is told something."""


@cache
def held_languages() -> frozenset[str]:
    """The codes of all languages in which something can be said."""
    return frozenset((ENGLISH, *(path.parts[-3] for path in LOCALES.glob(f"*/*/{DOMAIN}.po"))))


def file_of(language: str) -> Path:
    """The file of a language; it need not be there."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def first_held(languages: Iterable[str]) -> str:
    """The first of these languages that the catalogue holds; English if it holds none."""
    return next((code for code in languages if code in held_languages()), ENGLISH)


def say(text: str, language: str) -> str:
    """A message in a language that the catalogue holds; all other texts stay as they are."""
    if language == ENGLISH:
        return str(text)
    if isinstance(text, LanguageName):
        return _language_names(language).get(text.code, str(text))
    if not isinstance(text, Message):
        return text
    said = {
        name: say(value, language) if isinstance(value, str) else value
        for name, value in text.places.items()
    }
    return fill(_template(text, translations(language)), said)


@cache
def in_all_languages(text: Message) -> frozenset[str]:
    """What may be written where the message was said to somebody."""
    return frozenset(say(text, language) for language in held_languages())


def teller(language: str) -> Say:
    """How readers of a language are told things."""
    return str if language == ENGLISH else lambda text: say(text, language)


@cache
def translations(language: str) -> GNUTranslations:
    """What the catalogue holds in a language other than English."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with file_of(language).open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _template(text: Message, found: GNUTranslations) -> str:
    if text.many is None:
        return found.gettext(text.id)
    return found.ngettext(text.id, text.many, int(text.places["count"]))


@cache
def _language_names(language: str) -> Mapping[str, str]:
    """What a language calls the others."""
    from babel import Locale

    return Locale.parse(language).languages
