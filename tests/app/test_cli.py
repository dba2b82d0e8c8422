"""The commands: what they write, what they say, and how they end."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from app.cli import commands
from app.terminal import documents
from app.terminal.failure import Failure
from bench.generate import generate
from bench.real.shared import shared
from schemas.event import Event
from schemas.graph import Graph
from schemas.schedule import Schedule
from tests.builders import event_of
from tests.checker import needs_shared

TERTIUS = [sys.executable, "-m", "app.cli"]
GAINS = {"ab": 0.8, "ba": 0.2, "cd": 0.5, "dc": 0.5, "ac": 0.3, "ca": 0.9, "bd": 0.4, "db": 0.1}
HAPPENED = {"incidents": [{"id": "i-1", "kind": "drop_out", "attendee": "d"}]}


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments], input=stdin)


@pytest.fixture
def event(tmp_path: Path) -> Path:
    """Four people, three rounds."""
    return written(tmp_path / "event.json", event_of("abcd", 3, GAINS))


@pytest.fixture
def schedule(event: Path) -> Path:
    path = event.with_name("schedule.json")
    assert run("solve", event, "--out", path).exit_code == 0
    return path


@pytest.fixture
def happened(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.json"
    path.write_text(json.dumps(HAPPENED))
    return path


def written(path: Path, event: Event) -> Path:
    path.write_text(event.model_dump_json())
    return path


def schedule_in(text: str) -> Schedule:
    return Schedule.model_validate_json(text)


# --- solve --------------------------------------------------------------------------------------


def test_solve_writes_a_schedule_and_tells_how_good_it_is(event: Path, tmp_path: Path) -> None:
    result = run("solve", event, "--out", tmp_path / "schedule.json")
    assert result.exit_code == 0, result.stderr
    quality = schedule_in((tmp_path / "schedule.json").read_text()).quality
    assert quality is not None
    assert quality.proof == "optimal"
    assert f"objective {quality.objective:,.5f}" in result.stdout
    assert "proved optimal" in result.stdout


def test_standard_output_holds_the_schedule_and_nothing_else(event: Path) -> None:
    result = run("solve", "-", "--out", "-", stdin=event.read_text())
    assert schedule_in(result.stdout).quality is not None
    assert "proved optimal" in result.stderr


def test_the_same_work_and_seed_give_the_same_schedule(event: Path) -> None:
    def solved() -> dict[str, Any]:
        result = run("solve", event, "--work", 20_000, "--seed", 3, "--out", "-")
        return schedule_in(result.stdout).model_dump(exclude={"quality": {"seconds"}})

    assert solved() == solved()
    assert solved()["seed"] == 3


def test_names_are_shown_on_the_screen_and_ids_where_there_are_none(tmp_path: Path) -> None:
    document = json.loads(event_of("abc", 3, {"ab": 0.9, "ba": 0.9}).model_dump_json())
    document["attendees"][0]["name"] = "Ada [bold]Thimble[/bold]"
    path = tmp_path / "event.json"
    path.write_text(json.dumps(document))
    shown = run("solve", path, "--out", tmp_path / "schedule.json").stdout
    assert "Ada [bold]Thimble[/bold] 100 %, b 100 %" in shown


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"rounds": [{}],', "this is not JSON at line 1, character 16: it ends too early"),
        ("", "this is not JSON: there is nothing in it"),
        ("[" * 100_000, "this is not JSON at line 1, character 202: lists or objects"),
        ('{"attendees": []}', "/rounds: this has to be there"),
        ('{"rounds": [{}], "secret": 1}', "/secret: there is no such field"),
        ('{"rounds": [{}], "rounds": [{}]}', "/rounds: this key is given twice"),
        ('{"rounds": [{}], "seed": 1e999}', "/seed: "),
        (
            '{"rounds": [{}], "attendees": [{"id": "a"}, {"id": "a"}]}',
            "/attendees/1/id: the id of /attendees/0 again: ids must differ",
        ),
        (
            '{"rounds": [{}], "attendees": [{"id": "a", "email": "Jo Secret"}]}',
            "/attendees/0/email: ",
        ),
    ],
)
def test_bad_input_is_told_by_its_place_and_never_repeated(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "event.json"
    path.write_text(content)
    result = run("solve", path, "--out", tmp_path / "schedule.json")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: {told}")
    assert "Jo Secret" not in result.output
    assert not (tmp_path / "schedule.json").exists()


def test_every_fault_has_a_line(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text('{"rounds": [{"minutes": 0}], "attendees": [{"id": "a b"}, {}]}')
    lines = run("solve", path, "--out", "-").stderr.splitlines()
    places = {line.split(": ")[1] for line in lines}
    assert places >= {"/rounds/0/minutes", "/attendees/0/id", "/attendees/1/id"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--seconds", "0"], "--seconds: "),
        (["--seconds", "nan"], "--seconds: "),
        (["--seconds", "3601"], "--seconds: "),
        (["--work", "0"], "--work: "),
        (["--gap", "2"], "--gap: "),
        (["--seed", "-1"], "--seed: "),
        (["--seconds", "soon"], "Invalid value for '--seconds'"),
        (["--speed", "3"], "No such option: --speed"),
    ],
)
def test_options_out_of_range_are_bad_usage(event: Path, options: list[str], told: str) -> None:
    result = run("solve", event, "--out", "-", *options)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = run("solve", tmp_path / "none.json", "--out", "-")
    assert (result.exit_code, "No such file" in result.stderr) == (2, True)


@pytest.mark.parametrize("out", ["", "none/schedule.json"])
def test_a_place_that_cannot_be_written_is_told_before_any_work(
    event: Path, tmp_path: Path, out: str
) -> None:
    result = run("solve", event, "--seconds", 3600, "--out", tmp_path / out)
    assert result.exit_code == 2
    assert "folder" in result.stderr


def test_rules_that_contradict_each_other_are_named_with_what_could_give_way(
    tmp_path: Path,
) -> None:
    rules = [{"kind": "require", "pair": pair} for pair in (["a", "b"], ["a", "c"])]
    people = [{"id": v} for v in "abcd"]
    path, out = tmp_path / "event.json", tmp_path / "schedule.json"
    path.write_text(json.dumps({"rounds": [{}], "attendees": people, "pair_rules": rules}))
    result = run("solve", path, "--out", out)
    assert result.exit_code == 3
    assert "/pair_rules/0: a and b must meet" in result.stderr
    assert "/pair_rules/1: a and c must meet" in result.stderr
    lines = [line.strip() for line in result.stderr.splitlines()]
    assert lines[lines.index("What there is too little of:") + 1].startswith("a: 2 meetings each")
    mends = lines.index("Each of these by itself makes a schedule possible:")
    assert lines[mends + 1 : mends + 3] == [
        "add 1 round like the last one: 2 in all",
        "cancel 1 of the 2 required meetings (a and c), and at most 1 can be held",
    ]
    assert "drop a required pair" not in result.stderr
    assert not out.exists()


def test_ctrl_c_keeps_the_best_schedule_found(tmp_path: Path) -> None:
    path = written(tmp_path / "event.json", crowd(40, 8))
    out = tmp_path / "schedule.json"
    command = [*TERTIUS, "solve", str(path), "--seconds", "100", "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert b"objective" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"stopped by hand" in shown
    quality = schedule_in(out.read_text()).quality
    assert quality is not None
    assert quality.stopped_by == "stopped"


def crowd(people: int, rounds: int) -> Event:
    """More than can be proved in a minute; the required pair brings CP-SAT into play."""
    ids = [f"a{k:02}" for k in range(people)]
    benefits = [
        {"attendee": i, "partner": j, "value": (7 * k + 11 * m) % 101 / 100}
        for k, i in enumerate(ids)
        for m, j in enumerate(ids)
        if i != j
    ]
    document = {
        "rounds": {"count": rounds},
        "attendees": [{"id": i} for i in ids],
        "benefits": benefits,
        "pair_rules": [{"kind": "require", "pair": ids[:2]}],
    }
    return Event.model_validate_json(json.dumps(document))


# --- export -------------------------------------------------------------------------------------


def test_export_writes_the_file_that_the_ending_says(event: Path, schedule: Path) -> None:
    for name, beginning in (("d.csv", b"\xef\xbb\xbfround"), ("d.xlsx", b"PK"), ("d.json", b"{")):
        out = event.with_name(name)
        result = run("export", event, schedule, "--out", out)
        assert (result.exit_code, result.stdout) == (0, ""), result.stderr
        assert out.read_bytes().startswith(beginning)
    assert event.with_name("d.json").read_text() == schedule.read_text()


def test_export_writes_lines_as_they_are_on_standard_output_too(
    event: Path, schedule: Path
) -> None:
    out = event.with_name("people.csv")
    options = ("--format", "csv", "--rows", "people", "--out")
    assert run("export", event, schedule, *options, out).exit_code == 0
    told = run("export", event, schedule, *options, "-")
    assert told.stdout_bytes == out.read_bytes()
    assert told.stdout_bytes.count(b"\r\n") == told.stdout_bytes.count(b"\n") == 5


def test_export_tells_what_a_schedule_lacks_and_writes_nothing(event: Path, schedule: Path) -> None:
    for options, told in (
        (("--format", "ics"), "round 1 has no time"),
        (("--format", "zoom", "--round", "1"), "a has no e-mail address"),
        (("--format", "doc"), "json, csv, xlsx, ics, zoom and pdf there are"),
        (("--format", "pdf", "--paper", "posters"), "badges, cards, tents"),
    ):
        out = event.with_name("none")
        result = run("export", event, schedule, *options, "--out", out)
        assert result.exit_code == 2
        assert told in result.stderr
        assert not out.exists()


def test_export_tells_what_changed_since_another_schedule(event: Path, schedule: Path) -> None:
    out = event.with_name("d.xlsx")
    result = run("export", event, schedule, "--from", schedule, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "Changes" in openpyxl.load_workbook(out).sheetnames


def test_export_prints_cards_and_tells_how_many(event: Path, schedule: Path) -> None:
    out = event.with_name("badges.pdf")
    link = "https://example.org/{id}"
    result = run("export", event, schedule, "--paper", "badges", "--link", link, "--out", out)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert out.read_bytes().startswith(b"%PDF")
    assert "4 of 4 cards" in result.stderr
    again = run("export", event, schedule, "--from", schedule, "--out", out)
    assert again.exit_code == 2
    assert "no card differs" in again.stderr


# --- replan -------------------------------------------------------------------------------------


def test_replan_mends_what_a_drop_out_broke_and_tells_whom(
    event: Path, schedule: Path, happened: Path, tmp_path: Path
) -> None:
    out, after = tmp_path / "new.json", tmp_path / "event-after.json"
    arguments = [event, schedule, happened, "--held", 1, "--out", out, "--event-out", after]
    result = run("replan", *arguments)
    assert result.exit_code == 0, result.stderr
    published, mended = (schedule_in(path.read_text()) for path in (schedule, out))
    assert pairs(mended)[0] == pairs(published)[0]
    assert all("d" in block.absent for block in mended.rounds[1:])
    assert re.search(r"^tell +b, c", result.stdout, re.MULTILINE)
    asked = Event.model_validate_json(after.read_text())
    assert (asked.held_rounds, asked.published) == (1, published)
    assert run("verify", after, out).exit_code == 0


def pairs(schedule: Schedule) -> list[list[tuple[str, str]]]:
    return [[meeting.attendees for meeting in block.meetings] for block in schedule.rounds]


def test_a_replan_tells_what_few_moves_more_would_do(tmp_path: Path) -> None:
    event, schedule, happened, new, proposal = (
        tmp_path / f"{name}.json" for name in ("event", "schedule", "happened", "new", "proposal")
    )
    asked = {"rounds": {"count": 4}, "attendees": [{"id": v} for v in "abcdefgh"]}
    event.write_text(json.dumps(asked | {"policy": {"stability": "strict"}}))
    gone = [{"id": v, "kind": "drop_out", "attendee": v} for v in "ab"]
    happened.write_text(json.dumps({"incidents": gone}))
    assert run("solve", event, "--work", 50_000, "--out", schedule).exit_code == 0
    arguments = ["--work", 50_000, "--out", new, "--proposal", proposal]
    result = run("replan", event, schedule, happened, *arguments)
    assert result.exit_code == 0, result.stderr
    told = re.search(r"^could be +(.*) planned meetings make", result.stdout, re.MULTILINE)
    assert told
    assert told[1] == "6 people have more meetings; 2"
    assert [len(row) for row in pairs(schedule_in(new.read_text()))] == [3, 2, 2, 2]
    assert [len(row) for row in pairs(schedule_in(proposal.read_text()))] == [3, 3, 3, 3]


def test_the_event_after_marks_the_meetings_that_an_incident_says_were_missed(
    event: Path, schedule: Path, tmp_path: Path
) -> None:
    happened, after = tmp_path / "incidents.json", tmp_path / "event-after.json"
    missed = {"id": "i", "kind": "no_show", "attendee": "a", "round": 1}
    happened.write_text(json.dumps({"incidents": [missed]}))
    arguments = ["--held", 1, "--out", tmp_path / "new.json", "--event-out", after]
    result = run("replan", event, schedule, happened, *arguments)
    assert result.exit_code == 0, result.stderr
    published = Event.model_validate_json(after.read_text()).published
    assert published is not None
    meetings = published.rounds[0].meetings
    outcomes = {"a" in meeting.attendees: meeting.outcome for meeting in meetings}
    assert outcomes == {True: "missed", False: "planned"}


def test_verify_checks_a_replan_against_what_was_published(
    event: Path, schedule: Path, happened: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new.json"
    assert run("replan", event, schedule, happened, "--held", 1, "--out", out).exit_code == 0
    context = ["--from", schedule, "--incidents", happened, "--held"]
    assert run("verify", event, out, *context, 1).exit_code == 0
    assert run("verify", event, out).exit_code == 2


@pytest.mark.parametrize(
    ("incidents", "held", "told"),
    [
        ([{"id": "i", "kind": "drop_out", "attendee": "x"}], 1, "/incidents/0/attendee: "),
        ([{"id": "i", "kind": "undo", "incident": "x"}], 1, "/incidents/0/incident: "),
        ([], 1, "/incidents: "),
        (HAPPENED["incidents"], 4, "--held: there are 3 rounds"),
    ],
)
def test_a_replan_that_makes_no_sense_is_refused_with_its_place(
    event: Path, schedule: Path, tmp_path: Path, incidents: object, held: int, told: str
) -> None:
    happened = tmp_path / "incidents.json"
    happened.write_text(json.dumps({"incidents": incidents}))
    result = run("replan", event, schedule, happened, "--held", held, "--out", "-")
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_schedule_of_another_event_is_refused_by_its_own_places(
    event: Path, schedule: Path, happened: Path
) -> None:
    event.write_text(event_of("abc", 3, {}).model_dump_json())
    result = run("replan", event, schedule, happened, "--held", 1, "--out", "-")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{schedule}: /rounds/0/meetings/")


# --- graph and verify ---------------------------------------------------------------------------


def test_graph_says_who_gains_from_whom(event: Path) -> None:
    result = run("graph", event, "--out", "-")
    edges = Graph.model_validate_json(result.stdout).edges
    assert {edge.source + edge.target: edge.benefit for edge in edges} == GAINS
    assert "4 attendees, 8 benefits, 0 forbidden pairs listed" in result.stderr


def test_verify_passes_what_solve_wrote(event: Path, schedule: Path, tmp_path: Path) -> None:
    run("graph", event, "--out", tmp_path / "graph.json")
    result = run("verify", event, schedule, "--graph", tmp_path / "graph.json")
    assert (result.exit_code, result.stdout) == (0, "valid\n")


def break_figure(document: dict[str, Any]) -> None:
    document["quality"]["mutual"] += 1


def seat_twice(document: dict[str, Any]) -> None:
    document["rounds"][1]["meetings"] = document["rounds"][0]["meetings"]


@pytest.mark.parametrize(
    ("spoil", "told"), [(break_figure, "quality.mutual is false"), (seat_twice, "H2 ")]
)
def test_verify_names_what_is_wrong(
    event: Path, schedule: Path, spoil: Callable[[dict[str, Any]], None], told: str
) -> None:
    document = json.loads(schedule.read_text())
    spoil(document)
    schedule.write_text(json.dumps(document))
    result = run("verify", event, schedule)
    assert result.exit_code == 2
    assert told in result.stdout
    assert "not valid" in result.stderr


# --- files --------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    schedule: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, beside = schedule.read_text(), sorted(schedule.parent.iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failure, match="No space left on device"):
        documents.write_file(schedule_in(before), schedule)
    assert schedule.read_text() == before
    assert sorted(schedule.parent.iterdir()) == beside


def test_a_link_stays_a_link(schedule: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(schedule)
    documents.write_file(event_of("ab", 1, {}), link)
    assert link.is_symlink()
    assert Event.model_validate_json(schedule.read_text()).attendees[0].id == "a"


def test_a_pipe_is_written_in_place(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    documents.write_file(event_of("ab", 1, {}), pipe)
    reader.join(timeout=10)
    assert len(Event.model_validate_json(read[0]).attendees) == 2
    assert pipe.is_fifo()


# --- the program --------------------------------------------------------------------------------


def test_help_comes_without_the_solver_or_the_service() -> None:
    heavy = {"numpy", "pydantic", "fastapi", "sqlalchemy", "ortools", "app.planning.plan"}
    assert not heavy & loaded_by("--help")


SERVICE = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "dbos", "icalendar", "app.http"}
ENCODERS = {"onnxruntime", "tokenizers", "wordllama"}
PROOFS = {"ortools.sat.python.cp_model", "pandas", "networkx"}
OPTIMISER = {"numba", "ortools", "scipy.optimize", "rustworkx", "solver.solve", "solver.objective"}


def test_a_solve_loads_no_service_no_encoder_for_no_text_and_no_proof_for_a_large_event(
    tmp_path: Path,
) -> None:
    event = written(tmp_path / "room.json", generate(30))
    loaded = loaded_by("solve", event, "--work", 1_000, "--out", tmp_path / "schedule.json")
    assert not (SERVICE | ENCODERS | PROOFS) & loaded
    assert loaded >= {"numba", "solver.solve"}


def test_a_verification_loads_no_optimiser(event: Path, schedule: Path) -> None:
    loaded = loaded_by("verify", event, schedule)
    assert not (SERVICE | ENCODERS | PROOFS | OPTIMISER) & loaded
    assert "solver.verify" in loaded


def test_an_encoder_that_there_is_none_of_is_told_of(tmp_path: Path) -> None:
    event = written(tmp_path / "event.json", Event.model_validate(WITH_TEXTS, strict=False))
    told = subprocess.run(
        [*TERTIUS, "graph", str(event), "--out", "-"],
        env=os.environ | {"TERTIUS_ENCODER": "bogus"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (
        2,
        "TERTIUS_ENCODER must be one of: minilm, wordllama\n",
    )


WITH_TEXTS = {
    "rounds": [{}],
    "attendees": [{"id": "a", "offers": ["tax"]}, {"id": "b", "needs": ["tax"]}],
}


def test_texts_that_were_met_before_load_no_encoder(tmp_path: Path) -> None:
    cache = {"TERTIUS_CACHE": str(tmp_path / "texts")}
    event, graph = demo_event(), tmp_path / "graph.json"
    assert loaded_by("graph", event, "--out", graph, **cache) >= ENCODERS
    again = loaded_by("graph", event, "--out", tmp_path / "again.json", **cache)
    assert not ENCODERS & again
    assert graph.read_bytes() == (tmp_path / "again.json").read_bytes()


def demo_event() -> Path:
    return Path(str(resources.files("app.demo") / "event.json"))


def loaded_by(*arguments: object, **environment: str) -> set[str]:
    """The modules that the program has loaded when a command has ended well."""
    end = "lambda: print(*sys.modules, sep='\\n', file=sys.stderr)"
    code = f"import atexit, sys; atexit.register({end}); from app.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
    )
    return set(ended.stderr.splitlines())


@pytest.mark.parametrize(
    ("given", "kept"),
    [({}, "home/.cache/tertius"), ({"XDG_CACHE_HOME": "xdg"}, "xdg/tertius")],
    ids=["at home", "where caches are"],
)
def test_commands_keep_what_texts_mean_in_the_users_cache(
    tmp_path: Path, given: dict[str, str], kept: str
) -> None:
    places = {name: str(tmp_path / folder) for name, folder in given.items()}
    program = ended_with(
        *("graph", str(demo_event()), "--out", str(tmp_path / "graph.json")),
        environment={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **places},
    )
    assert program.returncode == 0, program.stderr
    (file,) = (tmp_path / kept).iterdir()
    assert file.name == "embeddings.sqlite3"
    assert b"bookkeeping" not in file.read_bytes()


def test_commands_keep_nothing_of_texts_where_that_is_not_wanted(tmp_path: Path) -> None:
    home = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "TERTIUS_CACHE": ""}
    graph = str(tmp_path / "graph.json")
    program = ended_with("graph", str(demo_event()), "--out", graph, environment=home)
    assert program.returncode == 0, program.stderr
    assert not (tmp_path / "home" / ".cache" / "tertius").exists()


def test_the_description_of_the_service_is_written_without_running_it(tmp_path: Path) -> None:
    out = tmp_path / "openapi.json"
    assert run("openapi", "--out", out).exit_code == 0
    described = json.loads(out.read_text(encoding="utf-8"))
    assert described["paths"]["/healthz"]["get"]["operationId"] == "healthz"


def test_the_program_ends_with_the_exit_code_of_its_command(tmp_path: Path) -> None:
    ended = ended_with("solve", str(tmp_path / "none.json"), "--out", "-")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr


def ended_with(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TERTIUS, *arguments], capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo, played through once: its folder and what it showed."""
    folder = tmp_path_factory.mktemp("demo") / "files"
    result = run("demo", "--dir", folder, "--seconds", 2)
    assert result.exit_code == 0, result.output
    return folder, result.stdout


def test_the_demo_shows_the_day_and_leaves_its_documents(played: tuple[Path, str]) -> None:
    folder, shown = played
    names = "event", "graph", "schedule", "incidents", "event-after", "replanned"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{n}.json" for n in names)
    assert "Dropped out: " in shown
    assert shown.count("valid: every rule holds") == 2


def test_the_demo_can_be_repeated_by_hand(played: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = played
    files = [folder / f"{name}.json" for name in ("event", "schedule", "incidents")]
    assert run("verify", *files[:2], "--graph", folder / "graph.json").exit_code == 0
    assert run("verify", folder / "event-after.json", folder / "replanned.json").exit_code == 0
    new = tmp_path / "new.json"
    assert run("replan", *files, "--held", 4, "--seconds", 1, "--out", new).exit_code == 0
    after = json.loads((folder / "replanned.json").read_text())
    assert json.loads(new.read_text())["rounds"][:4] == after["rounds"][:4]


def test_a_new_event_is_one_to_solve_and_its_reasons_are_told(tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    result = run("new", "mentoring", "--out", file)
    assert result.exit_code == 0, result.output
    assert "policy.meet" in result.stdout
    assert json.loads(file.read_text())["policy"]["meet"]["label"] == "role"
    again = run("new", "mentoring", "--out", file)
    assert (again.exit_code, again.stderr) == (2, f"{file}: is there already; name another file\n")


def test_a_new_event_without_a_file_is_the_output_and_the_reasons_are_not() -> None:
    result = run("new", "speed-dating")
    assert json.loads(result.stdout)["attendees"] == []
    assert "policy.silent" in result.stderr
    assert "speed-dating" in run("new").stdout
    assert run("new", "wedding").exit_code == 2


def test_a_report_is_shown_and_written(played: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = played
    out = tmp_path / "report.json"
    files = (folder / "event.json", folder / "schedule.json")
    result = run("report", *files, "--out", out)
    assert result.exit_code == 0, result.output
    assert "everybody" in result.stdout
    told = json.loads(out.read_text())
    assert (told["everybody"]["people"], told["price"]) == (47, None)


def test_each_kind_of_event_has_a_demo_of_its_own(tmp_path: Path) -> None:
    result = run("demo", "--preset", "investor-day", "--dir", tmp_path, "--seconds", 1)
    assert result.exit_code == 0, result.output
    assert "Everybody in round" in result.stdout
    assert run("verify", tmp_path / "event.json", tmp_path / "schedule.json").exit_code == 0
    assert run("demo", "--preset", "wedding", "--dir", tmp_path).exit_code == 2


@needs_shared
@pytest.mark.parametrize(
    "arguments",
    [
        ["event.json", "schedule.json", "--graph", "graph.json"],
        ["event-after.json", "replanned.json", "--from", "schedule.json", "--held", "4"],
    ],
)
def test_an_independent_checker_passes_the_demo(
    played: tuple[Path, str], arguments: Sequence[str]
) -> None:
    folder, _ = played
    if "--from" in arguments:
        run("graph", folder / "event-after.json", "--out", folder / "graph-after.json")
        arguments = [*arguments, "--graph", "graph-after.json"]
    checked = subprocess.run(
        [sys.executable, shared("check_schedule.py").resolve(), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_an_edit_is_written_with_its_price_and_one_that_breaks_a_rule_is_not(
    event: Path, schedule: Path, tmp_path: Path
) -> None:
    edits, out = tmp_path / "edits.json", tmp_path / "new.json"
    first = json.loads(schedule.read_text())["rounds"][0]["meetings"][0]["attendees"]
    edits.write_text(json.dumps({"edits": [{"kind": "part", "attendees": first}]}))
    done = run("edit", event, schedule, edits, "--out", out)
    assert done.exit_code == 0, done.output
    assert f"part {' and '.join(first)}: costs " in done.output
    assert f"To be told: {', '.join(first)}" in done.output
    assert len(json.loads(out.read_text())["rounds"][0]["meetings"]) == 1
    edits.write_text(json.dumps({"edits": [{"kind": "part", "attendees": first}] * 2}))
    refused = run("edit", event, schedule, edits, "--out", tmp_path / "none.json")
    assert refused.exit_code == 2
    assert "/edits/1/attendees: " in refused.output
    assert "do not meet" in refused.output
    assert not (tmp_path / "none.json").exists()


def test_pinned_edits_are_written_as_rules_of_the_event(
    event: Path, schedule: Path, tmp_path: Path
) -> None:
    edits, out, after = (tmp_path / f"{name}.json" for name in ("edits", "new", "after"))
    first = json.loads(schedule.read_text())["rounds"][0]["meetings"][0]["attendees"]
    edits.write_text(json.dumps({"edits": [{"kind": "part", "attendees": first}]}))
    lost = run("edit", event, schedule, edits, "--out", out, "--pin")
    assert (lost.exit_code, out.exists()) == (2, False)
    assert "--event-out" in lost.output
    done = run("edit", event, schedule, edits, "--out", out, "--pin", "--event-out", after)
    assert done.exit_code == 0, done.output
    assert f"Rule added: forbid {' and '.join(first)}, round 1" in done.output
    given = json.loads(event.read_text())
    rules = json.loads(after.read_text()).pop("pair_rules")
    assert rules[: len(given.get("pair_rules", []))] == given.get("pair_rules", [])
    assert {"kind": "forbid", "pair": first, "round": 1} == rules[-1]
    assert run("verify", after, out).exit_code == 0
