"""What is really printed in a PDF: every glyph with its font, its shape and its place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from app.paper.fonts import FOLDER

Matrix = tuple[float, float, float, float, float, float]
Outline = tuple[Any, ...]
PER_EM = 1000.0


@dataclass(frozen=True)
class Ink:
    """The corners of what is black of a glyph, in points from the lower left of the page."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class PrintedGlyph:
    """A glyph on a page: ``index`` is its number in the subset of the font that the PDF holds."""

    font: "EmbeddedFont"
    index: int
    matrix: Matrix
    size: float

    @property
    def x(self) -> float:
        return self.matrix[4]

    @property
    def y(self) -> float:
        return self.matrix[5]

    @property
    def ink(self) -> Ink | None:
        """None for blanks."""
        bounds = self.font.bounds(self.index)
        if bounds is None:
            return None
        scale = self.size / self.font.units
        a, b, c, d, e, f = self.matrix
        corners = [
            (a * x * scale + c * y * scale + e, b * x * scale + d * y * scale + f)
            for x in bounds[::2]
            for y in bounds[1::2]
        ]
        xs, ys = zip(*corners, strict=True)
        return Ink(min(xs), min(ys), max(xs), max(ys))


class EmbeddedFont:
    """The subset of one of our fonts that a PDF holds."""

    def __init__(self, font: Any) -> None:
        descendant = font["/DescendantFonts"][0].get_object()
        self.name: str = font["/BaseFont"].split("+")[1]
        data = descendant["/FontDescriptor"]["/FontFile2"].get_data()
        self._font = TTFont(BytesIO(data))
        self._glyphs = self._font.getGlyphSet()
        self.units: int = self._font["head"].unitsPerEm
        self._widths = dict(_widths(descendant["/W"]))

    def advance(self, index: int) -> float:
        """In thousandths of the size."""
        return self._widths.get(index, 0.0)

    @cache  # noqa: B019 - as long as the font
    def outline(self, index: int) -> Outline:
        return outline_of(self._glyphs, self._font.getGlyphName(index))

    @cache  # noqa: B019
    def bounds(self, index: int) -> tuple[float, float, float, float] | None:
        pen = BoundsPen(self._glyphs)
        self._glyphs[self._font.getGlyphName(index)].draw(pen)
        bounds: tuple[float, float, float, float] | None = pen.bounds
        return bounds

    @cached_property
    def whole(self) -> "WholeFont":
        """The font it was made of."""
        return whole_font(self.name)


class WholeFont:
    """One of our fonts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._font = TTFont(path)
        self._glyphs = self._font.getGlyphSet()
        self.units: int = self._font["head"].unitsPerEm

    @cache  # noqa: B019
    def outline(self, index: int) -> Outline:
        return outline_of(self._glyphs, self._font.getGlyphName(index))


@cache
def whole_font(name: str) -> WholeFont:
    return WholeFont(FOLDER / f"{name}.ttf")


def outline_of(glyphs: Any, name: str) -> Outline:
    """What is drawn, whatever it is put together of."""
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return tuple((command, tuple(points)) for command, points in pen.value)


def pages_of(content: bytes) -> Iterator[list[PrintedGlyph]]:
    """The glyphs of each page, in the order in which they are drawn."""
    fonts: dict[int, EmbeddedFont] = {}
    reader: Any = pypdf.PdfReader(BytesIO(content))
    for page in reader.pages:
        known = {}
        named = page["/Resources"].get("/Font", {})
        for name, reference in named.items():
            key = named.raw_get(name).idnum
            if key not in fonts:
                fonts[key] = EmbeddedFont(reference.get_object())
            known[name] = fonts[key]
        yield _glyphs(pypdf.generic.ContentStream(page.get_contents(), reader), known)


class _Page:
    """The state that the operators of a page change, and the glyphs that come of it."""

    def __init__(self, fonts: dict[str, EmbeddedFont]) -> None:
        self._fonts, self._stack = fonts, list[Matrix]()
        self._now = self._line = self._text = IDENTITY
        self._font: EmbeddedFont | None = None
        self._size, self._rise = 1.0, 0.0
        self.glyphs: list[PrintedGlyph] = []
        self.operators: dict[bytes, Callable[[Any], None]] = {
            b"q": lambda _: self._stack.append(self._now),
            b"Q": lambda _: setattr(self, "_now", self._stack.pop()),
            b"cm": lambda given: setattr(self, "_now", product(_matrix(given), self._now)),
            b"BT": lambda _: self._begin(IDENTITY),
            b"Tf": self._set_font,
            b"Ts": lambda given: setattr(self, "_rise", float(given[0])),
            b"Tm": lambda given: self._begin(_matrix(given)),
            b"Td": lambda given: self._begin(product(_moved(*map(float, given)), self._line)),
            b"Tj": self._show,
            b"TJ": lambda given: self._show(given[0]),
        }

    def _begin(self, place: Matrix) -> None:
        self._line = self._text = place

    def _set_font(self, given: Any) -> None:
        self._font, self._size = self._fonts[given[0]], float(given[1])

    def _show(self, parts: Any) -> None:
        for part in parts:
            if isinstance(part, (int, float)):
                self._step(-float(part))
                continue
            codes = part.original_bytes
            for k in range(0, len(codes), 2):
                self._draw(int.from_bytes(codes[k : k + 2], "big"))

    def _draw(self, index: int) -> None:
        assert self._font is not None
        place = product(product(_moved(0, self._rise), self._text), self._now)
        self.glyphs.append(PrintedGlyph(self._font, index, place, self._size))
        self._step(self._font.advance(index))

    def _step(self, thousandths: float) -> None:
        self._text = product(_moved(thousandths * self._size / PER_EM, 0), self._text)


UNKNOWN = {b"T*", b"TD", b"Tc", b"Tw", b"Tz", b"'", b'"'}
"""Operators of text that are not understood here."""


def _glyphs(stream: Any, fonts: dict[str, EmbeddedFont]) -> list[PrintedGlyph]:
    page = _Page(fonts)
    for operands, operator in stream.operations:
        assert operator not in UNKNOWN
        if operator in page.operators:
            page.operators[operator](operands)
    return page.glyphs


def _moved(x: float, y: float) -> Matrix:
    return 1, 0, 0, 1, x, y


IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def product(first: Matrix, second: Matrix) -> Matrix:
    """What does ``first`` and then ``second``."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i, a * h + b * j,
        c * g + d * i, c * h + d * j,
        e * g + f * i + k, e * h + f * j + m,
    )  # fmt: skip


def _matrix(operands: Any) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


def _widths(rows: Any) -> Iterator[tuple[int, float]]:
    """Advances by glyph, of either form of a row."""
    values = [row.get_object() for row in rows]
    while values:
        first, second, *values = values
        if isinstance(second, list):
            yield from ((int(first) + k, float(width)) for k, width in enumerate(second))
        else:
            width, *values = values
            yield from ((code, float(width)) for code in range(int(first), int(second) + 1))
