"""`python -m bench.languages` makes the table of languages that ships, from Unicode CLDR.

Babel has the data: what languages are called in many languages, and which codes are the same.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from schemas.language import fold

PATH = Path(__file__).parents[1] / "schemas" / "data" / "languages.json"

NAMED_IN = (
    "en de fr es it pt nl pl cs sk sl hr bs sr sr_Latn hu ro bg el tr uk ru sv da no fi et lv lt "
    "is ga mt ca eu gl sq mk be ka hy az kk ar fa he hi bn ur ta zh zh_Hant ja ko vi th id ms sw"
)
"""Languages whose names of all others are known; every language is also known by its own."""

NO_LANGUAGE = {"und", "mul", "zxx", "root"}
"""Codes that stand for none, or for several."""
OTHERWISE_MEANT = {"all", "any", "asl", "bsl", "dgs", "nil", "tbd", "yes"}
"""Codes of small languages that people write who mean something else."""
AS_SPOKEN = {"nb": "no", "nn": "no"}
"""Two ways to write one language."""

ALSO_CALLED = {
    "ase": ["ASL"],
    "bfi": ["BSL"],
    "bn": ["Bengali"],
    "ca": ["Valencian", "Valencià"],
    "de": ["High German", "Hochdeutsch"],
    "es": ["Castilian", "Castellano", "Kastilisch"],
    "fa": ["Farsi", "Dari"],
    "gsg": ["DGS", "Deutsche Gebärdensprache"],
    "gsw": ["Schwyzerdütsch"],
    "ky": ["Kirghiz"],
    "nl": ["Flemish", "Vlaams"],
    "no": ["Bokmål", "Nynorsk"],
    "or": ["Oriya"],
    "pa": ["Panjabi"],
    "ro": ["Moldovan"],
    "si": ["Sinhalese"],
    "sl": ["Slovene"],
    "ug": ["Uighur"],
    "zh": ["Mandarin", "Mandarin Chinese", "Putonghua", "普通话", "國語", "国语"],
}
"""Names that CLDR has no place for."""

SIGNED = {
    "asf": "Australian Sign Language",
    "asq": "Austrian Sign Language",
    "bfi": "British Sign Language",
    "bzs": "Brazilian Sign Language",
    "csc": "Catalan Sign Language",
    "cse": "Czech Sign Language",
    "csl": "Chinese Sign Language",
    "dse": "Dutch Sign Language",
    "dsl": "Danish Sign Language",
    "fse": "Finnish Sign Language",
    "fsl": "French Sign Language",
    "gsg": "German Sign Language",
    "gss": "Greek Sign Language",
    "hsh": "Hungarian Sign Language",
    "ils": "International Sign",
    "ins": "Indian Sign Language",
    "ise": "Italian Sign Language",
    "isg": "Irish Sign Language",
    "jsl": "Japanese Sign Language",
    "kvk": "Korean Sign Language",
    "mfs": "Mexican Sign Language",
    "nsl": "Norwegian Sign Language",
    "nzs": "New Zealand Sign Language",
    "psr": "Portuguese Sign Language",
    "pso": "Polish Sign Language",
    "rsl": "Russian Sign Language",
    "sfb": "French Belgian Sign Language",
    "sgg": "Swiss-German Sign Language",
    "ssp": "Spanish Sign Language",
    "svk": "Slovak Sign Language",
    "swl": "Swedish Sign Language",
    "tsm": "Turkish Sign Language",
    "vgt": "Flemish Sign Language",
}
"""Sign languages of ISO 639-3; CLDR names but the American one."""


def make_table() -> dict[str, Any]:
    """All that ``schemas.language`` knows.

    ``codes`` stand for themselves, ``same`` for others; ``called`` has a language's folded names,
    its own first, and ``beside`` what may follow a code in a tag.
    """
    same = _same_codes()
    english = Locale("en").languages
    codes = {*_written_somewhere(), *map(_bare, english), *same.values(), *SIGNED}
    codes -= NO_LANGUAGE | OTHERWISE_MEANT | same.keys()
    names = {code: english[code] for code in sorted(codes & english.keys())} | SIGNED
    return {
        "codes": " ".join(sorted(codes)),
        "same": same,
        "english": dict(sorted(names.items())),
        "called": _called(codes, same),
        "beside": " ".join(
            sorted(map(str.lower, {*Locale("en").scripts, *Locale("en").territories}))
        ),
    }


def _bare(tag: str) -> str:
    """A tag without script and region."""
    return tag.partition("_")[0]


def _written_somewhere() -> Iterator[str]:
    """Every language of which CLDR knows how it is written."""
    return map(_bare, get_global("likely_subtags"))


def _same_codes() -> dict[str, str]:
    """Codes that stand for the same as a shorter or a newer one."""
    aliases = get_global("language_aliases")
    newer = {old: _bare(new) for old, new in aliases.items() if old.isalpha()} | AS_SPOKEN
    return {old: _last(old, newer) for old in sorted(newer)}


def _last(code: str, newer: dict[str, str]) -> str:
    """The code that no other has replaced."""
    while code in newer:
        code = newer[code]
    return code


def _called(codes: set[str], same: dict[str, str]) -> dict[str, str]:
    """What each language is called, but for what is a code or looks like one.

    A name that is claimed twice is of the first who did.
    """
    owners: dict[str, str] = {}
    taken = codes | same.keys()
    for tag, name in _claims(codes):
        code, folded = same.get(_bare(tag), _bare(tag)), fold(name)
        like_code = len(folded) < 3 and folded.isascii()
        if code in codes and not like_code and folded not in taken:
            owners.setdefault(folded, code)
    called: dict[str, list[str]] = {}
    for name, code in owners.items():
        called.setdefault(code, []).append(name)
    return {code: "|".join(called[code]) for code in sorted(called)}


def _claims(codes: set[str]) -> Iterator[tuple[str, str]]:
    """Tags with a name each: by themselves, by hand, and then by one language after the other."""
    for code in sorted(codes | AS_SPOKEN.keys()):
        if own := _names_in(code).get(code):
            yield code, own
    for code, names in ALSO_CALLED.items():
        yield from ((code, name) for name in names)
    yield from SIGNED.items()
    for language in NAMED_IN.split():
        yield from _names_in(language).items()


def _names_in(language: str) -> dict[str, str]:
    """What languages are called in one of them."""
    try:
        return dict(Locale.parse(language).languages)
    except UnknownLocaleError:
        return {}


def main() -> None:
    """Write the table."""
    told = json.dumps(make_table(), ensure_ascii=False, indent=0)
    PATH.write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
