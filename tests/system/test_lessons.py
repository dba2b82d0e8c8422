"""The five lessons about networking, each from profiles to the schedule."""

from collections import Counter
from itertools import cycle, islice
from statistics import mean
from typing import Any

import pytest

from app.day.incidents.apply import apply_incidents, day_of, event_to_replan
from app.planning.plan import complaints_about, plan_schedule
from schemas.event import Attendee, Event, Policy, Round
from schemas.incident import Incident
from schemas.schedule import Meeting, Schedule
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.compatibility.spheres import default_spheres
from solver.diagnosis.diagnose import diagnose_graph

QUICK = Budget(work=300_000)


def person(v: str, **fields: Any) -> Attendee:
    return Attendee.model_validate({"id": v} | fields, strict=False)


def event_of(*attendees: Attendee, rounds: int = 3, **fields: Any) -> Event:
    return Event(rounds=(Round(),) * rounds, attendees=attendees, **fields)


def meetings(schedule: Schedule) -> list[Meeting]:
    return [meeting for block in schedule.rounds for meeting in block.meetings]


def scheduled(event: Event) -> Schedule:
    schedule = plan_schedule(event, QUICK)
    assert complaints_about(event, build_graph(event), schedule) == []
    return schedule


def test_lesson_1_a_meeting_is_good_only_if_both_gain() -> None:
    """The baker needs the printer, who needs nothing of hers; the two designers need each other."""
    event = event_of(
        person("baker", needs=["leaflets printed"], intents=["suppliers"]),
        person("printer", offers=["leaflet printing"], intents=["suppliers"]),
        person("logos", offers=["logo design"], needs=["photos of our work"]),
        person("photos", offers=["photos of your work"], needs=["a new logo design"]),
        policy=Policy(idle="leave"),
    )
    schedule = scheduled(event)
    assert [meeting.attendees for meeting in meetings(schedule)] == [("logos", "photos")]
    assert min(meetings(schedule)[0].benefits.values()) >= 0.05
    assert build_graph(event).gains["baker"]["printer"] > 300  # she would gain, he would not


def test_lesson_2_a_triangle_in_which_each_helps_the_next_is_closed() -> None:
    """No two of the three have anything to give each other both ways; all three together do."""
    event = event_of(
        person("a", offers=["tax returns"], needs=["van hire"], intents=["suppliers"]),
        person("b", offers=["web sites"], needs=["tax returns"], intents=["suppliers"]),
        person("c", offers=["van hire"], needs=["web sites"], intents=["suppliers"]),
        policy=Policy(idle="leave"),
    )
    schedule = scheduled(event)
    assert [triangle.attendees for triangle in schedule.triangles] == [("a", "b", "c")]
    assert {meeting.purpose for meeting in meetings(schedule)} == {"triangle"}
    assert len(meetings(schedule)) == 3


def sellers(count: int) -> list[Attendee]:
    """People who all offer something, need nothing, and welcome no pitch."""
    trades = sorted({trade for sphere in default_spheres() for trade in sphere.professions})
    return [
        person(f"s{k:03}", offers=[trade], client_types=["small firms"], welcomes_pitches=False)
        for k, trade in enumerate(islice(cycle(trades), count))
    ]


def test_lesson_3_where_everybody_came_to_sell_referral_partners_meet() -> None:
    event = event_of(*sellers(500), rounds=4)
    assert diagnose_graph(build_graph(event)).severity == "critical"
    schedule = scheduled(event)
    assert {meeting.intent for meeting in meetings(schedule)} == {"relationship"}
    kinds = Counter(meeting.purpose for meeting in meetings(schedule))
    assert kinds["mutual"] >= 990  # all serve small firms, which is as good as no reason
    referred = [m.purpose_line for m in meetings(schedule) if m.purpose == "mutual"]
    assert all("refer" in line for line in referred)


def pitched(schedule: Schedule) -> list[tuple[str, str]]:
    return [meeting.attendees for meeting in meetings(schedule) if meeting.intent == "pitch"]


def test_lesson_4_a_pitch_is_declared_and_needs_consent_also_after_the_fact() -> None:
    def event(**consent: Any) -> Event:
        return event_of(
            person("buyer", needs=["public liability insurance"], interests=["golf"], **consent),
            person("seller", offers=["public liability insurance"], interests=["golf"]),
            rounds=2,
        )

    agreed = scheduled(event())
    assert pitched(agreed) == [("buyer", "seller")]
    (meeting,) = meetings(agreed)
    assert "buyer asked for" in meeting.purpose_line
    (told,) = meetings(scheduled(event(welcomes_pitches=True)))
    assert "seller presents" in told.purpose_line
    assert "who agreed to hear of it" in told.purpose_line
    assert pitched(scheduled(event(welcomes_pitches=False))) == []
    assert pitched(scheduled(event(already_served=["liability insurance"]))) == []

    asked = event_to_replan(event(), agreed, held=0)
    revoked = [Incident(id="1", kind="consent_revoked", attendee="buyer")]
    after = scheduled(apply_incidents(asked, day_of(agreed, held=0), revoked).event)
    assert pitched(after) == []
    assert [m.intent for m in meetings(after)] == ["relationship"]
    assert "client" not in " ".join(meetings(after)[0].why)


def room_of_many_reasons() -> Event:
    """Nine in ten came to sell and to buy; one in ten looks for a mentor, and two are mentors.

    In ten rounds each of the two can meet all ten who look for one.
    """
    trades = [trade for sphere in default_spheres()[:8] for trade in sphere.professions][:44]
    many = [
        person(f"s{k:02}", offers=[trades[k % 44]], needs=[f"a {trades[(k * 7 + 3) % 44]}"])
        for k in range(88)
    ]
    field = "designing steel bridges"
    mentees = [person(f"m{k:02}", intents=["mentee"], needs=[field]) for k in range(10)]
    mentors = [person(f"t{k}", intents=["mentor"], offers=[field]) for k in range(2)]
    return event_of(*many, *mentees, *mentors, rounds=10)


def test_lesson_5_the_loudest_goal_does_not_crowd_out_the_others() -> None:
    shares = {
        share.id: share.satisfaction or 0 for share in scheduled(room_of_many_reasons()).attendees
    }
    minority = mean(share for v, share in shares.items() if v[0] == "m")
    majority = mean(share for v, share in shares.items() if v[0] == "s")
    assert minority >= majority


@pytest.mark.parametrize("giving", ["mentor", "teaching", "helping"])
def test_who_came_to_give_gains_by_giving(giving: str) -> None:
    event = event_of(
        person("giver", offers=["reading a balance sheet"], intents=[giving]),
        person("learner", needs=["how to read a balance sheet"], intents=["suppliers"]),
        policy=Policy(idle="leave"),
    )
    (meeting,) = meetings(scheduled(event))
    assert meeting.purpose == "mutual"
    assert meeting.benefits["giver"] == 0.4
    assert any(text.startswith("giver came to") for text in meeting.why)
