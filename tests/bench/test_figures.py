"""A figure holds when the events keep to it, and the command says so."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import best_known, figures, report
from bench.best_known import BestKnown
from bench.figures import TARGETS, Target, panels, table, told
from bench.instances import BenchInstance
from bench.run import Measured, measure
from bench.trace import Moment
from solver.budget import Budget
from tests.builders import event_of

AT_MOST = Target(60, 5, "proven gap", figures.gap, 0.015)
AT_LEAST = Target(60, 5, "quality", figures.quality, 0.995, at_most=False)
MOST = replace(AT_LEAST, most=True)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    monkeypatch.setattr(best_known, "PATH", tmp_path / "best_known.json")


@pytest.fixture(scope="module")
def pair() -> Measured:
    event = event_of("ab", 1, {"ab": 0.8, "ba": 0.2})
    return measure(BenchInstance("pair", lambda: event), Budget(seconds=1.0))


def test_a_figure_holds_on_every_event_or_on_most() -> None:
    assert AT_MOST.holds([0.015, 0.001])
    assert not AT_MOST.holds([0.015, 0.0151])
    assert AT_LEAST.holds([0.995, 1.0])
    assert not AT_LEAST.holds([0.9949, 1.0])
    assert MOST.holds([0.9, 1.0, 1.0])
    assert not MOST.holds([0.9, 1.0])


def test_a_figure_that_is_missing_is_not_kept() -> None:
    assert not AT_MOST.holds([None])
    assert not replace(AT_MOST, limit=float("inf")).holds([0.2, None])


def test_the_worst_is_the_largest_where_small_is_good_and_the_least_where_large_is() -> None:
    assert AT_MOST.worst([0.01, 0.02]) == 0.02
    assert AT_LEAST.worst([0.99, 1.0]) == 0.99


def test_figures_are_read_off_a_run(pair: Measured) -> None:
    known = {"pair": BestKnown(3.96, "earlier")}
    run = replace(pair, trace=(Moment(0.25, 0.99), Moment(0.5, 1.98, 1.98)))
    assert figures.gap(run, known) == 0
    assert figures.proven(run, known) == 1
    assert figures.quality(run, known) == 0.5
    assert figures.first_schedule(run, known) == 0.25
    assert figures.improvement(run, known) == 2
    assert figures.megabytes(run, known) == run.megabytes
    assert figures.wall_seconds(run, known) == run.wall_seconds
    assert told(run).startswith("pair, 1 s: 1.98000, gap 0.00%, 2.0000 times the first after 0.25")


def test_a_line_shows_the_target_median_worst_and_on_how_many_events_it_is_kept(
    pair: Measured,
) -> None:
    gaps = (0.01, 0.011, 0.02)
    runs = [replace(pair, attendees=60, seconds=5, gap=gap) for gap in gaps]
    line = table([AT_MOST], runs).splitlines()[2]
    assert [cell.strip() for cell in line.split("|")[1:-1]] == [
        "60, 8", "5", "proven gap", "<= 1.50%", "1.10%", "2.00%", "2 of 3", "no",
    ]  # fmt: skip


def test_any_bound_will_do_where_only_a_valid_one_is_asked_for(pair: Measured) -> None:
    anything = replace(AT_MOST, limit=float("inf"))
    runs = [replace(pair, attendees=60, seconds=5, gap=gap) for gap in (0.9, None)]
    assert "any    | 90.00% | none  | 1 of 2" in table([anything], runs)


def test_every_size_of_the_promise_is_measured() -> None:
    assert {target.attendees for target in TARGETS} == {30, 60, 120, 300, 1000, 5000, 100_000}


def test_the_longest_run_of_the_first_event_of_a_size_is_drawn(pair: Measured) -> None:
    short, long = replace(pair, seconds=1.0), replace(pair, seconds=3.0)
    other = replace(pair, instance="other", seconds=9.0)
    (panel,) = panels([short, long, other])
    assert (panel.title, panel.seconds) == ("pair", 3.0)


def test_the_command_prints_and_keeps_a_table_a_plot_and_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    never = Target(30, 0.2, "quality", figures.quality, 2.0, at_most=False)
    monkeypatch.setattr(figures, "TARGETS", [never])
    monkeypatch.setattr("sys.argv", ["figures", "--seeds", "2"])
    with pytest.raises(SystemExit) as ended:
        figures.main()
    assert ended.value.code == 1
    assert "| 0 of 1  | no" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        "figures.md", "figures.svg", "best_known.json", "room-30-s2-0.2s.json",
    }  # fmt: skip
