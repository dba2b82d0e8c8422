"""A day lived again on the command line: which versions come out, and whether they are the same."""

from pathlib import Path

from rich.console import Console

from app.errors import Refused
from app.planning.replay import Replayed, replay_day
from app.terminal.documents import failure_of, read_file, write_file
from app.terminal.failure import Failure
from schemas.event import Event
from schemas.listing import IncidentLog
from schemas.schedule import Schedule
from solver.warm import warm_kernels


def replay_log(
    event_file: Path, log_file: Path, solved: list[Path], out: Path | None, console: Console
) -> bool:
    """Replay the day, tell and keep each version; whether none differs from the log."""
    event, log = read_file(Event, event_file), read_file(IncidentLog, log_file)
    given = {_version(path, schedule): schedule for path, schedule in _schedules(solved)}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    warm_kernels()
    same = True
    try:
        for version in replay_day(event, log, given):
            console.print(_line(version))
            same &= version.same is not False
            if out is not None:
                write_file(version.schedule, out / f"version-{version.made.version}.json")
    except Refused as refusal:
        raise failure_of(log_file, refusal) from None
    return same


def _schedules(paths: list[Path]) -> list[tuple[Path, Schedule]]:
    return [(path, read_file(Schedule, path)) for path in paths]


def _version(path: Path, schedule: Schedule) -> int:
    if schedule.version is None:
        raise Failure(f"{path}: /version: which version of the event this is")
    return schedule.version


def _line(replayed: Replayed) -> str:
    made, quality = replayed.made, replayed.schedule.quality
    verdict = {True: "the same", False: "DIFFERENT", None: "made"}[replayed.same]
    objective = f"{quality.objective:.5f}" if quality else "unknown"
    return (
        f"version {made.version}: {made.cause} after {made.incidents} incidents, "
        f"objective {objective}, {verdict}"
    )
