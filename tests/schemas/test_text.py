"""Texts that people read: real names and emoji pass, what hides or is no character does not."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Id, Name, Text, Topic
from schemas.text import BREAKING, HIDDEN, IN_A_ROW, PATTERN, UNSEEN, check_text

KINDS = [Name, Text, Topic]
REAL = {
    "Irish": "Órla Ní Shampla",
    "decomposed": "Zoe\u0308 d\u2019Arc",
    "Japanese": "葛\U000e0100城 さくら",
    "Thai, with a space nobody sees": "สม\u200bชาย",
    "Persian, with a joiner": "می\u200cخواهم",  # noqa: RUF001
    "Arabic, with a mark of direction within": "C++\u200e فاطمة",
    "Hebrew": "שָׂרָה",
    "Burmese": "စမ်းသပ်",
    "Mongolian, with a selector": "ᠮᠣᠩᠭᠣᠯ\u180b",
    "Hindi, with joiners": "क्\u200dष क्\u200cष",
    "Vietnamese": "Nguyễn Thị Thử",
    "Old Korean, with fillers": "\u115f\u1161\u11a8 \u1112\u1160",
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a heart on fire": "❤\ufe0f\u200d🔥",
    "a flag of two letters": "🇮🇪",
    "flags of regions": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f and 🏴",
    "a soft hyphen": "book\u00adkeeping",
    "of another plane": "𠮷野家",
    "of nobody's plane": "\ue000\U000f0000",
    "not yet assigned": "\u0378",
}


def verdict(kind: Any, value: str) -> str:
    """What is wrong with a text, by its code; nothing if it is taken."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as refused:
        return refused.errors()[0]["type"]
    return ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", REAL.values(), ids=REAL.keys())
def test_what_people_are_called_and_write_is_taken(kind: Any, value: str) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


NONCHARACTERS = [
    *range(0xFDD0, 0xFDF0),
    *(p * 2**16 + k for p in range(17) for k in (0xFFFE, 0xFFFF)),
]
TAGS = [0xE0000, 0xE0001, 0xE0020, 0xE0041, 0xE007F]
USELESS = [0x2060, 0x2064, 0x206A, 0x206F, 0xFEFF, 0xFFF9, 0xFFFB, 0x1BCA0, 0x1D173, 0xE0200]


@pytest.mark.parametrize("point", NONCHARACTERS + TAGS + USELESS, ids=hex)
def test_what_is_no_character_or_hides_is_refused(point: int) -> None:
    for kind in KINDS:
        for value in (f"Ada{chr(point)}", f"{chr(point)}Ada", f"Z\u00e9{chr(point)}"):
            assert verdict(kind, value) == "invisible_character"
    assert verdict(Id, f"a{chr(point)}") == "string_pattern_mismatch"


@pytest.mark.parametrize("point", [0, 8, 0x0E, 0x1B, 0x7F, 0x84, 0x9F, 0x202D, 0x202E])
def test_what_breaks_a_screen_or_turns_it_round_is_refused(point: int) -> None:
    assert {verdict(kind, f"a{chr(point)}b") for kind in KINDS} == {"control_character"}


@pytest.mark.parametrize(
    "value",
    [
        "🏴\U000e0067\U000e0062",
        "🏴\U000e007f",
        "🏴\U000e0067\U000e0062\U000e0041\U000e007f",
        "🏴" + "\U000e0061" * 7 + "\U000e007f",
        "A\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_a_flag_hides_no_text(value: str) -> None:
    assert verdict(Name, value) == "invisible_character"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("web design\nand hosting", "web design and hosting"),
        ("one \r\n\r\n two\tthree\u2028four\x85", "one two three four"),
        ("\u2068علي\u2069", "علي"),
        ("\u2068علي\u2069 \u2068حسن\u2069", "علي حسن"),
        ("\u200f فاطمة \u200e", "فاطمة"),
        ("\u202bשרה\u202c", "שרה"),
        ("\ufeffAda", None),
    ],
)
def test_what_forms_and_spreadsheets_add_is_taken_off(sent: str, kept: str | None) -> None:
    for kind in KINDS:
        if kept is None:
            assert verdict(kind, sent) == "invisible_character"
        else:
            assert TypeAdapter(kind).validate_python(sent) == kept


def test_an_empty_name_is_none_and_an_empty_text_is_refused() -> None:
    for blank in ("", " ", "\n", "\t\r\n"):
        assert TypeAdapter(Name).validate_python(blank) == ""
        assert verdict(Text, blank) == verdict(Topic, blank) == "string_too_short"


@pytest.mark.parametrize(
    "value", ["\u200b", "\u2068\u2069", "\u3164", "\u2800\u2800", "\ufe0f", "\u00a0\u200d"]
)
def test_a_text_shows_something(value: str) -> None:
    assert verdict(Name, value) == "blank"
    assert verdict(Text, value) in ("blank", "string_too_short")
    assert verdict(Name, value + "A") == ""


@pytest.mark.parametrize("character", ["\ufe0f", "\U000e0120", "\u200b", "\u200d"])
def test_unseen_characters_come_in_no_rows(character: str) -> None:
    assert verdict(Text, f"A{character * (IN_A_ROW - 1)}") == ""
    assert verdict(Text, f"A{character * IN_A_ROW}") == "invisible_character"


def test_a_refusal_counts_characters_and_repeats_none() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Name).validate_python("Zo\u00eb Quell\U000e0041")
    (error,) = refused.value.errors()
    assert "from character 10 on" in error["msg"]
    assert "Quell" not in error["msg"]


CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from([chr(point) for point in [*NONCHARACTERS, *TAGS, *USELESS, 0x200D, 0x1F3F4]]),
)


@given(st.text(CHARACTERS, max_size=12))
def test_json_schema_tells_the_same_rule(value: str) -> None:
    try:
        check_text(value)
    except ValueError:
        assert not re.search(PATTERN, value)
    else:
        assert re.search(PATTERN, value)


def test_no_character_is_of_two_kinds() -> None:
    kinds = [re.compile(f"[{kind}]") for kind in (BREAKING, HIDDEN, UNSEEN)]
    for point in range(0x110000):
        assert sum(bool(kind.match(chr(point))) for kind in kinds) <= 1
