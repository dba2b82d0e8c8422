"""Real scores as files into a schedule, and the checker that shares nothing with us judges it."""

import csv
from io import StringIO

from app.imports.lists.list_import import import_list
from app.imports.order import ListOrder
from app.imports.read import read_table
from app.planning.plan import plan_schedule
from bench.real.shared import shared, table
from schemas.event import Attendee, Event, RoundSeries
from solver.budget import Budget
from tests.checker import judged, needs_shared

WAVE = "wave_01.csv"
COLUMNS = {
    "iid": "attendee", "pid": "partner", "like": "value", "like_o": "value_back",
    "id": "ignore", "partner": "ignore",
}  # fmt: skip


def people() -> Event:
    ids = sorted({row[k] for row in table("speed_dating", WAVE) for k in ("iid", "pid")}, key=int)
    attendees = tuple(Attendee(id=v) for v in ids)
    return Event(rounds=RoundSeries(count=5), attendees=attendees)  # type: ignore[arg-type]


def matrix(event: Event, of: str) -> bytes:
    """Who liked whom, by rows: of one ``gender`` those of the other."""
    liked = {(r["iid"], r["pid"]): r["like"] for r in table("speed_dating", WAVE)}
    own = {row["iid"] for row in table("speed_dating", WAVE) if row["gender"] == of}
    rows = [a.id for a in event.attendees if a.id in own]
    columns = [a.id for a in event.attendees if a.id not in own]
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["liked", *columns])
    writer.writerows([v, *(liked.get((v, w), "") for w in columns)] for v in rows)
    return out.getvalue().encode()


def with_list(event: Event, raw: bytes, columns: dict[str, str]) -> Event:
    found = import_list(
        read_table(raw, of_pairs=True), ListOrder("benefits", "0..10"), event, columns
    )
    assert not found.report.problems
    return found.event


@needs_shared
def test_a_real_evening_is_scheduled_from_its_scores() -> None:
    event = people()
    squared = event
    for gender in ("0", "1"):
        squared = with_list(squared, matrix(event, gender), {})
    listed = with_list(event, shared("data", "speed_dating", WAVE).read_bytes(), COLUMNS)
    assert {(r.attendee, r.partner, r.value) for r in listed.benefits} == {
        (r.attendee, r.partner, r.value) for r in squared.benefits
    }
    assert len(listed.benefits) > 190
    schedule = plan_schedule(listed, Budget(work=100_000))
    found = judged(listed, schedule.model_dump(mode="json"))
    assert found["violations"] == []
    assert sum(len(block.meetings) for block in schedule.rounds) == 50
