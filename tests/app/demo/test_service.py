"""The demo in a browser begins in the middle of its day, once."""

from pathlib import Path

from rich.console import Console

from app.demo.service import FIRST_OPEN, begin_day
from app.settings import Settings
from tests.processes import site


def test_the_day_is_under_way_and_is_not_begun_twice(tmp_path: Path) -> None:
    with site(Settings(data=tmp_path / "data")) as opened:
        _, client = opened.api()
        address = str(client.http.base_url).rstrip("/")
        console = Console(record=True, width=200)
        for _ in range(2):
            begin_day(address, console)
        (event,) = client.get("/v1/events")["events"]
        live = client.get(f"/v1/events/{event['id']}/live")
        assert (live["state"], live["running"]["round"]) == ("running", FIRST_OPEN)
        assert f"{address}/events/{event['id']}/board" in console.export_text()
