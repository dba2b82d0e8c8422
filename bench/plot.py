"""Objective and bound over time as an SVG: one panel an event, one stepped line a series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bench.trace import Trace

Points = tuple[tuple[float, float], ...]
"""Seconds and values, in the order of time."""

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
"""Colours that most people can tell apart, after Okabe and Ito (2008)."""
WIDTH, HEIGHT, COLUMNS = 440, 300, 2
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 28, 34
LEGEND = 26
FIRST_SECOND = 0.05
WORTH_SEEING = 0.25


@dataclass(frozen=True)
class PlotSeries:
    """One line; a dashed one is a bound."""

    name: str
    points: Points
    dashed: bool = False


@dataclass(frozen=True)
class Panel:
    """One event: its lines, and the second at which they end."""

    title: str
    series: tuple[PlotSeries, ...]
    seconds: float


def objective_and_bound(name: str, trace: Trace) -> Iterator[PlotSeries]:
    """The lines of one run: its objective and, where one was proven, its bound."""
    yield PlotSeries(name, tuple((moment.seconds, moment.objective) for moment in trace))
    bounds = tuple((m.seconds, m.bound) for m in trace if m.bound is not None)
    if bounds:
        yield PlotSeries(f"{name}: bound", bounds, dashed=True)


def svg(panels: Sequence[Panel]) -> str:
    """The document."""
    names = list(dict.fromkeys(series.name for panel in panels for series in panel.series))
    colours = {name: PALETTE[k % len(PALETTE)] for k, name in enumerate(_sources(names))}
    rows = ceil(len(panels) / COLUMNS)
    size = f"0 0 {WIDTH * COLUMNS} {HEIGHT * rows + LEGEND}"
    root = Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": size}
        | {"font-family": "sans-serif", "font-size": "11"},
    )  # fmt: skip
    SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "white"})
    _legend(root, names, colours)
    for k, panel in enumerate(panels):
        place = f"translate({WIDTH * (k % COLUMNS)} {HEIGHT * (k // COLUMNS) + LEGEND})"
        _Frame(panel).draw(SubElement(root, "g", {"transform": place}), colours)
    indent(root)
    return tostring(root, encoding="unicode")


def _sources(names: Sequence[str]) -> list[str]:
    """Whose lines they are: a bound has the colour of its objective."""
    return list(dict.fromkeys(_source(name) for name in names))


def _source(name: str) -> str:
    return name.split(":")[0]


def _legend(root: Element, names: Sequence[str], colours: dict[str, str]) -> None:
    across = LEFT
    for name in names:
        mark = {"x1": across, "y1": 16, "x2": across + 20, "y2": 16}
        _line(root, mark, colours[_source(name)], 2.0, dashed=name != _source(name))
        _text(root, across + 25, 20, name, "start")
        across += 42 + 7 * len(name)


@dataclass(frozen=True)
class _Frame:
    """A panel with its scales: time in powers of ten, values as they are."""

    panel: Panel

    def draw(self, group: Element, colours: dict[str, str]) -> None:
        _text(group, WIDTH / 2, TOP - 12, self.panel.title, "middle")
        for seconds in self._seconds():
            x = self._x(seconds)
            _line(group, {"x1": x, "y1": TOP, "x2": x, "y2": HEIGHT - BOTTOM})
            _text(group, x, HEIGHT - BOTTOM + 15, f"{seconds:g} s", "middle")
        for value in self._values():
            y = self._y(value)
            _line(group, {"x1": LEFT, "y1": y, "x2": WIDTH - RIGHT, "y2": y})
            _text(group, LEFT - 6, y + 4, f"{value:g}", "end")
        for series in self.panel.series:
            self._steps(group, series, colours[_source(series.name)])

    def _steps(self, group: Element, series: PlotSeries, colour: str) -> None:
        """What was known stays known until something better is."""
        points = [series.points[0]]
        for (_, before), (seconds, value) in pairwise(series.points):
            points += [(seconds, before), (seconds, value)]
        points.append((self.panel.seconds, points[-1][1]))
        path = " ".join(f"{self._x(seconds):.1f},{self._y(value):.1f}" for seconds, value in points)
        style = {"fill": "none", "stroke": colour, "stroke-width": "1.6"}
        if series.dashed:
            style["stroke-dasharray"] = "5 3"
        SubElement(
            SubElement(group, "polyline", {"points": path} | style), "title"
        ).text = series.name

    def _x(self, seconds: float) -> float:
        whole = log10(max(self.panel.seconds, 2 * FIRST_SECOND) / FIRST_SECOND)
        share = log10(min(max(seconds, FIRST_SECOND), self.panel.seconds) / FIRST_SECOND) / whole
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def _y(self, value: float) -> float:
        low, high = self._range()
        share = (min(max(value, low), high) - low) / (high - low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def _range(self) -> tuple[float, float]:
        """Of the last values; what ends far below, or starts outside, is drawn at the edge."""
        last = [series.points[-1][1] for series in self.panel.series]
        high = max(last)
        low = min(value for value in last if high - value <= WORTH_SEEING * abs(high))
        margin = max(0.15 * (high - low), 0.01 * abs(high), 1e-6)
        return low - margin, high + margin

    def _seconds(self) -> list[float]:
        powers = range(ceil(log10(FIRST_SECOND)), floor(log10(self.panel.seconds)) + 1)
        return [10.0**power for power in powers]

    def _values(self) -> list[float]:
        """Some four round numbers within the range."""
        low, high = self._range()
        rough = (high - low) / 4
        power: float = 10.0 ** floor(log10(rough))
        step = next(k * power for k in (1, 2, 5, 10) if k * power >= rough)
        return [k * step for k in range(ceil(low / step), floor(high / step) + 1)]


def _line(
    group: Element, ends: Mapping[str, float], colour: str = "#ddd", width: float = 1.0,
    dashed: bool = False,
) -> None:  # fmt: skip
    placed = {key: f"{value:.1f}" for key, value in ends.items()}
    style = {"stroke": colour, "stroke-width": f"{width:g}"}
    if dashed:
        style["stroke-dasharray"] = "5 3"
    SubElement(group, "line", placed | style)


def _text(group: Element, x: float, y: float, words: str, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    SubElement(group, "text", place).text = words
