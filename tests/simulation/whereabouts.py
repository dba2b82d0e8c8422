"""Who is away when, by the log of a day alone: a second telling of what docs/day.md says."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

GONE = {"drop_out", "left_early", "no_show"}


class Mark(NamedTuple):
    """What an incident says of somebody's rounds, from the first to the last."""

    incident: str
    away: bool
    first: int
    last: int


@dataclass
class Whereabouts:
    """Marks in their order, of which the last tells; a round that has started keeps its list."""

    people: tuple[str, ...]
    rounds: int
    held: int = 0
    finished: int = 0
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    started: dict[int, set[str]] = field(default_factory=dict)

    def absences(self) -> dict[str, set[int]]:
        """The rounds that each is away from."""
        everyone = range(1, self.rounds + 1)
        return {v: {r for r in everyone if self._is_away(v, r)} for v in self.people}

    def hear(self, incident: dict[str, Any]) -> None:
        """Take in the next incident."""
        kind, v, number = incident["kind"], incident.get("attendee", ""), incident.get("round", 0)
        running = self.held if self.held > self.finished else self.held + 1
        if kind == "round_started":
            self._start(number)
        elif kind == "round_finished":
            self.finished = max(self.finished, number)
        elif kind in GONE:
            first = running if kind == "no_show" else max(number, self.held + 1)
            self._mark(v, Mark(incident["id"], True, first, self.rounds))
        elif kind == "pause" and number >= running:
            self._mark(v, Mark(incident["id"], True, number, number))
        elif kind == "return":
            self._return(v, incident["id"], running)
        elif kind == "undo":
            for marks in self.marks.values():
                marks[:] = [mark for mark in marks if mark.incident != incident["incident"]]

    def _start(self, number: int) -> None:
        for r in range(self.held + 1, number + 1):
            self.started[r] = {v for v in self.people if self._is_away(v, r)}
            self.held, self.finished = r, r - 1

    def _return(self, v: str, incident: str, running: int) -> None:
        if any(mark.away and mark.last >= running for mark in self.marks.get(v, ())):
            self._mark(v, Mark(incident, False, running, self.rounds))
        if running == self.held:
            self.started[running].discard(v)

    def _mark(self, v: str, mark: Mark) -> None:
        self.marks.setdefault(v, []).append(mark)

    def _is_away(self, v: str, number: int) -> bool:
        if number <= self.held:
            return v in self.started[number]
        says = [m.away for m in self.marks.get(v, ()) if m.first <= number <= m.last]
        return bool(says) and says[-1]
