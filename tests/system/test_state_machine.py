"""The service against a plain model of a day: incidents, edits, publications, crashes, restarts.

The model knows who is absent when, how many rounds are held and which incidents were accepted.
After every step the service must agree with it, and what it has published must fit the event.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.databases import settings_on
from tests.processes import Client, RunningService, Site, crowd, site, until

SOAK = bool(os.environ.get("TERTIUS_SOAK"))
EXAMPLES, STEPS = (500, 60) if SOAK else (4, 30)
PEOPLE, ROUNDS = 8, 4
IDS = [f"a{k:03}" for k in range(PEOPLE)]
people = st.sampled_from(IDS)
rounds = st.integers(1, ROUNDS)


class Service:
    """The processes under test: one api with its worker, killed and started again at will."""

    def __init__(self, place: Site) -> None:
        self._place = place
        self.api: RunningService
        self.client: Client
        self.restart()

    def restart(self) -> None:
        self.api, self.client = self._place.api(
            TERTIUS_QUIET_SECONDS="0.5", TERTIUS_IMPROVEMENT_WORK="100000"
        )

    def crash(self) -> None:
        self.api.kill()
        self.restart()


class DayMachine(RuleBasedStateMachine):
    """One event on its day."""

    service: Service
    names: Iterator[int] = count()

    def __init__(self) -> None:
        super().__init__()
        self.absent: dict[str, set[int]] = {v: set() for v in IDS}
        self.held = self.finished = 0
        self.accepted: list[str] = []
        self.version = 0
        self.name = ""
        self.history: dict[int, Any] = {}
        self.kept: dict[int, Any] = {}

    @property
    def client(self) -> Client:
        return self.service.client

    @initialize()
    def publish_the_first_schedule(self) -> None:
        self.event = self.client.event(**crowd(PEOPLE, ROUNDS))
        self.version = self.client.published(self.event)

    # --- what happens ----------------------------------------------------------------------------

    def _report(self, *facts: dict[str, Any], wait: int = 10) -> int:
        batch = [{"id": f"i-{next(self.names)}"} | fact for fact in facts]
        answer = self.client.http.post(
            f"{self.event}/incidents",
            json={"incidents": batch},
            headers={"Prefer": f"wait={wait}"},
        )
        if answer.status_code in (200, 202):
            self.accepted += [row["id"] for row in batch]
        return answer.status_code

    def _open(self, first: int = 1) -> set[int]:
        return set(range(max(first, self.held + 1), ROUNDS + 1))

    @rule(v=people, first=st.none() | rounds, wait=st.sampled_from((0, 10)))
    def drop_out(self, v: str, first: int | None, wait: int) -> None:
        extra = {} if first is None else {"round": first}
        fact = {"kind": "drop_out", "attendee": v} | extra
        assert self._report(fact, wait=wait) in (200, 202)
        self.absent[v] |= self._open(first or 1)

    @rule(v=people)
    def come_back(self, v: str) -> None:
        assert self._report({"kind": "return", "attendee": v}) == 200
        self.absent[v] -= self._open()

    @rule(v=people, number=rounds)
    def pause(self, v: str, number: int) -> None:
        assert self._report({"kind": "pause", "attendee": v, "round": number}) == 200
        if number > self.held:
            self.absent[v].add(number)

    @rule(gone=st.lists(people, min_size=2, max_size=3, unique=True))
    def go_together(self, gone: list[str]) -> None:
        facts = ({"kind": "left_early", "attendee": v} for v in gone)
        assert self._report(*facts) == 200
        for v in gone:
            self.absent[v] |= self._open()

    @rule(v=people)
    def take_back_what_was_just_said(self, v: str) -> None:
        before = set(self.absent[v])
        assert self._report({"kind": "drop_out", "attendee": v}) == 200
        answer = self._report({"kind": "undo", "incident": self.accepted[-1]})
        assert answer in (200, 409)
        self.absent[v] = before if answer == 200 else before | self._open()

    @rule(v=people)
    def do_not_show_up(self, v: str) -> None:
        assert self._report({"kind": "no_show", "attendee": v}) == 200
        self.absent[v] |= self._open()

    @rule(number=st.integers(1, ROUNDS))
    def start_a_round(self, number: int) -> None:
        answer = self._report({"kind": "round_started", "round": number})
        assert answer == (409 if number > self.held + 1 else 200)
        if answer == 200:
            self.finished = max(self.finished, number - 1)
            self.held = max(self.held, number)

    @precondition(lambda self: self.held > 0)
    @rule()
    def finish_the_round(self) -> None:
        assert self._report({"kind": "round_finished", "round": self.held}) == 200
        self.finished = self.held

    @rule(table=st.integers(1, PEOPLE // 2), kind=st.sampled_from(("table_closed", "table_opened")))
    def change_the_room(self, table: int, kind: str) -> None:
        assert self._report({"kind": kind, "table": table}) == 200

    @rule()
    def say_what_cannot_be(self) -> None:
        assert self._report({"kind": "drop_out", "attendee": "nobody"}) == 404
        first = {"kind": "drop_out", "attendee": IDS[0]}
        assert self._report(first, {"kind": "undo", "incident": "never"}) == 404

    @precondition(lambda self: self.accepted)
    @rule()
    def say_it_again(self) -> None:
        log = self.client.get(f"{self.event}/incidents")["incidents"]
        answer = self.client.report(self.event, log[-1])
        assert answer.status_code == 200

    # --- what organisers do ----------------------------------------------------------------------

    @rule(name=st.sampled_from(("Spring", "Autumn")), stale=st.booleans())
    def rename(self, name: str, stale: bool) -> None:
        tag = self._tag()
        if stale:
            self.drop_out(IDS[0], None, 10)
        moved = self._tag() != tag
        headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
        answer = self.client.http.patch(self.event, json={"name": name}, headers=headers)
        assert answer.status_code == (412 if moved else 200)
        if not moved:
            self.name = name

    def _tag(self) -> str:
        return self.client.http.get(self.event).headers["ETag"]

    @rule(back=st.integers(0, 3))
    def publish_an_earlier_version(self, back: int) -> None:
        newest = self.client.get(f"{self.event}/schedules")["schedules"][0]["version"]
        version = max(1, newest - back)
        answer = self.client.http.post(f"{self.event}/schedules/{version}/publish")
        assert answer.status_code in (200, 409)
        if answer.status_code == 200:
            self.version = version

    @rule()
    def solve_anew(self) -> None:
        solve = self.client.http.post(f"{self.event}/solves", json={"work": 1000})
        assert solve.status_code in (202, 429)

    # --- what goes wrong -------------------------------------------------------------------------

    @rule(v=people)
    def crash_in_the_middle(self, v: str) -> None:
        assert self._report({"kind": "drop_out", "attendee": v}, wait=0) in (200, 202)
        self.absent[v] |= self._open()
        self.service.crash()

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def the_service_agrees(self) -> None:
        if not self.version:
            return
        until(self._settled)
        event = self.client.get(self.event)
        assert {a["id"]: set(a["absent_rounds"]) for a in event["attendees"]} == self.absent
        assert (event["held_rounds"], event["name"]) == (self.held, self.name)
        log = self.client.get(f"{self.event}/incidents")
        assert [row["id"] for row in log["incidents"]] == self.accepted
        self._fits(event["published"])

    def _settled(self) -> bool:
        solves = self.client.get(f"{self.event}/solves")["solves"]
        return all(solve["state"] not in ("queued", "running") for solve in solves)

    def _fits(self, schedule: Any) -> None:
        """What is published: nobody meets who is absent, versions are kept, held rounds stay."""
        known = self.client.get(f"{self.event}/schedules")["schedules"]
        assert [row["version"] for row in known] == list(range(len(known), 0, -1))
        assert [row["status"] for row in known].count("published") == 1
        met = set[frozenset[str]]()
        for block in schedule["rounds"]:
            seated = [
                v for m in block["meetings"] if m["outcome"] != "missed" for v in m["attendees"]
            ]
            assert len(seated) == len(set(seated))
            pairs = [
                frozenset(m["attendees"]) for m in block["meetings"] if m["outcome"] != "missed"
            ]
            assert not met & set(pairs)
            met |= set(pairs)
            if block["round"] > self.held:
                assert not {v for v in seated if block["round"] in self.absent[v]}
            else:
                self._stays(block)

    def _stays(self, block: Any) -> None:
        """A held round: only what was missed, and who stood in, may be new, while it runs."""
        number = block["round"]
        seats = {(tuple(m["attendees"]), m["table"]) for m in block["meetings"] if not m["added"]}
        assert self.kept.setdefault(number, seats) == seats


def sound(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not SOAK,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        ),
    )


def test_the_day_never_departs_from_the_model(database: str, tmp_path: Path) -> None:
    with site(settings_on(database, tmp_path)) as place:
        DayMachine.service = Service(place)
        until(DayMachine.service.client.ready)
        sound(DayMachine, EXAMPLES, STEPS)
