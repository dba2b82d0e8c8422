"""The search as it goes, on the organiser's screen: one live line, or a plain one now and then."""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from app.planning.plan import plan_schedule
from app.terminal.failure import DEFECT, INFEASIBLE, Failure
from app.terminal.summary import percent, points
from schemas.day import DayState
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.solve import Advice, Conflict, Progress
from solver.budget import Budget, Stop
from solver.errors import Infeasible, InvalidScheduleError, NoIncumbentError
from solver.warm import warm_search

SECONDS_BETWEEN_LINES = 1.0
REFRESHES = 5


class PlanDisplay:
    """Shows the newest progress, with the seconds that have passed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._newest: Progress | None = None
        self._spinner = Spinner("dots")
        self._next_line = 0.0

    def report(self, progress: Progress) -> None:
        """Take up ``progress``."""
        self._newest = progress
        if not self._console.is_terminal and self._seconds() >= self._next_line:
            self._next_line = self._seconds() + SECONDS_BETWEEN_LINES
            self._console.print(self._line())

    def shown(self) -> AbstractContextManager[object]:
        """Keep a live line on a terminal while the context lasts; elsewhere nothing."""
        if not self._console.is_terminal:
            return nullcontext()
        return Live(
            console=self._console,
            get_renderable=self._live,
            refresh_per_second=REFRESHES,
            transient=True,
        )

    def _live(self) -> Spinner:
        self._spinner.update(text=self._line())
        return self._spinner

    def _line(self) -> str:
        seconds, newest = f"{self._seconds():5.1f} s", self._newest
        if newest is None:
            return f"{seconds}  reading what people offer and need"
        return (
            f"{seconds}  objective {points(newest.objective)}"
            f"  bound {points(newest.upper_bound)}  gap {percent(newest.gap)}"
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._started


def plan_with_display(
    event: Event, budget: Budget, console: Console, day: DayState | None = None
) -> Schedule:
    """Plan on the organiser's screen: progress as it comes, Ctrl-C to stop, no tracebacks."""
    watcher = PlanDisplay(console)
    try:
        with until_interrupt() as stop, watcher.shown():
            warm_search()  # else loading what is compiled would count as searching
            return plan_schedule(event, budget, watcher.report, stop, day)
    except Infeasible as error:
        raise Failure(*_told(error.conflict, error.advice), exit_code=INFEASIBLE) from None
    except NoIncumbentError as error:
        raise Failure(f"{error}: give it more") from None
    except InvalidScheduleError as error:
        lines = "The verifier refused what the optimiser made; this is a defect.", str(error)
        raise Failure(*lines, exit_code=DEFECT) from None


def _told(conflict: Sequence[Conflict], advice: Advice | None) -> Iterator[str]:
    """Contradicting rules for people, what binds, and what would mend it."""
    told = advice or Advice()
    remedies = [remedy.message for remedy in told.remedies]
    codes = [rule.code for rule in conflict if not remedies or rule.code not in CHECKED]
    hints = list(dict.fromkeys(RELAXED[code] for code in codes if code in RELAXED))
    sections = (
        (
            "Infeasible: these rules cannot all hold; without any one of them the others can.",
            [f"{rule.pointer}: {rule.message}" for rule in conflict],
        ),
        ("What there is too little of:", [shortage.message for shortage in told.shortages]),
        ("Each of these by itself makes a schedule possible:", remedies),
        ("It may also help to:" if remedies else "What could give way:", hints),
    )
    for title, lines in sections:
        if lines:
            yield title
            yield from (f"  {line}" for line in lines)


RELAXED = {
    "require": "drop a required pair",
    "min": "lower a minimum of meetings",
    "max": "raise a maximum of meetings",
    "absent": "have somebody present in more rounds",
    "tables": "open more tables, or add a round",
    "forbid": "drop a forbidden pair",
    "same_organisation": "allow meetings within an organisation",
    "language": "require the pair: that overrides languages",
    "met": "allow rematches",
    "refused": "give the pair a benefit of its own",
    "once": "drop a required pair",
    "leave": "fill idle seats: idle fill",
}
"""What can give way, by the code of the rule."""
CHECKED = ("require", "min", "tables")
"""Codes of rules on which remedies say more."""


@contextmanager
def until_interrupt() -> Iterator[Stop]:
    """Let the first Ctrl-C ask the search to stop and keep its best; a second one ends it all."""
    asked = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
