"""How long files take to be taken in over HTTP, and what others notice meanwhile.

    python -m bench.imports                      10,000 people in 20 columns, a matrix of 1,000
    python -m bench.imports --rows 100000 --people 2000

A health check is asked every 10 ms by another process while each file is read by a child of the
service: nobody else may wait for somebody's file.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO, StringIO
from multiprocessing import Manager
from random import Random
from threading import Event as Flag
from time import perf_counter, sleep

import httpx
import xlsxwriter

from app.exports.schedule_file import SPREADSHEET
from bench.latency import LatencyTimes
from bench.service import post_event, service
from schemas.event import Attendee, Event, RoundSeries

EVERY = 0.01
PATIENCE = 120.0
CSV = "text/csv"
ANSWERS = ("bookkeeping; payroll", "web design", "catering", "a new office", "translation")
Rows = list[list[str]]


def people(rows: int, columns: int) -> Rows:
    """A registration file: who, what they bring and seek, and answers to other questions."""
    rng = Random(1)
    header = ["Ticket ID", "Name", "Email", "Company", "Status", "Offers", "Needs"]
    header += [f"Question {k}" for k in range(columns - len(header))]
    found = [header]
    for k in range(rows):
        row = [f"t{k}", f"Person Number {k}", f"p{k}@example.org", f"Firm {k % 997}", "confirmed"]
        row += [rng.choice(ANSWERS) for _ in range(columns - len(row))]
        found.append(row)
    return found


def matrix(many: int) -> Rows:
    """What each of so many people gains by each other one."""
    rng, ids = Random(2), [f"p{k}" for k in range(many)]
    cells = [[v, *(f"{rng.randrange(1001) / 1000}" if v != w else "" for w in ids)] for v in ids]
    return [["", *ids], *cells]


def csv_file(rows: Rows) -> bytes:
    out = StringIO()
    out.writelines(",".join(row) + "\r\n" for row in rows)
    return out.getvalue().encode()


def workbook_file(rows: Rows) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for k, row in enumerate(rows):
            sheet.write_row(k, 0, row)
    return out.getvalue()


def health_checks(address: str, stop: Flag) -> LatencyTimes:
    """How long health checks take, one every 10 ms, until told to stop."""
    found = []
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        while not stop.is_set():
            begun = perf_counter()
            client.get("/healthz").raise_for_status()
            taken = perf_counter() - begun
            found.append(taken)
            sleep(max(0.0, EVERY - taken))
    return LatencyTimes(tuple(found))


def take_in(address: str, place: str, raw: bytes, media: str) -> None:
    """Send a file, and tell how long it took and what health checks noticed."""
    with Manager() as manager, ProcessPoolExecutor(1) as pool:
        stop = manager.Event()
        checks = pool.submit(health_checks, address, stop)
        sleep(0.5)
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            begun = perf_counter()
            answer = client.post(place, content=raw, headers={"Content-Type": media})
            seconds = perf_counter() - begun
        stop.set()
        answer.raise_for_status()
        told = answer.json()
        print(f"  {len(raw) / 2**20:5.1f} MiB, {told['rows']:,} rows, {told['created']:,} new:")
        print(f"  {seconds:6.2f} s; health checks {checks.result()}")


def main() -> None:
    """Send each kind of file once, after a small one that starts the child."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--people", type=int, default=1_000, help="of the matrix")
    asked = parser.parse_args()
    listed, squared = people(asked.rows, asked.columns), matrix(asked.people)
    attendees = tuple(Attendee(id=f"p{k}") for k in range(asked.people))
    event = Event(rounds=RoundSeries(count=8), attendees=attendees)  # type: ignore[arg-type]
    with service() as address:
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            place = f"{post_event(client, event)}/imports?as=benefits"
            small = client.post("/v1/imports", content=b"Name\nA B", headers={"Content-Type": CSV})
            small.raise_for_status()
        for name, where, rows in (("people", "/v1/imports", listed), ("matrix", place, squared)):
            print(f"{name} as CSV")
            take_in(address, where, csv_file(rows), CSV)
            print(f"{name} as XLSX")
            take_in(address, where, workbook_file(rows), SPREADSHEET)


if __name__ == "__main__":
    main()
