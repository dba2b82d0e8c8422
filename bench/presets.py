"""What the choices of presets rest on: wishes by policy, weeks of a circle, talks of students.

    python -m bench.presets                        some ten minutes; docs/presets.md has the tables

*Wishes* solves the hosted-buyer days of `bench.wishes` under one policy after the other. *Circle*
counts after how many weeks nine people have all met: a season as one event, or an event each week,
with the weeks before as its history. *Students* tells how evenly talks with mentors are spread.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from app.demo.day import preset_event
from app.planning.plan import plan_schedule
from bench.report import markdown, signed
from bench.wishes import counted, hosted_buyers, pairs_in
from schemas.base import pair_of
from schemas.benefits import Benefit
from schemas.event import Event, PairRule, Policy, Round, Weights
from schemas.schedule import Schedule
from solver.budget import Budget
from solver.warm import warm_kernels

WORK = 2_000_000
WEEKS = 12

POLICIES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, int]]] = {
    "leave": ({"idle": "leave"}, {}),
    "fill, byes 0": ({"idle": "fill"}, {"byes": 0}),
    "fill, byes 10": ({"idle": "fill"}, {"byes": 10}),
    "fill, byes 50": ({"idle": "fill"}, {}),
    "leave, fairness 50": ({"idle": "leave"}, {"fairness": 50}),
    "leave, fairness 150": ({"idle": "leave"}, {"fairness": 150}),
    "leave, min_benefit .15": ({"idle": "leave", "min_benefit": 0.15}, {}),
    "leave, min_benefit .25": ({"idle": "leave", "min_benefit": 0.25}, {}),
    "leave, max_in_a_row 4": ({"idle": "leave", "max_in_a_row": 4}, {}),
}


def wishes_by_policy(seeds: Sequence[int], seconds: float) -> Iterator[Sequence[str]]:
    """A row for each policy and seed: mutual wishes of the most there can be, and who has few."""
    for name, (policy, weights) in POLICIES.items():
        for seed in seeds:
            event = hosted_buyers(seed).model_copy(
                update={"policy": Policy(**policy), "weights": Weights(**weights)}
            )
            schedule = plan_schedule(event, Budget(seconds=seconds))
            quality, count = schedule.quality, counted(event, pairs_in(schedule))
            most = (quality.mutual_wishes_at_most if quality else None) or 1
            fewest = min(share.meetings for share in schedule.attendees if share.id[0] == "b")
            figures = (seed, f"{count.mutual}/{most}", f"{count.mutual / most:.3f}", count.met)
            yield tuple(map(str, (name, *figures, fewest, len(count.empty))))


def circle_by_method() -> Iterator[Sequence[str]]:
    """A row for each way to run a circle: when all have met, pairs met, and most weeks sat out."""
    told = preset_event("referral-circle")
    pairs = permutations(sorted(attendee.id for attendee in told.attendees), 2)
    equal = tuple(Benefit(attendee=v, partner=w, value=0.5) for v, w in pairs)
    for texts, event in (("demo", told), ("equal", told.model_copy(update={"benefits": equal}))):
        for triangles in (0, 25, 75):
            weighted = event.model_copy(update={"weights": Weights(triangles=triangles)})
            season = plan_schedule(weighted, Budget(work=10 * WORK))
            yield _circle_row(texts, triangles, "one event", [season])
            for rematch in ("seldom", "forbid"):
                weeks = list(_weekly(weighted, rematch))
                yield _circle_row(texts, triangles, f"weekly, {rematch}", weeks)


def _weekly(event: Event, rematch: str) -> Iterator[Schedule]:
    """An event of one round each week, which knows who met when."""
    policy = event.policy.model_copy(update={"rematch": rematch})
    last = dict[tuple[str, str], int]()
    for week in range(1, WEEKS + 1):
        rules = tuple(
            PairRule(kind="met", pair=two, events_ago=week - since)
            for two, since in sorted(last.items())
        )
        fields = {"rounds": (Round(),), "pair_rules": rules, "policy": policy}
        schedule = plan_schedule(event.model_copy(update=fields), Budget(work=WORK))
        last |= dict.fromkeys(pairs_in(schedule), week)
        yield schedule


def _circle_row(
    texts: str, triangles: int, method: str, schedules: Sequence[Schedule]
) -> Sequence[str]:
    people = len(schedules[0].attendees)
    met, full, out = set[tuple[str, str]](), "-", Counter[str]()
    for week, block in enumerate((b for s in schedules for b in s.rounds), start=1):
        met |= {pair_of(*meeting.attendees) for meeting in block.meetings}
        out.update(block.byes)
        if full == "-" and len(met) == people * (people - 1) // 2:
            full = str(week)
    most = max(out.values(), default=0)
    return (method, texts, str(triangles), full, str(len(met)), str(most))


def talks_by_price() -> Iterator[Sequence[str]]:
    """A row for each price of byes: the numbers of talks that students of the demo have."""
    event = preset_event("mentoring")
    for byes in (0, 10, 20, 50):
        weighted = event.model_copy(update={"weights": Weights(triangles=0, byes=byes)})
        schedule = plan_schedule(weighted, Budget(work=10 * WORK))
        talks = sorted(share.meetings for share in schedule.attendees if share.id[0] == "t")
        yield (str(byes), " ".join(map(str, talks)))


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--seconds", type=float, default=4.0)
    asked = parser.parse_args()
    warm_kernels()
    print(markdown(TALKS, talks_by_price()), "\n")
    print(markdown(CIRCLE, circle_by_method()), "\n")
    print(signed(markdown(WISHES, wishes_by_policy(asked.seeds, asked.seconds))))


TALKS = ("byes", "talks of each student")
CIRCLE = ("method", "benefits", "triangles", "all met after", "pairs met", "most weeks sat out")
WISHES = ("policy", "seed", "mutual", "share", "wishes met", "fewest of a buyer", "empty")


if __name__ == "__main__":
    main()
