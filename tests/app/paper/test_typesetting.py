"""Names in twelve scripts on badges: shaped as HarfBuzz shapes them, none missing, all in place."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

import pytest
import uharfbuzz

from app.paper.cards import Card, CardLine
from app.paper.fonts import FOLDER, REPLACEMENT, missing_in
from app.paper.people import PaperPerson
from app.paper.typesetting import typeset
from tests.app.paper.invented_names import LONG, PARTS, invented_names
from tests.app.paper.pdf_glyphs import PrintedGlyph, pages_of, whole_font

POINT = 25.4 / 72
WIDE, HIGH, LEFT, TOP = 85 / POINT, 54 / POINT, 20 / POINT, 283.5 / POINT
"""Of badges on a sheet, in points."""
BESIDE, ABOVE = 4.5 / POINT, 3.5 / POINT
"""The margins of a badge."""
CLOSE = 0.003
"""Of the size of type: how far a glyph may be from where HarfBuzz puts it, by rounding."""
OVERHANG = 1
"""Points by which a letter may be wider than what it is reckoned with; margins are 13 wide."""
RIGHT_TO_LEFT = ("arabic", "hebrew")
FONTS = {
    "arabic": "NotoSansArabic-Bold",
    "hebrew": "NotoSansHebrew-Bold",
    "bengali": "NotoSansBengali-Bold",
    "tamil": "NotoSansTamil-Bold",
    "thai": "NotoSansThai-Bold",
    "han": "NotoSansSC-Medium",
    "kana": "NotoSansJP-Medium",
    "hangul": "NotoSansKR-Medium",
}
"""What each script is set in; all others in Noto Sans."""


class Shaped(NamedTuple):
    """A glyph of HarfBuzz, with its place in a word in parts of the size of type."""

    glyph: int
    x: float
    y: float


LABELS = {"missing": "", "en": {"time": "", "table": "", "partner": ""}}
COMMON = {"language": "en", "labels": LABELS, "missing": [], "codes": {}}


def badges(*names: str) -> bytes:
    """Badges with nothing but names."""
    cards = [Card(f"p{k}", "en", "", PaperPerson(name, "", ""), ()) for k, name in enumerate(names)]
    return typeset("badges", COMMON | {"cards": cards})


@cache
def printed_names(script: str) -> Sequence[Sequence[PrintedGlyph]]:
    """The glyphs of each badge of a script, in the order of its names."""
    pages = pages_of(badges(*invented_names(script)))
    return [badge for page in pages for badge in by_badge(page)]


def by_badge(page: Sequence[PrintedGlyph]) -> Sequence[Sequence[PrintedGlyph]]:
    """The glyphs on each badge of a sheet, left to right and down."""
    found: dict[tuple[int, int], list[PrintedGlyph]] = {}
    for glyph in page:
        place = int((TOP - glyph.y) // HIGH), int((glyph.x - LEFT) // WIDE)
        found.setdefault(place, []).append(glyph)
    return [found[place] for place in sorted(found)]


def lines_of(badge: Sequence[PrintedGlyph]) -> Iterator[list[PrintedGlyph]]:
    """The lines of a badge, without blanks at their ends."""
    line: list[PrintedGlyph] = []
    for glyph in badge:
        if line and line[0].y - glyph.y > 0.7 * glyph.size:
            yield line
            line = []
        line.append(glyph)
    yield line


def words_of(line: Sequence[PrintedGlyph], *, leftward: bool) -> Sequence[Sequence[PrintedGlyph]]:
    """The words of a line, in the order in which they are read."""
    words: list[list[PrintedGlyph]] = [[]]
    for glyph in line:
        if glyph.font.bounds(glyph.index) is None:
            words.append([])
        else:
            words[-1].append(glyph)
    found = [word for word in words if word]
    return found[::-1] if leftward else found


@cache
def font_of(name: str) -> uharfbuzz.Font:
    return uharfbuzz.Font(
        uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FOLDER / f"{name}.ttf")))
    )


def shaped(word: str, font: str, *, leftward: bool) -> Sequence[Shaped]:
    """A word by HarfBuzz itself, from left to right."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.direction = "rtl" if leftward else "ltr"
    buffer.guess_segment_properties()
    uharfbuzz.shape(font_of(font), buffer)
    units = font_of(font).face.upem
    glyphs, x = [], 0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(Shaped(info.codepoint, (x + place.x_offset) / units, place.y_offset / units))
        x += place.x_advance
    return glyphs


@pytest.mark.parametrize("script", PARTS)
def test_every_name_has_its_badge_and_every_character_a_glyph(script: str) -> None:
    badges_of = printed_names(script)
    assert len(badges_of) == len(invented_names(script)) == 100
    for badge in badges_of:
        assert all(glyph.index > 0 for glyph in badge)


ODD = (
    "ខ្មែរ", "မြန်မာ", "ქართული", "አማርኛ", "ක්‍රිෂ්ණ", "ଓଡ଼ିଆ", "ക്ഷേമ", "ಶ್ರೀ", "తెలుగు", "ગુજરાતી",
    "ਸਿੰਘ", "ລາວ", "ދިވެހި", "Հայ", "e\u0301\u0323\u0331", "a\u20dd", "b\u0489", "א\u0301",
    "ﷺ", "葛\U000e0100城", "𠮷田",
    "❤\ufe0f", "👩🏽‍💻", "½ № ㊙ →",
)  # fmt: skip
"""Other scripts, marks on letters of other fonts, and what else people have in their names."""


def test_letters_of_other_scripts_and_marks_across_fonts_have_glyphs() -> None:
    assert [name for name in ODD if missing_in(name)] == []
    badges_of = [badge for page in pages_of(badges(*ODD)) for badge in by_badge(page)]
    assert len(badges_of) == len(ODD)
    assert all(glyph.index > 0 for badge in badges_of for glyph in badge)


@pytest.mark.parametrize("script", PARTS)
def test_names_are_shaped_as_harfbuzz_shapes_them(script: str) -> None:
    font, leftward = FONTS.get(script, "NotoSans-Bold"), script in RIGHT_TO_LEFT
    for name, badge in zip(invented_names(script), printed_names(script), strict=True):
        lines = [words_of(line, leftward=leftward) for line in lines_of(badge)]
        printed = [glyph for words in lines for word in words for glyph in word]
        expected = [shaped(word, font, leftward=leftward) for word in name.split()]
        wanted = [g for word in expected for g in word if whole_font(font).outline(g.glyph)]
        assert len(printed) == len(wanted), name
        for glyph, own in zip(printed, wanted, strict=True):
            assert glyph.font.name == font
            assert glyph.font.outline(glyph.index) == whole_font(font).outline(own.glyph), name
        check_places(lines, expected)


def check_places(
    lines: Sequence[Sequence[Sequence[PrintedGlyph]]], expected: Sequence[Sequence[Shaped]]
) -> None:
    """Within a word that stands on one line each glyph is where HarfBuzz puts it."""
    words = [word for line in lines for word in line]
    if len(words) != len(expected):  # broken where there is no blank
        return
    for word, own in zip(words, expected, strict=True):
        for (glyph, after), (first, second) in zip(pairwise(word), pairwise(own), strict=True):
            assert (after.x - glyph.x) / glyph.size == pytest.approx(second.x - first.x, abs=CLOSE)
            assert (after.y - glyph.y) / glyph.size == pytest.approx(second.y - first.y, abs=CLOSE)


@pytest.mark.parametrize("script", PARTS)
def test_nothing_stands_outside_its_badge(script: str) -> None:
    for k, badge in enumerate(printed_names(script)):
        row, column = divmod(k % 10, 2)
        left, top = LEFT + column * WIDE + BESIDE, TOP - row * HIGH - ABOVE
        right, bottom = left + WIDE - 2 * BESIDE, top - HIGH + 2 * ABOVE
        for glyph in badge:
            ink = glyph.ink
            if ink is not None:
                assert left - OVERHANG <= ink.left <= ink.right <= right + OVERHANG
                assert bottom <= ink.bottom <= ink.top <= top


@pytest.mark.parametrize(
    ("template", "wide", "high", "left", "top"),
    [("badges", WIDE, HIGH, LEFT, TOP), ("cards", 105 / POINT, 148.5 / POINT, 0, 297 / POINT)],
)
def test_lines_of_partners_stay_on_their_card(
    template: str, wide: float, high: float, left: float, top: float
) -> None:
    margin = 3 / POINT
    people = [
        PaperPerson(name, name, "") for script in PARTS for name in invented_names(script)[2:5]
    ]
    lines = [CardLine(r, "09:00", 100 + r, partner, "") for r, partner in enumerate(people)]
    cards = [Card(f"p{k}", "en", "Twelve scripts", people[k], lines[k : k + 12]) for k in range(24)]
    for page in pages_of(typeset(template, COMMON | {"cards": cards})):
        for glyph in page:
            row, column = int((top - glyph.y) // high), int((glyph.x - left) // wide)
            ink = glyph.ink
            if ink is not None:
                assert ink.left >= left + column * wide + margin
                assert ink.right <= left + (column + 1) * wide - margin
                assert ink.top <= top - row * high - margin
                assert ink.bottom >= top - (row + 1) * high + margin


def test_a_name_of_two_scripts_goes_in_the_direction_of_its_first_letter() -> None:
    def left_to_right(name: str) -> list[tuple[str, int]]:
        """The fonts of what stands side by side, and how many letters are in each."""
        badge = by_badge(next(pages_of(badges(name))))[0]
        letters = sorted((glyph for glyph in badge if glyph.ink), key=lambda glyph: glyph.x)
        groups = groupby(letters, key=lambda glyph: glyph.font.name)
        return [(font, len([*group])) for font, group in groups]

    hebrew, latin = FONTS["hebrew"], "NotoSans-Bold"
    assert left_to_right("נו Zoë רותם") == [(hebrew, 4), (latin, 3), (hebrew, 2)]
    assert left_to_right("Zoë נו") == [(latin, 3), (hebrew, 2)]
    assert left_to_right("נו Zoë") == [(latin, 3), (hebrew, 2)]


def test_a_long_name_is_smaller_and_then_on_several_lines() -> None:
    short, middle, long = "Zoë Kaart", "Zoë Annemarie van Kaartenhuis", "Zoë Kaart " * 6
    sizes, lines = [], []
    for badge in by_badge(next(pages_of(badges(short, middle, long.strip())))):
        sizes.append(badge[0].size)
        lines.append(len([*lines_of(badge)]))
    assert sizes[0] > sizes[1]
    assert lines == [1, 1, 2]
    assert sizes[2] > 76 / POINT / (LONG * 0.6)  # larger than on one line


def test_a_name_without_a_blank_is_broken_rather_than_cut() -> None:
    badge = by_badge(next(pages_of(badges("n" * 200))))[0]
    assert len([glyph for glyph in badge if glyph.ink]) == 200
    assert badge[0].size > 5


def test_texts_are_never_read_as_markup() -> None:
    badge = by_badge(next(pages_of(badges("*A* #panic() $x$ [b] \\ <c> @d"))))[0]
    wanted = shaped("#panic()", "NotoSans-Bold", leftward=False)
    outlines = [glyph.font.outline(glyph.index) for glyph in badge]
    assert all(whole_font("NotoSans-Bold").outline(own.glyph) in outlines for own in wanted)


def test_what_no_font_has_is_replaced() -> None:
    badge = by_badge(next(pages_of(badges("Zo\ue000"))))[0]
    (own,) = shaped(REPLACEMENT, "NotoSans-Bold", leftward=False)
    last = badge[-1]
    assert last.font.outline(last.index) == whole_font("NotoSans-Bold").outline(own.glyph)


def test_equal_data_gives_equal_bytes() -> None:
    assert badges("Zoë", "李小龍") == badges("Zoë", "李小龍")
