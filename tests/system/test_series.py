"""A series of three events: what people say of their meetings decides who meets again."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feedback.history import history_of, join_history, with_history
from app.feedback.meetings import current_feedback, held_meetings
from app.planning.plan import plan_schedule
from schemas.base import Pair, pair_of
from schemas.day import DayState
from schemas.event import Attendee, Event, PairRule, Policy, Round
from schemas.feedback import Feedback
from schemas.schedule import Meeting, Schedule
from solver.budget import Budget
from tests.databases import settings_on
from tests.processes import Client, site, until

ALIKE, ALONE = "abcdefgh", "xy"
"""Who share an interest; who share nothing with anybody."""
ROUNDS = 4
Words = tuple[str | None, str | None]
"""What the first of a pair said of their meeting, and what the second; None: nothing at all."""
NOTHING: Words = (None, None)
FIELDS: Mapping[str, dict[str, bool]] = {
    "no": {"valuable": False},
    "yes": {"valuable": True},
    "refer": {"would_refer": True},
}


def feedback_of(told: Mapping[Pair, Words]) -> list[dict[str, Any]]:
    """The words of all who said something, as they are sent."""
    return [
        {"id": i + j, "attendee": i, "partner": j, **FIELDS[word]}
        for two, words in told.items()
        for (i, j), word in zip((two, two[::-1]), words, strict=True)
        if word is not None
    ]


# --- over HTTP ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with site(settings_on(database, tmp_path_factory.mktemp("series"))) as running:
        _, client = running.api()
        until(client.ready)
        yield client


def evening(client: Client, events: str, idle: str) -> tuple[str, set[Pair]]:
    """The next event of a series, solved, published and held; and who met."""
    people = [{"id": v, "interests": ["chess"]} for v in ALIKE] + [{"id": v} for v in ALONE]
    policy = {"rematch": "allow", "idle": idle}
    body = {"rounds": [{}] * ROUNDS, "attendees": people, "policy": policy, "seed": 1}
    event = client.post(events, body, 201).headers["Location"]
    solve = client.ended(client.solve(event, work=100_000))
    client.post(f"{event}/schedules/{solve['version']}/publish")
    for r in range(1, ROUNDS + 1):
        client.report(event, {"id": f"start-{r}", "kind": "round_started", "round": r})
    rounds = client.get(f"{event}/schedule")["rounds"]
    return event, {pair_of(*m["attendees"]) for block in rounds for m in block["meetings"]}


def opinions(met: list[Pair]) -> dict[Pair, Words]:
    """Of those alike some both say no, some both would refer; of the others one praises one."""
    alike = [two for two in met if two[1] in ALIKE]
    others = [two for two in met if two[1] in ALONE]
    kinds: list[Words] = [("no", "no"), NOTHING, ("refer", "refer"), NOTHING]
    told = {two: kinds[k % len(kinds)] for k, two in enumerate(alike)}
    return told | {two: ("yes", None) if two == others[0] else NOTHING for two in others}


def test_three_evenings_part_who_said_no_and_bring_together_who_would_refer(client: Client) -> None:
    series = client.post("/v1/series", {"name": "Breakfasts"}, 201).headers["Location"]
    said: dict[Pair, Words] = {}
    for number in range(3):
        event, met = evening(client, f"{series}/events", "leave" if number else "fill")
        for two, words in said.items():
            if words in (("refer", "refer"), ("yes", None)):
                assert two in met  # half a stage is a reason as well
            if words == ("no", "no") or (words == NOTHING and two[1] in ALONE):
                assert two not in met
        told = opinions(sorted(met - said.keys()))
        client.post(f"{event}/feedback", {"feedback": feedback_of(told)})
        said = told | said
        added = client.http.put(f"{series}/events/{event.rpartition('/')[2]}")
        assert added.status_code == 200
    kinds = [*said.values()]
    assert min(kinds.count(("no", "no")), kinds.count(("refer", "refer"))) > 3
    assert sum(two[1] in ALONE for two in said) > 3


# --- in the solver ------------------------------------------------------------------------------


def somebody(v: str, rng: Random) -> Attendee:
    return Attendee(id=v, interests=tuple(rng.sample(("chess", "golf", "tea"), rng.randint(0, 2))))


def has_reason(meeting: Meeting, event: Event) -> bool:
    """Whether two share an interest or one spoke well of the other, and not both said no."""
    pair = pair_of(*meeting.attendees)
    rule = next((r for r in event.pair_rules if r.pair == pair), None)
    one, other = (set(a.interests) for a in event.attendees if a.id in pair)
    if rule is None:
        return bool(one & other)
    return len(rule.not_valuable) < 2 and bool(one & other or rule.valuable or rule.would_refer)


def told_of(schedule: Schedule, rng: Random) -> dict[Pair, Words]:
    """What the two of each meeting may have said of it."""
    words = None, None, "no", "no", *FIELDS
    return {
        pair_of(*meeting.attendees): (rng.choice(words), rng.choice(words))
        for block in schedule.rounds
        for meeting in block.meetings
    }


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(("fill", "leave")))
def test_in_any_series_a_meeting_counts_for_what_the_two_have_shown_to_want(
    seed: int, idle: Literal["fill", "leave"]
) -> None:
    rng = Random(seed)
    people = tuple(somebody(v, rng) for v in ALIKE)
    policy = Policy(rematch="allow", idle=idle, min_benefit=0.01)
    bare = Event(rounds=(Round(),) * 3, attendees=people, policy=policy)
    history: tuple[PairRule, ...] = ()
    for _ in range(3):
        event = with_history(bare, history)
        schedule = plan_schedule(event, Budget(work=3_000))
        for meeting in (meeting for block in schedule.rounds for meeting in block.meetings):
            assert bool(meeting.value) == has_reason(meeting, event)
            assert meeting.value or idle == "fill"
        told = feedback_of(told_of(schedule, rng))
        said = current_feedback(Feedback.model_validate(each) for each in told)
        history = join_history([history, history_of(held_meetings(schedule, 3, DayState()), said)])
