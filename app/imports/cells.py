"""What single cells say: yes or no, who comes, addresses, numbers, several values in one."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import islice
from typing import NamedTuple, get_args

from app.imports.aliases import key_of, keys_in, known_words, words_of
from app.imports.times import read_moments
from schemas.event import ADDRESS, Intent
from schemas.language import fold

FEW = 30
"""So many answers there are at most to tick."""
SAMPLE = 1_000
LONGEST_ADDRESS = 1_000
"""Characters of a cell that an address is looked for in."""
ADDRESS_IN = re.compile(ADDRESS.replace(r"\p{C}", r"\x00-\x1f"))
DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
NUMBER = re.compile(r"[-+]?[\d.,' ]*\d ?%?")
BULLET = re.compile(r"^\s*(?:[-\u2013\u2022\u00b7*\u25cf\u25aa\u2023\u25e6]+|\d{1,2}[.)])\s+")
INLINE_BULLET = re.compile(r"[\u2022\u25cf\u25aa\u2023\u25e6]")
COMMA = re.compile(r",(?!\d)")
DIGITS = re.compile(r"\d")
LOCALE = re.compile(r"[A-Za-z]{2}([-_][A-Za-z]{2,4})?")
PERSON = re.compile(r"[^\W\d_][\w.'\u2019-]*( [^\W\d_][\w.'\u2019-]*){1,3}")
SHORT = 60
"""Characters of an answer that was ticked rather than written."""


class ColumnContent(NamedTuple):
    """What the filled cells of a column look like: shares of them, from 0 to 1."""

    filled: int
    distinct: int
    emails: float
    flags: float
    numbers: float
    statuses: float
    titles: float
    locales: float
    people: float
    consents: float
    presences: float
    intents: float
    digits: float
    times: float


def describe_column(cells: Iterable[str]) -> ColumnContent:
    """What a column looks like, by the first ``SAMPLE`` values that differ."""
    counts = Counter(cell for cell in cells if cell)
    sample = dict(islice(counts.items(), SAMPLE))
    looks = (
        find_address, is_flag, NUMBER.fullmatch, status_of, _is_title, LOCALE.fullmatch,
        PERSON.fullmatch, _is_clear_consent, _is_clear_presence,
        _has_intents, DIGITS.search, read_moments,
    )  # fmt: skip
    shares = [_share(look, sample) for look in looks]
    return ColumnContent(counts.total(), len(counts), *shares)


def _is_clear_consent(cell: str) -> bool:
    return consent_of(cell) is not None


def _is_clear_presence(cell: str) -> bool:
    return is_present(cell) is not None


def intents_of(cell: str) -> list[Intent | None]:
    """What somebody comes for, in the order told; None for each that is not known."""
    return [_intents().get(key_of(part)) for part in split_topics(cell)]


def _has_intents(cell: str) -> bool:
    return None not in intents_of(cell)


@cache
def _intents() -> dict[str, Intent]:
    return {key: name for name in get_args(Intent) for key in keys_in("intents", name)}


def _share(look: Callable[[str], object], counts: Mapping[str, int]) -> float:
    """The share of cells that look so."""
    return sum(n for cell, n in counts.items() if look(cell)) / max(1, sum(counts.values()))


def is_yes(cell: str) -> bool:
    """Whether a cell says yes and nothing else."""
    return _says(cell, "yes")


def is_no(cell: str) -> bool:
    """Whether a cell says no and nothing else."""
    return _says(cell, "no")


def is_flag(cell: str) -> bool:
    """Whether a cell says yes or no."""
    return is_yes(cell) or is_no(cell)


def _says(cell: str, name: str) -> bool:
    return cell in _signs(name) or ((key := key_of(cell)) != "" and key in keys_in("values", name))


@cache
def _signs(name: str) -> frozenset[str]:
    """Words that are only signs, and have no key."""
    return frozenset(word for word in known_words()["values"][name] if not key_of(word))


def is_nobody(cell: str) -> bool:
    """Whether a name stands for somebody who is not known yet."""
    return not cell or cell in _signs("nobody") or key_of(cell) in keys_in("values", "nobody")


def is_total(cell: str) -> bool:
    """Whether a cell is the head of a line of sums."""
    return key_of(cell) in keys_in("values", "total")


def _is_title(cell: str) -> bool:
    return key_of(cell) in keys_in("values", "titles")


@cache
def _statuses() -> dict[str, str]:
    return {key: name for name in known_words()["status"] for key in keys_in("status", name)}


def status_of(cell: str) -> str | None:
    """``comes``, ``present``, why not, or None for what says neither."""
    found = _statuses().get(key_of(cell))
    if found is None and is_flag(cell):
        return "comes" if is_yes(cell) else "declined"
    return found


def is_present(cell: str) -> bool | None:
    """Whether somebody is there: yes, a time, or a word for it; None for what says neither."""
    status = _statuses().get(key_of(cell))
    if is_yes(cell) or status == "present" or DATE.search(cell):
        return True
    if not cell or is_no(cell) or status is not None:
        return False
    return None


def consent_of(cell: str) -> bool | None:
    """Whether a cell consents: yes, or a sentence that begins so and has no but; None: unclear."""
    words = words_of(cell)
    if not cell or is_no(cell):
        return False
    if is_yes(cell):
        return True
    if words and words[0] in keys_in("values", "no"):
        return False
    halves = (known_words()["negations"][name] for name in ("anywhere", "conditions"))
    if not words or {word for half in halves for word in half} & {*words}:
        return None
    return True if words[0] in keys_in("values", "yes") else None


def find_address(cell: str) -> str | None:
    """The one e-mail address of a cell, without what stands around it."""
    if "@" not in cell or len(cell) > LONGEST_ADDRESS:
        return None
    found = ADDRESS_IN.findall(cell.replace("mailto:", ""))
    return found[0] if len(found) == 1 and "." in found[0].rpartition("@")[2] else None


def whole_number(cell: str) -> int | None:
    """The number of a cell that is one, with ``%`` or ``.0`` after it."""
    plain = re.fullmatch(r"(\d{1,9})(?:[.,]0+)? ?%?", cell)
    return int(plain[1]) if plain else None


def split_lines(cell: str) -> list[str]:
    """Answers in lines, bullets or between semicolons; prose stays one."""
    lines = [
        BULLET.sub("", part).strip()
        for line in cell.splitlines()
        for bullet in INLINE_BULLET.split(line)
        for part in bullet.strip().split(";")
    ]
    return [line for line in lines if line]


def split_topics(cell: str) -> list[str]:
    """Short answers in lines, between semicolons, or, where there are none, between commas."""
    parts = split_lines(cell)
    return parts if len(parts) > 1 else split_commas(cell)


def split_commas(cell: str) -> list[str]:
    """What stands between commas, but for those in numbers."""
    return [part.strip() for part in COMMA.split(cell) if part.strip()]


def split_options(cell: str, options: Iterable[str]) -> list[str] | None:
    """The options that were ticked, joined by commas or semicolons; None if anything else is."""
    known = {fold(option): option for option in options}
    rest, ticked = fold(cell), []
    while rest:
        found = max((o for o in known if _begins(rest, o)), key=len, default=None)
        if found is None:
            return None
        ticked.append(known[found])
        rest = rest[len(found) :].lstrip(" ,;")
    return ticked


def _begins(rest: str, option: str) -> bool:
    return rest == option or rest.startswith((f"{option},", f"{option};"))


def are_ticked(cells: Iterable[str]) -> bool:
    """Whether parts between commas come back so often that they were ticked, not written."""
    counts = Counter[str]()
    is_list = False
    for cell, times in Counter(cell for cell in cells if cell).items():
        parts = [fold(part.strip()) for part in cell.split(", ")]
        is_list = is_list or len(parts) > 1
        counts.update(dict.fromkeys(parts, times))
        if len(counts) > FEW or any(len(part) > SHORT for part in parts):
            return False
    return is_list and sum(count == 1 for count in counts.values()) <= counts.total() / 10
