"""Languages that are made up, to see what a reader of another language reads."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages import Catalog

from bench.words import find_messages, write_catalogue
from schemas.words import catalogue

CACHES = (
    catalogue.held_languages, catalogue.translations, catalogue.in_all_languages
)  # fmt: skip
OPENS, CLOSES = "\u27e6", "\u27e7"
PLACE, OUTSIDE = re.compile("({[a-z_]+})"), f"{CLOSES}\\1{OPENS}"
BEYOND = re.compile(rf"{OPENS}[^{OPENS}{CLOSES}]*{CLOSES}")


@contextmanager
def made_up_language(code: str, folder: Path, translated: Callable[[str], str]) -> Iterator[None]:
    """A catalogue with a file of this language and no other."""
    (folder / code / "LC_MESSAGES").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "LOCALES", folder)
        write_catalogue(catalogue.file_of(code), _made_up(code, translated))
        forget_catalogue()
        yield
    forget_catalogue()


def _made_up(code: str, translated: Callable[[str], str]) -> Catalog:
    written = Catalog(locale=code, charset="utf-8")
    for source in find_messages():
        said = tuple(map(translated, source.ids))
        plural = len(said) > 1
        written.add(source.ids if plural else source.ids[0], said if plural else said[0])
    return written


def forget_catalogue() -> None:
    for cached in CACHES:
        cached.cache_clear()


def marked(template: str) -> str:
    """The template between marks, its places outside of them."""
    return f"{OPENS}{PLACE.sub(OUTSIDE, template)}{CLOSES}"


def beside_marks(text: str) -> str:
    """What of a text was never translated: names, numbers and quotes, or else words of ours."""
    return BEYOND.sub("", text)
