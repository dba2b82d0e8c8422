"""The bench measures what it is asked for and keeps what it measured."""

import json
from pathlib import Path

import pytest

from bench import best_known, run
from bench.instances import BenchInstance, chosen, named
from solver.budget import Budget
from tests.builders import event_of
from tests.checker import needs_shared

PAIR = BenchInstance("pair", lambda: event_of("ab", 1, {"ab": 0.8, "ba": 0.2}), optimum=1.98)


def test_a_result_says_what_was_measured_where_and_how_far_from_the_optimum() -> None:
    result = run.measure(PAIR, Budget(work=100))
    assert (result.instance, result.attendees, result.rounds, result.pairs) == ("pair", 2, 1, 1)
    assert (result.objective, result.optimum, result.proof) == (1.98, 1.98, "optimal")
    assert (result.seconds, result.work) == (None, 100)
    assert result.machine
    assert result.commit
    assert (result.trace[-1].objective, result.trace[-1].bound) == (1.98, 1.98)
    assert result.trace[-1].seconds <= result.wall_seconds + 0.01


def test_a_result_is_kept_as_one_file_for_each_instance_and_budget(tmp_path: Path) -> None:
    result = run.measure(PAIR, Budget(work=100))
    path = run.write(result, tmp_path / "results")
    assert path.name == "pair-100steps.json"
    kept = json.loads(path.read_text("utf-8"))
    assert kept["objective"] == 1.98
    assert {"instance", "seed", "seconds", "objective", "bound", "gap", "commit", "machine"} <= {
        *kept
    }
    run.write(result, tmp_path / "results")
    assert len(list(path.parent.iterdir())) == 1


def test_instances_are_chosen_by_the_beginning_of_their_names() -> None:
    names = [instance.name for instance in chosen(["room", "sellers-30"], [30, 60], [1, 2])]
    assert names == [
        "room-30-s1", "room-30-s2", "room-60-s1", "room-60-s2", "sellers-30-s1", "sellers-30-s2",
    ]  # fmt: skip


def test_a_generated_instance_is_found_again_by_its_name() -> None:
    event = named("sellers-31-s4").build()
    assert len(event.attendees) == 31
    assert event.seed == 4


@needs_shared
def test_a_real_instance_is_found_again_by_its_name() -> None:
    wave = named("wave-19-yes-r5")
    assert wave.optimum == 32
    assert len(wave.build().rounds) == 5
    assert [instance.name for instance in chosen(["wave-01-shared"], [], [])] == [
        f"wave-01-shared-r{rounds}" for rounds in (1, 2, 3, 5)
    ]


def test_the_command_prints_one_table_and_writes_one_file_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "room", "--sizes", "8", "9", "--work", "100"]
    monkeypatch.setattr("sys.argv", arguments)
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    monkeypatch.setattr(best_known, "PATH", tmp_path / "best" / "known.json")
    (tmp_path / "best").mkdir()
    run.main()
    shown = capsys.readouterr().out
    assert shown.count("room-8-s1") == shown.count("room-9-s1") == 1
    assert sorted(path.name for path in tmp_path.glob("*.json")) == [
        "room-8-s1-100steps.json", "room-9-s1-100steps.json",
    ]  # fmt: skip
    assert best_known.read().keys() == {"room-8-s1", "room-9-s1"}
