"""A report in the terminal: a line for each group, and the price in words."""

from io import StringIO

from rich.console import Console

from app.planning.plan import plan_schedule
from app.terminal.report import report_of, report_view
from schemas.event import Attendee
from solver.budget import Budget
from tests.builders import event_of


def test_every_group_has_a_line_and_the_price_its_words() -> None:
    people = (
        Attendee(id="a", labels={"role": "buyer"}, priority=1000),
        Attendee(id="b", labels={"role": "supplier"}),
        Attendee(id="c"),
    )
    event = event_of(people, 1, {"ab": 0.9, "ba": 0.3, "cb": 0.8, "bc": 0.8})
    schedule = plan_schedule(event, Budget(work=1_000_000))
    file = StringIO()
    report = report_of(event, schedule, 1_000_000)
    Console(file=file, width=300).print(report_view(report))
    told = file.getvalue()
    lines = [line.split() for line in told.splitlines() if line.strip()]
    assert ["buyer", "1", "1", "0", "100", "%", "100", "%", "-", "0"] in lines
    assert any(line[:3] == ["(no", "value)", "1"] for line in lines)
    assert report.price is not None
    assert report.price.words in told
    assert report_of(event, schedule, None).price is None
