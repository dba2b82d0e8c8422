"""Nobody is pitched to without consent, in no schedule and after no replan; blocks hold, too."""

from itertools import combinations
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.day.incidents.apply import apply_incidents, day_of, event_to_replan
from app.planning.plan import plan_schedule
from schemas.event import Attendee, Event, Round
from schemas.incident import Incident
from schemas.schedule import Meeting, Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph

QUICK = Budget(work=2_000)
TEXTS = ("bookkeeping", "payroll", "web sites", "van hire", "wedding flowers", "public liability")
TOPICS = ("payroll", "flowers", "liability insurance")


def somebody(v: str, rng: Random, others: str) -> Attendee:
    consent: Any = rng.choice((None, None, True, False, (), (rng.choice(TOPICS),)))
    return Attendee.model_validate(
        {
            "id": v,
            "offers": rng.sample(TEXTS, rng.randint(0, 2)),
            "needs": rng.sample(TEXTS, rng.randint(0, 3)),
            "interests": rng.sample(("golf", "chess"), rng.randint(0, 1)),
            "client_types": rng.sample(("hotels", "shops"), rng.randint(0, 1)),
            "intents": rng.sample(
                ("clients", "suppliers", "referrals", "helping"), rng.randint(0, 3)
            ),
            "welcomes_pitches": consent,
            "already_served": rng.sample(TOPICS, rng.randint(0, 1)),
            "avoid": rng.sample(others, 1) if rng.random() < 0.2 else [],
        },
        strict=False,
    )


def event_of(rng: Random) -> Event:
    people = "abcdefg"
    return Event(
        rounds=(Round(),) * 3,
        attendees=tuple(somebody(v, rng, people.replace(v, "")) for v in people),
        seed=rng.randint(0, 9),
    )


def meetings(schedule: Schedule, first: int = 0) -> list[Meeting]:
    return [meeting for block in schedule.rounds[first:] for meeting in block.meetings]


def consents(buyer: Attendee, seller: Attendee) -> bool:
    """Whether a pitch of the one to the other can be welcome at all."""
    open_to_it = buyer.welcomes_pitches is not False and buyer.welcomes_pitches != ()
    sells = "clients" in (seller.intents or ("clients",))
    return bool(open_to_it and sells and buyer.needs and seller.offers)


def check(event: Event, schedule: Schedule, first: int = 0) -> None:
    person = {attendee.id: attendee for attendee in event.attendees}
    apart = {frozenset((a.id, other)) for a in event.attendees for other in a.avoid}
    refused = {frozenset(pair) for pair in build_graph(event).refused}
    for meeting in meetings(schedule, first):
        one, other = (person[v] for v in meeting.attendees)
        assert frozenset(meeting.attendees) not in apart | refused
        pitched = meeting.intent == "pitch" or any("may become a client" in w for w in meeting.why)
        assert not pitched or consents(one, other) or consents(other, one)
        said = ("presents", "asked for")
        assert (meeting.intent == "pitch") == any(w in meeting.purpose_line for w in said)
    for triangle in schedule.triangles:
        assert not any(frozenset(pair) in apart for pair in combinations(triangle.attendees, 2))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_no_schedule_holds_a_pitch_that_is_not_welcome(seed: int) -> None:
    rng = Random(seed)
    event = event_of(rng)
    schedule = plan_schedule(event, QUICK)
    check(event, schedule)
    asked = event_to_replan(event, schedule, held=1)
    gone = rng.sample("abcdefg", 3)
    revoked = [Incident(id=v, kind="consent_revoked", attendee=v) for v in gone]
    after = apply_incidents(asked, day_of(schedule, held=1), revoked).event
    mended = plan_schedule(after, QUICK)
    check(after, mended, first=1)
    assert mended.rounds[0] == schedule.rounds[0]
    assert all(
        f"{v} may become a client" not in why
        for meeting in meetings(mended, first=1)
        for why in meeting.why
        for v in gone
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_who_is_served_already_is_nobodys_client_for_that(seed: int) -> None:
    rng = Random(seed)
    event = event_of(rng)
    served = rng.choice(TEXTS)
    settled = tuple(a.model_copy(update={"already_served": (served,)}) for a in event.attendees)
    graph = build_graph(event.model_copy(update={"attendees": settled}))
    offers = [
        reason.offer
        for source, target in combinations(graph.ids, 2)
        for pair in ((source, target), (target, source))
        for reason in graph.reasons(*pair)
        if not reason.refused
    ]
    assert served not in offers
