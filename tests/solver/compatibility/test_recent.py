"""A graph made from the one before is the graph made anew, and looks only at who changed."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.benefits import Benefit
from schemas.event import SAID_OF_MEETING, Attendee, Event, Matching, PairRule
from schemas.schedule import Meeting, Schedule, ScheduledRound
from solver.compatibility import reasons
from solver.compatibility.graph import Compatibility, build_graph
from solver.compatibility.recent import Recent
from solver.compatibility.rows import Rows
from tests.solver.compatibility.words import HandEncoder, person, room

TEXTS = ("van hire per day", "van hire per week", "new web site built", "florist", "caterer")
TAGS = ("golf", "chess", "hotels")
INTENTS = ("clients", "referrals", "mentor", "mentee", "helping", "suppliers")


def somebody(v: str, rng: Random) -> Attendee:
    return person(
        v,
        offers=rng.sample(TEXTS, rng.randint(0, 2)),
        needs=rng.sample(TEXTS, rng.randint(0, 2)),
        interests=rng.sample(TAGS, rng.randint(0, 2)),
        client_types=rng.sample(TAGS, rng.randint(0, 2)),
        intents=rng.sample(INTENTS, rng.randint(0, 3)),
        welcomes_pitches=rng.choice((None, None, True, False)),
        already_served=rng.choice(((), (), ("van",))),
    )


def everything(graph: Compatibility) -> tuple[Any, ...]:
    return list(graph.edges()), graph.refused, graph.columns.source.tolist()


def said_of(i: str, j: str, rng: Random) -> PairRule:
    """Two who met, and what they may have said of it."""
    words: dict[str, Any] = {
        name: tuple(rng.sample((i, j), rng.randint(0, 2))) for name in SAID_OF_MEETING
    }
    return PairRule(kind="met", pair=(i, j), **words)


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_what_is_said_afterwards_is_heard_in_a_room_that_is_as_it_was(seed: int) -> None:
    rng = Random(seed)
    event = room(*(somebody(f"p{k}", rng) for k in range(5)))
    known = build_graph(event, HandEncoder())
    for _ in range(3):
        i, j = rng.sample(known.ids, 2)
        rules = (*event.pair_rules, said_of(i, j, rng))[-2:]
        event = event.model_copy(update={"pair_rules": rules})
        known = build_graph(event, HandEncoder(), known)
        assert everything(known) == everything(build_graph(event, HandEncoder()))


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_a_changed_room_is_as_if_it_were_new(seed: int) -> None:
    """People change, leave, come and meet; the order in which they are listed changes, too."""
    rng = Random(seed)
    before = room(*(somebody(f"p{k}", rng) for k in range(6)))
    stay = [a for a in before.attendees if rng.random() < 0.8]
    changed = [somebody(a.id, rng) if rng.random() < 0.3 else a for a in stay]
    come = [somebody(f"{rng.choice('aqz')}{k}", rng) for k in range(rng.randint(0, 2))]
    after = room(*rng.sample([*changed, *come], len(changed) + len(come)))
    if len(after.attendees) > 1:
        one, other = rng.sample(after.attendees, 2)
        after = after.model_copy(update={"pair_rules": (said_of(one.id, other.id, rng),)})
    known = build_graph(before, HandEncoder())
    assert everything(build_graph(after, HandEncoder(), known)) == everything(
        build_graph(after, HandEncoder())
    )


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_a_later_hour_of_the_day_is_as_if_it_were_new(seed: int) -> None:
    """People leave and avoid each other, rounds are held, one revokes a consent or a benefit."""
    rng = Random(seed)
    event = room(*(somebody(f"p{k}", rng) for k in range(5)))
    both = {"p0": rng.choice((0.0, 0.4, 0.9)), "p1": 0.3}
    met = Meeting(table=1, attendees=("p0", "p1"), benefits=both, why=("as it was",))
    missed = met.model_copy(update={"outcome": "missed"})
    row = Benefit(attendee=rng.choice(("p0", "p2")), partner="p1", value=0.2)
    known = build_graph(event, HandEncoder())
    assert everything(known)
    for change in rng.choices(("absent", "avoid", "held", "missed", "consent", "benefit"), k=4):
        one = event.attendees[rng.randrange(5)]
        others = tuple(a for a in event.attendees if a is not one)
        update: dict[str, Any]
        said: dict[str, dict[str, Any]] = {
            "absent": {"absent_rounds": (1,)},
            "avoid": {"avoid": (others[0].id,)},
            "consent": {"welcomes_pitches": False},
        }
        if change in ("held", "missed"):
            meetings = (met if change == "held" else missed,)
            published = Schedule(rounds=(ScheduledRound(round=1, meetings=meetings),))
            update = {"published": published, "held_rounds": 1}
        elif change == "benefit":
            update = {"benefits": rng.choice(((row,), ()))}
        else:
            update = {"attendees": (*others, one.model_copy(update=said[change]))}
        event = event.model_copy(update=update)
        known, anew = build_graph(event, HandEncoder(), known), build_graph(event, HandEncoder())
        assert everything(known) == everything(anew), change
        assert known.listed == anew.listed


def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs the rules that read profiles look at, call by call."""
    pairs: list[int] = []

    def counted(scene: Any, sources: Any, targets: Any, rules: Any) -> Rows:
        if "served" in rules:
            pairs.append(int(np.count_nonzero(sources)) * int(np.count_nonzero(targets)))
        return reasons.reason_rows(scene, sources, targets, rules)

    monkeypatch.setattr("solver.compatibility.graph.reason_rows", counted)
    return pairs


def people(count: int) -> list[Attendee]:
    rng = Random(7)
    return [somebody(f"p{k:02}", rng) for k in range(count)]


def test_an_edit_of_one_looks_only_at_the_pairs_of_that_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody = people(20)
    known = build_graph(room(*everybody), HandEncoder())
    everybody[3] = person("p03", needs=["caterer"])
    pairs = seen(monkeypatch)
    build_graph(room(*everybody), HandEncoder(), known)
    assert sum(pairs) == 20 + 19  # from them to all, from all others to them


def test_what_no_reason_rests_on_changes_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = people(20)
    known = build_graph(room(*everybody), HandEncoder())
    everybody[3] = everybody[3].model_copy(update={"absent_rounds": (1,), "avoid": ("p04",)})
    pairs = seen(monkeypatch)
    build_graph(room(*everybody), HandEncoder(), known)
    assert sum(pairs) == 0


def test_other_settings_are_looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    known = build_graph(room(*people(20)), HandEncoder())
    pairs = seen(monkeypatch)
    weights = Matching(reason_weights={"interest": 0.5})
    build_graph(room(*people(20), matching=weights), HandEncoder(), known)
    assert sum(pairs) == 400


def test_the_event_that_came_before_is_found_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    recent = Recent()
    first = room(*people(8))
    other = room(*(a.model_copy(update={"id": f"x{a.id}"}) for a in people(6)))
    for event in (first, other):
        recent.graph(event)
    pairs = seen(monkeypatch)
    recent.graph(Event(**{n: getattr(first, n) for n in Event.model_fields} | {"seed": 5}))
    assert sum(pairs) == 0
    recent.graph(other)
    assert sum(pairs) == 0
