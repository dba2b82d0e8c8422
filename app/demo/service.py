"""The demo in a browser: the service with the invented event, published, and its day under way."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from app.demo.day import shipped_documents
from app.serve import serve
from schemas.event import Event
from schemas.incident import Incident, Incidents
from schemas.solve import SolveRequest

HOST = "127.0.0.1"
SECONDS = 5.0
"""How long the schedule is searched."""
FIRST_OPEN = 5
"""The round that runs when somebody looks; the incidents of the demo hold those before it."""
PATIENCE = 120.0
SECONDS_BETWEEN_LOOKS = 0.2


def serve_demo(folder: Path, port: int, console: Console) -> None:
    """Run the service on data of its own until it is told to stop; say where to look."""
    address = f"http://{HOST}:{port}"
    os.environ.setdefault("TERTIUS_LOG_LEVEL", "warning")
    threading.Thread(target=begin_day, args=(address, console), daemon=True).start()
    console.print(f"Starting the service at {address} …")
    serve(HOST, port, folder / "data")


def begin_day(address: str, console: Console) -> None:
    """Plan, publish and begin the invented event by the api, unless it was done before."""
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        _until(lambda: _is_ready(client))
        known = client.get("/v1/events").json()["events"]
        event = known[0]["id"] if known else _begun(client)
    for name, what in (("", "the event"), ("/day", "the day"), ("/board", "the board")):
        console.print(f"{what:>10}  {address}/events/{event}{name}")
    console.print("Ctrl-C ends it.")


def _begun(client: httpx.Client) -> str:
    """The id of the event once its day has begun."""
    shipped = shipped_documents(Event, "event.json")
    event: str = _sent(client, "/v1/events", shipped.model_dump_json(exclude_defaults=True))["id"]
    place = f"/v1/events/{event}"
    begun = _sent(client, f"{place}/solves", SolveRequest(seconds=SECONDS).model_dump_json())
    solve = f"{place}/solves/{begun['id']}"
    _until(lambda: client.get(solve).json()["state"] not in ("queued", "running"))
    version = client.get(solve).json()["version"]
    _sent(client, f"{place}/schedules/{version}/publish", "")
    happened = shipped_documents(Incidents, "incidents.json").incidents
    everybody = tuple(attendee.id for attendee in shipped.attendees)
    came = Incident(id="came", kind="checked_in", attendees=everybody)
    running = Incident(id="begun", kind="round_started", round=FIRST_OPEN)
    told = Incidents(incidents=(came, *happened, running)).model_dump_json(exclude_defaults=True)
    _sent(client, f"{place}/incidents", told)
    return event


def _sent(client: httpx.Client, path: str, body: str) -> Any:
    headers = {"Content-Type": "application/json"}
    return client.post(path, content=body, headers=headers).raise_for_status().json()


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        time.sleep(SECONDS_BETWEEN_LOOKS)
