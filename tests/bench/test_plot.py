"""The plot is an SVG with one stepped line a series."""

from xml.etree import ElementTree

import pytest

from bench.plot import Panel, PlotSeries, objective_and_bound, svg
from bench.trace import Moment

SVG = "{http://www.w3.org/2000/svg}"
RUN = (Moment(0.1, 10.0), Moment(1.0, 12.0, 15.0), Moment(5.0, 12.5, 13.0))
OTHER = PlotSeries("a < b & c", ((0.2, 11.0),))


def lines(*panels: Panel) -> dict[str, ElementTree.Element]:
    """The drawn lines by name; the document must be well-formed."""
    root = ElementTree.fromstring(svg(panels))
    assert root.tag == f"{SVG}svg"
    return {line.findtext(f"{SVG}title") or "": line for line in root.iter(f"{SVG}polyline")}


def points(line: ElementTree.Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in line.attrib["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def test_a_run_has_a_line_for_its_objective_and_one_for_its_bound_if_there_is_one() -> None:
    objective, bound = objective_and_bound("Tertius", RUN)
    assert objective.points == ((0.1, 10.0), (1.0, 12.0), (5.0, 12.5))
    assert bound.points == ((1.0, 15.0), (5.0, 13.0))
    assert [series.name for series in objective_and_bound("greedy", RUN[:1])] == ["greedy"]


def test_every_series_is_one_line_and_bounds_are_dashed() -> None:
    drawn = lines(Panel("room", (*objective_and_bound("Tertius", RUN), OTHER), 5.0))
    assert drawn.keys() == {"Tertius", "Tertius: bound", "a < b & c"}
    assert [name for name, line in drawn.items() if "stroke-dasharray" in line.attrib] == [
        "Tertius: bound"
    ]
    assert drawn["Tertius"].attrib["stroke"] == drawn["Tertius: bound"].attrib["stroke"]
    assert drawn["Tertius"].attrib["stroke"] != drawn["a < b & c"].attrib["stroke"]


def test_a_value_holds_until_the_next_and_to_the_end() -> None:
    drawn = lines(Panel("room", (PlotSeries("x", ((0.1, 10.0), (1.0, 12.0))),), 10.0))
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = points(drawn["x"])
    assert x1 < x2 == x3 < x4
    assert y1 == y2 > y3 == y4


def test_a_tenfold_of_time_is_equally_far_everywhere() -> None:
    drawn = lines(Panel("room", (PlotSeries("x", ((0.1, 1.0), (1.0, 1.0), (10.0, 1.0))),), 10.0))
    xs = sorted({x for x, _ in points(drawn["x"])})
    assert xs[2] - xs[1] == pytest.approx(xs[1] - xs[0], abs=0.2)


def test_who_is_far_below_does_not_flatten_the_others() -> None:
    best, near, far = (PlotSeries(f"{v}", ((0.1, v),)) for v in (100, 90, -500))
    alone = lines(Panel("room", (best, near), 1.0))
    together = lines(Panel("room", (best, near, far), 1.0))
    assert points(alone["90"]) == points(together["90"])
    assert points(together["-500"])[0][1] > points(together["90"])[0][1]


def test_panels_stand_side_by_side_and_below_each_other() -> None:
    panels = [Panel(str(k), (OTHER,), 1.0) for k in range(3)]
    root = ElementTree.fromstring(svg(panels))
    places = [group.attrib["transform"] for group in root.iter(f"{SVG}g")]
    assert len(set(places)) == 3


def test_nothing_measured_is_an_empty_picture() -> None:
    assert lines() == {}
