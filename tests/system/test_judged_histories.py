"""Random histories of an event, every version of which an independent judge looks at.

Edits, incidents, solves, publications and returns to earlier versions come in any order. Whatever
is published keeps every rule of the event as it was when it was published, and as it is now; no
bound that is shown lies below its objective.
"""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.builders import EVERY_RULE
from tests.checker import checker, needs_shared
from tests.databases import settings_on
from tests.processes import Client, crowd, site, until
from tests.system.test_state_machine import SOAK, Service, sound

STEPS = 40
MOST, FEWEST = (500, 500) if SOAK else (20, 3)
"""Histories on SQLite, and on a server, where the same happens more slowly."""
PEOPLE, ROUNDS = 8, 4
IDS = [f"a{k:03}" for k in range(PEOPLE)]
people = st.sampled_from(IDS)
couples = st.lists(people, min_size=2, max_size=2, unique=True)


class JudgedHistory(RuleBasedStateMachine):
    """One event, edited at any time."""

    service: Service

    def __init__(self) -> None:
        super().__init__()
        self.reports = self.late = 0
        self.before: Any = None
        self.seen = self.held = 0
        """What was published at the last look, its number, and how many rounds were held then."""

    @property
    def client(self) -> Client:
        return self.service.client

    @initialize()
    def publish_the_first_schedule(self) -> None:
        self.event = self.client.event(**crowd(PEOPLE, ROUNDS))
        self.client.published(self.event)

    # --- edits -----------------------------------------------------------------------------------

    def _patch(self, address: str, change: Any) -> int:
        tag = self.client.http.get(self.event).headers["ETag"]
        headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
        answer = self.client.http.patch(address, content=json.dumps(change), headers=headers)
        assert answer.status_code in (200, 409, 412, 422), answer.text
        return answer.status_code

    @rule(fairness=st.sampled_from((0, 40, None)), byes=st.sampled_from((0, 50, None)))
    def change_the_prices(self, fairness: int | None, byes: int | None) -> None:
        self._patch(self.event, {"weights": {"fairness": fairness, "byes": byes}})

    @rule(kept=st.sampled_from((0, 7, 1000)))
    def change_the_benefits(self, kept: int) -> None:
        self._patch(self.event, {"benefits": crowd(PEOPLE, ROUNDS)["benefits"][:kept]})

    @rule(kind=st.sampled_from(("forbid", "met", "require")), pair=couples)
    def make_a_rule(self, kind: str, pair: list[str]) -> None:
        self._patch(self.event, {"pair_rules": [{"kind": kind, "pair": pair}]})

    @rule()
    def drop_all_rules(self) -> None:
        self._patch(self.event, {"pair_rules": []})

    @rule(pair=couples)
    def block(self, pair: list[str]) -> None:
        self._patch(f"{self.event}/attendees/{pair[0]}", {"avoid": [pair[1]]})

    @rule(v=people, most=st.sampled_from((0, 2, None)), house=st.sampled_from(("Acme", None)))
    def change_a_profile(self, v: str, most: int | None, house: str | None) -> None:
        change = {"max_meetings": most, "organisation": house}
        self._patch(f"{self.event}/attendees/{v}", change)

    @rule(tables=st.integers(1, PEOPLE // 2), rounds=st.integers(ROUNDS - 1, ROUNDS + 1))
    def change_the_rounds(self, tables: int, rounds: int) -> None:
        now = self.client.get(self.event)
        held = now["rounds"][: now["held_rounds"]]
        left = [{"tables": tables}] * (rounds - len(held))
        self._patch(self.event, {"rounds": [*held, *left]})

    @rule(idle=st.sampled_from(("fill", "leave")), floor=st.sampled_from((0.05, 0.5)))
    def change_the_policy(self, idle: str, floor: float) -> None:
        self._patch(self.event, {"policy": {"idle": idle, "min_benefit": floor}})

    @precondition(lambda _: EVERY_RULE)
    @rule(
        companies=st.sampled_from(("any", "one_each", "one_pair")),
        in_a_row=st.sampled_from((None, 1, 2)),
        breaks=st.sampled_from(([], [{"from": 2, "to": 3}])),
    )
    def change_companies_and_breaks(
        self, companies: str, in_a_row: int | None, breaks: Any
    ) -> None:
        change = {"per_organisation": companies, "max_in_a_row": in_a_row, "breaks": breaks}
        self._patch(self.event, {"policy": change})

    @precondition(lambda _: EVERY_RULE)
    @rule(v=people, in_a_row=st.sampled_from((None, 1)), priority=st.sampled_from((None, 0, 300)))
    def change_how_somebody_counts(
        self, v: str, in_a_row: int | None, priority: int | None
    ) -> None:
        self._patch(f"{self.event}/attendees/{v}", {"max_in_a_row": in_a_row, "priority": priority})

    @rule()
    def add_an_attendee(self) -> None:
        if self.late < 2:
            self.late += 1
            self.client.post(f"{self.event}/attendees", {"id": f"late{self.late}"}, 201)

    # --- incidents, solves, publications ---------------------------------------------------------

    def _report(self, **fact: Any) -> None:
        self.reports += 1
        batch = {"incidents": [{"id": f"i-{self.reports}"} | fact]}
        answer = self.client.http.post(f"{self.event}/incidents", json=batch)
        assert answer.status_code in (200, 202, 409, 422), answer.text

    @rule(v=people, kind=st.sampled_from(("drop_out", "return", "no_show")))
    def come_or_go(self, v: str, kind: str) -> None:
        self._report(kind=kind, attendee=v)

    @rule()
    def start_the_next_round(self) -> None:
        held = self.client.get(self.event)["held_rounds"]
        if held < ROUNDS - 2:
            self._report(kind="round_started", round=held + 1)

    @rule(table=st.integers(1, PEOPLE // 2), kind=st.sampled_from(("table_closed", "table_opened")))
    def change_the_room(self, table: int, kind: str) -> None:
        self._report(kind=kind, table=table)

    @rule()
    def solve_anew(self) -> None:
        self.client.http.post(f"{self.event}/solves", json={"work": 2000})

    @rule(back=st.integers(0, 4))
    def publish_some_version(self, back: int) -> None:
        newest = self.client.get(f"{self.event}/schedules")["schedules"][0]["version"]
        answer = self.client.http.post(f"{self.event}/schedules/{max(1, newest - back)}/publish")
        assert answer.status_code in (200, 409), answer.text

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def no_bound_lies_below_its_objective(self) -> None:
        if not hasattr(self, "event"):
            return
        until(self._settled)
        for row in self.client.get(f"{self.event}/schedules")["schedules"]:
            assert row["upper_bound"] is None or row["upper_bound"] >= row["objective"], row

    @invariant()
    def what_is_published_keeps_every_rule(self) -> None:
        if not hasattr(self, "event"):
            return
        event = self.client.get(self.event)
        shown = event.pop("published")
        held = event["held_rounds"]
        event["benefits"] += held_benefits(event, shown)
        judge = checker()
        new = shown["version"] != self.seen
        before = self.before if new and held == self.held else shown
        found = judge.check(judge.Event(event), shown, before if held else None, held)
        wrong = found["violations"]
        if shown["stale"] or not new:
            wrong = [line for line in wrong if line[0] == "H"]
        assert not wrong or self._hopeless(), self._told(wrong, shown)
        self.seen, self.before, self.held = shown["version"], shown, held

    def _told(self, wrong: list[str], shown: Any) -> str:
        """What a reader of a failure needs to know."""
        solves = [
            (row["state"], row["version"])
            for row in self.client.get(f"{self.event}/solves")["solves"]
        ]
        return json.dumps([wrong, shown["version"], shown["stale"], solves[:5]])

    def _settled(self) -> bool:
        solves = self.client.get(f"{self.event}/solves")["solves"]
        return all(solve["state"] not in ("queued", "running") for solve in solves)

    def _hopeless(self) -> bool:
        """Whether the last repair told that no schedule keeps all the rules."""
        repairs = self.client.get(f"{self.event}/solves")["solves"]
        return any(solve["state"] == "infeasible" for solve in repairs[:3])


def held_benefits(event: Any, schedule: Any) -> list[dict[str, Any]]:
    """What meetings that took place were worth, where the event gives nothing: that stands."""
    given = {(row["attendee"], row["partner"]) for row in event["benefits"]}
    rows = [
        {"attendee": who, "partner": partner, "value": meeting["benefits"][who]}
        for block in schedule["rounds"][: event["held_rounds"]]
        for meeting in block["meetings"]
        for who, partner in (meeting["attendees"], meeting["attendees"][::-1])
        if meeting["outcome"] != "missed"
    ]
    return [row for row in rows if (row["attendee"], row["partner"]) not in given]


@needs_shared
def test_no_history_leads_to_a_schedule_that_the_judge_refuses(
    database: str, tmp_path: Path
) -> None:
    with site(settings_on(database, tmp_path)) as place:
        JudgedHistory.service = Service(place)
        until(JudgedHistory.service.client.ready)
        sound(JudgedHistory, MOST if database == "sqlite" else FEWEST, STEPS)
