"""Inside a child process: one order after the other, until the parent hangs up."""

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from math import inf
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from app.day.notices.changes import changes_between
from app.logs import safe_traceback
from app.planning.document import quality_of, to_written
from app.workers.gc_tuning import tune_gc
from app.workers.messages import (
    Contradicted,
    Done,
    Exhausted,
    Failed,
    Improved,
    Outdated,
    Planned,
    PlanOrder,
    PlanReply,
    Task,
)
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.solve import Progress
from solver.budget import Budget
from solver.errors import Infeasible, NoIncumbentError

BACKGROUND_NICENESS = 10
"""Niceness of work that nobody waits for, or for long already."""
SECONDS_IN_FRONT = 2.0
"""How long what a request asks for is on a par with everything else."""


SECONDS_BETWEEN_REPORTS = 0.1


def forget_secrets() -> None:
    """Take out of the environment what the service was given to keep."""
    for name in SECRETS:
        os.environ.pop(name, None)


def lower_priority() -> None:
    """Let this process do from now on what nobody waits for."""
    os.nice(BACKGROUND_NICENESS - os.nice(0))


STOP = "stop"
SECRETS = (
    "TERTIUS_MASTER_KEY",
    "TERTIUS_MASTER_KEY_FILE",
    "TERTIUS_DATABASE_URL",
    "TERTIUS_KEYS",
)
"""What of the environment is none of a child's business."""


def serve_orders(pipe: Connection) -> None:
    """Do what is ordered, one thing after the other, until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole terminal
    forget_secrets()
    tune_gc()
    inbox = _Inbox(pipe)
    while True:
        order = inbox.orders.get()
        if isinstance(order, Task):
            answer = _in_front_at_first(order.seconds_in_front, partial(_run, order))
        else:
            outbox = _Outbox(pipe, inbox.stop)
            answer = _in_front_at_first(order.seconds_in_front, partial(_answer, order, outbox))
        pipe.send(answer)


def _in_front_at_first(seconds: float, work: Callable[[], Any]) -> Any:
    """What comes of the work, which after so long gives way to what takes less.

    It is done in a thread of its own, for no priority that was lowered can be raised again.
    """
    if seconds == inf:
        return work()
    answers = list[Any]()
    working = threading.Thread(target=lambda: answers.append(work()))
    working.start()
    working.join(seconds)
    if working.native_id is not None and working.is_alive():
        os.setpriority(os.PRIO_PROCESS, working.native_id, BACKGROUND_NICENESS)
    working.join()
    return answers[0]


class _Inbox:
    """Orders and stops as they come, read beside the planning; the end of it ends the process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.orders: SimpleQueue[PlanOrder | Task] = SimpleQueue()
        self.stop = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except Exception:  # the parent has gone, or what came cannot be an order of it
                os._exit(0)
            if isinstance(message, PlanOrder | Task):
                self.stop.clear()
                self.orders.put(message)
            else:
                self.stop.set()


class _Outbox:
    """Progress on its way out: the newest, at most every so often."""

    def __init__(self, pipe: Connection, stop: threading.Event) -> None:
        self._pipe = pipe
        self._stop = stop
        self._newest: Progress | None = None
        self._due = time.monotonic() + SECONDS_BETWEEN_REPORTS  # an answer at once needs none

    def report(self, progress: Progress) -> None:
        """Send ``progress`` once it is due, unless a newer one comes before."""
        self._newest = progress
        self._send_due()

    def stopped(self) -> bool:
        """Whether the parent has asked for an end; asked often, so it also sends what is due."""
        self._send_due()
        return self._stop.is_set()

    def _send_due(self) -> None:
        if self._newest is None or time.monotonic() < self._due:
            return
        self._pipe.send(self._newest)
        self._newest = None
        self._due = time.monotonic() + SECONDS_BETWEEN_REPORTS


def _run(task: Task) -> Done | Failed:
    """Run a task; whatever goes wrong is an answer as well."""
    try:
        return Done(task.function(task.event))
    except Exception as error:
        return Failed(safe_traceback(error))


def _answer(order: PlanOrder, outbox: _Outbox) -> PlanReply:
    """Plan, and say what came of it; whatever goes wrong is an answer as well."""
    try:
        from app.planning.plan import plan_schedule  # the optimiser is loaded in children alone

        event = _event(order)
        if order.improve:
            return _improved(event, order.budget, outbox)
        told = (outbox.report, outbox.stopped)
        return _planned(plan_schedule(event, order.budget, *told, asked=order.asked))
    except Infeasible as error:
        return Contradicted(error.conflict, error.advice)
    except NoIncumbentError:
        return Exhausted()
    except Exception as error:
        return Failed(safe_traceback(error))


def _event(order: PlanOrder) -> Event:
    """The event with its seed, and with the schedule it is a replan of."""
    event = Event.model_validate_json(order.event)
    known: dict[str, object] = {}
    if order.asked.seed is not None:
        known["seed"] = order.asked.seed
    if order.published is not None:
        known["published"] = Schedule.model_validate_json(order.published)
        known["held_rounds"] = order.held_rounds
    return event.model_copy(update=known)


def _planned(schedule: Schedule) -> Planned:
    return Planned(to_written(schedule), quality_of(schedule))


def _improved(event: Event, budget: Budget, outbox: _Outbox) -> Improved | Outdated:
    from app.planning.improvement import find_improvement

    lower_priority()
    found = find_improvement(event, budget, outbox.report, outbox.stopped)
    if found is None:
        return Outdated()
    told = (
        changes_between(event.published, found.better) if event.published and found.better else ()
    )
    return Improved(
        found.fresh,
        found.proven,
        _planned(found.better) if found.better else None,
        told,
        event.policy.publish == "auto",
    )
