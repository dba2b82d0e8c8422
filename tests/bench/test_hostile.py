"""How attacks are judged, and one short attack; figures come of `python -m bench.hostile`."""

import asyncio
import json
from dataclasses import replace
from math import inf
from time import monotonic
from typing import Any

import httpx
import pytest

from bench import victim
from bench.attacks import empty_rows, head, wordy_event
from bench.hostile import ATTACKS, SQLITE, TITLES, Attack, Endured, endure, main, table
from bench.latency import LatencyTimes
from bench.victim import (
    PATIENCE,
    REQUESTS,
    Answered,
    Victim,
    by_kind,
    planned_between,
    recovery,
    times_of,
)


def seconds_of(times: list[float], begin: float = 0.0, fault: str = "") -> list[Answered]:
    """A request each tenth of a second."""
    return [Answered("event", begin + k / 10, took, fault) for k, took in enumerate(times)]


def test_a_request_without_a_good_answer_counts_as_long_as_anybody_waits() -> None:
    fast = [*seconds_of([0.01] * 99), *seconds_of([0.01], fault="503")]
    assert times_of(fast).most == 1000 * PATIENCE
    assert times_of(fast).percentile(50) == pytest.approx(10)
    assert times_of([*fast, *seconds_of([0.01] * 2, fault="503")]).percentile(99) == 1000 * PATIENCE


def test_a_request_belongs_to_the_time_that_it_was_planned_for() -> None:
    slow = seconds_of([60.0] * 30)
    assert planned_between(slow, 1.0, 2.0) == slow[10:20]


def test_recovery_is_the_first_second_whose_p99_is_well_again() -> None:
    answers = seconds_of([0.9] * 10 + [0.1] * 9 + [0.9] + [0.1] * 10, begin=5.0)
    assert recovery(answers, 5.0, 3, 200.0) == 2.0
    assert recovery(answers, 5.0, 3, 1000.0) == 0.0
    assert recovery(answers, 5.0, 2, 200.0) == inf
    assert recovery(answers, 100.0, 3, 200.0) == inf


def test_what_was_wrong_is_told_by_kind() -> None:
    answers = [*seconds_of([0.01] * 3), *seconds_of([0.01] * 2, fault="503")]
    assert "event 30000 ms of 5, 2 x 503" in list(by_kind(answers))
    assert [line.split()[0] for line in by_kind(answers)] == list(dict.fromkeys(REQUESTS))


def well() -> Endured:
    """At every limit."""
    quiet, during = LatencyTimes((0.1,)), LatencyTimes((0.2,))
    return Endured(ATTACKS["solves"], quiet, during, 5.0, 35.0, 600.0, 9e9, 9.0, 9.0)


def test_an_attack_that_is_endured_holds_at_every_limit() -> None:
    assert well().holds
    assert not replace(well(), quiet=LatencyTimes((0.3,)), during=LatencyTimes((0.51,))).holds


@pytest.mark.parametrize(
    "worse",
    [
        {"during": LatencyTimes((0.21,))},
        {"recovery": 6.0},
        {"own": 35.1},
        {"mib": 601.0},
    ],
)
def test_one_figure_beyond_its_limit_is_enough(worse: dict[str, Any]) -> None:
    assert not replace(well(), **worse).holds
    assert table([replace(well(), **worse)]).splitlines()[-1].endswith("| no    |")


def test_a_row_has_a_cell_for_every_title() -> None:
    assert len(well().cells()) == len(TITLES)
    assert dict(zip(TITLES, well().cells(), strict=True))["own solve"] == "35.0 s"
    assert replace(well(), attack=ATTACKS["keys"]).cells()[TITLES.index("own solve")] == ""


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_every_attack_tells_what_it_does(attack: Attack) -> None:
    assert attack.act.__doc__
    assert [other.words for other in ATTACKS.values()].count(attack.words) == 1


def test_callers_on_postgres_are_more_where_more_wait_for_a_connection() -> None:
    assert ATTACKS["locks"].callers(SQLITE) < ATTACKS["locks"].callers("postgresql://") == 120
    assert ATTACKS["unread"].callers("postgresql://") == ATTACKS["unread"].callers(SQLITE)


def test_an_attack_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "nonsense"])
    assert "there is no attack nonsense" in capsys.readouterr().err


def test_empty_rows_are_small_and_many() -> None:
    assert json.loads(b"[%s]" % empty_rows(1_000)) == [{}] * 1_000
    assert len(empty_rows(100_000)) < 0.3 * 2**20


def test_a_head_ends_where_the_body_begins() -> None:
    lines = head("POST", "/v1/events", "a-key", 12).split(b"\r\n")
    assert lines[0] == b"POST /v1/events HTTP/1.1"
    assert b"Content-Length: 12" in lines
    assert lines[-2:] == [b"", b""]


def test_long_texts_are_as_long_as_they_may_be_and_all_different() -> None:
    people = wordy_event(6).attendees
    offers = [offer.text for person in people for offer in person.offers]
    texts = offers + [need.text for person in people for need in person.needs]
    assert len(set(texts)) == len(texts) == 6 * 20
    assert all(400 < len(text) <= 500 for text in texts)


def test_a_short_attack_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    found = endure(ATTACKS["keys"], seconds=1.0, after=1.0)
    assert min(len(found.quiet.seconds), len(found.during.seconds)) >= 19
    assert 0 < found.quiet.percentile(50) < 1000 * PATIENCE
    assert found.mib > 50
    assert found.mib_below > 50
    assert found.own == 0.0
    assert "they were answered: {'401': 10, '429': " in capsys.readouterr().out


@pytest.mark.anyio
async def test_nobody_waits_longer_than_their_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(victim, "PATIENCE", 0.01)
    async with httpx.AsyncClient(
        base_url="http://silent", transport=httpx.MockTransport(silence)
    ) as http:
        answered = await Victim(http, "/v1/events/e", ["a", "b"]).answered("event", monotonic())
    assert (answered.kind, answered.fault, answered.counted) == ("event", "TimeoutError", 0.01)
