"""The same event, seed and work give the same bytes, whoever asks and in whatever order."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import resources

from app.planning.plan import plan_schedule
from bench.generate import generate
from schemas.event import Event
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.errors import Infeasible
from tests.builders import random_event

WORK = 200_000


@cache
def told(turned: bool = False) -> str:
    """What is answered to every event, as one digest; the documents may be turned around."""
    digest = sha256()
    for event in events():
        digest.update(answer(around(event) if turned else event))
    return digest.hexdigest()


def events() -> Iterator[Event]:
    """A room told by profiles, rooms by benefits, a day half over, and any mixture of rules."""
    demo = resources.files("app") / "demo" / "event.json"
    yield Event.model_validate_json(demo.read_bytes())
    room = generate(60, 2)
    yield room
    for stability in ("strict", "balanced", "free"):
        yield half_over(room, stability)
    for seed in range(6):
        yield random_event(seed, 12, 5)


def half_over(event: Event, stability: str) -> Event:
    """The event after three rounds, without two people."""
    document = json.loads(event.model_dump_json())
    document["published"] = json.loads(without_clock(plan_schedule(event, Budget(work=WORK))))
    document["held_rounds"], document["policy"]["stability"] = 3, stability
    for k in (7, 20):
        document["attendees"][k]["absent_rounds"] = list(range(4, len(event.rounds) + 1))
    return Event.model_validate_json(json.dumps(document))


def around(event: Event) -> Event:
    """The same event, its lists the other way round."""
    document = json.loads(event.model_dump_json())
    for name in ("attendees", "benefits", "pair_rules"):
        document[name].reverse()
    for rule in document["pair_rules"]:
        rule["pair"].reverse()
    return Event.model_validate_json(json.dumps(document))


def answer(event: Event) -> bytes:
    """The schedule without the clock, or that the rules contradict each other."""
    try:
        schedule = plan_schedule(event, Budget(work=WORK))
    except Infeasible as contradiction:
        return repr(contradiction.rules).encode()
    return without_clock(schedule).encode()


def without_clock(schedule: Schedule) -> str:
    assert schedule.quality is not None
    quality = schedule.quality.model_copy(update={"seconds": 0.0})
    return schedule.model_copy(update={"quality": quality}).model_dump_json()


def test_a_process_repeats_itself() -> None:
    assert told.__wrapped__() == told()


def test_the_order_of_documents_plays_no_part() -> None:
    assert told(turned=True) == told()


def test_another_process_says_the_same() -> None:
    script = "from tests.system.test_determinism import told; print(told())"
    found = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == told()
