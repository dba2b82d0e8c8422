"""The diagnosis end to end: figures and a trial solve joined, over HTTP and on the screen."""

import json
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import spearmanr
from typer.testing import CliRunner

from app.cli import commands
from app.routes import diagnosis as route
from app.terminal.diagnosis import diagnosis_report
from schemas.diagnosis import Diagnosis
from schemas.event import Attendee, Event, Need, Offer, Round
from solver.budget import Budget, Meter
from solver.compatibility.graph import build_graph
from solver.diagnosis.diagnose import diagnose_graph, try_guests
from solver.diagnosis.figures import Figures
from solver.diagnosis.trial import trial_schedule
from solver.objective import parts_of
from solver.solve import solve_instance
from solver.translate.prepare import instance_of
from tests.api import Api
from tests.databases import SQLITE_ONLY
from tests.solver.compatibility.words import HandEncoder, person

DEMO = resources.files("app") / "demo" / "event.json"
TRADES = ("web design", "bookkeeping", "catering", "office cleaning", "legal advice", "photography")


def diagnosed(event: Event) -> Diagnosis:
    words = HandEncoder()
    return diagnose_graph(build_graph(event, words), words)


def codes(found: Diagnosis) -> set[str]:
    return {finding.code for finding in found.findings}


def sellers(count: int, **fields: Any) -> Event:
    """Everybody offers one of the trades and needs nothing."""
    people = [
        person(f"s{k:03d}", offers=[TRADES[k % len(TRADES)]], intents=["clients"], **fields)
        for k in range(count)
    ]
    return Event(rounds=(Round(),) * 4, attendees=tuple(people))


def market(seed: int, people: int = 8, rounds: int = 3) -> Event:
    """A few trades offered, more of them needed, and somebody who looks for a mentor."""
    rng = Random(seed)

    def attendee(k: int) -> Attendee:
        offers = rng.sample(TRADES[:4], rng.choice((1, 2)))
        needs = sorted(set(rng.sample(TRADES, 2)) - set(offers))
        seeking = ("mentee",) if rng.random() < 0.3 else ()
        return Attendee(
            id=f"p{k}",
            offers=tuple(Offer(text=text) for text in offers),
            needs=tuple(Need(text=text) for text in needs),
            intents=("clients", "suppliers", "referrals", *seeking),
        )

    tables = Round(tables=people)
    return Event(rounds=(tables,) * rounds, attendees=tuple(attendee(k) for k in range(people)))


def test_everybody_came_to_sell_and_nobody_to_buy() -> None:
    found = diagnosed(sellers(500))
    assert found.severity == "critical"
    assert {"nobody_buys", "oversupplied_topics"} <= codes(found)
    assert (found.market.sellers, found.market.buyers) == (500, 0)
    assert [guest.kind for guest in found.guests] == ["buys"] * 5  # of six trades
    assert found.expected is not None
    assert found.expected.unserved == 500


def test_the_event_that_ships_is_in_good_order() -> None:
    found = diagnose_graph(build_graph(Event.model_validate_json(DEMO.read_bytes())))
    assert found.severity == "ok"
    assert found.expected is not None
    assert found.expected.mean > 0.8
    event = Event.model_validate_json(DEMO.read_bytes())
    private = [n.text for a in event.attendees for n in a.needs if n.shown_to == "nobody"]
    assert private
    assert not any(text in found.model_dump_json() for text in private)


def test_rules_that_contradict_each_other_are_a_finding() -> None:
    event = sellers(3).model_copy(update={"rounds": (Round(tables=1),)})
    people = tuple(a.model_copy(update={"min_meetings": 1}) for a in event.attendees)
    found = diagnosed(event.model_copy(update={"attendees": people}))
    assert (found.severity, found.expected, found.guests) == ("critical", None, ())
    (finding,) = (finding for finding in found.findings if finding.code == "infeasible")
    assert {rule.code for rule in finding.conflict} == {"min"}


def test_guests_who_would_add_nothing_are_not_named() -> None:
    event = market(2)
    strict = event.policy.model_copy(update={"min_benefit": 1.0})
    gains = [guest.objective for guest in diagnosed(event).guests]
    assert gains == sorted(gains, reverse=True)
    assert len(set(gains)) > 1
    assert diagnosed(event.model_copy(update={"policy": strict})).guests == ()


def test_the_trial_expects_what_a_solve_finds() -> None:
    event = market(1)
    expected = diagnosed(event).expected
    graph = build_graph(event, HandEncoder())
    instance = instance_of(event, graph.columns, graph.refused)
    assert expected is not None
    assert expected.meetings == sum(map(len, trial_schedule(instance)))
    assert 0 < expected.mean <= 1
    assert list(expected.quartiles) == sorted(expected.quartiles)


def test_guests_rank_as_solving_with_each_of_them_does() -> None:
    agreement = [_agreement(market(seed, people=8, rounds=2)) for seed in range(5)]
    assert np.mean(agreement) >= 0.7


def _agreement(event: Event) -> float:
    """Rank correlation of the estimates with the objective won, byes aside, by solving again."""
    words = HandEncoder()
    graph = build_graph(event, words)
    figures = Figures(graph, instance_of(event, graph.columns, graph.refused))
    tried = try_guests(figures, trial_schedule(figures.instance), words)
    won = [_without_byes(event, each.invitation.guest, words) for each in tried]
    assert len(tried) >= 4
    return float(spearmanr([each.points for each in tried], won).statistic)


def _without_byes(event: Event, guest: Attendee, words: HandEncoder) -> int:
    """The best points with the guest; byes aside, since any guest changes them."""
    wider = event.model_copy(update={"attendees": (*event.attendees, guest)})
    graph = build_graph(wider, words)
    instance = instance_of(wider, graph.columns, graph.refused)
    best = parts_of(instance, solve_instance(instance, Meter(Budget(work=200_000))).matchings)
    return best.points + best.byes


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50), st.randoms(use_true_random=False))
def test_the_diagnosis_does_not_depend_on_the_order_of_people(seed: int, rng: Random) -> None:
    event = market(seed, people=5, rounds=2)
    shuffled = rng.sample(event.attendees, len(event.attendees))
    again = event.model_copy(update={"attendees": tuple(shuffled)})
    assert diagnosed(event).model_dump_json() == diagnosed(again).model_dump_json()


# Over HTTP


@pytest.mark.anyio
@SQLITE_ONLY
async def test_the_diagnosis_of_a_stored_event(api: Api) -> None:
    people = [{"id": f"s{k}", "offers": ["life insurance"]} for k in range(12)]
    url = await api.create(attendees=people, rounds=[{}, {}])
    shown = Diagnosis.model_validate_json((await api.send("GET", f"{url}/diagnosis")).content)
    assert shown.severity == "critical"
    assert "nobody_buys" in codes(shown)
    assert [(row.name, row.supply) for row in shown.topics] == [("life insurance", 12)]


@pytest.mark.anyio
@SQLITE_ONLY
async def test_a_diagnosis_is_cached_by_the_tag_of_the_event(api: Api) -> None:
    url = await api.create()
    tag = await api.tag(url)
    fresh = await api.send("GET", f"{url}/diagnosis")
    assert fresh.headers["ETag"] == tag
    answer = await api.send("GET", f"{url}/diagnosis", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.anyio
@SQLITE_ONLY
async def test_an_event_beyond_all_bounds_is_not_diagnosed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await api.create()
    monkeypatch.setattr(route, "MOST_ATTENDEES", 1)
    await api.refuses("GET", f"{url}/diagnosis", status=409, code="too_many_attendees", about=url)


@pytest.mark.anyio
@SQLITE_ONLY
async def test_another_organisations_event_is_not_there(api: Api) -> None:
    url = await api.create()
    await api.as_("other-organiser-key").refuses("GET", f"{url}/diagnosis", status=404)


ODD: dict[str, dict[str, Any]] = {
    "nobody": {"attendees": []},
    "one person": {"attendees": [{"id": "a", "offers": ["x"], "needs": ["x"]}]},
    "signs beside words": {
        "attendees": [
            {"id": "a", "offers": ["!!!"], "needs": ["…", "—"]},
            {"id": "b", "offers": ["tax"], "needs": ["— tax"]},
        ]
    },
    "other scripts": {
        "attendees": [{"id": v, "offers": ["книги"], "needs": ["本", "كتب"]} for v in "abc"]
    },
    "a topic without words": {
        "attendees": [
            {"id": v, "needs": ["tax"], "already_served": ["?"], "welcomes_pitches": ["-"]}
            for v in "ab"
        ],
        "matching": {"topics": [{"name": "?"}, {"name": "tax", "phrases": ["tax", "TAX"]}]},
    },
    "no tables": {"rounds": [{"tables": 1, "closed_tables": [1]}]},
    "nobody is ever there": {"attendees": [{"id": v, "absent_rounds": [1]} for v in "ab"]},
    "no seat for anybody": {
        "attendees": [
            {"id": v, "offers": ["tax"], "needs": ["tax"], "max_meetings": 0} for v in "abc"
        ]
    },
    "nothing counts": {
        "attendees": [
            {"id": v, "offers": ["tax"], "needs": [{"text": "tax", "weight": 0}]} for v in "abc"
        ],
        "weights": {"triangles": 0, "fairness": 0, "byes": 0},
        "policy": {"idle": "leave", "min_benefit": 1.0},
    },
}


@pytest.mark.anyio
@SQLITE_ONLY
@pytest.mark.parametrize("fields", ODD.values(), ids=ODD.keys())
async def test_odd_events_are_diagnosed_all_the_same(api: Api, fields: dict[str, Any]) -> None:
    url = await api.create(**fields)
    Diagnosis.model_validate(await api.get(f"{url}/diagnosis"), strict=False)


# On the screen


def run(*arguments: object) -> Any:
    return CliRunner().invoke(commands, [str(argument) for argument in arguments])


def written(folder: Path, event: Event) -> Path:
    path = folder / "event.json"
    path.write_text(event.model_dump_json())
    return path


def test_the_command_reports_and_writes_the_document(tmp_path: Path) -> None:
    event, out = written(tmp_path, sellers(12)), tmp_path / "diagnosis.json"
    result = run("diagnose", event, "--out", out)
    assert result.exit_code == 0, result.output
    assert "critical: change something before it starts" in result.stdout
    assert "nobody_buys" in result.stdout
    assert Diagnosis.model_validate_json(out.read_text()).severity == "critical"


def test_standard_output_may_hold_the_document(tmp_path: Path) -> None:
    result = run("diagnose", written(tmp_path, sellers(3)), "--out", "-")
    assert json.loads(result.stdout)["attendees"] == 3
    assert "attendees" in result.stderr


def test_an_event_too_large_is_bad_input(tmp_path: Path) -> None:
    people = tuple(Attendee(id=f"p{k}") for k in range(2_001))
    result = run("diagnose", written(tmp_path, Event(rounds=(Round(),), attendees=people)))
    assert result.exit_code == 2
    assert result.stderr.strip() == "an event of up to 2000 attendees is diagnosed"


def test_the_screen_shows_names_masked_counts_and_guests() -> None:
    ada = person("a", name="Ada [b]Thimble[/b]", offers=["bread"], needs=["solar roof"])
    people = (ada, *(person(f"n{k}", needs=["solar roof"], offers=["tax"]) for k in range(2)))
    event = Event(rounds=(Round(),), attendees=people)
    console = Console(width=100, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(diagnosis_report(event, diagnosed(event)))
    shown = captured.get()
    assert "Ada [b]Thimble[/b]: solar roof" in shown
    assert "1-2" in shown
    assert "somebody who can help with 'solar roof' (good for 3)" in shown
