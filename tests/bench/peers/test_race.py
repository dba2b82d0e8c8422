"""A race: what counts is what was there in time, measured by one objective and verified."""

from collections.abc import Sequence
from multiprocessing import Pipe
from pathlib import Path

import pytest

from bench import best_known, report
from bench.peers import OURS, __main__, race
from bench.peers.__main__ import objectives, panels, ratios, told
from bench.peers.race import Answer, Ended, Judge, Raced
from bench.trace import Moment
from schemas.event import PairRule, Weights
from solver.instance import Matchings
from tests.builders import event_of

PAIRS = {"ab": 0.8, "ba": 0.8, "cd": 0.5, "dc": 0.5}
APART = (PairRule(kind="forbid", pair=("a", "c")),)
ONLY_VALUE = Weights(fairness=0, byes=0)
JUDGE = Judge("four", event_of("abcd", 2, PAIRS, weights=ONLY_VALUE, pair_rules=APART))
NOBODY: Matchings = ((), ())
ONE: Matchings = (((2, 3),), ())
TWO: Matchings = (((0, 1), (2, 3)), ())


def listened(messages: Sequence[object], seconds: float) -> tuple[list[Answer], Ended]:
    told, tell = Pipe(duplex=False)
    for message in messages:
        tell.send(message)
    tell.close()
    return race.listen(told, seconds)


def test_what_comes_too_late_does_not_count() -> None:
    early, late = Answer(0.9, ONE, None), Answer(1.0 + race.LATE + 0.01, TWO, None)
    assert listened([race.READY, early, Ended("finished")], 1.0) == ([early], Ended("finished"))
    assert listened([race.READY, early, late, early], 1.0) == ([early], Ended("cut off"))


def test_of_many_schedules_the_last_of_each_moment_is_measured() -> None:
    answers = [Answer(second, ONE, None) for second in (0.501, 0.502, 0.507, 0.519)]
    assert listened([race.READY, *answers, Ended("finished")], 1.0)[0] == answers[2:]


def test_who_dies_has_failed_and_keeps_what_was_handed_over() -> None:
    answer = Answer(0.1, ONE, None)
    found, ended = listened([race.READY, answer], 1.0)
    assert found == [answer]
    assert ended.how == "failed"


def test_who_is_still_at_it_is_cut_off() -> None:
    told, tell = Pipe(duplex=False)
    tell.send(race.READY)
    assert race.listen(told, 0.0) == ([], Ended("cut off"))


def test_who_is_never_ready_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(race, "TO_GET_READY", 0.0)
    told, _tell = Pipe(duplex=False)
    assert race.listen(told, 1.0) == ([], Ended("failed", "not ready in time"))


def test_the_best_schedule_stays_the_best_and_so_does_the_bound() -> None:
    answers = [
        Answer(0.1, ONE, None),
        Answer(0.2, TWO, 200_000),
        Answer(0.3, ONE, 190_000),
        Answer(0.4, NOBODY, 195_000),
    ]
    trace, best = JUDGE.measured(answers)
    assert best == TWO
    assert trace == (
        Moment(0.1, 0.5),
        Moment(0.2, 1.3, 2.0),
        Moment(0.3, 1.3, 1.9),
        Moment(0.4, 1.3, 1.9),
    )


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ((((0, 1),), ((0, 1),)), "H2"),
        ((((0, 1), (0, 2)), ()), "H1"),
        ((((0, 1), (2, 3), (1, 3)), ()), "H3"),
        ((((0, 2),), ()), "H4"),
    ],
)
def test_a_schedule_that_breaks_a_rule_counts_for_nothing(
    broken: Matchings, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(race, "run", lambda *_: ([Answer(0.1, broken, None)], Ended("finished")))
    raced = JUDGE.race("greedy", 1.0)
    assert raced.objective is None
    assert raced.ended.how == "failed"
    assert raced.ended.why.startswith(rule)


def test_a_peer_runs_in_a_process_of_its_own() -> None:
    raced = JUDGE.race("greedy", 1.0)
    assert (raced.objective, raced.ended, raced.attendees) == (1.3, Ended("finished"), 4)


def raced(peer: str, event: str, objective: float | None, how: str = "finished") -> Raced:
    trace = () if objective is None else (Moment(0.5, objective, objective + 1),)
    return Raced(peer, event, 60, 5.0, Ended(how), trace)


THREE = [
    raced(OURS, "x", 100.0), raced("greedy", "x", 80.0), raced("CP-SAT", "x", None),
    raced(OURS, "y", 120.0), raced("greedy", "y", 100.0), raced("CP-SAT", "y", 60.0, "cut off"),
    raced(OURS, "z", 90.0), raced("greedy", "z", 60.0), raced("CP-SAT", "z", None),
]  # fmt: skip


def test_ratios_are_those_of_the_same_event_median_and_least() -> None:
    titles, _, row = (line.split("|")[1:-1] for line in ratios(THREE).splitlines())
    assert [cell.strip() for cell in titles] == [
        "attendees", "seconds", "Tertius : greedy", "Tertius : CP-SAT",
    ]  # fmt: skip
    assert [cell.strip() for cell in row] == [
        "60", "5", "1.250 (1.200)", "2.000 (2.000), 1 of 3 events",
    ]  # fmt: skip


@pytest.mark.parametrize(("objective", "cell"), [(None, "none found"), (-3.0, "below 0")])
def test_without_anything_to_compare_there_is_no_ratio(objective: float | None, cell: str) -> None:
    assert cell in ratios([raced(OURS, "x", 100.0), raced("random", "x", objective)])


def test_a_peer_that_is_not_here_is_absent_from_the_ratios() -> None:
    assert "absent" in ratios([raced(OURS, "x", 100.0), raced("timefold", "x", None, "absent")])


def test_every_objective_is_shown_with_how_its_run_ended() -> None:
    shown = objectives(THREE)
    assert shown.count("none") == 2
    assert "60.000 (cut off)" in shown
    assert told(THREE[5]) == "y, 5 s: CP-SAT 60.00000, cut off"


def test_the_plot_has_a_panel_for_the_first_event_of_a_size() -> None:
    (panel,) = panels(THREE)
    assert panel.title == "x, 5 s each"
    assert [series.name for series in panel.series] == [
        "Tertius", "Tertius: bound", "greedy", "greedy: bound",
    ]  # fmt: skip


def test_the_command_races_and_keeps_tables_plot_and_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["peers", "room", "--sizes", "8", "--seeds", "1", "--seconds", "0.2"]
    monkeypatch.setattr("sys.argv", [*asked, "--peers", "random", "greedy"])
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    monkeypatch.setattr(best_known, "PATH", tmp_path / "best_known.json")
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert not ended.value.code
    assert capsys.readouterr().out.count("room-8-s1") == 3
    assert {path.name for path in tmp_path.iterdir()} == {
        "peers.md", "peers.svg", "best_known.json",
    }  # fmt: skip
    assert best_known.read().keys() == {"room-8-s1"}
