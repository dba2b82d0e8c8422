"""A day once more, from its log: the same incidents lead to the same versions.

What a replay cannot make again is what is not in the log: edits of the event, and schedules that
were solved anew on the day, which have to be given.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.day.incidents.apply import Logged, apply_incidents, no_seats, seats_of
from app.day.running_round import event_after_day
from app.errors import StateConflict
from app.planning.document import to_written
from app.planning.improvement import find_improvement
from app.planning.proposal import propose_schedule
from app.planning.repair import repair_schedule
from schemas.day import DayState
from schemas.event import Event
from schemas.listing import IncidentLog, Made, Publication
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.compatibility.recent import RECENT

ALONE = {"round_started", "round_finished", "checked_in"}
"""Kinds that by themselves ask for no repair."""


@dataclass(frozen=True)
class Replayed:
    """A version made again; ``same`` if the log names the bytes that came out, None if none."""

    made: Made
    schedule: Schedule
    same: bool | None


def replay_day(
    event: Event, log: IncidentLog, solved: Mapping[int, Schedule] | None = None
) -> Iterator[Replayed]:
    """Every version that repairs and improvements made, from ``event`` and what it published.

    ``solved`` are versions that came of a solve on the day. Raises StateConflict when one is needed
    that was not given, or when the log is not one of this event.
    """
    return _Replay(event, log, dict(solved or {})).run()


class _Replay:
    def __init__(self, event: Event, log: IncidentLog, versions: dict[int, Schedule]) -> None:
        self._event, self._log, self._versions = event, log, versions
        self._day, self._taken = DayState(), 0
        self._known: dict[str, Logged] = {}
        if event.published is None:
            raise StateConflict.at(
                "/published", "no_published", "the day begins with what is published"
            )
        self._versions[event.published.version or 1] = event.published

    def run(self) -> Iterator[Replayed]:
        for step in _steps(self._log, self._event):
            self._take(step.incidents)
            if isinstance(step, Publication):
                self._publish(step.version)
            elif step.cause == "edit":
                message = (
                    f"version {step.version} followed an edit of the event, which no log holds"
                )
                raise StateConflict.at("/made", "edited", message)
            elif step.cause not in ("solve", "by_hand"):
                yield self._make(step)

    def _take(self, count: int) -> None:
        """Let the day go on to the ``count``-th incident of the log."""
        batch = self._log.incidents[self._taken : count]
        seats = seats_of(self._event.published) if self._event.published else no_seats
        after = apply_incidents(self._event, self._day, batch, seats, self._known)
        self._event, self._day = after.event, after.day
        for incident, effect in zip(batch, after.effects, strict=True):
            self._known[incident.id] = Logged(incident, effect, undone=False)
            if undone := self._known.get(incident.incident or ""):
                self._known[undone.incident.id] = undone._replace(undone=True)
        self._taken += len(batch)

    def _publish(self, version: int) -> None:
        if version not in self._versions:
            message = f"version {version} was solved or edited on the day: give its schedule"
            raise StateConflict.at("/published", "unknown_version", message)
        published = self._versions[version]
        self._event = self._event.model_copy(update={"published": published})

    def _make(self, step: Made) -> Replayed:
        match step.cause:
            case "repair":
                schedule = self._repaired()
            case "proposal":
                schedule = self._proposed(step)
            case _:
                schedule = self._improved(step)
        self._versions[step.version] = schedule
        same = to_written(schedule).made == step.sha256 if step.sha256 else None
        return Replayed(step, schedule, same)

    def _repaired(self) -> Schedule:
        graph = RECENT.graph(event_after_day(self._event, self._day))
        return repair_schedule(self._event, self._day, graph).schedule

    def _improved(self, step: Made) -> Schedule:
        found = find_improvement(self._event, Budget(work=step.work), _unheard, _unstopped)
        if found is None or found.better is None:
            message = f"version {step.version} improved on a repair, and now nothing does"
            raise StateConflict.at("/made", "no_improvement", message)
        return found.better

    def _proposed(self, step: Made) -> Schedule:
        found = propose_schedule(self._event, RECENT.graph(self._event))
        if found is None:
            message = f"version {step.version} was proposed, and now nothing is"
            raise StateConflict.at("/made", "no_proposal", message)
        return found.schedule


def _unheard(_: object) -> None:
    """Nobody watches a replay."""


def _unstopped() -> bool:
    return False


def _steps(log: IncidentLog, event: Event) -> Iterable[Made | Publication]:
    """What became of the schedule, in order; a bare log is taken incident by incident."""
    if not log.made:
        return _one_by_one(log, event)
    steps: list[Made | Publication] = [*log.made, *log.published]
    return sorted(steps, key=lambda step: (step.incidents, step.version, type(step) is Publication))


def _one_by_one(log: IncidentLog, event: Event) -> Iterator[Made | Publication]:
    version = (event.published.version if event.published else None) or 1
    for count, incident in enumerate(log.incidents, 1):
        if incident.kind in ALONE:
            continue
        version += 1
        yield Made(version=version, cause="repair", incidents=count, sha256="")
        yield Publication(version=version, incidents=count)
