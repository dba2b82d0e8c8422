"""How long each file of a schedule takes to make, how large it is, and what memory it takes.

    python -m bench.exports                     1,000 attendees in 12 rounds
    python -m bench.exports --attendees 5000

The schedule seats everybody in every round by the circle method: files do not ask how good it is.
"""

import argparse
import resource
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import perf_counter
from typing import get_args

from app.exports.schedule_file import FileRequest, PaperKind
from app.workers.tasks import paper_of, schedule_file_of
from schemas.event import Attendee, Event, Round
from schemas.schedule import Meeting, Schedule, ScheduledRound, Share

REQUESTS = (
    FileRequest("csv", "meetings"),
    FileRequest("csv", "people"),
    FileRequest("xlsx"),
    FileRequest("ics"),
    FileRequest("zoom", round=1),
    *(FileRequest("pdf", paper=kind) for kind in get_args(PaperKind)),
    FileRequest("pdf", link="https://event.example.org/day/{id}"),
)
NINE = datetime(2027, 3, 4, 9)
ZOOM_TAKES = 200
"""People of whom a round has no more rooms than Zoom takes."""


def event_with(attendees: int, rounds: int) -> Event:
    """People who all have a name, an organisation and an address."""
    people = (
        Attendee(
            id=f"p{k:05}",
            name=f"Person Number {k}",
            organisation=f"Organisation {k % 97}",
            email=f"person{k}@example.org",
        )
        for k in range(attendees)
    )
    starts = (NINE + timedelta(minutes=15 * r) for r in range(rounds))
    slots = tuple(Round(starts_at=start, minutes=12) for start in starts)
    return Event(name="Bench", attendees=tuple(people), rounds=slots)


def schedule_with(event: Event, shift: int = 0) -> Schedule:
    """Everybody meets somebody else in each round; another ``shift``, other partners."""
    ids = [a.id for a in event.attendees]
    rounds = (
        ScheduledRound(round=r + 1, meetings=tuple(_meetings(ids, r + shift)))
        for r in range(len(event.rounds))
    )
    shares = (
        Share(id=v, meetings=0, byes=0, benefit=0, best=1, satisfaction=k % 101 / 100)
        for k, v in enumerate(ids)
    )
    return Schedule(version=1 + shift, rounds=tuple(rounds), attendees=tuple(shares))


def _meetings(ids: list[str], turn: int) -> Iterator[Meeting]:
    first, *others = ids
    k = turn % len(others)
    circle = [first, *others[k:], *others[:k]]
    half = len(circle) // 2
    for table, pair in enumerate(zip(circle[:half], reversed(circle[half:]), strict=False), 1):
        yield Meeting(table=table, attendees=pair, value=0.5, purpose="mutual")


def main() -> None:
    """Make each file once, as a child of the service does, and tell what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attendees", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=12)
    asked = parser.parse_args()
    for request in REQUESTS:
        attendees = (
            min(asked.attendees, ZOOM_TAKES) if request.format == "zoom" else asked.attendees
        )
        event = event_with(attendees, asked.rounds)
        before, after = (schedule_with(event, k).model_dump_json() for k in (0, 1))
        text = event.model_dump_json()
        start = perf_counter()
        made = (
            paper_of(text, schedule=after, request=request, held=0, day="{}", printed=None)
            if request.format == "pdf"
            else schedule_file_of(text, schedule=after, request=request, before=before, day="{}")
        )
        seconds = perf_counter() - start
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        paper = request.paper_kind if request.format == "pdf" else ""
        code = " with codes" if request.link else ""
        name = f"{request.format} {request.rows or paper}{code}".strip()
        print(
            f"{name:22} {attendees:6} people {seconds:6.2f} s {len(made):>10,} bytes {mib:5.0f} MiB"
        )


if __name__ == "__main__":
    main()
