"""Benefits by column and row by row: one graph, one problem, one digest."""

import hashlib
import json

import pytest
import rfc8785

from app.planning.plan import plan_schedule
from schemas.event import Attendee, Event
from solver.budget import Budget
from solver.compatibility.graph import build_graph
from solver.translate.digest import input_sha256
from solver.translate.prepare import explicit_rows, instance_of
from tests.builders import event_of, random_event


def arrived(event: Event) -> Event:
    return Event.model_validate_json(event.model_dump_json())


@pytest.mark.parametrize("seed", range(20))
def test_it_says_the_same_however_benefits_are_kept(seed: int) -> None:
    event = random_event(seed, 10, 3)
    by_column, by_row = build_graph(arrived(event)), build_graph(event)
    assert by_column.gains == by_row.gains
    assert by_column.refused == by_row.refused == []
    assert list(by_column.edges()) == list(by_row.edges())
    assert all(why.kind == "explicit" for *_, reasons in by_row.edges() for why in reasons)


@pytest.mark.parametrize("seed", range(20))
def test_columns_and_rows_make_the_same_problem(seed: int) -> None:
    event = random_event(seed, 10, 3)
    by_row = instance_of(event, explicit_rows(event)).benefits
    by_column = instance_of(arrived(event), build_graph(arrived(event)).columns).benefits
    assert by_column.source.tolist() == by_row.source.tolist()
    assert by_column.target.tolist() == by_row.target.tolist()
    assert by_column.value.tolist() == by_row.value.tolist()


def test_an_event_that_says_it_all_is_not_copied() -> None:
    event = arrived(event_of("ab", 2, {"ab": 0.5, "ba": 0.5}))
    assert build_graph(event).columns is event.benefits
    sailors = (Attendee(id="a", interests=("sailing",)), Attendee(id="b", interests=("sailing",)))
    profiled = event.model_copy(update={"attendees": sailors})
    assert build_graph(profiled).columns is not event.benefits
    held = event.model_copy(
        update={"published": plan_schedule(event, Budget(work=1_000)), "held_rounds": 1}
    )
    assert build_graph(held).columns is event.benefits


def test_what_was_held_counts_where_the_event_gives_nothing() -> None:
    event = arrived(event_of("ab", 2, {"ab": 0.5, "ba": 0.5}))
    published = plan_schedule(event, Budget(work=1_000))
    later = {"published": published, "held_rounds": 1, "benefits": event.benefits[:1]}
    graph = build_graph(event.model_copy(update=later))
    assert list(graph.columns.triples()) == [("a", "b", 500), ("b", "a", 500)]
    assert [[why.kind for why in reasons] for *_, reasons in graph.edges()] == [
        ["explicit"], ["held"],
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_an_event_has_one_digest_however_its_benefits_are_kept_and_ordered(seed: int) -> None:
    event = random_event(seed, 10, 3)
    document = json.loads(event.model_dump_json())
    document["attendees"].sort(key=lambda person: person["id"])
    document["benefits"].sort(key=lambda row: (row["attendee"], row["partner"]))
    for rule in document["pair_rules"]:
        rule["pair"].sort()
    document["pair_rules"].sort(key=lambda rule: (rule["kind"], rule["pair"]))
    digest = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    turned = event.model_copy(update={"benefits": event.benefits[::-1]})
    assert input_sha256(event) == input_sha256(arrived(event)) == input_sha256(turned) == digest


def test_the_digest_of_more_rows_than_are_written_at_once() -> None:
    ids = [f"a{k}" for k in range(120)]
    rows = [{"attendee": i, "partner": j, "value": 0.5} for i in ids for j in ids if i != j]
    people = [{"id": i} for i in ids]
    event = Event.model_validate_json(
        json.dumps({"rounds": [{}], "attendees": people, "benefits": rows})
    )
    document = json.loads(event.model_dump_json())
    document["attendees"].sort(key=lambda person: person["id"])
    document["benefits"].sort(key=lambda row: (row["attendee"], row["partner"]))
    assert input_sha256(event) == hashlib.sha256(rfc8785.dumps(document)).hexdigest()
