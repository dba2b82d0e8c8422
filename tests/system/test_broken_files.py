"""Broken files over HTTP: whatever comes is read or refused, soon, and is never our failure."""

import os
import secrets
from collections.abc import Callable
from random import Random
from time import perf_counter

import pytest

from tests.api import Api
from tests.app.imports.files import csv_of, parts_of, xlsx_of, zip_of
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.anyio, SQLITE_ONLY]

SOAK = bool(os.environ.get("TERTIUS_SOAK"))
FILES, SEED = (5_000, secrets.randbelow(2**32)) if SOAK else (120, 5)
LONGEST_SECONDS = 30.0
BINARY = {"Content-Type": "application/octet-stream"}
GUESTS = (
    ("Ticket ID", "Name", "E-Mail", "Status", "Bietet", "Sucht", "Kommt um"),
    ("t1", "Zoë Müller", "zoe@example.org", "confirmed", "Käse; Brot", "„Licht“", "2027-03-04"),
    ("t2", "Lukas Žák", "lukas@example.org", "cancelled", "a |b", "c,d", "9:30"),
    ("t3", "=1+1", "x@example.org", "", "line\nbreak", '"quoted"', "1/2/27"),
)
PAIRS = (
    ("attendee", "partner", "value", "value back", "rank", "kind", "round", "date", "events ago"),
    ("a", "b", "0,5", "50 %", "1", "must", "2", "2026-03-09", "1"),
    ("b", "a", "1e3", "-0", "0", "never", "99", "31/12/25", ""),
)
MATRIX = (("", "a", "b"), ("a", "", "0.5"), ("b", "1", "0"))
TABLES = (GUESTS, PAIRS, MATRIX)
QUERIES = ("", *(f"as={kind}" for kind in ("benefits", "wants", "pairs", "history")))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "cp1250", "koi8-r")
HOSTILE = (
    b"\0", b'"', b"\r", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=\t\n", b";" * 600, b"9" * 400, b"\xc3",
    b"<!DOCTYPE x [<!ENTITY y 'z'>]>", b"&#0;", b"&#x110000;", b"<c", b"</row>", b"-1", b"1e999",
    b'r="ZZZZ9"', b'r="A99999999999"', b't="s"', b"PK\x03\x04", b"PK\x05\x06",
)  # fmt: skip

Change = Callable[[Random, bytes], bytes]


def cut(rng: Random, raw: bytes) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def flip(rng: Random, raw: bytes) -> bytes:
    found = bytearray(raw)
    for _ in range(rng.randrange(1, 9) if found else 0):
        found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def insert(rng: Random, raw: bytes) -> bytes:
    k = rng.randrange(len(raw) + 1)
    return raw[:k] + rng.choice(HOSTILE) + raw[k:]


def drop(rng: Random, raw: bytes) -> bytes:
    k = rng.randrange(len(raw) + 1)
    return raw[:k] + raw[k + rng.randrange(60) :]


def repeat(rng: Random, raw: bytes) -> bytes:
    k = rng.randrange(len(raw) + 1)
    piece = raw[k : k + rng.randrange(1, 200)]
    return raw[:k] + piece * rng.randrange(1, 40) + raw[k:]


BYTES: tuple[Change, ...] = (cut, flip, insert, drop, repeat)


def broken_parts(rng: Random, raw: bytes) -> bytes:
    """A workbook of which one part is changed, missing, or in the place of another."""
    parts = parts_of(raw)
    name = rng.choice([*parts])
    other = rng.choice([*parts])
    what = rng.randrange(4)
    if what == 0:
        del parts[name]
    elif what == 1:
        parts[name], parts[other] = parts[other], parts[name]
    else:
        parts[name] = rng.choice(BYTES)(rng, parts[name])
    return zip_of(parts)


def text_file(rng: Random) -> bytes:
    text = csv_of(rng.choice(TABLES), rng.choice(",;\t|"), rng.choice(("\n", "\r\n", "\r")))
    return text.encode(rng.choice(ENCODINGS), errors="replace")


def broken_file(seed: int) -> bytes:
    """A file that is changed in a few places, or not at all; the same for the same seed."""
    rng = Random(seed)
    if rng.random() < 0.5:
        raw = text_file(rng)
    else:
        raw = xlsx_of(rng.choice(TABLES))
        for _ in range(rng.randrange(3)):
            raw = broken_parts(rng, raw)
    for _ in range(rng.randrange(3)):
        raw = rng.choice(BYTES)(rng, raw)
    return raw


async def test_no_file_is_a_failure_of_ours(api: Api) -> None:
    url = await api.create()
    statuses = set[int]()
    for seed in range(SEED, SEED + FILES):
        raw = broken_file(seed)
        query = QUERIES[seed % len(QUERIES)]
        address = f"{url}/imports?{query}&dry_run=true" if query else "/v1/imports?dry_run=true"
        begun = perf_counter()
        answer = await api.send("POST", address, raw=raw, headers=BINARY)
        taken = perf_counter() - begun
        assert answer.status_code < 500, f"{seed}: {answer.text[:500]}"
        assert taken < LONGEST_SECONDS, f"{seed}: {taken:.0f} s"
        statuses.add(answer.status_code)
    assert {200, 422} <= statuses
