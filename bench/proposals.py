"""What few moves give a late guest, beside what a free solve would: over HTTP, room after room.

    python -m bench.proposals                 20 rooms of 200 in 10 rounds, a guest before round 3
    python -m bench.proposals --rooms 5

The guest is somebody of a generated room with true matches, who is on the list and does not come
until two rounds are over. The clock runs from sending the incident until the proposal is there; a
free solve of the same state, of some seconds, tells what the guest would have if nobody minded.
"""

import argparse
import os
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

import httpx

from app.planning.plan import plan_schedule
from bench.generate import generate
from bench.service import published, report, service
from schemas.event import Event
from schemas.schedule import Schedule
from schemas.solve import SolveRequest
from solver.budget import Budget

PEOPLE, ROUNDS, OVER = 200, 10, 2
TRUE_MATCHES, WORTH = 3, 0.3
"""A guest gains so much from so many people at least, and they from the guest."""
SECONDS = 5.0


@dataclass(frozen=True)
class ProposedShare:
    """One room: the benefit of the guest after the repair, by a proposal and by a free solve."""

    repaired: float
    proposed: float
    free: float
    moved: int
    seconds: float

    @property
    def share(self) -> float:
        """What the proposal gives of what a free solve would."""
        return self.proposed / self.free if self.free else 1.0


def room_with_guest(seed: int) -> tuple[Event, str]:
    """A room before anything is planned, and who comes late to it."""
    room = generate(PEOPLE + 1, seed, ROUNDS)
    gains = {(row.attendee, row.partner): row.value for row in room.benefits}
    matches = {
        v.id: sum(
            gain >= WORTH and gains.get((w, v.id), 0) >= WORTH
            for (one, w), gain in gains.items()
            if one == v.id
        )
        for v in room.attendees
    }
    guest = Random(seed).choice([v for v, count in matches.items() if count >= TRUE_MATCHES])
    people = tuple(
        v.model_copy(update={"absent_rounds": tuple(range(1, ROUNDS + 1))}) if v.id == guest else v
        for v in room.attendees
    )
    return room.model_copy(update={"attendees": people}), guest


def propose_in(client: httpx.Client, seed: int) -> ProposedShare:
    """Live the morning of one room until the proposal is there."""
    event, guest = room_with_guest(seed)
    place = published(client, event, SECONDS)
    for number in range(1, OVER + 1):
        for kind in ("round_started", "round_finished"):
            report(client, place, {"id": f"{kind}-{number}", "kind": kind, "round": number})
    begun = perf_counter()
    report(client, place, {"id": "guest", "kind": "late_arrival", "attendee": guest})
    told = _json(client, f"{place}/proposals", prefer="wait=30")
    seconds = perf_counter() - begun
    before = after = _json(client, f"{place}/schedule")
    moved: set[str] = set()
    for proposal in told["proposals"]:
        after = _json(client, f"{place}/proposals/{proposal['id']}")
        moved = {change["attendee"] for change in proposal["changes"]} - {guest}
    return ProposedShare(
        _benefit(before, guest),
        _benefit(after, guest),
        _benefit(_free(_json(client, place)), guest),
        len(moved),
        seconds,
    )


def _json(client: httpx.Client, url: str, prefer: str = "") -> Any:
    answer = client.get(url, headers={"Prefer": prefer} if prefer else {})
    answer.raise_for_status()
    return answer.json()


def _free(event: dict[str, Any]) -> dict[str, Any]:
    """The schedule that a free solve makes of the event as it stands."""
    event["published"] = Schedule.model_validate(event["published"], strict=False)
    asked = Event.model_validate(event, strict=False)
    found = plan_schedule(asked, Budget(seconds=SECONDS), asked=SolveRequest(stability="free"))
    return found.model_dump(mode="json")


def _benefit(schedule: dict[str, Any], who: str) -> float:
    return next(float(row["benefit"]) for row in schedule["attendees"] if row["id"] == who)


def main() -> None:
    """Print a line for each room, and the medians and worst of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", type=int, default=20)
    parser.add_argument("--first", type=int, default=101)
    asked = parser.parse_args()
    rows = []
    with service() as base, httpx.Client(base_url=base, timeout=120) as client:
        for seed in range(asked.first, asked.first + asked.rooms):
            row = propose_in(client, seed)
            rows.append(row)
            print(
                f"room {seed}: benefit {row.repaired:.2f} repaired, {row.proposed:.2f} proposed, "
                f"{row.free:.2f} free: {row.share:.0%}, {row.moved} move, {row.seconds:.2f} s, "
                f"load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    print(
        f"{len(rows)} rooms: share {median(r.share for r in rows):.0%}, least "
        f"{min(r.share for r in rows):.0%}; most moved {max(r.moved for r in rows)}; "
        f"seconds {median(r.seconds for r in rows):.2f}, most {max(r.seconds for r in rows):.2f}"
    )


if __name__ == "__main__":
    main()
